using System.Threading.Tasks.Sources;
using Ilium.Connection;

namespace Ilium.Execution;

/// <summary>How a request ends, once, and how whoever waits gets to know.</summary>
internal sealed partial class ClientRequest
{
    /// <summary>Blocks until the request is finished.</summary>
    internal RowSet Wait()
    {
        // A reader that waits for itself would wait forever.
        ReaderContext.Current?.Relinquish();
        while (!_completed)
        {
            var next = Math.Min(Deadline, Volatile.Read(ref _due));
            var left = next == long.MaxValue ? Timeout.Infinite : Math.Max(0, next - Executor.Clock.Now);
            if (_done.Wait((int)Math.Min(left, int.MaxValue)))
            {
                // Completed, or another time was set for what is to be done.
                _done.Reset();
                continue;
            }

            // The timers do all this too, but they need the thread pool, every thread of which may be waiting here.
            TryAct();
            if (Executor.Clock.Now >= Deadline && !TimeOutPending())
            {
                _done.Wait(RequestExecutor.GraceAfterDeadline);
                if (!_completed)
                {
                    TryFinish(null, CreateTimeout());
                }
            }
        }

        return TakeResult();
    }

    internal ValueTask<RowSet> AsValueTask() => new(this, Token);

    /// <summary>Ends the request here and now: a continuation runs on this thread.</summary>
    internal bool TryFinish(RowSet? result, Exception? error)
    {
        if (Interlocked.CompareExchange(ref _finished, Done, 0) != 0)
        {
            result?.Dispose();
            return false;
        }

        // Now and not when the result is taken, which may be never: a token that lives long would keep the request, and with it the cluster.
        // Where this fails the callback is running, and taking the result waits for it.
        if (_cancellation.Unregister())
        {
            _cancellation = default;
        }

        if (HasHedges)
        {
            foreach (var attempt in AllAttempts)
            {
                attempt.TryAbandon(attempt.Version);
            }
        }

        if (error is CassandraException failure)
        {
            failure.Tell(Attempts);
        }

        Executor.OnFinished(this, error);
        if (_synchronous)
        {
            _result = result;
            _error = error;
            _completed = true;
            _done.Set();
        }
        else if (error is null)
        {
            _source.SetResult(result!);
        }
        else
        {
            _source.SetException(error);
        }

        return true;
    }

    /// <summary>Ends the request from driver code, which must not run a user's continuation: that goes to the thread pool.</summary>
    internal void FinishElsewhere(RowSet? result, Exception? error)
    {
        if (_synchronous)
        {
            TryFinish(result, error);
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            static outcome => outcome.Request.TryFinish(outcome.Result, outcome.Error), (Request: this, Result: result, Error: error), preferLocal: false);
    }

    RowSet IValueTaskSource<RowSet>.GetResult(short token)
    {
        if (_source.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            // Were the object given back here, the answer that is on its way would reach whoever uses it next.
            throw new InvalidOperationException(
                "The result of ExecuteAsync was asked for before it was there. Await it, call AsTask() to block on it, or use the synchronous Execute.");
        }

        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            // One taker only, whoever else awaits the same ValueTask at the same time: an object in the pool twice would serve two requests.
            if (Interlocked.CompareExchange(ref _finished, Taken, Done) == Done)
            {
                Recycle();
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<RowSet>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<RowSet>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Lets go of what was begun: the request was never sent and its result will not be taken.</summary>
    internal void Discard() => _cancellation.Dispose();

    private RowSet TakeResult()
    {
        var (result, error) = (_result, _error);
        Recycle();
        if (error is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }

        return result!;
    }

    private bool TimeOutPending()
    {
        foreach (var attempt in AllAttempts)
        {
            if (attempt.IsPending && attempt.TimeOut(attempt.Version))
            {
                return true;
            }
        }

        return false;
    }

    private void Recycle()
    {
        // Waits for a cancellation callback that is running, so that none can reach the object's next life.
        _cancellation.Dispose();
        // Whoever acts on it now, or has acted and shared it, still holds it: so what a repair has left is never seen by another request.
        if ((Volatile.Read(ref _schedule) != 0 && Interlocked.CompareExchange(ref _schedule, 0, Scheduled) == Acting) || _shared)
        {
            return;
        }

        _cancellation = default;
        Cancellation = default;
        _source.Reset();
        _done.Reset();
        _result = null;
        _error = null;
        Statement = null!;
        Session = null!;
        Prepared = null;
        PinnedState = null;
        Kept = null;
        _askedAbout = [];
        _attempts = [];
        _hedges = [];
        _lastFailure = null;
        _due = long.MaxValue;
        _completed = false;
        _retries = 0;
        LatencyStarted = 0;
        Timestamp = null;
        HasTimestamp = false;
        _settings = default;
        IsPlanned = false;
        NamedNodes = null;
        // What it was routed by may be the last to hold a table, or a node, that is no more.
        (Route.Near, Route.Tablet) = (null, null);
        Unbind();
        Executor.Return(this);
    }

    private void Cancel()
    {
        Share();
        var version = Version;
        if (TryAbandon(version) || !IsFinished)
        {
            FinishElsewhere(null, new OperationCanceledException("The request was cancelled; a write may have been applied.", Cancellation));
        }
    }
}
