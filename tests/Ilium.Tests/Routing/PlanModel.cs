using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using Ilium.Routing;
using Ilium.Topology;

namespace Ilium.Tests.Routing;

/// <summary>Nodes without connections, evenly spread over the ring, and the plans that are made of them.</summary>
internal sealed class PlanModel
{
    private readonly RoutingTable _table;

    /// <param name="replication">Of the keyspace <c>k</c>.</param>
    /// <param name="places">Data center and rack of each node; the first data center is the local one.</param>
    /// <param name="localRack">The local rack.</param>
    /// <param name="remotes">Nodes used of each other data center.</param>
    /// <param name="usual">The policy of most requests.</param>
    internal PlanModel(
        Dictionary<string, string> replication, IEnumerable<(string Datacenter, string Rack)> places, string? localRack = null, int remotes = 0,
        LoadBalancingPolicy? usual = null)
    {
        var all = places.ToArray();
        var pools = new UnconnectedPools();
        Nodes = [.. all.Select((place, index) => new Node(
            new NodeInfo(
                new Guid(index + 1, 0, 0, new byte[8]), new IPEndPoint(new IPAddress([10, 0, 0, (byte)(index + 1)]), 9042), null, place.Datacenter, place.Rack, "5.0.9",
                [TokenOf(index, all.Length).ToString(CultureInfo.InvariantCulture)]),
            (_, target, keyspace) => pools.Create(target, keyspace)))];
        Context = new LoadBalancingContext(Nodes, all[0].Datacenter, localRack, remotes, mark: 1);
        foreach (var (node, distance) in Nodes.Select(node => (node, LoadBalancingPolicy.Default.GetDistance(node, Context))).ToArray())
        {
            node.SetDistance(distance);
        }

        _table = RoutingTable.Build(
            new ClusterSnapshot(
                "c", all[0].Datacenter, RingModel.Murmur3, [.. Nodes], Context,
                new Dictionary<string, ReplicationSetting> { ["k"] = new(replication) }.ToFrozenDictionary()),
            previous: null, usual ?? LoadBalancingPolicy.Default);
    }

    internal Node[] Nodes { get; }

    internal LoadBalancingContext Context { get; }

    internal RoutingTable Table => _table;

    internal static Dictionary<string, string> Network(params (string Datacenter, int Factor)[] factors) =>
        factors.ToDictionary(factor => factor.Datacenter, factor => $"{factor.Factor}").Append(new("class", "NetworkTopologyStrategy")).ToDictionary();

    internal static Dictionary<string, string> Simple(int factor) => new() { ["class"] = "org.apache.cassandra.locator.SimpleStrategy", ["replication_factor"] = $"{factor}" };

    /// <summary>The token that a node owns, and the replicas of which begin with it.</summary>
    internal static long TokenOf(int index, int nodes) => (long)((Int128)long.MinValue + ((Int128)index + 1) * (((Int128)1 << 64) / nodes) - 1);

    internal Route RouteTo(int index, bool isConditional = false) =>
        new() { HasToken = true, Token = Token.FromMurmur3(TokenOf(index, Nodes.Length)), Keyspace = "k", IsConditional = isConditional };

    /// <summary>The numbers of all nodes of a plan, from 0.</summary>
    internal int[] Plan(Route route, ulong seed, LoadBalancingPolicy? policy = null)
    {
        var plan = NewPlan(route, seed, policy);
        var numbers = new List<int>();
        while (plan.TryNext(out var node))
        {
            numbers.Add(Array.IndexOf(Nodes, node));
        }

        return [.. numbers];
    }

    internal ReplicaPlan NewPlan(Route route, ulong seed, LoadBalancingPolicy? policy = null) =>
        new(_table.LayoutFor(policy ?? LoadBalancingPolicy.Default)!, route.Keyspace is { } name ? _table.Ring.Find(name) : null, route, seed);
}
