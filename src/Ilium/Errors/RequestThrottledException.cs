namespace Ilium;

/// <summary>
/// The driver refused the request before sending it, because too many are waiting already. Send fewer at a time, or add nodes;
/// <see cref="ClusterOptions.MaxQueuedRequests"/> is the bound.
/// </summary>
public sealed class RequestThrottledException : CassandraException
{
    internal RequestThrottledException(int inFlight, int queued, int limit)
        : base($"The request was refused: {inFlight} requests are in flight and {queued} wait for their turn, where at most {limit} may. " +
            "Run fewer at a time, or raise ClusterOptions.MaxQueuedRequests if the memory allows.")
    {
        InFlight = inFlight;
        Queued = queued;
        Limit = limit;
    }

    /// <summary>How many requests had been sent and not answered.</summary>
    public int InFlight { get; }

    /// <summary>How many requests waited for a connection to take them.</summary>
    public int Queued { get; }

    /// <summary>How many may wait.</summary>
    public int Limit { get; }

    /// <summary>True: it will do when the load is lower.</summary>
    public override bool IsTransient => true;
}
