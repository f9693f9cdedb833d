using System.Collections.Frozen;

namespace Ilium.Routing;

/// <summary>
/// The nodes of one snapshot as one of the driver's own policies sees them, worked out once, so that a plan is made without asking. Immutable.
/// </summary>
internal sealed class BalancingLayout
{
    private readonly FrozenSet<Node>? _served;

    /// <param name="policy">Says how far each node is.</param>
    /// <param name="rules">How the policy orders them.</param>
    /// <param name="context">The nodes.</param>
    internal BalancingLayout(LoadBalancingPolicy policy, BalancingRules rules, LoadBalancingContext context)
    {
        Rules = rules;
        var nodes = context.Nodes.Select(node => (Node: node, Distance: policy.GetDistance(node, context))).ToArray();
        Near = [.. nodes.Where(entry => entry.Distance == NodeDistance.Local && IsNear(entry.Node)).Select(static entry => entry.Node)];
        Locals = [.. nodes.Where(entry => entry.Distance == NodeDistance.Local && !IsNear(entry.Node)).Select(static entry => entry.Node)];
        Remotes = [.. nodes.Where(static entry => entry.Distance == NodeDistance.Remote).Select(static entry => entry.Node)];
        Count = Near.Length + Locals.Length + Remotes.Length;
        _served = rules.IsFiltered ? Near.Concat(Locals).ToFrozenSet() : null;

        bool IsNear(Node node) => rules.Rack is { } rack && node.Rack == rack;
    }

    internal BalancingRules Rules { get; }

    /// <summary>The local nodes in the local rack; empty where no rack was said.</summary>
    internal Node[] Near { get; }

    /// <summary>The other local nodes.</summary>
    internal Node[] Locals { get; }

    /// <summary>Those that get what no local node takes.</summary>
    internal Node[] Remotes { get; }

    internal int Count { get; }

    /// <summary>False for a node that the policy leaves out although it is in the right data center.</summary>
    internal bool Serves(Node node) => _served is null || _served.Contains(node);

    internal IEnumerable<Node> All => [.. Near, .. Locals, .. Remotes];
}

/// <summary>How one of the driver's own policies orders nodes.</summary>
/// <param name="Datacenter">Where replicas are looked for; null for a policy that doesn't.</param>
/// <param name="Rack">The rack whose nodes come first; null for none.</param>
/// <param name="IsFiltered">True when local nodes may be left out.</param>
internal sealed record BalancingRules(string? Datacenter, string? Rack, bool IsFiltered);
