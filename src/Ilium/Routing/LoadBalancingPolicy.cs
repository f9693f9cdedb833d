using Ilium.Routing;

namespace Ilium;

/// <summary>
/// Decides which nodes are connected to, and in which order a request tries them. <see cref="DefaultLoadBalancingPolicy"/> is what a cluster uses
/// unless told otherwise; derive from this class for an order of your own.
/// </summary>
/// <remarks>
/// Called by several threads at once, on the caller's or the driver's threads: be thread-safe and short. A policy may be shared by clusters and profiles:
/// everything it needs to know comes with each call. When one throws, or names no node for a request, that request fails with
/// <see cref="LoadBalancingPolicyException"/>.
/// </remarks>
public abstract class LoadBalancingPolicy
{
    /// <summary>The default: replicas first, in the local data center only, around nodes that are busy.</summary>
    public static LoadBalancingPolicy Default { get; } = new DefaultLoadBalancingPolicy();

    /// <summary>
    /// How far away a node is: <see cref="NodeDistance.Local"/> and <see cref="NodeDistance.Remote"/> nodes are connected to,
    /// <see cref="NodeDistance.Ignored"/> ones are not. Asked for every node each time the cluster's nodes are read. Where several policies are in use
    /// (<see cref="ClusterOptions.LoadBalancingPolicy"/> and those of <see cref="ClusterOptions.Profiles"/>), the nearest distance counts; policies given with
    /// sessions and requests only order the nodes that are connected to.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="context">The cluster.</param>
    public abstract NodeDistance GetDistance(Node node, LoadBalancingContext context);

    /// <summary>
    /// The nodes for one request, the best first. Asked once a request; retries and speculative executions go on where the attempt before them was. Nodes that
    /// are not connected at the time are passed over.
    /// </summary>
    /// <param name="context">The request, and the nodes there are.</param>
    public abstract IEnumerable<Node> CreateQueryPlan(QueryPlanContext context);

    /// <summary>For the driver's own policies, whose plans are made without asking: how they order nodes. Null for a user's.</summary>
    internal virtual BalancingRules? RulesFor(LoadBalancingContext context) => null;
}
