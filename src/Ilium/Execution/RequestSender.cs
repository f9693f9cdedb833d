using Ilium.Connection;

namespace Ilium.Execution;

/// <summary>Gets attempts onto connections: at once where one has room, else when one has.</summary>
internal sealed class RequestSender(ClusterRuntime cluster)
{
    private int _queued;

    /// <summary>Requests that wait for a connection to take them.</summary>
    internal int Queued => Volatile.Read(ref _queued);

    /// <summary>Sends an encoded attempt over the first connection that takes it.</summary>
    internal void Dispatch(Attempt attempt)
    {
        attempt.Arm();
        if (!TrySend(attempt))
        {
            attempt.Request.Share();
            _ = WaitAndSendAsync(attempt);
        }
    }

    internal bool TrySend(Attempt attempt)
    {
        if (cluster.Router.PickFirst(attempt) is { } first && TrySend(attempt, first))
        {
            return true;
        }

        var plan = cluster.Router.NewPlan(attempt);
        while (plan.TryNext(out var connection))
        {
            if (TrySend(attempt, connection))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sends an armed attempt over one connection; false when that does not take it.</summary>
    internal bool TrySend(Attempt attempt, CqlConnection connection)
    {
        // Connections differ while a cluster is upgraded: what is encoded for the one is not understood over the other.
        if (attempt.HasMetadataId != connection.Extensions.HasMetadataIds && attempt.PinnedState is not null)
        {
            cluster.Encoder.EncodeAgain(attempt, connection);
        }

        return connection.TrySend(attempt, attempt.Request.Deadline) == SendOutcome.Sent;
    }

    /// <summary>Sends an armed attempt to a node that the request has not been sent to yet.</summary>
    /// <returns>False when there is none that takes it.</returns>
    internal bool TrySendElsewhere(Attempt attempt)
    {
        var plan = cluster.Router.NewPlan(attempt);
        while (plan.TryNext(out var connection))
        {
            if (!attempt.Request.HasAsked(connection.EndPoint) && TrySend(attempt, connection))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Waits until a connection takes an armed attempt.</summary>
    internal async Task WaitAndSendAsync(Attempt attempt)
    {
        var request = attempt.Request;
        var limit = cluster.Options.MaxQueuedRequests;
        if (Interlocked.Increment(ref _queued) > limit)
        {
            Interlocked.Decrement(ref _queued);
            RequestExecutor.GiveUp(attempt, new RequestThrottledException(cluster.InFlight, Queued, limit));
            return;
        }

        // A wake-up that this request got and has not used goes to the next.
        var owed = false;
        try
        {
            // Cancelled: whoever does that ends it, here or a moment later.
            for (var asked = false; attempt.IsPending && !request.Cancellation.IsCancellationRequested; asked = true)
            {
                ObjectDisposedException.ThrowIf(cluster.IsDisposed, typeof(Cluster));
                var waiter = cluster.Capacity.Enter();
                owed = false;
                try
                {
                    if (TrySend(attempt))
                    {
                        return;
                    }

                    cluster.Router.ThrowIfNoNode(request, asked);
                    await cluster.WaitAsync(waiter.Woken, request.Deadline, request.Cancellation).Inline();
                    owed = waiter.Woken.IsCompleted;
                }
                finally
                {
                    if (!owed)
                    {
                        cluster.Capacity.Leave(waiter);
                    }
                }

                if (cluster.Clock.Now >= request.Deadline)
                {
                    throw attempt.CreateTimeout();
                }
            }
        }
        catch (Exception e)
        {
            RequestExecutor.GiveUp(attempt, e);
        }
        finally
        {
            Interlocked.Decrement(ref _queued);
            if (owed)
            {
                cluster.Capacity.Wake(1);
            }
        }
    }
}
