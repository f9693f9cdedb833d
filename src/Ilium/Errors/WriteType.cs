namespace Ilium;

/// <summary>
/// Which write failed or timed out (native protocol §9). A word the driver does not know is kept: compare <see cref="Name"/> then.
/// </summary>
public readonly record struct WriteType
{
    private const string UnknownName = "UNKNOWN";

    private readonly string? _name;

    internal WriteType(string name)
    {
        _name = name == UnknownName ? null : name;
    }

    /// <summary>The server did not say.</summary>
    public static WriteType Unknown => default;

    /// <summary>One statement, no counter.</summary>
    public static WriteType Simple { get; } = new("SIMPLE");

    /// <summary>A logged batch; its log had been written, so that it will be applied in the end.</summary>
    public static WriteType Batch { get; } = new("BATCH");

    /// <summary>An unlogged batch.</summary>
    public static WriteType UnloggedBatch { get; } = new("UNLOGGED_BATCH");

    /// <summary>A counter: sending it again may count twice.</summary>
    public static WriteType Counter { get; } = new("COUNTER");

    /// <summary>The log of a logged batch, before any of its statements was applied.</summary>
    public static WriteType BatchLog { get; } = new("BATCH_LOG");

    /// <summary>A conditional write.</summary>
    public static WriteType Cas { get; } = new("CAS");

    /// <summary>The lock that updates a materialized view.</summary>
    public static WriteType View { get; } = new("VIEW");

    /// <summary>The space for change data capture.</summary>
    public static WriteType Cdc { get; } = new("CDC");

    /// <summary>The word on the wire, for example <c>BATCH_LOG</c>; <c>UNKNOWN</c> if there was none.</summary>
    public string Name => _name ?? UnknownName;

    /// <summary>Same as <see cref="Name"/>.</summary>
    public override string ToString() => Name;
}
