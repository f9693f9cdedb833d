using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ilium.Topology;

namespace Ilium.Routing;

/// <summary>A snapshot of the cluster with all that routing needs of it. Immutable as seen from outside; replaced with its snapshot.</summary>
/// <remarks>Threads: any.</remarks>
internal sealed class RoutingTable
{
    // Policies made for single requests must not fill the memory with layouts.
    private const int MostLayouts = 64;

    private readonly ConcurrentDictionary<LoadBalancingPolicy, BalancingLayout> _layouts = new(ReferenceEqualityComparer.Instance);
    private readonly ImmutableArray<string> _keyspaces;
    private readonly NearReplicas?[] _near;
    private readonly LoadBalancingPolicy _usual;
    private readonly BalancingLayout? _usualLayout;

    private RoutingTable(ClusterSnapshot snapshot, TokenMap ring, LoadBalancingPolicy usual, int epoch)
    {
        Snapshot = snapshot;
        Ring = ring;
        Epoch = epoch;
        _keyspaces = snapshot.Replication.Keys;
        _near = new NearReplicas?[_keyspaces.Length];
        _usual = usual;
        _usualLayout = Arrange(usual);
        HasChoice = snapshot.Used.Length > 1;
        Only = _usualLayout is { Count: 1 } layout && !HasChoice ? layout.All.Single() : null;
    }

    internal ClusterSnapshot Snapshot { get; }

    internal TokenMap Ring { get; }

    /// <summary>Another number than any table of this cluster had before.</summary>
    internal int Epoch { get; }

    /// <summary>The node that all requests go to; null where there are several, or none.</summary>
    internal Node? Only { get; }

    /// <summary>The policy for which <see cref="Only"/> holds.</summary>
    internal LoadBalancingPolicy Usual => _usual;

    /// <summary>False where all requests go to the same node, whatever their keys are.</summary>
    internal bool HasChoice { get; }

    /// <param name="snapshot">What was read.</param>
    /// <param name="previous">The table before; what has not changed since is taken from it.</param>
    /// <param name="usual">The policy of most requests.</param>
    internal static RoutingTable Build(ClusterSnapshot snapshot, RoutingTable? previous, LoadBalancingPolicy usual)
    {
        ImmutableArray<RingMember> members = [.. snapshot.Nodes.Select(static node => new RingMember(node, node.Datacenter, node.Rack, node.Info.Tokens))];
        var parsed = snapshot.Replication.Values.Distinct().ToDictionary(static setting => setting, static setting => Replication.Parse(setting.Class, setting.Options));
        var keyspaces = snapshot.Replication.ToDictionary(static entry => entry.Key, entry => parsed[entry.Value], StringComparer.Ordinal);
        var ring = TokenMap.Build(snapshot.Partitioner, members, keyspaces, previous?.Ring);
        snapshot.Metadata.Ring = ring;
        return new RoutingTable(snapshot, ring, usual, epoch: (previous?.Epoch ?? 0) + 1);
    }

    /// <summary>The nodes as a policy of the driver's own sees them; null for a user's.</summary>
    internal BalancingLayout? LayoutFor(LoadBalancingPolicy policy)
    {
        if (ReferenceEquals(policy, _usual))
        {
            return _usualLayout;
        }

        if (_layouts.TryGetValue(policy, out var known))
        {
            return known;
        }

        if (Arrange(policy) is not { } made)
        {
            return null;
        }

        return _layouts.Count < MostLayouts ? _layouts.GetOrAdd(policy, made) : made;
    }

    /// <summary>The place of a keyspace among those that are known, for <see cref="Near"/>; -1 when it is not.</summary>
    internal int PlaceOf(string keyspace) => _keyspaces.IndexOf(keyspace);

    /// <summary>What is near of the keyspace at a place; the same for all statements of the keyspace.</summary>
    internal NearReplicas Near(int place) => _near[place] ??= new NearReplicas(this, _keyspaces[place]);

    /// <exception cref="LoadBalancingPolicyException">The predicate of a filter failed.</exception>
    private BalancingLayout? Arrange(LoadBalancingPolicy policy)
    {
        if (policy.RulesFor(Snapshot.Balancing) is not { } rules)
        {
            return null;
        }

        try
        {
            return new BalancingLayout(policy, rules, Snapshot.Balancing);
        }
        catch (Exception e)
        {
            throw new LoadBalancingPolicyException(policy, $"failed with {e.GetType().Name} when it was asked for the distance of a node", e);
        }
    }
}
