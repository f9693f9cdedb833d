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

    // A node that keeps saying UNPREPARED right after preparing is broken, not forgetful.
    private const int MaxRepairs = 4;

    // Enough for a burst of requests in flight; more objects than this are left to the collector.
    private const int PooledRequests = 8192;

    private readonly ClusterRuntime _cluster;
    private readonly ObjectPool<ClientRequest> _requests;
    private readonly ResponseDecoder _decoder;
    private int _queued;

    internal RequestExecutor(ClusterRuntime cluster)
    {
        _cluster = cluster;
        _decoder = new ResponseDecoder(cluster.Codecs);
        Defaults = RequestSettings.From(cluster.Options);
        _requests = new ObjectPool<ClientRequest>(() => new ClientRequest(this), PooledRequests);
        Clock = cluster.Clock;
    }

    internal RequestSettings Defaults { get; }

    internal RequestClock Clock { get; }

    internal int Queued => Volatile.Read(ref _queued);

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

    internal void Return(ClientRequest request)
    {
        request.Envelope.Shrink(MaxPooledEnvelope);
        _requests.Return(request);
    }

    /// <summary>By the claimer of an attempt: the answer is there.</summary>
    internal void OnResponse(ClientRequest request)
    {
        if (request.ResponseHeader.Opcode == Opcode.Result)
        {
            FinishWithResult(request);
            return;
        }

        OnErrorResponse(request);
    }

    /// <summary>By the claimer of an attempt: there will be no answer.</summary>
    internal void OnFailure(ClientRequest request, Exception reason)
    {
        if (reason is ConnectionClosedException closed)
        {
            request.AddAttempt(closed.Message, closed);
            if (Retry(request, closed))
            {
                return;
            }
        }

        request.TryFinish(null, reason);
    }

    internal void OnFinished(ClientRequest request, Exception? error)
    {
        try
        {
            _cluster.Diagnostics.RequestFinished(request, error);
        }
        catch (Exception)
        {
            // A listener of the user's threw. Its request has an outcome all the same, and somebody waits for it.
        }
    }

    internal Exception CreateTimeout(ClientRequest request)
    {
        var connection = request.Connection;
        request.AddAttempt(connection is null
            ? $"waiting for a connection ({Queued} requests wait)"
            : $"no answer; {connection.InFlight} requests in flight, {connection.Orphans} given up, reader {connection.ReaderStatus}");
        var timeout = TimeSpan.FromMilliseconds(request.Settings.Timeout);
        return new OperationTimedOutException(
            timeout, request.Attempts!, mayHaveBeenApplied: connection is not null);
    }

    // Envelopes above this are given back after a large request.
    private const int MaxPooledEnvelope = 64 * 1024;

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
            if (statement is SimpleStatement simple && UseStatement.Parse(simple.Cql) is { } keyspace)
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
        catch (Exception e)
        {
            _cluster.Diagnostics.RequestFinished(request, e);
            request.Discard();
            throw;
        }

        return request;
    }

    /// <summary>Sends an encoded request over the first connection that takes it.</summary>
    private void Dispatch(ClientRequest request)
    {
        request.Arm();
        if (!TrySend(request))
        {
            request.Share();
            _ = WaitAndSendAsync(request);
        }
    }

    private bool TrySend(ClientRequest request)
    {
        var plan = _cluster.NewPlan(request);
        while (plan.TryNext(out var connection))
        {
            if (connection.TrySend(request, request.Deadline) == SendOutcome.Sent)
            {
                return true;
            }
        }

        return false;
    }

    private async Task WaitAndSendAsync(ClientRequest request)
    {
        var limit = _cluster.Options.MaxQueuedRequests;
        if (Interlocked.Increment(ref _queued) > limit)
        {
            Interlocked.Decrement(ref _queued);
            request.FinishElsewhere(null, new RequestThrottledException(_cluster.InFlight, Queued, limit));
            return;
        }

        // A wake-up that this request got and has not used goes to the next.
        var owed = false;
        try
        {
            // Not pending any more: cancelled, and whoever did that ends it.
            for (var asked = false; request.IsPending; asked = true)
            {
                ObjectDisposedException.ThrowIf(_cluster.IsDisposed, typeof(Cluster));
                var waiter = _cluster.Capacity.Enter();
                owed = false;
                try
                {
                    if (TrySend(request))
                    {
                        return;
                    }

                    _cluster.ThrowIfNoNode(request, asked);
                    await _cluster.WaitAsync(waiter.Woken, request.Deadline).Inline();
                    owed = waiter.Woken.IsCompleted;
                }
                finally
                {
                    if (!owed)
                    {
                        _cluster.Capacity.Leave(waiter);
                    }
                }

                if (Clock.Now >= request.Deadline)
                {
                    throw CreateTimeout(request);
                }
            }
        }
        catch (Exception e)
        {
            request.FinishElsewhere(null, e);
        }
        finally
        {
            Interlocked.Decrement(ref _queued);
            if (owed)
            {
                _cluster.Capacity.Wake(1);
            }
        }
    }

    private async Task PrepareAndDispatchAsync(ClientRequest request)
    {
        try
        {
            var keyspace = request.Statement.Keyspace ?? request.Session.Keyspace;
            while (!_cluster.Encoder.TryEncode(request))
            {
                if (request.Doubtful is { } doubtful)
                {
                    request.Doubtful = null;
                    await AskAgainAsync(request, doubtful.Statement, doubtful.Refusal).Inline();
                    continue;
                }

                foreach (var cql in _cluster.Encoder.Unprepared(request, request.Statement).ToArray())
                {
                    request.Keep(await _cluster.PrepareAsync(keyspace, cql, request.Deadline).Inline());
                }
            }

            if (!request.IsFinished)
            {
                Dispatch(request);
            }
        }
        catch (Exception e)
        {
            request.FinishElsewhere(null, e);
        }
    }

    /// <summary>
    /// Values did not fit a cached statement: its table may have been made again with other types, which nobody tells. Prepares it again, once a request.
    /// </summary>
    private async Task AskAgainAsync(ClientRequest request, PreparedStatement statement, Exception refusal)
    {
        try
        {
            await _cluster.RefreshAsync(statement, request.Deadline).Inline();
            request.Keep(statement);
        }
        catch (Exception e) when (e is not ServerException)
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
            request.FinishElsewhere(null, e);
        }
    }

    private void FinishWithResult(ClientRequest request)
    {
        RowSet rows;
        try
        {
            rows = _decoder.Decode(request, out var keyspace);
            if (rows.Info.Warnings.Count > 0)
            {
                _cluster.Diagnostics.ServerWarnings(request.Connection!, rows.Info.Warnings);
            }

            if (keyspace is not null)
            {
                // A USE that was not recognised as one: nobody else may get this connection in its new keyspace.
                request.Session.MoveTo(keyspace);
                request.Connection!.RetireFor($"its keyspace was changed to {keyspace}");
            }
        }
        catch (Exception e)
        {
            request.TryFinish(null, e);
            return;
        }

        request.TryFinish(rows, null);
    }

    private void OnErrorResponse(ClientRequest request)
    {
        Exception error;
        var body = request.TakeBody();
        try
        {
            var reader = new CqlReader(body.Span);
            var prefix = ResponsePrefix.Read(request.ResponseHeader, ref reader);
            error = request.ResponseHeader.Opcode == Opcode.Error
                ? ErrorResponse.Read(ref reader, request.Connection!.Version).At(request.Connection.EndPoint, prefix.Warnings)
                : new MalformedResponseException($"{request.Connection!.EndPoint} answered a request with {request.ResponseHeader.Opcode}.");
        }
        catch (MalformedResponseException e)
        {
            error = e;
        }
        finally
        {
            body.Return();
        }

        if (error is UnpreparedException unprepared && request.Repairs < MaxRepairs)
        {
            request.Share();
            _ = RepairAsync(request, unprepared);
            return;
        }

        if (error is CassandraException failure)
        {
            request.AddAttempt(failure.Message, failure);
            if (Retry(request, failure))
            {
                return;
            }
        }

        request.TryFinish(null, error);
    }

    /// <summary>By the claimer of a failed attempt: sends the request again where that is safe and its policy says so.</summary>
    /// <returns>False when the failure is the outcome.</returns>
    private bool Retry(ClientRequest request, CassandraException error)
    {
        if (Clock.Now >= request.Deadline || _cluster.IsDisposed || request.IsFinished)
        {
            return false;
        }

        var decision = Decide(request, error);
        if (decision.Verdict == RetryVerdict.Ignore)
        {
            return request.TryFinish(ResponseDecoder.Ignored(request), null);
        }

        // Whatever the policy says: what may have been applied is not done twice.
        if (decision.Verdict == RetryVerdict.Rethrow || (error.MayHaveBeenApplied && !request.Settings.IsIdempotent))
        {
            return false;
        }

        request.Share();
        request.Retries++;
        try
        {
            if (decision.Consistency is { } consistency && consistency != request.Settings.Consistency)
            {
                request.Settings = request.Settings.At(consistency);
                if (!_cluster.Encoder.TryEncode(request))
                {
                    _ = PrepareAndDispatchAsync(request);
                    return true;
                }
            }

            return SendAgain(request, decision.Verdict, mayWait: error is ConnectionClosedException);
        }
        catch (Exception e)
        {
            // Disposed meanwhile. This may be a thread-pool work item, which must not throw.
            request.TryFinish(null, e);
            return true;
        }
    }

    private RetryDecision Decide(ClientRequest request, CassandraException error)
    {
        var context = new RetryContext(
            request.Statement, request.Connection?.EndPoint, request.Settings.Consistency, request.Settings.IsIdempotent, request.Retries);
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
                    ServerErrorException { IsTransient: true } => policy.OnServerError((ServerException)error, context),
                _ => RetryDecision.Rethrow,
            };
        }
        catch (Exception e)
        {
            _cluster.Diagnostics.RetryPolicyFailed(e);
            return RetryDecision.Rethrow;
        }
    }

    private bool SendAgain(ClientRequest request, RetryVerdict verdict, bool mayWait)
    {
        var last = request.Connection;
        request.Arm();
        if (verdict == RetryVerdict.RetrySame && last?.TrySend(request, request.Deadline) == SendOutcome.Sent)
        {
            return true;
        }

        var plan = _cluster.NewPlan(request);
        while (plan.TryNext(out var connection))
        {
            if (!request.Attempts!.Exists(attempt => connection.EndPoint.Equals(attempt.Node)) &&
                connection.TrySend(request, request.Deadline) == SendOutcome.Sent)
            {
                return true;
            }
        }

        if (mayWait)
        {
            // No other node: a new connection to the same one will do.
            Dispatch(request);
            return true;
        }

        // Armed and not sent: a cancellation may have claimed it since, and then ends it.
        return !request.TryClaim(request.Version);
    }

    /// <summary>The node has forgotten a statement, or never knew it: prepares it there and sends the request again.</summary>
    private async Task RepairAsync(ClientRequest request, UnpreparedException error)
    {
        try
        {
            request.Repairs++;
            var connection = request.Connection!;
            if (_cluster.Encoder.FindPrepared(request, error.Id) is not { } statement)
            {
                request.FinishElsewhere(null, error);
                return;
            }

            request.AddAttempt("not prepared there");
            // Prepared again since this was sent: told late by the same storm, so it is only sent again.
            if (request.PinnedState is not { } sent || ReferenceEquals(sent, statement.State))
            {
                _cluster.Diagnostics.Reprepared(connection, statement);
                var beside = await _cluster.ConnectionBesideAsync(connection, statement.Keyspace).Inline();
                await _cluster.WithinAsync(
                    _cluster.Preparer.RepairAsync(beside, statement, _cluster.SharedDeadline(request.Deadline)), request.Deadline).Inline();
            }

            if (request.IsFinished)
            {
                return;
            }

            if (!_cluster.Encoder.TryEncode(request))
            {
                await PrepareAndDispatchAsync(request).Inline();
                return;
            }

            request.Arm();
            if (connection.TrySend(request, request.Deadline) != SendOutcome.Sent && !TrySend(request))
            {
                await WaitAndSendAsync(request).Inline();
            }
        }
        catch (Exception e)
        {
            request.FinishElsewhere(null, e);
        }
    }
}
