using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;
using Ilium.Routing;
using Ilium.Tests.Routing;
using Ilium.Topology;

namespace Ilium.Benchmarks;

/// <summary>What it costs to find out where a request goes: its token, the replicas, and the first node of the plan, in a ring of 30 nodes of 256 tokens.</summary>
[MemoryDiagnoser]
public class Routing
{
    private const int Nodes = 30;
    private const int TokensPerNode = 256;

    private static readonly ushort[] First = [0];
    private static readonly ushort[] FirstTwo = [0, 1];

    private readonly byte[] _one = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 42];
    private readonly byte[] _two = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 42, 0, 0, 0, 16, .. "a key of sixteen"u8];
    private RoutingTable _table = null!;
    private LoadBalancingPolicy _filter = null!;
    private NearReplicas _near = null!;
    private ulong _seed;

    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        var pools = new UnconnectedPools();
        Node[] nodes =
        [
            .. Enumerable.Range(0, Nodes).Select(index => new Node(
                new NodeInfo(
                    new Guid(index, 0, 0, new byte[8]), new IPEndPoint(IPAddress.Loopback, index + 1), null, index % 2 == 0 ? "a" : "b", $"r{index / 2 % 3}", "5.0",
                    [.. Enumerable.Range(0, TokensPerNode).Select(_ => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture))]),
                (_, target, keyspace) => pools.Create(target, keyspace))),
        ];
        var context = new LoadBalancingContext(nodes, "a", "r1", 0, 1);
        foreach (var node in nodes)
        {
            node.SetDistance(LoadBalancingPolicy.Default.GetDistance(node, context));
        }

        var replication = new ReplicationSetting(new Dictionary<string, string> { ["class"] = "NetworkTopologyStrategy", ["a"] = "3", ["b"] = "3" });
        var keyspaces = Enumerable.Range(0, 20).ToFrozenDictionary(static index => $"keyspace{index}", _ => replication);
        var snapshot = new ClusterSnapshot("c", "a", "org.apache.cassandra.dht.Murmur3Partitioner", [.. nodes], context, keyspaces);
        _table = RoutingTable.Build(snapshot, previous: null, LoadBalancingPolicy.Default);
        _near = new NearReplicas(_table, "keyspace7");
        _filter = new NodeFilterPolicy(static _ => true);
    }

    [Benchmark]
    public bool Token_of_a_bigint() => PartitionKey.TryHash(_table.Ring.Partitioner!, First, _one, out _);

    [Benchmark]
    public bool Token_of_two_columns() => PartitionKey.TryHash(_table.Ring.Partitioner!, FirstTwo, _two, out _);

    [Benchmark]
    public Node Token_replicas_and_first_node() => Route(LoadBalancingPolicy.Default);

    [Benchmark]
    public Node The_same_with_a_filter() => Route(_filter);

    [Benchmark]
    public Node First_node_without_a_token()
    {
        var plan = new ReplicaPlan(_table.LayoutFor(LoadBalancingPolicy.Default)!, null, default, _seed++);
        return plan.TryNext(out var node) ? node : throw new InvalidOperationException("The plan is empty.");
    }

    /// <summary>What most requests do: the node is found without a plan.</summary>
    [Benchmark]
    public Node Token_and_first_replica()
    {
        PartitionKey.TryHash(_table.Ring.Partitioner!, First, _one, out var token);
        return _near.First(token, isConditional: false, _seed++) ?? throw new InvalidOperationException("Nothing is near.");
    }

    private Node Route(LoadBalancingPolicy policy)
    {
        PartitionKey.TryHash(_table.Ring.Partitioner!, First, _one, out var token);
        var route = new Route { HasToken = true, Token = token, Keyspace = "keyspace7" };
        var plan = new ReplicaPlan(_table.LayoutFor(policy)!, _table.Ring.Find(route.Keyspace), route, (ulong)Random.Shared.NextInt64());
        return plan.TryNext(out var node) ? node : throw new InvalidOperationException("The plan is empty.");
    }
}
