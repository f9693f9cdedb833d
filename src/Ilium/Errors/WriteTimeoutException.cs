namespace Ilium;

/// <summary>Too few replicas confirmed a write in time. It may be applied all the same; where it is idempotent, writing again is safe.</summary>
public sealed class WriteTimeoutException : ServerException
{
    internal WriteTimeoutException(string message, ConsistencyLevel consistency, int received, int required, WriteType writeType, int? contentions)
        : base(0x1100, message)
    {
        Consistency = consistency;
        Received = received;
        Required = required;
        WriteType = writeType;
        Contentions = contentions;
    }

    /// <summary>The consistency that was asked for.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that answered.</summary>
    public int Received { get; }

    /// <summary>Replicas that had to answer.</summary>
    public int Required { get; }

    /// <summary>What kind of write it was.</summary>
    public WriteType WriteType { get; }

    /// <summary>How often a conditional write met another (native protocol v5, conditional writes only).</summary>
    public int? Contentions { get; }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;

    /// <summary>True, unless only the log of a batch was being written.</summary>
    public override bool MayHaveBeenApplied => WriteType != WriteType.BatchLog;
}
