using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Errors;
using Ilium.Protocol;
using Ilium.Rows;
using Ilium.Types;

namespace Ilium.Topology;

/// <summary>Reads the system tables that describe the cluster, over one connection.</summary>
internal sealed class TopologyReader(CodecRegistry codecs, ClusterOptions options, ContactSource contacts)
{
    private const string LocalQuery = "SELECT * FROM system.local WHERE key='local'";
    private const string PeersV2Query = "SELECT * FROM system.peers_v2";
    private const string PeersQuery = "SELECT * FROM system.peers";
    private const string KeyspacesQuery = "SELECT keyspace_name, replication FROM system_schema.keyspaces";

    /// <summary>The node at the other end, and what it says of its cluster.</summary>
    internal async Task<LocalNode> ReadLocalAsync(CqlConnection connection, EndPoint address, long deadline)
    {
        using var rows = await QueryAsync(connection, LocalQuery, deadline).Inline();
        if (!rows.TryGetFirst(out var row))
        {
            throw new MalformedResponseException($"{EndPointText.Format(address)} sent no row for system.local.");
        }

        var hostId = Read<Guid?>(row, "host_id") ?? Guid.Empty;
        // A name may have several addresses, one for each node: the node is where it answered. A certificate is for the name, though.
        var reached = hostId != Guid.Empty && contacts.Reach(hostId) is { } behind ? behind : address is DnsEndPoint && options.Tls is null ? connection.RemoteEndPoint ?? address : address;
        var own = Usable(Read<IPAddress>(row, "rpc_address")) ?? Usable(Read<IPAddress>(row, "broadcast_address"));
        var node = new NodeInfo(
            hostId, reached, own is null ? null : new IPEndPoint(own, Read<int?>(row, "rpc_port") ?? options.Port), Read<string>(row, "data_center") ?? "", Read<string>(row, "rack") ?? "",
            Read<string>(row, "release_version") ?? "", Tokens(row));
        return new LocalNode(node, Read<string>(row, "cluster_name") ?? "", Read<string>(row, "partitioner") ?? "", Read<string>(row, "dse_version") is not null);
    }

    /// <summary>The other nodes. Rows that lack what is needed to reach a node are reported and left out (R15).</summary>
    /// <param name="connection">To the node that is asked.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="ignored">Told of rows that are left out, and why.</param>
    /// <param name="known">A node by its host id, as it was read last; null for one that is not known.</param>
    internal async Task<IReadOnlyList<NodeInfo>> ReadPeersAsync(CqlConnection connection, long deadline, Action<string> ignored, Func<Guid, NodeInfo?> known)
    {
        RowSet rows;
        try
        {
            rows = await QueryAsync(connection, PeersV2Query, deadline).Inline();
        }
        catch (ServerException e) when (!e.IsTransient || (e is ServerErrorException && e.ServerMessage.Contains("peers_v2", StringComparison.Ordinal)))
        {
            // Before Cassandra 4.0, and on ScyllaDB, there is no peers_v2. A server that is only too busy to say is not taken for one of those: the older table
            // has no ports.
            rows = await QueryAsync(connection, PeersQuery, deadline).Inline();
        }

        using (rows)
        {
            var peers = new List<NodeInfo>();
            foreach (var row in rows)
            {
                var peer = Read<IPAddress>(row, "peer");
                var given = Read<IPAddress>(row, "native_address") ?? Read<IPAddress>(row, "rpc_address");
                // A node that listens on every address tells this one's peers nothing: its own address is what they know it by.
                var address = given is null ? null : Usable(given) ?? peer;
                var hostId = Read<Guid?>(row, "host_id");
                // While gossip has not told everything of a node, its row is half empty. Who is known already loses nothing by that.
                var before = hostId is { } id ? known(id) : null;
                var dataCenter = Read<string>(row, "data_center") ?? before?.Datacenter;
                var rack = Read<string>(row, "rack") ?? before?.Rack;
                var tokens = Tokens(row) is { IsEmpty: false } told ? told : before?.Tokens ?? [];
                // Who is reached by its host id needs no address.
                var endPoint = hostId is { } named ? contacts.Reach(named) : null;
                if ((address is null && endPoint is null) || hostId is null || dataCenter is null || rack is null || tokens.IsEmpty)
                {
                    ignored($"The peer {peer} has no {Missing(address, endPoint, hostId, dataCenter, rack)} yet; it is left out until it has.");
                    continue;
                }

                var port = Read<int?>(row, "native_port") is { } native and > 0 ? native : options.Port;
                var reported = address is null ? null : new IPEndPoint(address, port);
                if (endPoint is null && !TryTranslate(reported!, out endPoint, out var fault))
                {
                    // A translator that looks names up may fail for a while: who was reached stays where it was.
                    endPoint = reported!.Equals(before?.Reported) ? before.EndPoint : null;
                    ignored(endPoint is null ? fault : $"{fault} The node stays at {EndPointText.Format(endPoint)}.");
                    if (endPoint is null)
                    {
                        continue;
                    }
                }

                peers.Add(new NodeInfo(
                    hostId.Value, endPoint, reported, dataCenter, rack, Read<string>(row, "release_version") ?? "", tokens));
            }

            return peers;
        }
    }

    /// <summary>How each keyspace is replicated.</summary>
    internal async Task<FrozenDictionary<string, ReplicationSetting>> ReadReplicationAsync(CqlConnection connection, long deadline)
    {
        RowSet rows;
        try
        {
            rows = await QueryAsync(connection, KeyspacesQuery, deadline).Inline();
        }
        catch (ServerException e) when (!e.IsTransient)
        {
            // Before Cassandra 3.0 the table is elsewhere, and some services do not show it: requests are routed without replicas.
            return FrozenDictionary<string, ReplicationSetting>.Empty;
        }

        using var disposing = rows;
        var settings = new Dictionary<ReplicationSetting, ReplicationSetting>();
        var keyspaces = new Dictionary<string, ReplicationSetting>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var setting = new ReplicationSetting(Read<Dictionary<string, string>>(row, "replication") ?? []);
            // One object for each setting, however many keyspaces have it.
            keyspaces[row.Get<string>("keyspace_name")!] = settings.TryGetValue(setting, out var known) ? known : settings[setting] = setting;
        }

        return keyspaces.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Runs one of the driver's own queries; the result is one page.</summary>
    internal async Task<RowSet> QueryAsync(CqlConnection connection, string cql, long deadline)
    {
        var response = await InternalRequest.SendAsync(
            connection, Opcode.Query,
            static (writer, version, text) => QueryRequest.Write(writer, version, text, new QueryParameters { Consistency = ConsistencyLevel.One }),
            cql, deadline, $"The driver's own query '{cql}'").Inline();
        response.ThrowIfError();
        var reader = response.Open(out _);
        if ((ResultKind)reader.ReadInt32() != ResultKind.Rows)
        {
            throw new MalformedResponseException($"{connection.EndPoint} answered '{cql}' without rows.");
        }

        return Decode(response, ref reader, connection.Version);
    }

    private RowSet Decode(InternalResponse response, ref CqlReader reader, ProtocolVersion version)
    {
        var result = RowsResult.ReadMetadata(ref reader);
        var decoder = new RowDecoder(result.Metadata!, codecs);
        var rowCount = reader.ReadCount(Math.Max(1, result.ColumnCount) * 4);
        return new RowSet(response.Body, decoder, reader.Position, rowCount);
    }

    private static IPAddress? Usable(IPAddress? address) =>
        address is null || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? null : address;

    private bool TryTranslate(IPEndPoint reported, [NotNullWhen(true)] out EndPoint? endPoint, [NotNullWhen(false)] out string? fault)
    {
        fault = null;
        endPoint = reported;
        if (options.AddressTranslator is not { } translator)
        {
            return true;
        }

        try
        {
            endPoint = translator.Translate(reported);
            fault = endPoint is null ? $"ClusterOptions.AddressTranslator gave no address (null) for {reported}." : null;
        }
        catch (Exception e)
        {
            // A user's code: its fault costs this node, not the others.
            endPoint = null;
            fault = $"ClusterOptions.AddressTranslator failed for {reported} with {e.GetType().Name}: {e.Message}";
        }

        return endPoint is not null;
    }

    private static string Missing(IPAddress? address, EndPoint? endPoint, Guid? hostId, string? dataCenter, string? rack) =>
        address is null && endPoint is null ? "address" : hostId is null ? "host id" : dataCenter is null ? "data center" : rack is null ? "rack" : "tokens";

    private static ImmutableArray<string> Tokens(Row row) => [.. Read<List<string>>(row, "tokens") ?? []];

    private static T? Read<T>(Row row, string column)
    {
        foreach (var definition in row.Columns)
        {
            if (definition.Name == column)
            {
                return row.Get<T?>(definition.Ordinal);
            }
        }

        return default;
    }
}

/// <summary>What a server says of itself and its cluster.</summary>
/// <param name="Node">The server.</param>
/// <param name="ClusterName">The name of its cluster.</param>
/// <param name="Partitioner">The class that makes tokens of keys.</param>
/// <param name="IsDse">True when it is DataStax Enterprise, which alone has its version there.</param>
internal sealed record LocalNode(NodeInfo Node, string ClusterName, string Partitioner, bool IsDse);
