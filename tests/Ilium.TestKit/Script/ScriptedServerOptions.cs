using System.Net;

namespace Ilium.TestKit;

/// <summary>What a <see cref="ScriptedServer"/> is, before any handler is added.</summary>
public sealed record ScriptedServerOptions
{
    /// <summary>Other versions are refused with a protocol error in the highest one.</summary>
    public IReadOnlyList<int> Versions { get; init; } = [3, 4, 5];

    /// <summary>Refuses in the client's own version, as servers since 3.0.8 do, and not in the highest one.</summary>
    public bool EchoesRefusedVersion { get; init; }

    /// <summary>Offered and accepted in STARTUP.</summary>
    public IReadOnlyList<WireCompression> Compressions { get; init; } = [WireCompression.Lz4, WireCompression.Snappy];

    /// <summary>User and password for SASL PLAIN; null means no authentication.</summary>
    public (string User, string Password)? Credentials { get; init; }

    /// <summary>Keys added to SUPPORTED, or replacing its own.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Supported { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public ServerNode Local { get; init; } = new(new IPEndPoint(IPAddress.Loopback, 9042));

    public string ClusterName { get; init; } = "scripted";

    public string Partitioner { get; init; } = "org.apache.cassandra.dht.Murmur3Partitioner";

    /// <summary>What <c>system.local</c> of DataStax Enterprise has as <c>dse_version</c>; null for a server that is none, and has no such column.</summary>
    public string? DseVersion { get; init; }

    /// <summary>The class that STARTUP answers with where there are <see cref="Credentials"/>.</summary>
    public string Authenticator { get; init; } = "org.apache.cassandra.auth.PasswordAuthenticator";

    /// <summary>False as before Cassandra 4.0: <c>system.peers_v2</c> is an unknown table.</summary>
    public bool HasPeersV2 { get; init; } = true;

    /// <summary>How long the waiting methods of <see cref="ScriptedServer"/> wait before they fail the test.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}
