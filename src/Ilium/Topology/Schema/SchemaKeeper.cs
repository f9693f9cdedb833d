using Ilium.Connection;
using Ilium.Protocol;

namespace Ilium.Topology.Schema;

/// <summary>
/// Reads the schema when it is first asked for, and from then on keeps it up to date by the servers' events: what they name is read again, and
/// many at once are read together. A cluster whose schema nobody asks for reads none of it.
/// </summary>
/// <remarks>Threads: any; <see cref="MergedRefreshes"/> sees to it that one refresh runs at a time.</remarks>
internal sealed class SchemaKeeper : IDisposable
{
    // After so many failures in a row only another event, or another connection, is a reason to try again.
    private const int MaxRetries = 5;

    private readonly Lock _gate = new();
    private readonly SchemaReader _reader;
    private readonly Func<Task<CqlConnection>> _connection;
    private readonly Action<SchemaChange> _changed;
    private readonly Action<Exception> _failed;
    private readonly MergedRefreshes _refreshes;
    private SchemaWants _wants = new();
    private SchemaSnapshot? _current;
    private Task<SchemaSnapshot>? _first;
    private CqlConnection? _readOver;
    private int _readings;
    private int _failures;
    private bool _isKept;
    private bool _disposed;

    /// <param name="reader">Reads.</param>
    /// <param name="pause">The least time between two readings that events cause.</param>
    /// <param name="time">The clock.</param>
    /// <param name="connection">Gives the connection to read over: the one that events come over, so that it knows what they tell.</param>
    /// <param name="changed">Told of each event, once what it tells can be seen in <see cref="Current"/> where that is kept.</param>
    /// <param name="failed">Told of readings that failed.</param>
    internal SchemaKeeper(
        SchemaReader reader, TimeSpan pause, TimeProvider time, Func<Task<CqlConnection>> connection, Action<SchemaChange> changed, Action<Exception> failed)
    {
        _reader = reader;
        _connection = connection;
        _changed = changed;
        _failed = failed;
        _refreshes = new MergedRefreshes(_ => RunAsync(), pause, time);
    }

    /// <summary>The newest schema; null until the first is read.</summary>
    internal SchemaSnapshot? Current => Volatile.Read(ref _current);

    /// <summary>How often anything was read.</summary>
    internal int Readings => Volatile.Read(ref _readings);

    /// <summary>The newest schema; reads it, once for all who ask, where there is none yet.</summary>
    internal Task<SchemaSnapshot> GetAsync()
    {
        if (Current is { } schema)
        {
            return Task.FromResult(schema);
        }

        TaskCompletionSource<SchemaSnapshot> mine;
        lock (_gate)
        {
            if (_first is { IsFaulted: false })
            {
                return _first;
            }

            mine = new TaskCompletionSource<SchemaSnapshot>();
            _first = mine.Task;
        }

        _ = ReadFirstAsync(mine);
        return mine.Task;
    }

    /// <summary>Reads what <paramref name="want"/> says again, beginning after this call.</summary>
    internal async Task<SchemaSnapshot> RefreshAsync(Action<SchemaWants> want)
    {
        lock (_gate)
        {
            _isKept = true;
            want(_wants);
        }

        while (true)
        {
            try
            {
                await _refreshes.Ask(RefreshScope.All, urgent: true).Inline();
                return Current!;
            }
            catch (ConnectionClosedException) when (!Volatile.Read(ref _disposed))
            {
                // Another is looked for, and waited for by the next try; what is wanted still is.
            }
        }
    }

    /// <summary>A statement of this client has changed the schema: ends when that can be seen here, or could not be read.</summary>
    internal async Task SeeAsync(SchemaChange change)
    {
        if (Current is not null && _reader.Wants(change.Keyspace))
        {
            await RefreshAsync(wants => wants.Add(change)).InlineEnd();
        }
    }

    /// <summary>A server says that something has changed.</summary>
    internal void OnEvent(SchemaChange change)
    {
        var isKept = false;
        lock (_gate)
        {
            isKept = _isKept && !_disposed && _reader.Wants(change.Keyspace);
            if (isKept)
            {
                _wants.Add(change);
                _wants.Tell(change);
                _failures = 0;
            }
        }

        if (isKept)
        {
            _ = _refreshes.Ask(RefreshScope.All);
        }
        else
        {
            _changed(change);
        }
    }

    /// <summary>Events come over this connection now; those between it and the one before are lost.</summary>
    internal void OnConnected(CqlConnection connection)
    {
        lock (_gate)
        {
            // What is read for the first time now is read after this.
            if (Current is null || _disposed || _readOver == connection)
            {
                return;
            }

            _wants.WhatWasMissed = true;
            _failures = 0;
        }

        _ = _refreshes.Ask(RefreshScope.All, urgent: true);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _refreshes.Dispose();
    }

    private async Task ReadFirstAsync(TaskCompletionSource<SchemaSnapshot> source)
    {
        var read = RefreshAsync(static _ => { });
        await read.InlineEnd();
        source.SetFromTask(read);
    }

    private async Task RunAsync()
    {
        SchemaWants wants;
        lock (_gate)
        {
            wants = _wants;
            _wants = new SchemaWants();
        }

        try
        {
            var connection = await _connection().Inline();
            Interlocked.Increment(ref _readings);
            lock (_gate)
            {
                _readOver = connection;
            }

            var schema = Current is { } known
                ? await _reader.ReadAsync(connection, known, wants).Inline()
                : await _reader.ReadAsync(connection).Inline();
            Volatile.Write(ref _current, schema);
            _failures = 0;
        }
        catch (Exception e)
        {
            OnFailed(wants, e);
            throw;
        }

        foreach (var change in wants.Changes)
        {
            _changed(change);
        }
    }

    private void OnFailed(SchemaWants wants, Exception reason)
    {
        bool again;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _wants.Restore(wants);
            again = Current is not null && reason is not ConnectionClosedException && ++_failures < MaxRetries;
        }

        _failed(reason);
        if (again)
        {
            _ = _refreshes.Ask(RefreshScope.All);
        }
    }
}
