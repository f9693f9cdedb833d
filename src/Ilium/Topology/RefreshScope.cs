namespace Ilium.Topology;

/// <summary>What to read anew.</summary>
[Flags]
internal enum RefreshScope
{
    None = 0,

    /// <summary>Which nodes there are.</summary>
    Nodes = 1,

    /// <summary>How keyspaces are replicated.</summary>
    Replication = 2,

    All = Nodes | Replication,
}
