namespace Ilium.Connection;

/// <summary>
/// Sees to it that no connection waits for a continuation: one thread that looks at every reader every few milliseconds while there is
/// traffic, and sleeps when there is none.
/// </summary>
/// <remarks>Threads: one of its own; members may be called from any. A thread and not a timer, because timers need the thread pool,
/// which may be what the continuations block.</remarks>
internal sealed class Overseer : IDisposable
{
    // A reader seen twice inside the same continuation has been there for 2 to 4 ms: long against a continuation, short against a stall.
    private const int TickMilliseconds = 2;
    private const int IdleTicksBeforeSleep = 4;

    private readonly Lock _gate = new();
    private readonly object _bell = new();
    private ReaderLoop[] _loops = [];
    private CqlConnection[] _connections = [];
    private Thread? _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _asleep;
    private volatile bool _disposed;

    /// <summary>Every connection whose reader has not ended: those in pools, those being replaced, and those that belong nowhere yet.</summary>
    internal IEnumerable<CqlConnection> Connections => Volatile.Read(ref _connections);

    /// <summary>Ends when this was disposed and the reader of every connection has ended.</summary>
    internal Task Ended => _ended.Task;

    /// <exception cref="ObjectDisposedException">Nothing is added any more; what was added before is in <see cref="Connections"/>.</exception>
    internal void Add(CqlConnection connection)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Cluster));
            _connections = [.. _connections, connection];
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "Ilium overseer" };
                _thread.UnsafeStart();
            }
        }
    }

    /// <summary>By the last thread that read it.</summary>
    internal void Remove(CqlConnection connection)
    {
        lock (_gate)
        {
            _connections = [.. _connections.Where(other => other != connection)];
        }

        RingAtTheEnd();
    }

    /// <summary>By a reader that begins.</summary>
    internal void Add(ReaderLoop loop)
    {
        lock (_gate)
        {
            _loops = [.. _loops, loop];
        }
    }

    /// <summary>By the last thread of a reader.</summary>
    internal void Remove(ReaderLoop loop)
    {
        lock (_gate)
        {
            _loops = [.. _loops.Where(other => other != loop)];
        }

        RingAtTheEnd();
    }

    /// <summary>A reader is about to run continuations.</summary>
    internal void Watch()
    {
        if (_asleep)
        {
            Ring();
        }
    }

    /// <summary>Takes no more readers, and ends when those there are have ended: until then their continuations may block each other.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_thread is null)
            {
                _ended.TrySetResult();
            }
        }

        Ring();
    }

    private void Run()
    {
        var idle = 0;
        while (!HasEnded)
        {
            lock (_bell)
            {
                if (idle >= IdleTicksBeforeSleep)
                {
                    _asleep = true;
                    // Between the last look and the flag somebody may have begun to drain without ringing.
                    Interlocked.MemoryBarrier();
                    if (!LookAtAll() && !HasEnded)
                    {
                        Monitor.Wait(_bell);
                    }

                    _asleep = false;
                }
                else
                {
                    Monitor.Wait(_bell, TickMilliseconds);
                }
            }

            idle = LookAtAll() ? 0 : idle + 1;
        }

        _ended.TrySetResult();
    }

    private bool HasEnded => _disposed && Volatile.Read(ref _connections).Length == 0 && Volatile.Read(ref _loops).Length == 0;

    private void RingAtTheEnd()
    {
        if (_disposed)
        {
            Ring();
        }
    }

    private bool LookAtAll()
    {
        var active = false;
        foreach (var loop in Volatile.Read(ref _loops))
        {
            active |= loop.Oversee();
        }

        return active;
    }

    private void Ring()
    {
        lock (_bell)
        {
            Monitor.Pulse(_bell);
        }
    }
}
