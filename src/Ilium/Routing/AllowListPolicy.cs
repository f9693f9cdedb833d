using System.Collections.Frozen;
using System.Net;
using Ilium.Routing;

namespace Ilium;

/// <summary>Another policy with only the nodes at given addresses: the others are not connected to and get no requests. Immutable.</summary>
public sealed class AllowListPolicy : LoadBalancingPolicy
{
    private readonly FrozenSet<EndPoint> _endPoints;
    private readonly FrozenSet<IPAddress> _addresses;
    private readonly FrozenSet<string> _names;
    private readonly LoadBalancingPolicy _child;

    /// <summary>Leaves out all nodes but those listed.</summary>
    /// <param name="nodes">
    /// Where the driver reaches them (<see cref="Node.EndPoint"/>): address and port, or an address alone for any port, such as <c>"10.0.0.1"</c>. A name counts only
    /// for a node that is connected to by that name.
    /// </param>
    /// <param name="child">Orders the nodes that are left; null for <see cref="LoadBalancingPolicy.Default"/>, which uses those of the local data center.</param>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public AllowListPolicy(IEnumerable<ContactPoint> nodes, LoadBalancingPolicy? child = null)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var listed = nodes.ToArray();
        if (listed.Length == 0)
        {
            throw new ArgumentException("The list is empty: no node could be used.", nameof(nodes));
        }

        var anyPort = listed.Where(static node => node.Port is null).Select(static node => node.ToEndPoint(defaultPort: 1)).ToArray();
        _endPoints = listed.Where(static node => node.Port is not null).Select(static node => node.ToEndPoint(defaultPort: 1))
            .Concat(anyPort.Where(static endPoint => endPoint is not (IPEndPoint or DnsEndPoint))).ToFrozenSet();
        _addresses = anyPort.OfType<IPEndPoint>().Select(static endPoint => endPoint.Address).ToFrozenSet();
        _names = anyPort.OfType<DnsEndPoint>().Select(static endPoint => endPoint.Host).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _child = child ?? Default;
    }

    /// <inheritdoc/>
    public override NodeDistance GetDistance(Node node, LoadBalancingContext context)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Allows(node) ? _child.GetDistance(node, context) : NodeDistance.Ignored;
    }

    /// <inheritdoc/>
    public override IEnumerable<Node> CreateQueryPlan(QueryPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return RulesFor(context.Cluster) is null ? _child.CreateQueryPlan(context).Where(Allows) : context.PlanOf(this);
    }

    internal override BalancingRules? RulesFor(LoadBalancingContext context) =>
        _child.RulesFor(context) is { } rules ? rules with { IsFiltered = true } : null;

    private bool Allows(Node node) => _endPoints.Contains(node.EndPoint) || node.EndPoint switch
    {
        IPEndPoint ip => _addresses.Contains(ip.Address),
        DnsEndPoint name => _names.Contains(name.Host),
        _ => false,
    };
}
