namespace Ilium.TestKit;

/// <summary>What ring to start; see <c>bin/ring help</c> of the Cassandra folder.</summary>
public sealed record RingOptions
{
    public int Nodes { get; init; } = 1;

    /// <summary>The preferred third number of the addresses, one of <see cref="Subnets"/>.</summary>
    public required int Subnet { get; init; }

    /// <summary>PasswordAuthenticator and CassandraAuthorizer; the superuser is cassandra/cassandra.</summary>
    public bool Auth { get; init; }

    /// <summary>The native port speaks TLS only.</summary>
    public bool Tls { get; init; }

    /// <summary>As <see cref="Tls"/>, and clients must present a certificate.</summary>
    public bool Mtls { get; init; }

    /// <summary>Lines for cassandra.yaml, such as <c>native_transport_max_frame_size: 1MiB</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Further options of each node's Java, such as <c>-Dcassandra.custom_query_handler_class=…</c>.</summary>
    public string JavaOptions { get; init; } = "";

    /// <summary>Rack of each node in turn; <c>rack1</c> for all when empty.</summary>
    public IReadOnlyList<string> Racks { get; init; } = [];

    /// <summary>Data center of each node in turn; <c>dc1</c> for all when empty.</summary>
    public IReadOnlyList<string> DataCenters { get; init; } = [];

    /// <summary>Java heap of each node.</summary>
    public string Heap { get; init; } = "512m";

    /// <summary>Compiles with the JVM's first compiler only: nodes start with two thirds of the work and are slower afterwards. For rings whose nodes are started often.</summary>
    public bool StartsLightly { get; init; }

    internal IEnumerable<string> Arguments(int subnet)
    {
        yield return "--nodes";
        yield return $"{Nodes}";
        yield return "--subnet";
        yield return $"{subnet}";
        yield return "--heap";
        yield return Heap;
        if (Auth)
        {
            yield return "--auth";
        }

        if (Mtls || Tls)
        {
            yield return Mtls ? "--mtls" : "--tls";
        }

        foreach (var setting in Settings)
        {
            yield return "--set";
            yield return setting;
        }

        if (Racks.Count > 0)
        {
            yield return "--racks";
            yield return string.Join(',', Racks);
        }

        if (DataCenters.Count > 0)
        {
            yield return "--dcs";
            yield return string.Join(',', DataCenters);
        }
    }
}
