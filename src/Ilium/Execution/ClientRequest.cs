using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;
using Ilium.Statements;

namespace Ilium.Execution;

/// <summary>
/// One request of a user, from its statement to its rows: what the user awaits, or blocks on.
/// </summary>
/// <remarks>
/// What it is: a pooled <see cref="PendingRequest"/> that is also the source of the <see cref="ValueTask{T}"/> handed out. It is sent once
/// per attempt, one after another; the rare attempt that needs more than sending again goes through <see cref="RequestExecutor"/>.
/// Threads: the caller until it is sent; the claimer of an attempt until it is sent again or finished; the awaiter for the result.
/// Ownership: the executor's pool. Taking the result returns it, unless somebody besides the awaiter may still hold it (a cancellation, a
/// timeout, a repair): such a request, and one whose result is never taken, is collected.
/// </remarks>
internal sealed class ClientRequest : PendingRequest, IValueTaskSource<RowSet>
{
    // Of _finished; 0 while the request is under way.
    private const int Done = 1;
    private const int Taken = 2;

    private readonly RequestExecutor _executor;
    private readonly ManualResetEventSlim _done = new(false, spinCount: 0);
    private ManualResetValueTaskSourceCore<RowSet> _source;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private RowSet? _result;
    private Exception? _error;
    private bool _synchronous;
    private int _finished;
    private bool _shared;

    internal ClientRequest(RequestExecutor executor)
    {
        _executor = executor;
    }

    internal Statement Statement { get; private set; } = null!;

    internal Session Session { get; private set; } = null!;

    internal RequestSettings Settings { get; set; }

    /// <summary>In milliseconds of the cluster's clock.</summary>
    internal long Deadline { get; private set; }

    internal long Started { get; private set; }

    /// <summary>When the attempt under way began.</summary>
    private long AttemptStarted { get; set; }

    /// <summary>Times a retry policy had it sent again.</summary>
    internal int Retries { get; set; }

    /// <summary>The timestamp of the write, for all attempts; null until it is asked for, and for the server's clock.</summary>
    internal long? Timestamp { get; set; }

    internal bool HasTimestamp { get; set; }

    /// <summary>For the duration metric; 0 while nobody listens.</summary>
    internal long StartedTicks { get; set; }

    internal Activity? Activity { get; set; }

    /// <summary>The columns the answer is decoded with when it brings none; pinned when the request is encoded (R1).</summary>
    internal PreparedStatement? Prepared { get; set; }

    internal PreparedState? PinnedState { get; set; }

    /// <summary>What was prepared for this request, by text: a batch may hold more statements than the cache does.</summary>
    internal Dictionary<string, PreparedStatement>? Kept { get; private set; }

    /// <summary>A statement whose columns, as the cache has them, do not take the values; a node is asked before the values are refused.</summary>
    internal (PreparedStatement Statement, Exception Refusal)? Doubtful { get; set; }

    /// <summary>Times an UNPREPARED answer was repaired.</summary>
    internal int Repairs { get; set; }

    internal List<AttemptInfo>? Attempts { get; private set; }

    /// <summary>Ties the result to the values the page was asked with.</summary>
    internal ulong StatementMark { get; set; }

    internal short Token => _source.Version;

    internal override bool CompletesInline => _synchronous;

    internal void Keep(PreparedStatement statement) => (Kept ??= [])[statement.Cql] = statement;

    /// <summary>Says that others than the awaiter hold this object from here on: it will not be used again.</summary>
    internal void Share() => _shared = true;

    internal bool IsFinished => Volatile.Read(ref _finished) != 0;

    internal void Begin(Session session, Statement statement, in RequestSettings settings, bool synchronous, long now, CancellationToken token)
    {
        Session = session;
        Statement = statement;
        Settings = settings;
        Started = now;
        AttemptStarted = now;
        Deadline = settings.Timeout == long.MaxValue ? long.MaxValue : now + settings.Timeout;
        _synchronous = synchronous;
        _finished = 0;
        _token = token;
        if (token.CanBeCanceled)
        {
            _cancellation = token.UnsafeRegister(static state => ((ClientRequest)state!).Cancel(), this);
        }
    }

    internal void AddAttempt(string outcome, CassandraException? error = null)
    {
        var now = _executor.Clock.Now;
        Attempts ??= [];
        Attempts.Add(new AttemptInfo(Connection?.EndPoint, TimeSpan.FromMilliseconds(now - AttemptStarted), outcome) { Error = error });
        AttemptStarted = now;
    }

    /// <summary>Blocks until the request is finished.</summary>
    internal RowSet Wait()
    {
        // A reader that waits for itself would wait forever.
        ReaderContext.Current?.Relinquish();
        while (!_done.IsSet)
        {
            var left = Deadline == long.MaxValue ? Timeout.Infinite : Math.Max(0, Deadline - _executor.Clock.Now);
            if (!_done.Wait((int)Math.Min(left, int.MaxValue)) && left == 0)
            {
                // The sweep does this too, but it needs the thread pool, and every thread of that may be waiting here.
                if (IsPending)
                {
                    TimeOut(Version);
                }

                _done.Wait(RequestExecutor.GraceAfterDeadline);
                if (!_done.IsSet)
                {
                    TryFinish(null, CreateTimeout());
                }
            }
        }

        return TakeResult();
    }

    internal ValueTask<RowSet> AsValueTask() => new(this, Token);

    internal override void Complete() => _executor.OnResponse(this);

    internal override void Fail(Exception reason) => _executor.OnFailure(this, reason);

    internal override Exception CreateTimeout()
    {
        Share();
        return _executor.CreateTimeout(this);
    }

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

        if (error is CassandraException failure && Attempts is { } attempts)
        {
            failure.Tell(attempts);
        }

        _executor.OnFinished(this, error);
        if (_synchronous)
        {
            _result = result;
            _error = error;
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

    private void Recycle()
    {
        // Waits for a cancellation callback that is running, so that none can reach the object's next life.
        _cancellation.Dispose();
        if (_shared)
        {
            return;
        }

        _cancellation = default;
        _token = default;
        _source.Reset();
        _done.Reset();
        _result = null;
        _error = null;
        Statement = null!;
        Session = null!;
        Prepared = null;
        PinnedState = null;
        Kept = null;
        Attempts = null;
        Repairs = 0;
        Retries = 0;
        Timestamp = null;
        HasTimestamp = false;
        Settings = default;
        Unbind();
        _executor.Return(this);
    }

    private void Cancel()
    {
        Share();
        var version = Version;
        if (TryAbandon(version) || !IsFinished)
        {
            FinishElsewhere(null, new OperationCanceledException("The request was cancelled; a write may have been applied.", _token));
        }
    }
}
