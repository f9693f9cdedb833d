namespace Ilium;

/// <summary>Too few replicas answered a read in time.</summary>
public sealed class ReadTimeoutException : ServerException
{
    internal ReadTimeoutException(string message, ConsistencyLevel consistency, int received, int required, bool dataPresent)
        : base(0x1200, message)
    {
        Consistency = consistency;
        Received = received;
        Required = required;
        DataPresent = dataPresent;
    }

    /// <summary>The consistency that was asked for.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that answered.</summary>
    public int Received { get; }

    /// <summary>Replicas that had to answer.</summary>
    public int Required { get; }

    /// <summary>True when the replica asked for data, not just digests, had answered.</summary>
    public bool DataPresent { get; }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;
}
