namespace Ilium;

/// <summary>How the statements of a batch belong together. The numbers are the protocol's (native protocol §4.1.7).</summary>
public enum BatchType : byte
{
    /// <summary>All or nothing in the end: the coordinator keeps a log of the batch until every statement was applied.</summary>
    Logged = 0,

    /// <summary>No log: statements of one partition are applied together, others may be applied in part.</summary>
    Unlogged = 1,

    /// <summary>Only updates of counters.</summary>
    Counter = 2,
}
