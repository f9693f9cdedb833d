using Ilium.Routing;

namespace Ilium;

/// <summary>
/// All nodes of all data centers in turn, without regard to where data is, around nodes that are busy. For clusters of one data center in which every request concerns
/// all nodes alike. Immutable.
/// </summary>
public sealed class RoundRobinPolicy : LoadBalancingPolicy
{
    /// <inheritdoc/>
    public override NodeDistance GetDistance(Node node, LoadBalancingContext context) => NodeDistance.Local;

    /// <inheritdoc/>
    public override IEnumerable<Node> CreateQueryPlan(QueryPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.PlanOf(this);
    }

    internal override BalancingRules RulesFor(LoadBalancingContext context) => new(Datacenter: null, Rack: null, IsFiltered: false);
}
