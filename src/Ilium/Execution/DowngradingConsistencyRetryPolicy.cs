using Ilium.Diagnostics;
using Ilium.Errors;
using Microsoft.Extensions.Logging;

namespace Ilium;

/// <summary>
/// Tries again once with the consistency that the live replicas can still give. This breaks what the consistency asked for promised: a read may
/// miss the latest write, a write may be lost with one node. Each time it does, it logs a warning. Serial consistencies are never lowered.
/// </summary>
/// <remarks>Thread-safe. May be shared by clusters.</remarks>
public sealed class DowngradingConsistencyRetryPolicy : RetryPolicy
{
    private readonly ILogger _logger;

    /// <summary>Makes the policy.</summary>
    /// <param name="loggerFactory">Where the warnings go.</param>
    public DowngradingConsistencyRetryPolicy(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _logger = loggerFactory.CreateLogger("Ilium.Retries");
    }

    /// <summary>As the default, else lowered to the replicas that answered.</summary>
    /// <param name="error">What the coordinator said.</param>
    /// <param name="context">The request.</param>
    public override RetryDecision OnReadTimeout(ReadTimeoutException error, in RetryContext context)
    {
        ArgumentNullException.ThrowIfNull(error);
        return context.Retries > 0 || error.Received >= error.Required ? Default.OnReadTimeout(error, context) : Lower(error.Received, error.Consistency, context);
    }

    /// <summary>Batch logs as the default; unlogged batches are lowered to the replicas that acknowledged; others rethrow.</summary>
    /// <param name="error">What the coordinator said.</param>
    /// <param name="context">The request; it must be idempotent for a retry to count.</param>
    public override RetryDecision OnWriteTimeout(WriteTimeoutException error, in RetryContext context)
    {
        ArgumentNullException.ThrowIfNull(error);
        return context.Retries == 0 && error.WriteType == WriteType.UnloggedBatch
            ? Lower(error.Received, error.Consistency, context)
            : Default.OnWriteTimeout(error, context);
    }

    /// <summary>Lowered to the replicas that are alive.</summary>
    /// <param name="error">What the coordinator said.</param>
    /// <param name="context">The request.</param>
    public override RetryDecision OnUnavailable(UnavailableException error, in RetryContext context)
    {
        ArgumentNullException.ThrowIfNull(error);
        return context.Retries > 0 ? RetryDecision.Rethrow : Lower(error.Alive, error.Consistency, context);
    }

    /// <summary>As the default.</summary>
    /// <param name="error">What the coordinator said.</param>
    /// <param name="context">The request.</param>
    public override RetryDecision OnServerError(ServerException error, in RetryContext context) => Default.OnServerError(error, context);

    /// <summary>As the default.</summary>
    /// <param name="error">Why it ended.</param>
    /// <param name="context">The request.</param>
    public override RetryDecision OnConnectionClosed(ConnectionClosedException error, in RetryContext context) => Default.OnConnectionClosed(error, context);

    private RetryDecision Lower(int replicas, ConsistencyLevel failed, in RetryContext context)
    {
        // A level that stays in the local data center goes on to do so.
        ConsistencyLevel? lower = replicas switch
        {
            >= 1 when context.Consistency is ConsistencyLevel.LocalQuorum or ConsistencyLevel.LocalOne => ConsistencyLevel.LocalOne,
            >= 3 => ConsistencyLevel.Three,
            2 => ConsistencyLevel.Two,
            1 => ConsistencyLevel.One,
            _ => null,
        };
        if (lower is not { } level || level == context.Consistency || IsSerial(context.Consistency) || IsSerial(failed))
        {
            return RetryDecision.Rethrow;
        }

        _logger.ConsistencyLowered(EndPointText.Format(context.Node), context.Consistency, level);
        return RetryDecision.RetrySame(level);
    }

    private static bool IsSerial(ConsistencyLevel level) => level is ConsistencyLevel.Serial or ConsistencyLevel.LocalSerial;
}
