using System.Diagnostics;
using System.Net;
using Ilium.Connection;
using Ilium.Errors;
using Ilium.Protocol;

namespace Ilium.Pool;

/// <summary>
/// The connections to one node, all alike: same version, same keyspace. Opens the first, opens another when they saturate, and opens a
/// lost one again, with growing pauses, until it is disposed.
/// </summary>
/// <remarks>
/// Threads: any. The gate guards who is opening; the array of connections is replaced, never changed, and read without it.
/// Ownership: the connections, from the end of their handshake until they break.
/// </remarks>
internal sealed class NodePool : ConnectionOwner, IDisposable
{
    // A connection that ended sooner than this after it was opened is not opened again at once.
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ConnectionOpener _opener;
    private readonly PoolEvents _events;
    private readonly Backoff _backoff;
    private readonly GrowthRule _growth;
    private readonly ShardRule _shards;
    private readonly CancellationTokenSource _disposed = new();
    private CqlConnection[] _connections = [];
    private Task<CqlConnection>? _opening;
    private ITimer? _retry;
    private bool _drained;
    private volatile bool _hasBegun;
    private bool _openAgain;
    private Exception? _lastFailure;

    internal NodePool(EndPoint target, ProtocolVersion version, string? keyspace, ConnectionOpener opener, PoolEvents events)
    {
        Target = target;
        Version = version;
        Keyspace = keyspace;
        _opener = opener;
        _events = events;
        _backoff = new Backoff(opener.Options.ReconnectBaseDelay, opener.Options.ReconnectMaxDelay, Random.Shared);
        _shards = new ShardRule(opener.Options.TimeProvider, opener.Options.Tls is not null);
        _growth = new GrowthRule(opener.Options.MaxConnectionsPerNode, opener.Options.Processors);
    }

    internal EndPoint Target { get; }

    internal ProtocolVersion Version { get; }

    internal string? Keyspace { get; }

    internal IReadOnlyList<CqlConnection> Connections => Volatile.Read(ref _connections);

    /// <summary>Why the last attempt to connect failed; null after one that worked.</summary>
    internal Exception? LastFailure => Volatile.Read(ref _lastFailure);

    /// <summary>How the node spreads tokens over its shards; null for one that has none.</summary>
    internal Sharding? Sharding => _shards.Sharding;

    /// <summary>True while an attempt to connect is under way.</summary>
    internal bool IsOpening
    {
        get
        {
            lock (_gate)
            {
                return _opening is not null;
            }
        }
    }

    /// <summary>True once an attempt to connect was begun, or a connection was adopted.</summary>
    internal bool HasBegun => _hasBegun;

    private TimeProvider Time => _opener.Options.TimeProvider;

    internal override int MaxRequests => _opener.Options.MaxRequestsPerConnection;

    /// <summary>Requests that wait for their answers.</summary>
    internal int InFlight
    {
        get
        {
            var count = 0;
            foreach (var connection in Volatile.Read(ref _connections))
            {
                count += connection.InFlight;
            }

            return count;
        }
    }

    /// <summary>The open connection with the fewest requests in flight; null when there is none.</summary>
    internal CqlConnection? Pick()
    {
        var connections = Volatile.Read(ref _connections);
        if (connections.Length == 1)
        {
            return connections[0].IsOpen ? connections[0] : null;
        }

        CqlConnection? best = null;
        foreach (var connection in connections)
        {
            if (connection.IsOpen && (best is null || connection.InFlight < best.InFlight))
            {
                best = connection;
            }
        }

        return best;
    }

    /// <summary>An open connection to a shard, the one with the fewest requests in flight; any other when it has none.</summary>
    internal CqlConnection? Pick(int shard)
    {
        CqlConnection? best = null;
        foreach (var connection in Volatile.Read(ref _connections))
        {
            if (connection.IsOpen && connection.Extensions.Sharding?.Shard == shard && (best is null || connection.InFlight < best.InFlight))
            {
                best = connection;
            }
        }

        return best ?? Pick();
    }

    /// <summary>An open connection, or the one being opened; fails when that fails.</summary>
    internal Task<CqlConnection> GetAsync()
    {
        if (Pick() is { } connection)
        {
            return Task.FromResult(connection);
        }

        lock (_gate)
        {
            if (_drained)
            {
                var gone = Task.FromException<CqlConnection>(new ConnectionFailedException(
                    Target, ConnectionFailureReason.Closed, $"The node at {EndPointText.Format(Target)} has left the cluster, or moved to another address."));
                // Who asks in passing does not look.
                _ = gone.Exception;
                return gone;
            }

            ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, typeof(Cluster));
            // One may have come between the look and the lock.
            return Pick() is { } late ? Task.FromResult(late) : _opening ?? StartOpeningInsideLock();
        }
    }

    /// <summary>Takes over a connection that was opened to find the cluster.</summary>
    internal void Adopt(CqlConnection connection)
    {
        _hasBegun = true;
        Add(connection, dial: null);
    }

    /// <summary>Opens a connection after the usual pause although this node has said that there is no such keyspace: others have it, so this one will.</summary>
    internal void RetryKeyspace()
    {
        lock (_gate)
        {
            if (_connections.Length == 0 && _lastFailure is InvalidQueryException)
            {
                RetryInsideLock();
            }
        }
    }

    /// <summary>Called now and then: opens a connection more when those there are crowded or their readers never sleep.</summary>
    internal void Grow()
    {
        if (Sharding is not null)
        {
            // One for each shard, and each is served by one thread of the server's.
            return;
        }

        var connections = Volatile.Read(ref _connections);
        Span<GrowthRule.Load> loads = stackalloc GrowthRule.Load[connections.Length];
        for (var i = 0; i < loads.Length; i++)
        {
            var connection = connections[i];
            loads[i] = new GrowthRule.Load(connection.InFlight, connection.MaxInFlight, connection.IsReaderBusy, connection.Reads);
        }

        if (_growth.Look(loads))
        {
            lock (_gate)
            {
                // After a failure the pause before the next attempt holds here too.
                if (_opening is null && _retry is null && !_disposed.IsCancellationRequested)
                {
                    StartOpeningInsideLock();
                }
            }
        }
    }

    internal override void OnRetired(CqlConnection connection, string reason)
    {
        _events.Retired(this, connection, reason);
        Remove(connection);
        connection.Retire();
        OpenIfShort();
    }

    internal override void OnBroken(CqlConnection connection, Exception reason)
    {
        if (connection.IsSurplus)
        {
            // It was never one of these.
            return;
        }

        _events.Closed(this, connection, reason);
        Remove(connection);
        if (connection.OpenedAt == 0 || Time.GetElapsedTime(connection.OpenedAt) < ShortLife)
        {
            OpenLater();
        }
        else
        {
            // Only a connection that lived shows that the node is well: one that is dropped as soon as it is open must not be hammered.
            lock (_gate)
            {
                _backoff.Reset();
            }

            OpenIfShort();
        }
    }

    /// <summary>Opens the first connection, in the background, if none was ever tried.</summary>
    internal void Begin()
    {
        lock (_gate)
        {
            if (_connections.Length == 0 && _opening is null && _retry is null && _lastFailure is null && !_disposed.IsCancellationRequested)
            {
                StartOpeningInsideLock();
            }
        }
    }

    /// <summary>Ends when the connections that are to be there from the start are, or an attempt to open one has failed.</summary>
    /// <returns>Why it failed; null when all are there.</returns>
    internal async Task<Exception?> FillAsync()
    {
        while (NextOpening() is { } opening)
        {
            await opening.InlineEnd();
        }

        return LastFailure;
    }

    /// <summary>
    /// Opens a connection at once where there is none, whatever pause was due: there is a reason to think that the node is back. An attempt
    /// that is under way may have begun before that; if it fails, another follows at once.
    /// </summary>
    internal void OpenNow()
    {
        lock (_gate)
        {
            if (_connections.Length > 0 || _disposed.IsCancellationRequested)
            {
                return;
            }

            _backoff.Reset();
            if (_opening is null)
            {
                StartOpeningInsideLock();
            }
            else
            {
                _openAgain = true;
            }
        }
    }

    /// <summary>Opens nothing any more and takes no more requests; what is in flight is waited for, connection by connection.</summary>
    internal void Drain()
    {
        CqlConnection[] connections;
        lock (_gate)
        {
            if (_disposed.IsCancellationRequested)
            {
                return;
            }

            _drained = true;
            _disposed.Cancel();
            _retry?.Dispose();
            connections = _connections;
            _connections = [];
        }

        foreach (var connection in connections)
        {
            connection.Retire();
        }

        _events.Changed();
    }

    internal override void OnCapacity(int freed) => _events.Freed(freed);

    public void Dispose()
    {
        CqlConnection[] connections;
        lock (_gate)
        {
            if (_disposed.IsCancellationRequested)
            {
                return;
            }

            _disposed.Cancel();
            _retry?.Dispose();
            connections = _connections;
            _connections = [];
        }

        foreach (var connection in connections)
        {
            connection.Break(new ObjectDisposedException(nameof(Cluster), "The cluster was disposed."));
        }
    }

    private Task<CqlConnection> StartOpeningInsideLock()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "only inside the lock");
        _retry?.Dispose();
        _retry = null;
        _hasBegun = true;
        _openAgain = false;
        // What follows the attempt is attached before it begins: so it runs on the attempt's thread, never inside this lock.
        var dial = _shards.Next(Target, _connections);
        return _opener.OpenAsync(
            Target, Version, Keyspace, this, _disposed.Token,
            opening =>
            {
                _opening = opening;
                _ = FinishOpeningAsync(opening, dial);
            },
            dial: dial);
    }

    private async Task FinishOpeningAsync(Task<CqlConnection> opening, ShardDial? dial)
    {
        await opening.InlineEnd();
        if (opening.IsCompletedSuccessfully)
        {
            Add(await opening.Inline(), dial);
            return;
        }

        if (dial is not null)
        {
            // The node itself is well: only this way to it is not.
            lock (_gate)
            {
                _opening = null;
                _shards.PortFailed();
            }

            OpenIfShort();
            return;
        }

        Volatile.Write(ref _lastFailure, opening.Exception?.InnerException ?? new OperationCanceledException());
        lock (_gate)
        {
            _opening = null;
            if (_openAgain && !_disposed.IsCancellationRequested)
            {
                StartOpeningInsideLock();
            }
        }

        OpenLater();
        _events.OpenFailed(this, _lastFailure!);
        _events.Changed();
    }

    private void Add(CqlConnection connection, ShardDial? dial)
    {
        bool late, surplus;
        connection.OpenedAt = Time.GetTimestamp();
        lock (_gate)
        {
            _opening = null;
            _lastFailure = null;
            late = _disposed.IsCancellationRequested;
            surplus = !_shards.Accepts(connection, dial, _connections);
            connection.IsSurplus = surplus;
            if (!late && !surplus && connection.IsOpen)
            {
                _connections = [.. _connections, connection];
            }
        }

        if (late)
        {
            connection.Break(new ObjectDisposedException(nameof(Cluster), "The cluster was disposed."));
            return;
        }

        if (surplus)
        {
            connection.Retire();
            OpenIfShort();
            return;
        }

        _events.Opened(this, connection);
        _events.Changed();
        if (connection.BreakReason is null)
        {
            // Otherwise its end, which is told apart, decides when the next is opened.
            OpenIfShort();
        }
    }

    private void Remove(CqlConnection connection)
    {
        lock (_gate)
        {
            _connections = [.. _connections.Where(other => other != connection)];
            _shards.Lost();
        }

        _events.Changed();
    }

    private void OpenLater()
    {
        lock (_gate)
        {
            // A keyspace that is nowhere is not waited for: the next request asks again.
            if (_lastFailure is not InvalidQueryException)
            {
                RetryInsideLock();
            }
        }
    }

    private void RetryInsideLock()
    {
        if (_opening is null && !_disposed.IsCancellationRequested)
        {
            _retry ??= Time.CreateTimer(static state => ((NodePool)state!).Retry(), this, _backoff.Next(), Timeout.InfiniteTimeSpan);
        }
    }

    private void Retry()
    {
        lock (_gate)
        {
            _retry?.Dispose();
            _retry = null;
        }

        OpenIfShort();
    }

    private void OpenIfShort()
    {
        lock (_gate)
        {
            if (IsShort && _opening is null && !_disposed.IsCancellationRequested)
            {
                StartOpeningInsideLock();
            }
        }
    }

    private bool IsShort => _connections.Length < _opener.Options.MinConnectionsPerNode || _shards.WantsMore(_connections);

    private Task<CqlConnection>? NextOpening()
    {
        lock (_gate)
        {
            return _opening ?? (IsShort && _lastFailure is null && !_disposed.IsCancellationRequested ? StartOpeningInsideLock() : null);
        }
    }
}
