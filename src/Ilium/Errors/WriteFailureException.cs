using System.Net;

namespace Ilium;

/// <summary>Replicas failed while writing; others may have applied it.</summary>
public sealed class WriteFailureException : ServerException
{
    internal WriteFailureException(string message, ConsistencyLevel consistency, int received, int required, int failures, WriteType writeType, IReadOnlyDictionary<IPAddress, int> reasons)
        : base(0x1500, message)
    {
        Consistency = consistency;
        Received = received;
        Required = required;
        Failures = failures;
        WriteType = writeType;
        Reasons = reasons;
    }

    /// <summary>The consistency that was asked for.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that answered.</summary>
    public int Received { get; }

    /// <summary>Replicas that had to answer.</summary>
    public int Required { get; }

    /// <summary>Replicas that answered with a failure.</summary>
    public int Failures { get; }

    /// <summary>What kind of write it was.</summary>
    public WriteType WriteType { get; }

    /// <summary>The reason code of each replica that failed (native protocol v5); empty before.</summary>
    public IReadOnlyDictionary<IPAddress, int> Reasons { get; }

    /// <summary>True: some replica may have applied it.</summary>
    public override bool MayHaveBeenApplied => true;
}
