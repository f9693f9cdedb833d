using System.Collections.ObjectModel;
using System.Net;

namespace Ilium;

/// <summary>Fewer replicas are alive than the consistency level needs (0x1000). Nothing was sent to any of them.</summary>
public sealed class UnavailableException : ServerException
{
    internal const int ErrorCode = 0x1000;

    internal UnavailableException(string serverMessage, ConsistencyLevel consistency, int required, int alive)
        : base(ErrorCode, serverMessage, $"{consistency} needs {required} live replicas and there are {alive}.")
    {
        Consistency = consistency;
        Required = required;
        Alive = alive;
    }

    /// <summary>The consistency level that could not be met.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas needed.</summary>
    public int Required { get; }

    /// <summary>Replicas the coordinator took for alive.</summary>
    public int Alive { get; }

    /// <summary>True.</summary>
    public override bool IsTransient => true;
}

/// <summary>Too few replicas acknowledged a write in time (0x1100).</summary>
public sealed class WriteTimeoutException : ServerException
{
    internal const int ErrorCode = 0x1100;

    internal WriteTimeoutException(
        string serverMessage,
        ConsistencyLevel consistency,
        int received,
        int required,
        WriteType writeType,
        int? contentions)
        : base(ErrorCode, serverMessage,
            $"A {writeType} write at {consistency} timed out: {received} of {required} replicas acknowledged it.")
    {
        Consistency = consistency;
        Received = received;
        Required = required;
        WriteType = writeType;
        Contentions = contentions;
    }

    /// <summary>The consistency level of the write.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that acknowledged.</summary>
    public int Received { get; }

    /// <summary>Replicas needed.</summary>
    public int Required { get; }

    /// <summary>Which write it was: decides whether sending it again is safe.</summary>
    public WriteType WriteType { get; }

    /// <summary>How often a conditional write met another one; only with protocol v5 and <see cref="WriteType.Cas"/>, else null.</summary>
    public int? Contentions { get; }

    /// <summary>True.</summary>
    public override bool IsTransient => true;

    /// <summary>True: the replicas that did not answer in time may still apply it, and a logged batch is replayed from its log.</summary>
    public override bool MayHaveBeenApplied => true;
}

/// <summary>Too few replicas answered a read in time (0x1200).</summary>
public sealed class ReadTimeoutException : ServerException
{
    internal const int ErrorCode = 0x1200;

    internal ReadTimeoutException(string serverMessage, ConsistencyLevel consistency, int received, int required, bool dataPresent)
        : base(ErrorCode, serverMessage, $"A read at {consistency} timed out: {received} of {required} replicas answered.")
    {
        Consistency = consistency;
        Received = received;
        Required = required;
        DataPresent = dataPresent;
    }

    /// <summary>The consistency level of the read.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that answered; may reach <see cref="Required"/> when the one asked for data did not.</summary>
    public int Received { get; }

    /// <summary>Replicas needed.</summary>
    public int Required { get; }

    /// <summary>Whether the replica that was asked for the data itself, and not for a digest, answered.</summary>
    public bool DataPresent { get; }

    /// <summary>True.</summary>
    public override bool IsTransient => true;
}

/// <summary>Replicas failed to execute a read (0x1300), for example because of too many tombstones.</summary>
public sealed class ReadFailureException : ServerException
{
    internal const int ErrorCode = 0x1300;

    internal ReadFailureException(
        string serverMessage,
        ConsistencyLevel consistency,
        int received,
        int required,
        int failures,
        IReadOnlyDictionary<IPAddress, int>? reasons,
        bool dataPresent)
        : base(ErrorCode, serverMessage, $"A read at {consistency} failed on {failures} replicas; {received} of {required} answered.")
    {
        Consistency = consistency;
        Received = received;
        Required = required;
        Failures = failures;
        Reasons = reasons ?? ReadOnlyDictionary<IPAddress, int>.Empty;
        DataPresent = dataPresent;
    }

    /// <summary>The consistency level of the read.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that answered.</summary>
    public int Received { get; }

    /// <summary>Replicas needed.</summary>
    public int Required { get; }

    /// <summary>Replicas that failed.</summary>
    public int Failures { get; }

    /// <summary>Which replica failed with which of the protocol's reason codes; empty before protocol v5.</summary>
    public IReadOnlyDictionary<IPAddress, int> Reasons { get; }

    /// <summary>Whether the replica that was asked for the data itself answered.</summary>
    public bool DataPresent { get; }
}

/// <summary>Replicas failed to execute a write (0x1500).</summary>
public sealed class WriteFailureException : ServerException
{
    internal const int ErrorCode = 0x1500;

    internal WriteFailureException(
        string serverMessage,
        ConsistencyLevel consistency,
        int received,
        int required,
        int failures,
        IReadOnlyDictionary<IPAddress, int>? reasons,
        WriteType writeType)
        : base(ErrorCode, serverMessage,
            $"A {writeType} write at {consistency} failed on {failures} replicas; {received} of {required} acknowledged it.")
    {
        Consistency = consistency;
        Received = received;
        Required = required;
        Failures = failures;
        Reasons = reasons ?? ReadOnlyDictionary<IPAddress, int>.Empty;
        WriteType = writeType;
    }

    /// <summary>The consistency level of the write.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that acknowledged.</summary>
    public int Received { get; }

    /// <summary>Replicas needed.</summary>
    public int Required { get; }

    /// <summary>Replicas that failed.</summary>
    public int Failures { get; }

    /// <summary>Which replica failed with which of the protocol's reason codes; empty before protocol v5.</summary>
    public IReadOnlyDictionary<IPAddress, int> Reasons { get; }

    /// <summary>Which write it was.</summary>
    public WriteType WriteType { get; }

    /// <summary>True: the replicas that did not fail have applied it.</summary>
    public override bool MayHaveBeenApplied => true;
}

/// <summary>A write was refused because the space for change data capture is full (0x1600).</summary>
public sealed class CdcWriteFailureException : ServerException
{
    internal const int ErrorCode = 0x1600;

    internal CdcWriteFailureException(string serverMessage)
        : base(ErrorCode, serverMessage)
    {
    }

    /// <summary>True: it works again once the captured data has been consumed.</summary>
    public override bool IsTransient => true;

    /// <summary>True: each replica has its own space, and another one may have applied it.</summary>
    public override bool MayHaveBeenApplied => true;
}

/// <summary>
/// A conditional write met others and the coordinator does not know how it ended (0x1700). Read with a serial consistency to learn.
/// </summary>
public sealed class CasWriteUnknownException : ServerException
{
    internal const int ErrorCode = 0x1700;

    internal CasWriteUnknownException(string serverMessage, ConsistencyLevel consistency, int received, int required)
        : base(ErrorCode, serverMessage,
            $"A conditional write at {consistency} has an unknown outcome: {received} of {required} replicas acknowledged it.")
    {
        Consistency = consistency;
        Received = received;
        Required = required;
    }

    /// <summary>The serial consistency level of the write.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that acknowledged.</summary>
    public int Received { get; }

    /// <summary>Replicas needed.</summary>
    public int Required { get; }

    /// <summary>True.</summary>
    public override bool IsTransient => true;

    /// <summary>True.</summary>
    public override bool MayHaveBeenApplied => true;
}
