using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;

namespace Ilium.Execution;

/// <summary>
/// Carries out requests: encodes, picks a connection, sends, and deals with what comes back. The only place that sends a request again.
/// </summary>
/// <remarks>
/// Threads: any. The common case — encode, send, decode — allocates nothing here and runs on the caller's thread up to the send and on the
/// reader's from the answer on. Everything else (preparing, waiting for capacity, repairing) is asynchronous driver code whose
/// continuations run on readers' threads, never on a thread-pool thread that might not be free.
/// </remarks>
internal sealed class RequestExecutor
{
    /// <summary>A synchronous caller gives an attempt that is being completed this long past the deadline.</summary>
    internal static readonly TimeSpan GraceAfterDeadline = TimeSpan.FromMilliseconds(500);

    // Enough for a burst of requests in flight; more objects than this are left to the collector.
    private const int PooledRequests = 8192;

    // Envelopes above this are given back after a large request.
    private const int MaxPooledEnvelope = 64 * 1024;

    private readonly ClusterRuntime _cluster;
    private readonly ObjectPool<ClientRequest> _requests;
    private readonly ResponseDecoder _decoder;
    private readonly RequestSender _sender;
    private readonly RetryRules _retries;
    private readonly StatementRepair _repair;

    // Attempts on several connections may run out of time at once, each seen by another thread: each is told of once.
    private readonly Lock _unfinishedGate = new();
    private readonly Hedging _hedging;
    private readonly RequestThrottle? _throttle;

    internal RequestExecutor(ClusterRuntime cluster)
    {
        _cluster = cluster;
        _decoder = new ResponseDecoder(cluster);
        _sender = new RequestSender(cluster);
        _retries = new RetryRules(cluster, _sender);
        _repair = new StatementRepair(cluster, _sender);
        _hedging = new Hedging(cluster, _sender);
        _throttle = RequestThrottle.For(cluster, GoLater);
        Schedule = new RequestSchedule(cluster.Clock, static request => request.TryAct());
        Defaults = RequestSettings.From(cluster.Options);
        _requests = new ObjectPool<ClientRequest>(() => new ClientRequest(this), PooledRequests);
        Clock = cluster.Clock;
    }

    internal RequestSettings Defaults { get; }

    /// <summary>The consistency of requests for which nobody said one; set, if at all, before the cluster counts as connected.</summary>
    internal ConsistencyLevel DefaultConsistency { get; set; } = ConsistencyLevel.LocalOne;

    internal RequestClock Clock { get; }

    internal RequestSchedule Schedule { get; }

    /// <summary>Requests that wait for their turn or for a connection.</summary>
    internal int Queued => _sender.Queued + (_throttle?.Queued ?? 0);

    internal ValueTask<RowSet> ExecuteAsync(Session session, Statement statement, ExecutionOptions? options, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<RowSet>(cancellationToken);
        }

        try
        {
            return Start(session, statement, options, synchronous: false, cancellationToken).AsValueTask();
        }
        catch (Exception e)
        {
            return ValueTask.FromException<RowSet>(e);
        }
    }

    internal RowSet Execute(Session session, Statement statement, ExecutionOptions? options) =>
        Start(session, statement, options, synchronous: true, CancellationToken.None).Wait();

    /// <summary>Begins a request that somebody will <see cref="ClientRequest.Wait"/> for, in any case.</summary>
    internal ClientRequest StartSynchronous(Session session, Statement statement, ExecutionOptions? options) =>
        Start(session, statement, options, synchronous: true, CancellationToken.None);

    internal void Return(ClientRequest request)
    {
        request.Envelope.Shrink(MaxPooledEnvelope);
        _requests.Return(request);
    }

    /// <summary>By the claimer of an attempt: the answer is there.</summary>
    internal void OnResponse(Attempt attempt)
    {
        if (attempt.ResponseHeader.Opcode == Opcode.Result)
        {
            FinishWithResult(attempt);
            return;
        }

        OnErrorResponse(attempt);
    }

    /// <summary>By the claimer of an attempt: there will be no answer.</summary>
    internal void OnFailure(Attempt attempt, Exception reason)
    {
        if (reason is ConnectionClosedException closed)
        {
            attempt.Request.AddAttempt(attempt, closed.Message, closed);
            if (_retries.TryAgain(attempt, closed))
            {
                return;
            }
        }

        End(attempt, reason);
    }

    /// <summary>By driver code that can't go on with an attempt, which is not pending.</summary>
    internal static void GiveUp(Attempt attempt, Exception reason)
    {
        reason = AsOf(attempt.Request, reason);
        if (attempt.Request.EndAttempt(reason))
        {
            attempt.Request.FinishElsewhere(null, reason);
        }
    }

    /// <summary>What ran out of the request's time while something was done for it, such as preparing, knows only what was left of that.</summary>
    private static Exception AsOf(ClientRequest request, Exception reason) =>
        reason is OperationTimedOutException timeout && request.Settings.Timeout != long.MaxValue ? timeout.Of(TimeSpan.FromMilliseconds(request.Settings.Timeout)) : reason;

    /// <summary>What a request has waited for is due.</summary>
    internal void OnDue(ClientRequest request)
    {
        if (request.Turn == RequestTurn.Waiting)
        {
            _throttle!.OnDue(request);
        }
        else if (request.Settings.Speculation is not null)
        {
            _hedging.Fire(request);
        }
    }

    /// <summary>By the upkeep, ten times a second.</summary>
    internal void SweepWaiting(long now) => _throttle?.Sweep(now);

    /// <summary>The cluster is disposed.</summary>
    internal void EndWaiting()
    {
        Schedule.Dispose();
        _throttle?.EndAll(new ObjectDisposedException(typeof(Cluster).FullName));
    }

    internal void OnFinished(ClientRequest request, Exception? error)
    {
        _throttle?.OnFinished(request);
        try
        {
            if (request.LatencyStarted != 0 && error is null or OperationTimedOutException)
            {
                request.Settings.Speculation!.OnLatency(_cluster.Options.TimeProvider.GetElapsedTime(request.LatencyStarted));
            }

            _cluster.Diagnostics.RequestFinished(request, error);
        }
        catch (Exception)
        {
            // A listener or a policy of the user's threw. Its request has an outcome all the same, and somebody waits for it.
        }
    }

    internal Exception CreateTimeout(Attempt attempt)
    {
        var request = attempt.Request;
        lock (_unfinishedGate)
        {
            foreach (var one in request.AllAttempts)
            {
                if (!one.IsToldUnfinished && (one == attempt || one.IsPending))
                {
                    one.IsToldUnfinished = true;
                    AddUnfinished(request, one);
                }
            }
        }

        return new OperationTimedOutException(
            TimeSpan.FromMilliseconds(request.Settings.Timeout), request.Attempts,
            mayHaveBeenApplied: request.AllAttempts.Any(static one => one.Connection is not null) || request.Attempts.Any(static one => one.Error?.MayHaveBeenApplied == true));
    }

    /// <summary>Prepares what an attempt needs, encodes and sends it.</summary>
    internal async Task PrepareAndDispatchAsync(Attempt attempt)
    {
        var request = attempt.Request;
        try
        {
            var keyspace = request.Statement.Keyspace ?? request.Session.Keyspace;
            while (!_cluster.Encoder.TryEncode(attempt))
            {
                if (attempt.Doubtful is { } doubtful)
                {
                    attempt.Doubtful = null;
                    await AskAgainAsync(request, doubtful.Statement, doubtful.Refusal).Inline();
                    continue;
                }

                foreach (var cql in _cluster.Encoder.Unprepared(attempt, request.Statement).ToArray())
                {
                    request.Keep(await _cluster.PrepareAsync(keyspace, cql, request.Deadline).Inline());
                }
            }

            if (!request.IsFinished)
            {
                Dispatch(attempt);
            }
        }
        catch (Exception e)
        {
            GiveUp(attempt, e);
        }
    }

    private ClientRequest Start(Session session, Statement statement, ExecutionOptions? options, bool synchronous, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ObjectDisposedException.ThrowIf(_cluster.IsDisposed, typeof(Cluster));
        var settings = session.Settings.With(statement.Options).With(options);
        var request = _requests.Rent();
        request.Begin(session, statement, settings, synchronous, Clock.Now, token);
        _cluster.Diagnostics.RequestStarted(request);
        try
        {
            if (settings.Speculation is { WantsLatencies: true })
            {
                request.LatencyStarted = _cluster.Options.TimeProvider.GetTimestamp();
            }

            if (_throttle is null || _throttle.TryEnter(request))
            {
                Go(request);
            }
        }
        catch (Exception e)
        {
            _throttle?.OnFinished(request);
            _cluster.Diagnostics.RequestFinished(request, e);
            request.Discard();
            throw;
        }

        return request;
    }

    /// <summary>Its turn has come: encodes and sends it.</summary>
    private void Go(ClientRequest request)
    {
        if (!_cluster.IsConnected)
        {
            request.Share();
            _ = ConnectAndGoAsync(request);
            return;
        }

        if (request.Consistency == RequestSettings.Unsaid)
        {
            request.Consistency = DefaultConsistency;
        }

        if (request.Statement is SimpleStatement simple && UseStatement.Parse(simple.Cql) is { } keyspace)
        {
            request.Share();
            _ = MoveSessionAsync(request, keyspace);
        }
        else if (_cluster.Encoder.TryEncode(request))
        {
            Dispatch(request);
        }
        else
        {
            request.Share();
            _ = PrepareAndDispatchAsync(request);
        }
    }

    /// <summary>A session can be made before anybody has connected: its first requests do, and wait.</summary>
    private async Task ConnectAndGoAsync(ClientRequest request)
    {
        try
        {
            await _cluster.OpenAsync(request.Deadline).Inline();
            if (!request.IsFinished)
            {
                Go(request);
            }
        }
        catch (Exception e)
        {
            GiveUp(request, e);
        }
    }

    private void GoLater(ClientRequest request)
    {
        try
        {
            Go(request);
        }
        catch (Exception e)
        {
            GiveUp(request, e);
        }
    }

    private void Dispatch(Attempt attempt)
    {
        _cluster.Router.Plan(attempt);
        // Before it is sent: afterwards it may have ended and serve another request.
        if (attempt is ClientRequest { Settings.Speculation: not null } request)
        {
            _hedging.Begin(request);
        }

        _sender.Dispatch(attempt);
    }

    private void AddUnfinished(ClientRequest request, Attempt attempt) => request.AddAttempt(attempt, attempt.Connection is { } connection
        ? $"no answer; {connection.InFlight} requests in flight, {connection.Orphans} given up, reader {connection.ReaderStatus}"
        : $"waiting for {(request.Turn is RequestTurn.Waiting or RequestTurn.Missed ? "its turn" : "a connection")} ({Queued} requests wait)");

    private static void AddLosers(Attempt winner)
    {
        foreach (var attempt in winner.Request.AllAttempts)
        {
            if (attempt != winner && attempt.IsPending)
            {
                winner.Request.AddAttempt(attempt, "given up: another node has answered");
            }
        }
    }

    /// <summary>
    /// A statement's table has changed, or the values did not fit it, and its table may have been made again with other types. Prepares it again, once a request.
    /// </summary>
    /// <param name="request">Whose it is.</param>
    /// <param name="statement">What is in doubt.</param>
    /// <param name="refusal">Why the values did not fit; null when a server has said that the table changed.</param>
    private async Task AskAgainAsync(ClientRequest request, PreparedStatement statement, Exception? refusal)
    {
        try
        {
            request.AskedAbout(statement);
            await _cluster.RefreshAsync(statement, request.Deadline).Inline();
            if (refusal is not null)
            {
                request.Keep(statement);
            }
        }
        catch (Exception e) when (e is not ServerException && refusal is not null)
        {
            // Nobody can say otherwise.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(refusal);
        }
    }

    private async Task MoveSessionAsync(ClientRequest request, string keyspace)
    {
        try
        {
            await _cluster.CheckKeyspaceAsync(keyspace, request.Deadline).Inline();
            request.Session.MoveTo(keyspace);
            request.FinishElsewhere(ResponseDecoder.Nothing, null);
        }
        catch (Exception e)
        {
            request.FinishElsewhere(null, AsOf(request, e));
        }
    }

    private void FinishWithResult(Attempt attempt)
    {
        var request = attempt.Request;
        RowSet rows;
        SchemaChange? change;
        if (request.HasHedges)
        {
            AddLosers(attempt);
        }

        try
        {
            rows = _decoder.Decode(attempt, out var keyspace, out change);
            if (rows.Info.Warnings.Count > 0)
            {
                _cluster.Diagnostics.ServerWarnings(attempt.Connection!, rows.Info.Warnings);
            }

            if (keyspace is not null)
            {
                // A USE that was not recognised as one: nobody else may get this connection in its new keyspace.
                request.Session.MoveTo(keyspace);
                attempt.Connection!.RetireFor($"its keyspace was changed to {keyspace}");
            }
        }
        catch (Exception e)
        {
            if (e is CassandraException failure)
            {
                request.AddAttempt(attempt, failure.Message, failure);
            }

            request.TryFinish(null, e);
            return;
        }

        if (change is not null)
        {
            request.Share();
            _ = _cluster.Ddl.CompleteAsync(attempt, rows, change);
            return;
        }

        request.TryFinish(rows, null);
    }

    private void OnErrorResponse(Attempt attempt)
    {
        Exception error;
        var body = attempt.TakeBody();
        try
        {
            var reader = new CqlReader(body.Span);
            var prefix = ResponsePrefix.Read(attempt.ResponseHeader, ref reader);
            error = attempt.ResponseHeader.Opcode == Opcode.Error
                ? ErrorResponse.Read(ref reader, attempt.Connection!.Version, attempt.Connection.Extensions.RateLimitCode).At(attempt.Connection.EndPoint, prefix.Warnings)
                : new MalformedResponseException($"{attempt.Connection!.EndPoint} answered a request with {attempt.ResponseHeader.Opcode}.");
        }
        catch (MalformedResponseException e)
        {
            error = e;
        }
        finally
        {
            body.Return();
        }

        if (error is ProtocolErrorException && attempt.ResponseHeader.StreamId == 0)
        {
            // Servers tell so of bytes they could not make a request of, whose id they don't know: this need not be about this request, which may have been carried out.
            attempt.Connection!.Break(error);
            OnFailure(attempt, new ConnectionClosedException(attempt.Connection.EndPoint, error, requestHadLeft: true));
            return;
        }

        if (error is UnpreparedException unprepared && _repair.TryRepair(attempt, unprepared))
        {
            return;
        }

        if (error is CassandraException failure)
        {
            attempt.Request.AddAttempt(attempt, (failure as ServerException)?.Description ?? failure.Message, failure);
            if (_retries.TryAgain(attempt, failure))
            {
                return;
            }
        }

        End(attempt, error);
    }

    /// <summary>An attempt has failed for good, and with it the request, unless another attempt may still succeed.</summary>
    private static void End(Attempt attempt, Exception reason)
    {
        if (attempt.Request.EndAttempt(reason))
        {
            attempt.Request.TryFinish(null, reason);
        }
    }
}
