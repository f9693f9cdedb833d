namespace Ilium;

/// <summary>Too few replicas are alive for the consistency; the coordinator did not begin.</summary>
public sealed class UnavailableException : ServerException
{
    internal UnavailableException(string message, ConsistencyLevel consistency, int required, int alive)
        : base(0x1000, message)
    {
        Consistency = consistency;
        Required = required;
        Alive = alive;
    }

    /// <summary>The consistency that was asked for.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that had to answer.</summary>
    public int Required { get; }

    /// <summary>Replicas that were alive.</summary>
    public int Alive { get; }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;
}
