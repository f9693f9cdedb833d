namespace Ilium.Execution;

/// <summary>
/// Lets so many requests be under way at once, and begin in a second; the others wait for their turn, first come first served, up to a bound.
/// </summary>
/// <remarks>
/// Threads: any. Who ends a request gives its place to the next and sends that, too: no thread of the pool is needed. One thread at a time does so,
/// so that requests which fail as they are sent do not end each other in ever deeper calls.
/// Not <c>System.Threading.RateLimiting</c>: its limiters go on by way of the pool's threads and timers, every one of which may be blocked in a synchronous verb.
/// </remarks>
internal sealed class RequestThrottle
{
    // A rate is kept over so long: requests may come in bursts of what the rate gives in it.
    private const double BurstSeconds = 0.1;

    private readonly ClusterRuntime _cluster;
    private readonly Action<ClientRequest> _go;
    private readonly int _concurrent;
    private readonly double _perMillisecond;
    private readonly double _burst;
    private readonly Lock _gate = new();
    // Those that have ended meanwhile stay until the next sweep, or until they would be next.
    private readonly Queue<ClientRequest> _waiting = new();
    private double _permits;
    private long _filled;
    private int _inside;
    private int _queued;
    private int _pumping;

    private RequestThrottle(ClusterRuntime cluster, Action<ClientRequest> go)
    {
        _cluster = cluster;
        _go = go;
        _concurrent = cluster.Options.MaxConcurrentRequests ?? int.MaxValue;
        var perSecond = cluster.Options.MaxRequestsPerSecond ?? double.PositiveInfinity;
        _perMillisecond = perSecond / 1_000;
        _burst = Math.Max(1, perSecond * BurstSeconds);
        _permits = _burst;
        _filled = cluster.Clock.Now;
    }

    /// <summary>Requests that wait for their turn.</summary>
    internal int Queued => Volatile.Read(ref _queued);

    /// <summary>null where nothing limits requests.</summary>
    /// <param name="cluster">Whose requests.</param>
    /// <param name="go">Sends a request whose turn it is; never throws.</param>
    internal static RequestThrottle? For(ClusterRuntime cluster, Action<ClientRequest> go) =>
        cluster.Options.MaxConcurrentRequests is null && cluster.Options.MaxRequestsPerSecond is null ? null : new RequestThrottle(cluster, go);

    /// <summary>Takes a turn.</summary>
    /// <returns>False when the request waits: it is sent later, by somebody else.</returns>
    /// <exception cref="RequestThrottledException">Too many wait already.</exception>
    internal bool TryEnter(ClientRequest request)
    {
        lock (_gate)
        {
            if (_queued == 0 && CanGoInsideLock())
            {
                TakeTurnInsideLock();
                request.Turn = RequestTurn.Taken;
                return true;
            }

            if (_queued >= _cluster.Options.MaxQueuedRequests)
            {
                throw new RequestThrottledException(_inside, _queued, _cluster.Options.MaxQueuedRequests);
            }

            request.Share();
            request.Turn = RequestTurn.Waiting;
            _queued++;
            _waiting.Enqueue(request);
            request.ActAt(request.Deadline, scheduled: false);
        }

        // Says when the rate lets the first of them go.
        Pump();
        return false;
    }

    /// <summary>About a request that waits, when its turn may have come or its time is up.</summary>
    internal void OnDue(ClientRequest request)
    {
        if (request.Turn != RequestTurn.Waiting)
        {
            return;
        }

        if (_cluster.Clock.Now >= request.Deadline)
        {
            TimeOut(request);
            return;
        }

        request.ActAt(request.Deadline, scheduled: false);
        Pump();
    }

    /// <summary>
    /// By the upkeep: ends those whose time is up, and lets go of those that have ended. An entry in the schedule for each would keep it until its deadline, long after its
    /// turn: at a hundred thousand a second that is memory without bound.
    /// </summary>
    internal void Sweep(long now)
    {
        List<ClientRequest>? overdue = null;
        lock (_gate)
        {
            for (var left = _waiting.Count; left > 0; left--)
            {
                var request = _waiting.Dequeue();
                if (request.IsFinished)
                {
                    continue;
                }

                if (now >= request.Deadline)
                {
                    (overdue ??= []).Add(request);
                    continue;
                }

                _waiting.Enqueue(request);
            }
        }

        overdue?.ForEach(TimeOut);
    }

    /// <summary>It was never sent: whoever takes it out of the queue keeps it from being.</summary>
    private void TimeOut(ClientRequest request)
    {
        if (request.TryEndWaiting(RequestTurn.Missed))
        {
            LeaveQueue();
            RequestExecutor.GiveUp(request, request.CreateTimeout());
        }
    }

    private void LeaveQueue()
    {
        lock (_gate)
        {
            _queued--;
        }

        // It may have been the first, whose turn was looked out for: the next one's is now.
        Pump();
    }

    /// <summary>By whoever has ended a request: its place, or its place in the queue, is free.</summary>
    internal void OnFinished(ClientRequest request)
    {
        switch (request.EndTurn())
        {
            case RequestTurn.Taken:
                lock (_gate)
                {
                    _inside--;
                }

                Pump();
                break;
            case RequestTurn.Waiting:
                LeaveQueue();
                break;
        }
    }

    /// <summary>Everybody who waits ends: the cluster is disposed.</summary>
    internal void EndAll(Exception reason)
    {
        while (true)
        {
            ClientRequest? request;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out request))
                {
                    return;
                }
            }

            if (!request.IsFinished)
            {
                RequestExecutor.GiveUp(request, reason);
            }
        }
    }

    private void Pump()
    {
        if (Interlocked.Increment(ref _pumping) != 1)
        {
            // The one who is at it looks again.
            return;
        }

        int seen;
        do
        {
            seen = Volatile.Read(ref _pumping);
            while (TryTake(out var request))
            {
                _go(request);
            }
        }
        while (Interlocked.Add(ref _pumping, -seen) != 0);
    }

    private bool TryTake(out ClientRequest request)
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out request!))
            {
                if (!request.IsFinished && !CanGoInsideLock())
                {
                    if (_inside < _concurrent)
                    {
                        // A permit short: the next one is due then.
                        request.ActAt(Math.Min(_filled + (long)Math.Ceiling((1 - _permits) / _perMillisecond), request.Deadline));
                    }

                    return false;
                }

                _waiting.Dequeue();
                if (request.TryEndWaiting(RequestTurn.Taken))
                {
                    _queued--;
                    TakeTurnInsideLock();
                    return true;
                }
            }

            return false;
        }
    }

    private bool CanGoInsideLock()
    {
        if (_inside >= _concurrent)
        {
            return false;
        }

        if (double.IsInfinity(_perMillisecond))
        {
            return true;
        }

        var now = _cluster.Clock.Now;
        _permits = Math.Min(_burst, _permits + ((now - _filled) * _perMillisecond));
        _filled = now;
        return _permits >= 1;
    }

    private void TakeTurnInsideLock()
    {
        _inside++;
        _permits = double.IsInfinity(_perMillisecond) ? _permits : _permits - 1;
    }
}
