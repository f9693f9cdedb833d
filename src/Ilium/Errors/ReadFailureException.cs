using System.Net;

namespace Ilium;

/// <summary>Replicas failed while reading, for example over too many tombstones.</summary>
public sealed class ReadFailureException : ServerException
{
    internal ReadFailureException(string message, ConsistencyLevel consistency, int received, int required, int failures, bool dataPresent, IReadOnlyDictionary<IPAddress, int> reasons)
        : base(0x1300, message)
    {
        Consistency = consistency;
        Received = received;
        Required = required;
        Failures = failures;
        DataPresent = dataPresent;
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

    /// <summary>True when the replica asked for data, not just digests, had answered.</summary>
    public bool DataPresent { get; }

    /// <summary>The reason code of each replica that failed (native protocol v5); empty before.</summary>
    public IReadOnlyDictionary<IPAddress, int> Reasons { get; }
}
