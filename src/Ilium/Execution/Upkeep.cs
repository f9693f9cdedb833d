using System.Collections.Concurrent;
using System.Net;
using Ilium.Connection;
using Ilium.Protocol;

namespace Ilium.Execution;

/// <summary>One timer per cluster: fails requests that are overdue, asks silent connections whether they live, lets pools grow.</summary>
internal sealed class Upkeep : IDisposable
{
    private readonly ClusterRuntime _cluster;
    private readonly ITimer _timer;
    private readonly Dictionary<CqlConnection, Pulse> _pulses = [];
    private readonly List<(PendingRequest, int, short)> _overdue = [];

    // Nodes of which a connection was found dead, before this run and since it began.
    private readonly HashSet<EndPoint> _suspected = [];
    private readonly ConcurrentQueue<EndPoint> _suspects = new();
    private int _running;

    internal Upkeep(ClusterRuntime cluster, TimeSpan interval)
    {
        _cluster = cluster;
        _timer = cluster.Options.TimeProvider.CreateTimer(static state => ((Upkeep)state!).Run(), this, interval, interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Run()
    {
        // A run that is late must not meet the next one.
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            return;
        }

        try
        {
            var now = _cluster.Clock.Now;
            _suspected.Clear();
            while (_suspects.TryDequeue(out var suspect))
            {
                _suspected.Add(suspect);
            }

            // Also those that no pool has (any more): their requests have deadlines like all others.
            var connections = _cluster.AllConnections.ToArray();
            foreach (var connection in connections)
            {
                connection.Sweep(now, _overdue);
                CheckPulse(connection, now);
            }

            _cluster.Executor.SweepWaiting(now);
            if (_pulses.Count > connections.Length)
            {
                foreach (var gone in _pulses.Keys.Except(connections).ToArray())
                {
                    _pulses.Remove(gone);
                }
            }

            foreach (var node in _cluster.Routing?.Snapshot.Used ?? [])
            {
                node.Look(now);
            }

            foreach (var pool in _cluster.Pools)
            {
                pool.Grow();
            }
        }
        catch (Exception e)
        {
            // Out of a timer it would end the process.
            _cluster.Diagnostics.UpkeepFailed(e);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>
    /// Sends OPTIONS over a connection that has brought nothing for the heartbeat interval, or for the much shorter one that holds where somebody waits; no answer in time
    /// ends it. While a cluster connects there is nowhere else to go with what waits, and it has a deadline: there the shorter one does not hold.
    /// </summary>
    private void CheckPulse(CqlConnection connection, long now)
    {
        if (connection.BreakReason is not null)
        {
            _pulses.Remove(connection);
            return;
        }

        var waits = connection.InFlight > connection.Orphans;
        if (!_pulses.TryGetValue(connection, out var pulse) || pulse.Reads != connection.Reads)
        {
            _pulses[connection] = new Pulse(connection.Reads, now, waits ? now : long.MaxValue);
            return;
        }

        if (waits != (pulse.WaitsSince != long.MaxValue))
        {
            // Silence counts from when somebody began to wait: a connection that had nothing to bring was not stalled.
            pulse = pulse with { WaitsSince = waits ? now : long.MaxValue };
            _pulses[connection] = pulse;
        }

        var options = _cluster.Options;
        if (options.HeartbeatInterval > TimeSpan.Zero && !pulse.Asked && (now - pulse.Since >= options.HeartbeatInterval.TotalMilliseconds
            || (options.StallInterval > TimeSpan.Zero && waits && connection.OpenedAt != 0 && now - pulse.WaitsSince >= options.StallInterval.TotalMilliseconds)
            || _suspected.Contains(connection.EndPoint)))
        {
            // While it takes nothing it is asked again on the next run.
            var asking = AskAsync(connection, now - pulse.Since);
            _pulses[connection] = pulse with { Asked = !asking.IsCompletedSuccessfully || asking.Result };
        }
    }

    /// <returns>False when the connection takes no more requests at the moment.</returns>
    private async Task<bool> AskAsync(CqlConnection connection, long silence)
    {
        var timeout = _cluster.Options.HeartbeatTimeout;
        var reads = connection.Reads;
        try
        {
            var answer = await InternalRequest.SendAsync(
                connection, Opcode.Options, static (_, _, _) => { }, 0, _cluster.Clock.After(timeout), "The heartbeat").Inline();
            answer.Dispose();
        }
        catch (OperationTimedOutException) when (connection.Reads != reads)
        {
            // Something else came: a long answer that the heartbeat's own stands behind.
        }
        catch (OperationTimedOutException e)
        {
            // The node's other connections, idle as they may be, are asked now and not when their time has come.
            _suspects.Enqueue(connection.EndPoint);
            connection.Break(new TimeoutException($"{connection.EndPoint} did not answer the heartbeat within {timeout}; the connection is taken for dead.", e));
        }
        catch (RequestThrottledException) when (silence < timeout.TotalMilliseconds)
        {
            return false;
        }
        catch (RequestThrottledException)
        {
            // Every id is taken, or nothing is read, and nothing comes back: as dead as silence.
            connection.Break(new TimeoutException($"{connection.EndPoint} has answered nothing for {TimeSpan.FromMilliseconds(silence)} and takes no more requests."));
        }
        catch (ConnectionClosedException)
        {
            // It ended meanwhile, and whoever waits on it has been told.
        }

        return true;
    }

    /// <summary>What was seen of a connection.</summary>
    /// <param name="Reads">How often it had brought something.</param>
    /// <param name="Since">It has brought no more since then.</param>
    /// <param name="WaitsSince">Somebody has waited for it since then; the end of time when nobody does.</param>
    /// <param name="Asked">It has been asked whether it lives.</param>
    private readonly record struct Pulse(long Reads, long Since, long WaitsSince, bool Asked = false);
}
