namespace Ilium;

/// <summary>What happened to a node.</summary>
public enum NodeChange
{
    /// <summary>It joined the cluster.</summary>
    Added,

    /// <summary>It left the cluster. Requests it is working on end; no more are sent to it.</summary>
    Removed,

    /// <summary>A connection to it is open: the first one, or the first after it was down.</summary>
    Up,

    /// <summary>No connection to it is open and it can't be connected to.</summary>
    Down,

    /// <summary>It has another address: the same host id, reached elsewhere.</summary>
    Moved,
}
