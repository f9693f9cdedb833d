namespace Ilium.Embedded;

/// <summary>Which requests a fault is for.</summary>
[Flags]
public enum FaultPoint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>QUERY: a statement as text.</summary>
    Query = 1,

    /// <summary>PREPARE.</summary>
    Prepare = 2,

    /// <summary>EXECUTE: a prepared statement.</summary>
    Execute = 4,

    /// <summary>BATCH.</summary>
    Batch = 8,

    /// <summary>All that run statements: QUERY, EXECUTE and BATCH.</summary>
    Statements = Query | Execute | Batch,

    /// <summary>All of them.</summary>
    Any = Query | Prepare | Execute | Batch,
}
