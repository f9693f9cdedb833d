using Ilium.Routing;

namespace Ilium;

/// <summary>Another policy without the nodes that a predicate refuses: those are not connected to and get no requests. Thread-safe.</summary>
public sealed class NodeFilterPolicy : LoadBalancingPolicy
{
    private readonly Func<Node, bool> _predicate;
    private readonly LoadBalancingPolicy _child;

    /// <summary>Leaves out nodes of another policy.</summary>
    /// <param name="predicate">
    /// True for nodes to use. Asked for each node whenever the cluster's nodes are read: when what it says changes otherwise, call
    /// <see cref="Cluster.RefreshMetadataAsync"/>. Called by several threads; be short.
    /// </param>
    /// <param name="child">Orders the nodes that are left; null for <see cref="LoadBalancingPolicy.Default"/>.</param>
    public NodeFilterPolicy(Func<Node, bool> predicate, LoadBalancingPolicy? child = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        _predicate = predicate;
        _child = child ?? Default;
    }

    /// <inheritdoc/>
    public override NodeDistance GetDistance(Node node, LoadBalancingContext context) =>
        _predicate(node) ? _child.GetDistance(node, context) : NodeDistance.Ignored;

    /// <inheritdoc/>
    public override IEnumerable<Node> CreateQueryPlan(QueryPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return RulesFor(context.Cluster) is null ? _child.CreateQueryPlan(context).Where(_predicate) : context.PlanOf(this);
    }

    internal override BalancingRules? RulesFor(LoadBalancingContext context) =>
        _child.RulesFor(context) is { } rules ? rules with { IsFiltered = true } : null;
}
