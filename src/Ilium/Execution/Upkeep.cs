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
            // Also those that no pool has (any more): their requests have deadlines like all others.
            var connections = _cluster.AllConnections.ToArray();
            foreach (var connection in connections)
            {
                connection.Sweep(now, _overdue);
                CheckPulse(connection, now);
            }

            if (_pulses.Count > connections.Length)
            {
                foreach (var gone in _pulses.Keys.Except(connections).ToArray())
                {
                    _pulses.Remove(gone);
                }
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

    /// <summary>Sends OPTIONS over a connection that has brought nothing for the heartbeat interval; no answer in time ends it.</summary>
    private void CheckPulse(CqlConnection connection, long now)
    {
        var interval = _cluster.Options.HeartbeatInterval;
        if (connection.BreakReason is not null)
        {
            _pulses.Remove(connection);
            return;
        }

        if (!_pulses.TryGetValue(connection, out var pulse) || pulse.Received != connection.Received)
        {
            _pulses[connection] = new Pulse(connection.Received, now);
            return;
        }

        if (interval > TimeSpan.Zero && !pulse.Asked && now - pulse.Since >= interval.TotalMilliseconds)
        {
            _pulses[connection] = pulse with { Asked = true };
            _ = AskAsync(connection);
        }
    }

    private async Task AskAsync(CqlConnection connection)
    {
        var timeout = _cluster.Options.HeartbeatTimeout;
        try
        {
            var answer = await InternalRequest.SendAsync(
                connection, Opcode.Options, static (_, _, _) => { }, 0, _cluster.Clock.After(timeout), "The heartbeat").Inline();
            answer.Dispose();
        }
        catch (OperationTimedOutException e)
        {
            connection.Break(new TimeoutException($"{connection.EndPoint} did not answer the heartbeat within {timeout}; the connection is taken for dead.", e));
        }
        catch (RequestThrottledException)
        {
            // Every id is taken and nothing comes back: as dead as silence.
            connection.Break(new TimeoutException($"{connection.EndPoint} has answered nothing for {_cluster.Options.HeartbeatInterval}, with every stream id in use."));
        }
        catch (ConnectionClosedException)
        {
            // It ended meanwhile, and whoever waits on it has been told.
        }
    }

    private readonly record struct Pulse(long Received, long Since, bool Asked = false);
}
