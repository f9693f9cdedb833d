namespace Ilium;

/// <summary>What kind of write failed (native protocol §9). A word this driver does not know is kept as it is.</summary>
/// <param name="Name">The server's word.</param>
public readonly record struct WriteType(string Name)
{
    /// <summary>One statement, not in a batch.</summary>
    public static WriteType Simple { get; } = new("SIMPLE");

    /// <summary>A logged batch whose log had been written: it will be applied in the end.</summary>
    public static WriteType Batch { get; } = new("BATCH");

    /// <summary>A batch without a log.</summary>
    public static WriteType UnloggedBatch { get; } = new("UNLOGGED_BATCH");

    /// <summary>A counter update.</summary>
    public static WriteType Counter { get; } = new("COUNTER");

    /// <summary>The log of a batch: nothing of the batch itself was applied.</summary>
    public static WriteType BatchLog { get; } = new("BATCH_LOG");

    /// <summary>A conditional statement.</summary>
    public static WriteType Cas { get; } = new("CAS");

    /// <summary>An update of materialized views.</summary>
    public static WriteType View { get; } = new("VIEW");

    /// <summary>Change data capture.</summary>
    public static WriteType Cdc { get; } = new("CDC");

    /// <summary>The server's word.</summary>
    public override string ToString() => Name;
}
