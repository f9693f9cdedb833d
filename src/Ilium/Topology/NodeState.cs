namespace Ilium;

/// <summary>What the driver knows about a node, from its own connections.</summary>
public enum NodeState
{
    /// <summary>No connection has been tried yet.</summary>
    Unknown,

    /// <summary>At least one connection is open.</summary>
    Up,

    /// <summary>No connection is open and the last attempt to open one failed; the driver keeps trying.</summary>
    Down,

    /// <summary>The node is too far away to be used: no connection is opened.</summary>
    Ignored,
}
