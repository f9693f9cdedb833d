namespace Ilium.Routing;

/// <summary>
/// The replicas of one keyspace in the local data center as the usual policy sees them, worked out once for a <see cref="RoutingTable"/>: finds the node that
/// a <see cref="ReplicaPlan"/> would begin with, without making one. Most requests need no second.
/// </summary>
/// <remarks>Threads: any. Immutable. Finding a node allocates nothing.</remarks>
internal sealed class NearReplicas
{
    private readonly Node[] _nodes = [];
    private readonly TokenIndex? _tokens;
    private readonly ReplicaLists? _lists;
    private readonly int _count;
    private readonly bool[]? _inRack;

    /// <param name="table">The nodes, and how the usual policy sees them.</param>
    /// <param name="keyspace">Whose replicas; it need not be there.</param>
    internal NearReplicas(RoutingTable table, string keyspace)
    {
        Table = table;
        Keyspace = keyspace;
        Placement = table.Ring.Find(keyspace);
        var layout = table.LayoutFor(table.Usual);
        if (layout?.Rules.Datacenter is { } datacenter && Placement?.In(datacenter) is { FullReplicas: > 0 } part &&
            Array.TrueForAll(part.Ring.Nodes, node => node.Datacenter == datacenter && layout.Serves(node)))
        {
            _nodes = part.Ring.Nodes;
            _tokens = part.Ring.Tokens;
            _lists = part.Lists;
            _count = part.FullReplicas;
            _inRack = layout.Rules.Rack is { } rack ? [.. _nodes.Select(node => node.Rack == rack)] : null;
        }
    }

    /// <summary>What it was worked out for: another table may have other nodes.</summary>
    internal RoutingTable Table { get; }

    internal string Keyspace { get; }

    /// <summary>Where its data is, far and near; null where that is not known.</summary>
    internal Placement? Placement { get; }

    /// <summary>
    /// The node that a plan of the same seed begins with. Null where only the plan can tell: the keyspace has nothing near, the policy leaves nodes out, or one that
    /// is busy or new may have to be gone around.
    /// </summary>
    internal Node? First(in Token token, bool isConditional, ulong seed)
    {
        if (_lists is null)
        {
            return null;
        }

        var replicas = _lists.At(_tokens!.Find(token), _count);
        if (isConditional)
        {
            return _nodes[replicas[0]];
        }

        if (_inRack is not null && TryFindInRack(replicas, out var only))
        {
            return only is null || only.Health.IsSpared ? null : only;
        }

        if (replicas.Length == 1)
        {
            return _nodes[replicas[0]];
        }

        var (i, j) = ReplicaPlan.FirstTwo(seed, replicas.Length);
        var (first, second) = (_nodes[replicas[i]], _nodes[replicas[j == i ? 0 : j]]);
        return first.Health.IsSpared || second.Health.IsSpared ? null : second.InFlight < first.InFlight ? second : first;
    }

    /// <summary>True when there are some in the local rack; the node is null when it is more than one.</summary>
    private bool TryFindInRack(ReadOnlySpan<ushort> replicas, out Node? only)
    {
        only = null;
        var found = 0;
        foreach (var number in replicas)
        {
            if (_inRack![number])
            {
                only = found++ == 0 ? _nodes[number] : null;
            }
        }

        return found > 0;
    }
}
