namespace Ilium;

/// <summary>The cluster as a <see cref="LoadBalancingPolicy"/> is shown it. Immutable; the nodes live.</summary>
public sealed class LoadBalancingContext
{
    private readonly int _nodesPerRemoteDatacenter;
    private readonly int _mark;
    private Dictionary<string, Node[]>? _remotes;

    internal LoadBalancingContext(IReadOnlyList<Node> nodes, string localDatacenter, string? localRack, int nodesPerRemoteDatacenter, int mark)
    {
        Nodes = nodes;
        LocalDatacenter = localDatacenter;
        LocalRack = localRack;
        _nodesPerRemoteDatacenter = nodesPerRemoteDatacenter;
        _mark = mark;
    }

    /// <summary>Every node of the cluster, in all data centers, also those that are down.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary><see cref="ClusterOptions.LocalDatacenter"/>, or that of the contact point that answered first.</summary>
    public string LocalDatacenter { get; }

    /// <summary><see cref="ClusterOptions.LocalRack"/>; null where none was given.</summary>
    public string? LocalRack { get; }

    /// <summary>
    /// Whether a node is among those chosen from its data center as long as that is not the local one. Each client chooses others, and stays with them.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="count">How many are chosen of each data center; null for <see cref="ClusterOptions.NodesPerRemoteDatacenter"/>.</param>
    internal bool IsChosenRemote(Node node, int? count)
    {
        var chosen = count ?? _nodesPerRemoteDatacenter;
        if (chosen == 0)
        {
            return false;
        }

        // Those that are used already come first: a node that joins makes nobody change over. Computed once, before distances change.
        _remotes ??= Nodes.GroupBy(static other => other.Datacenter, StringComparer.Ordinal).ToDictionary(
            static group => group.Key,
            group => group.OrderBy(static other => other.Distance == NodeDistance.Ignored ? 1 : 0).ThenBy(other => HashCode.Combine(_mark, other.HostId)).ToArray(),
            StringComparer.Ordinal);
        return _remotes.TryGetValue(node.Datacenter, out var others) && others.AsSpan(0, Math.Min(chosen, others.Length)).Contains(node);
    }
}
