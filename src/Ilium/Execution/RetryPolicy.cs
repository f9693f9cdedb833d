namespace Ilium;

/// <summary>
/// Decides what happens to a request after an attempt has failed. The methods of this class rethrow; override those you want to say more about.
/// </summary>
/// <remarks>
/// The driver asks only when sending again is safe or the decision can't make it unsafe: a request that may have been applied and is not
/// idempotent is never sent again, whatever a policy says. The request's timeout covers all attempts, and after 100 of them the failure goes to the
/// caller. Called on a thread of the driver's, by
/// several at once: be thread-safe and short. When a policy throws, the failure it was asked about goes to the caller and the fault is logged.
/// </remarks>
public abstract class RetryPolicy
{
    /// <summary>
    /// The default. A read timeout is tried again once on the same node when enough replicas answered but not the one with the data; a write
    /// timeout once on the same node when only the batch log was being written; unavailable once on another node; a node that is overloaded,
    /// bootstrapping or failing (0x0000), a truncation that did not finish and a connection that ends, on each other node in turn. Everything else
    /// goes to the caller. <c>docs/retries.md</c> has it as a table.
    /// </summary>
    public static RetryPolicy Default { get; } = new Execution.DefaultRetryPolicy();

    /// <summary>Every failure goes to the caller, that of a request which had not left included.</summary>
    public static RetryPolicy Fallthrough { get; } = new Execution.FallthroughRetryPolicy();

    /// <summary>The coordinator did not get the replicas' answers to a read in time.</summary>
    /// <param name="error">What the coordinator said.</param>
    /// <param name="context">The request.</param>
    public virtual RetryDecision OnReadTimeout(ReadTimeoutException error, in RetryContext context) => RetryDecision.Rethrow;

    /// <summary>The coordinator did not get the replicas' acknowledgements of a write in time.</summary>
    /// <param name="error">What the coordinator said.</param>
    /// <param name="context">The request; a retry counts only when it is idempotent.</param>
    public virtual RetryDecision OnWriteTimeout(WriteTimeoutException error, in RetryContext context) => RetryDecision.Rethrow;

    /// <summary>Too few replicas are alive; none was asked.</summary>
    /// <param name="error">What the coordinator said.</param>
    /// <param name="context">The request.</param>
    public virtual RetryDecision OnUnavailable(UnavailableException error, in RetryContext context) => RetryDecision.Rethrow;

    /// <summary>The coordinator or a replica failed: overloaded, bootstrapping, a server error, a truncation, a read, write or CDC failure, a conditional write of unknown outcome.</summary>
    /// <param name="error">What the coordinator said; its type tells which.</param>
    /// <param name="context">The request; where <see cref="CassandraException.MayHaveBeenApplied"/>, a retry counts only when it is idempotent.</param>
    public virtual RetryDecision OnServerError(ServerException error, in RetryContext context) => RetryDecision.Rethrow;

    /// <summary>The connection ended before the answer came.</summary>
    /// <param name="error">Why, and whether the request had left.</param>
    /// <param name="context">The request; where it had left, a retry counts only when it is idempotent.</param>
    public virtual RetryDecision OnConnectionClosed(ConnectionClosedException error, in RetryContext context) => RetryDecision.Rethrow;
}
