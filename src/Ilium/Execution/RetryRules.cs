using Ilium.Connection;

namespace Ilium.Execution;

/// <summary>What becomes of an attempt that has failed: asks the retry policy, and keeps what is promised whatever a policy says.</summary>
internal sealed class RetryRules(ClusterRuntime cluster, RequestSender sender)
{
    // A policy that always says "again" must not fill the memory with the history of it.
    internal const int MaxRetries = 100;

    /// <summary>By the claimer of a failed attempt: sends the request again where that is safe and its policy says so.</summary>
    /// <returns>False when the attempt is over.</returns>
    internal bool TryAgain(Attempt attempt, CassandraException error)
    {
        var request = attempt.Request;
        if (request.IsFinished || cluster.Clock.Now >= request.Deadline || cluster.IsDisposed)
        {
            return false;
        }

        var decision = Decide(attempt, error);
        if (decision.Verdict == RetryVerdict.Ignore)
        {
            request.TryFinish(ResponseDecoder.Ignored(attempt), null);
            return true;
        }

        // Whatever the policy says: what may have been applied is not done twice.
        if (decision.Verdict == RetryVerdict.Rethrow || (error.MayHaveBeenApplied && !request.IsIdempotent) || request.CountRetry() > MaxRetries)
        {
            return false;
        }

        request.Share();
        cluster.Diagnostics.Retried(attempt);
        try
        {
            if (decision.Consistency is { } consistency && consistency != attempt.Consistency)
            {
                attempt.Consistency = consistency;
                if (!cluster.Encoder.TryEncode(attempt))
                {
                    _ = request.Executor.PrepareAndDispatchAsync(attempt);
                    return true;
                }
            }

            return SendAgain(attempt, decision.Verdict, mayWait: error is ConnectionClosedException);
        }
        catch (Exception e)
        {
            // Disposed meanwhile. This may be a thread-pool work item, which must not throw.
            request.TryFinish(null, e);
            return true;
        }
    }

    private RetryDecision Decide(Attempt attempt, CassandraException error)
    {
        var request = attempt.Request;
        var context = new RetryContext(request.Statement, attempt.Connection?.EndPoint, attempt.Consistency, request.IsIdempotent, request.Retries);
        var policy = request.Settings.RetryPolicy;
        try
        {
            return error switch
            {
                ReadTimeoutException timeout => policy.OnReadTimeout(timeout, context),
                WriteTimeoutException timeout => policy.OnWriteTimeout(timeout, context),
                UnavailableException unavailable => policy.OnUnavailable(unavailable, context),
                ConnectionClosedException closed => policy.OnConnectionClosed(closed, context),
                OverloadedException or IsBootstrappingException or TruncateException or ReadFailureException or WriteFailureException or
                    CasWriteUnknownException or CdcWriteFailureException or RateLimitExceededException or ServerErrorException => policy.OnServerError((ServerException)error, context),
                _ => RetryDecision.Rethrow,
            };
        }
        catch (Exception e)
        {
            cluster.Diagnostics.RetryPolicyFailed(e);
            return RetryDecision.Rethrow;
        }
    }

    private bool SendAgain(Attempt attempt, RetryVerdict verdict, bool mayWait)
    {
        var request = attempt.Request;
        var last = attempt.Connection;
        attempt.Arm();
        attempt.Since = cluster.Clock.Now;
        if ((verdict == RetryVerdict.RetrySame && last is not null && sender.TrySend(attempt, last)) || sender.TrySendElsewhere(attempt))
        {
            request.AbandonIfFinished(attempt);
            return true;
        }

        if (mayWait)
        {
            // No other node: a new connection to the same one will do.
            attempt.Unbind();
            sender.Dispatch(attempt);
            return true;
        }

        // Armed and not sent: a cancellation may have claimed it since, and then ends it.
        return !attempt.TryClaim(attempt.Version);
    }
}
