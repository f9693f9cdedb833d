using Ilium.Connection;

namespace Ilium.Execution;

/// <summary>Begins further attempts at requests that take long, as their <see cref="SpeculativeExecutionPolicy"/> says.</summary>
internal sealed class Hedging(ClusterRuntime cluster, RequestSender sender)
{
    /// <summary>By the first attempt, before it is sent: when the next one is due.</summary>
    internal void Begin(ClientRequest request)
    {
        if (request.IsIdempotent && NextDelay(request, attempts: 1) is { } delay)
        {
            request.ActAt(cluster.Clock.Now + delay);
        }
    }

    /// <summary>Sends the request to one more node, if there is one, and notes when the next is due.</summary>
    internal void Fire(ClientRequest request)
    {
        if (request.IsFinished || cluster.IsDisposed || cluster.Clock.Now >= request.Deadline)
        {
            return;
        }

        if (request.Connection is null)
        {
            // Nobody knows yet which node the first attempt goes to, and a second one there helps nobody. It is being sent, or waits for a connection as this would:
            // the longer it has, the later this looks again.
            var now = cluster.Clock.Now;
            request.ActAt(now + Math.Max(1, (now - request.Started) / 2));
            return;
        }

        if (!request.TryBeginAttempt())
        {
            return;
        }

        request.Share();
        var hedge = new HedgeAttempt(request) { Since = cluster.Clock.Now };
        if (!TrySend(hedge))
        {
            // No other node takes it now. Were the others over meanwhile, this was the last.
            if (request.EndAttempt(null))
            {
                request.FinishElsewhere(null, request.LastFailure);
            }
            else if (hedge.Doubtful is { } doubtful)
            {
                _ = FireLaterAsync(request, doubtful.Statement);
            }

            return;
        }

        request.AbandonIfFinished(hedge);
        cluster.Diagnostics.Hedged(hedge);
        if (NextDelay(request, request.AllAttempts.Count()) is { } delay)
        {
            request.ActAt(cluster.Clock.Now + delay);
        }
    }

    /// <summary>
    /// A statement whose table may have changed is asked about first, as for any attempt. That is so whenever a node was lost that the driver heard of
    /// changes from: just when other nodes are needed.
    /// </summary>
    private async Task FireLaterAsync(ClientRequest request, PreparedStatement statement)
    {
        try
        {
            request.AskedAbout(statement);
            await cluster.RefreshAsync(statement, request.Deadline).Inline();
            Fire(request);
        }
        catch (Exception e)
        {
            // The first attempt has its own outcome.
            cluster.Diagnostics.SpeculationFailed(e);
        }
    }

    private bool TrySend(HedgeAttempt hedge)
    {
        try
        {
            if (!cluster.Encoder.TryEncode(hedge))
            {
                // Forgotten by the cache, which is not worth preparing for; or in doubt.
                return false;
            }

            hedge.Request.Add(hedge);
            hedge.Arm();
            return sender.TrySendElsewhere(hedge) || !hedge.TryClaim(hedge.Version);
        }
        catch (Exception e)
        {
            // The first attempt was encoded all the same: it has its own outcome.
            cluster.Diagnostics.SpeculationFailed(e);
            return false;
        }
    }

    private long? NextDelay(ClientRequest request, int attempts)
    {
        try
        {
            return request.Settings.Speculation!.NextDelay(request.Statement, attempts) is { } delay && delay >= TimeSpan.Zero
                ? (long)Math.Ceiling(Math.Min(delay.TotalMilliseconds, int.MaxValue))
                : null;
        }
        catch (Exception e)
        {
            cluster.Diagnostics.SpeculationFailed(e);
            return null;
        }
    }
}
