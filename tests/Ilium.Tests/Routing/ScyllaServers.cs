using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Ilium.Connection;
using Ilium.TestKit;
using Ilium.Tests.Topology;

namespace Ilium.Tests.Routing;

/// <summary>
/// Scripted nodes that say they are ScyllaDB: each connection leads to a shard, by the client's port where it came through the shard-aware one, else in turn. No real
/// ScyllaDB has been asked.
/// </summary>
internal sealed class ScyllaServers : IAsyncDisposable
{
    internal const int ShardAwarePort = 19_042;
    internal const int ConditionalFlag = unchecked((int)0x8000_0000);
    internal const string Read = "SELECT v FROM t WHERE k = ?";
    internal const string Marked = "EXECUTE PROCEDURE t (?)";

    private readonly ConcurrentDictionary<ScriptedConnection, int> _shards = new();
    private readonly ConcurrentQueue<(IPEndPoint Target, int? Shard)> _dials = new();
    private int _turn;

    internal ScyllaServers(int nodes, int shards, ClusterOptions? options = null)
    {
        Shards = shards;
        Ring = new ScriptedRing(
            nodes, options ?? new ClusterOptions { ProtocolVersion = ProtocolVersion.V4 }, null,
            number => [PlanModel.TokenOf(number - 1, nodes).ToString(CultureInfo.InvariantCulture)])
        {
            Forward = static address => new IPEndPoint(address.Address, ScriptedRing.Port),
            Accepted = Accept,
        };
        for (var i = 1; i <= nodes; i++)
        {
            var number = i;
            var server = Ring[i].Server;
            server.Keyspaces = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["ks"] = PlanModel.Network(("dc1", Math.Min(nodes, 3))) };
            server.Define(Read, new ServerStatement { Bind = [new("k", TypeBytes.Int)], Result = [new("v", TypeBytes.Int)], Rows = [[ValueBytes.Int(i)]], PartitionKey = [0] });
            server.Define(Marked, new ServerStatement { Bind = [new("k", TypeBytes.Int)], PartitionKey = [0], BindFlags = ConditionalFlag });
            server.On(static request => request.Is(WireOpcode.Options), request => AnswerOptions(number, request));
        }
    }

    internal ScriptedRing Ring { get; }

    /// <summary>Of each node; those that change it are restarted.</summary>
    internal int Shards { get; set; }

    /// <summary>False as where it is closed to clients.</summary>
    internal bool OffersPort { get; init; } = true;

    /// <summary>The shard of a connection that came through the shard-aware port for one: the same, unless something on the way changes ports.</summary>
    internal Func<int, int> OnTheWay { get; init; } = static shard => shard;

    /// <summary>Whether a node, by its number, has ids of result metadata: those that are not upgraded yet have none.</summary>
    internal Func<int, bool> HasMetadataIds { get; init; } = static _ => true;

    /// <summary>What was connected to, and the shard that was asked for.</summary>
    internal IReadOnlyList<(IPEndPoint Target, int? Shard)> Dials => [.. _dials];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Connected, with a connection to every shard of every node.</summary>
    internal async Task<Session> ConnectAsync()
    {
        var session = await Ring.ConnectAsync();
        foreach (var node in Ring.Cluster.Metadata.Nodes)
        {
            await UntilAsync(() => ShardsOf(node).Count == Shards);
        }

        return session;
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>The shards that the driver has connections to.</summary>
    internal static IReadOnlyList<int> ShardsOf(Node node) =>
        [.. node.Pools.Plain.Connections.Where(static connection => connection.IsOpen).Select(static connection => connection.Extensions.Sharding?.Shard ?? 0).Order()];

    internal int ShardOf(ScriptedConnection connection) => _shards[connection];

    /// <summary>The node and the shard that a request came to.</summary>
    internal async Task<(int Node, int Shard)> AskAsync(Session session, Statement statement)
    {
        var before = Enumerable.Range(1, Ring.Cluster.Metadata.Nodes.Count).Select(number => Ring[number].Server.Requests.Count).ToArray();
        using var rows = await session.ExecuteAsync(statement, cancellationToken: Cancelled);
        var number = RoutedRing.NumberOf(rows);
        var request = Ring[number].Server.Requests.Skip(before[number - 1]).Last(static request => request.Is(WireOpcode.Execute));
        return (number, ShardOf(request.Connection));
    }

    /// <summary>What an answer says of a tablet: from behind the first token to the last.</summary>
    internal byte[] Payload(long first, long last, params (int Node, int Shard)[] replicas) => ValueBytes.Tuple(
        ValueBytes.Bigint(first), ValueBytes.Bigint(last),
        ValueBytes.List([.. replicas.Select(replica => ValueBytes.Tuple(ValueBytes.Uuid(Ring[replica.Node].HostId), ValueBytes.Int(replica.Shard)))]));

    /// <summary>The next read is answered with a payload, whichever node it comes to.</summary>
    internal void AnswerNextRead(byte[] payload)
    {
        var left = 1;
        for (var number = 1; number <= Ring.Cluster.Metadata.Nodes.Count; number++)
        {
            Ring[number].Server.On(
                request => request.Is(WireOpcode.Execute) && request.Cql == Read && Interlocked.Decrement(ref left) == 0,
                request => request.Rows(
                    [new("v", TypeBytes.Int)], [[ValueBytes.Int(0)]], options: new ReplyOptions { CustomPayload = new Dictionary<string, byte[]?> { ["tablets-routing-v1"] = payload } }));
        }
    }

    public ValueTask DisposeAsync() => Ring.DisposeAsync();

    private void Accept(IPEndPoint target, SourcePorts? ports, ScriptedConnection connection)
    {
        _dials.Enqueue((target, ports?.Remainder));
        _shards[connection] = target.Port == ShardAwarePort ? OnTheWay(ports!.Value.Remainder) : (Interlocked.Increment(ref _turn) - 1) % Shards;
    }

    private void AnswerOptions(int number, ServerRequest request)
    {
        var supported = new Dictionary<string, IReadOnlyList<string>>
        {
            ["CQL_VERSION"] = ["3.0.0"],
            ["COMPRESSION"] = ["lz4", "snappy"],
            ["SCYLLA_SHARD"] = [$"{ShardOf(request.Connection)}"],
            ["SCYLLA_NR_SHARDS"] = [$"{Shards}"],
            ["SCYLLA_SHARDING_ALGORITHM"] = ["biased-token-round-robin"],
            ["SCYLLA_SHARDING_IGNORE_MSB"] = ["12"],
            ["SCYLLA_PARTITIONER"] = ["org.apache.cassandra.dht.Murmur3Partitioner"],
            ["SCYLLA_LWT_ADD_METADATA_MARK"] = ["LWT_OPTIMIZATION_META_BIT_MASK=2147483648"],
            ["SCYLLA_RATE_LIMIT_ERROR"] = ["ERROR_CODE=61440"],
            ["TABLETS_ROUTING_V1"] = [],
        };
        if (HasMetadataIds(number))
        {
            supported["SCYLLA_USE_METADATA_ID"] = [];
        }

        if (OffersPort)
        {
            supported["SCYLLA_SHARD_AWARE_PORT"] = [$"{ShardAwarePort}"];
        }

        request.Supported(supported);
    }
}
