using System.Net.Sockets;

namespace Ilium.Connection;

/// <summary>The sockets of several connections, to whatever nodes: one wait for all of them, and one drain of what came on any.</summary>
/// <remarks>
/// A wake-up and the system calls around it cost more than an answer. Requests spread over nodes come back spread over connections; read together they
/// share what they would share on one connection (docs/decisions/0012).
/// Threads: the holder of the reader's role; <see cref="TryAdd"/>, <see cref="Count"/> and <see cref="HasEnded"/> any.
/// Ownership: the bell, until the last connection has ended.
/// </remarks>
internal sealed class SocketSource(Readers readers) : ReadSource, IDisposable
{
    private const int Forever = -1;

    private readonly Lock _gate = new();
    private readonly Doorbell _bell = new();
    private readonly List<CqlConnection> _connections = [];
    private readonly List<CqlConnection> _added = [];
    private readonly List<CqlConnection> _ended = [];
    private readonly List<Socket> _ready = [];
    private int _count;
    private int _found;
    private volatile bool _closed;

    /// <summary>Connections it reads or is about to read.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>True when it takes no more connections.</summary>
    internal bool HasEnded => _closed;

    /// <summary>Hands a connection to this source; false when it has ended.</summary>
    internal bool TryAdd(CqlConnection connection)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _added.Add(connection);
            _count++;
        }

        _bell.Ring();
        return true;
    }

    internal override bool Read(bool likely)
    {
        do
        {
            if (!TakeStock())
            {
                return false;
            }
        }
        while (!Read(Forever));

        return true;
    }

    internal override bool ReadMore() => _found > 1 && Read(0);

    internal override void BreakAll(Exception reason)
    {
        lock (_gate)
        {
            _closed = true;
            _connections.AddRange(_added);
        }

        foreach (var connection in _connections.Concat(_ended))
        {
            connection.Break(reason);
            connection.OnReaderEnded();
        }

        Dispose();
    }

    public void Dispose() => _bell.Dispose();

    /// <summary>Lets go of connections that have ended, takes those that were added; false when there are none.</summary>
    private bool TakeStock()
    {
        // Ended ones are told only now: what was matched on them before has been delivered.
        foreach (var connection in _ended)
        {
            connection.OnReaderEnded();
        }

        lock (_gate)
        {
            _count -= _ended.Count;
            _connections.AddRange(_added);
            _added.Clear();
            _closed = _connections.Count == 0;
        }

        _ended.Clear();
        if (_closed)
        {
            Dispose();
        }
        else if (IsSaturated)
        {
            GiveHalf();
        }

        return !_closed;
    }

    /// <summary>Receives once on each connection that has bytes, as long as there is room for answers; false when none had, and nothing ended.</summary>
    private bool Read(int microseconds)
    {
        if (!Wait(microseconds))
        {
            return false;
        }

        // Those that are ready stand in the order they were given in: the bell, then the connections.
        var next = 0;
        if (_ready.Count > 0 && _ready[0] == _bell.Socket)
        {
            _bell.Silence();
            next++;
        }

        _found = 0;
        var (kept, full) = (0, -1);
        for (var i = 0; i < _connections.Count; i++)
        {
            var connection = _connections[i];
            var isReady = next < _ready.Count && _ready[next] == connection.Socket;
            if (isReady)
            {
                next++;
                if (!connection.Reader!.HasRoom)
                {
                    full = full < 0 ? kept : full;
                    isReady = false;
                }
            }

            if (connection.BreakReason is not null || (isReady && !connection.ReadWhatIsThere()))
            {
                _ended.Add(connection);
                _found++;
                continue;
            }

            _found += isReady ? 1 : 0;
            _connections[kept++] = connection;
        }

        _connections.RemoveRange(kept, _connections.Count - kept);
        if (full > 0)
        {
            // What was not read is still there, and is the first to be read next time.
            _connections.AddRange(_connections.GetRange(0, full));
            _connections.RemoveRange(0, full);
        }

        return _found > 0;
    }

    /// <summary>Leaves the sockets that have something in the list of those that are ready; false when none has.</summary>
    private bool Wait(int microseconds)
    {
        _ready.Clear();
        _ready.Add(_bell.Socket);
        foreach (var connection in _connections)
        {
            if (connection.BreakReason is not null)
            {
                // Its socket may be closed already: it is let go at once.
                _ready.Clear();
                return true;
            }

            _ready.Add(connection.Socket!);
        }

        try
        {
            Socket.Select(_ready, null, null, microseconds);
            return _ready.Count > 0;
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException && _connections.Exists(static connection => connection.BreakReason is not null))
        {
            _ready.Clear();
            return true;
        }
    }

    /// <summary>Every other one of those that answers come on goes to another reader.</summary>
    private void GiveHalf()
    {
        IsSaturated = false;
        var given = _connections.Where(static connection => connection.BroughtMany).Where(static (_, place) => place % 2 == 1).ToList();
        if (given.Count > 0 && readers.TryMove(given))
        {
            _connections.RemoveAll(given.Contains);
            lock (_gate)
            {
                _count -= given.Count;
            }
        }
    }
}
