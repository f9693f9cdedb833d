namespace Ilium;

/// <summary>How far away a node is for this client, which decides about its connections.</summary>
public enum NodeDistance
{
    /// <summary>In the local data center: takes requests.</summary>
    Local,

    /// <summary>In another data center, and used only when the local one can't serve a request.</summary>
    Remote,

    /// <summary>Known, and not used: no connection is opened.</summary>
    Ignored,
}
