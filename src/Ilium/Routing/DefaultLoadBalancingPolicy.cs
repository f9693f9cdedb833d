using Ilium.Routing;

namespace Ilium;

/// <summary>
/// Token-, rack- and data-center-aware: a request goes to a replica of its data where its partition key is known, in the local rack, else in the local data
/// center; then to the other nodes there; then, where that was asked for, to nodes of other data centers.
/// </summary>
/// <remarks>
/// Replicas are taken in random order; those that do not answer although they have work, and those that came up within the last minute, are moved back; of the first
/// two the one with fewer requests in flight is taken. Conditional statements (<c>IF</c>) and serial reads go to replicas in the order of the ring, so that all
/// clients meet at the same one. Makes plans without allocating. Immutable.
/// </remarks>
public sealed class DefaultLoadBalancingPolicy : LoadBalancingPolicy
{
    /// <summary>The data center whose nodes take the requests. Default null: <see cref="ClusterOptions.LocalDatacenter"/>.</summary>
    public string? LocalDatacenter { get; init; }

    /// <summary>The rack whose nodes come first. Default null: <see cref="ClusterOptions.LocalRack"/>, unless <see cref="LocalDatacenter"/> is given.</summary>
    public string? LocalRack { get; init; }

    /// <summary>
    /// How many nodes of each other data center are used when no local one takes a request. Default null:
    /// <see cref="ClusterOptions.NodesPerRemoteDatacenter"/>.
    /// </summary>
    public int? NodesPerRemoteDatacenter
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? 0, 0);
            field = value;
        }
    }

    /// <summary>Whether replicas come first. Default true; false goes round the nodes of the data center.</summary>
    public bool IsTokenAware { get; init; } = true;

    /// <inheritdoc/>
    public override NodeDistance GetDistance(Node node, LoadBalancingContext context)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(context);
        return node.Datacenter == (LocalDatacenter ?? context.LocalDatacenter) ? NodeDistance.Local
            : context.IsChosenRemote(node, NodesPerRemoteDatacenter) ? NodeDistance.Remote
            : NodeDistance.Ignored;
    }

    /// <inheritdoc/>
    public override IEnumerable<Node> CreateQueryPlan(QueryPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.PlanOf(this);
    }

    internal override BalancingRules RulesFor(LoadBalancingContext context) => new(
        IsTokenAware ? LocalDatacenter ?? context.LocalDatacenter : null,
        LocalRack ?? (LocalDatacenter is null || LocalDatacenter == context.LocalDatacenter ? context.LocalRack : null),
        IsFiltered: false);
}
