namespace Ilium;

/// <summary>One change of one node, as <see cref="Cluster.NodeChanged"/> tells it. Immutable.</summary>
/// <param name="node">The node.</param>
/// <param name="change">What happened to it.</param>
public sealed class NodeChangedEventArgs(Node node, NodeChange change) : EventArgs
{
    /// <summary>The node. It lives: its state may have changed again meanwhile.</summary>
    public Node Node { get; } = node;

    /// <summary>What happened to it.</summary>
    public NodeChange Change { get; } = change;
}
