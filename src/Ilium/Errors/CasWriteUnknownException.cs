namespace Ilium;

/// <summary>A conditional write was proposed and not confirmed: it may be applied later, or never. Read with SERIAL consistency to find out.</summary>
public sealed class CasWriteUnknownException : ServerException
{
    internal CasWriteUnknownException(string message, ConsistencyLevel consistency, int received, int required)
        : base(0x1700, message)
    {
        Consistency = consistency;
        Received = received;
        Required = required;
    }

    /// <summary>The consistency that was asked for.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>Replicas that answered.</summary>
    public int Received { get; }

    /// <summary>Replicas that had to answer.</summary>
    public int Required { get; }

    /// <summary>True: it may go better later, or on another node.</summary>
    public override bool IsTransient => true;

    /// <summary>True: some replica may have applied it.</summary>
    public override bool MayHaveBeenApplied => true;
}
