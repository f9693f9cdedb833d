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
    private Thread? _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _asleep;
    private volatile bool _disposed;

    /// <summary>Every connection whose reader has not ended: those in pools, those being replaced, and those that belong nowhere yet.</summary>
    internal IEnumerable<CqlConnection> Connections => Volatile.Read(ref _loops).Select(static loop => loop.Connection);

    /// <summary>Ends when this was disposed and the reader of every connection has ended.</summary>
    internal Task Ended => _ended.Task;

    /// <exception cref="ObjectDisposedException">Nothing is added any more; what was added before is in <see cref="Connections"/>.</exception>
    internal void Add(ReaderLoop loop)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Cluster));
            _loops = [.. _loops, loop];
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "Ilium overseer" };
                _thread.UnsafeStart();
            }
        }
    }

    /// <summary>By the last thread of a reader.</summary>
    internal void Remove(ReaderLoop loop)
    {
        lock (_gate)
        {
            _loops = [.. _loops.Where(other => other != loop)];
        }

        if (_disposed)
        {
            Ring();
        }
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
        while (!_disposed || Volatile.Read(ref _loops).Length > 0)
        {
            lock (_bell)
            {
                if (idle >= IdleTicksBeforeSleep)
                {
                    _asleep = true;
                    // Between the last look and the flag somebody may have begun to drain without ringing.
                    Interlocked.MemoryBarrier();
                    if (!LookAtAll() && !(_disposed && _loops.Length == 0))
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
