using System.Collections.Concurrent;

namespace Ilium.Execution;

/// <summary>
/// Requests that wait for a free stream id or a connection, first come first served. As many are woken as there is room for, so that a
/// queue of thousands does not look for the same id together.
/// </summary>
/// <remarks>
/// Threads: any. To miss no wake-up a request enters before it looks; if it then finds room by itself it leaves, and a wake-up that
/// reached it meanwhile goes to the next.
/// </remarks>
internal sealed class CapacitySignal
{
    private readonly ConcurrentQueue<Waiter> _waiters = new();

    internal Waiter Enter()
    {
        var waiter = new Waiter();
        _waiters.Enqueue(waiter);
        return waiter;
    }

    /// <summary>Says that <paramref name="waiter"/> waits no more without having been woken, for whatever reason.</summary>
    internal void Leave(Waiter waiter)
    {
        if (!waiter.TryLeave())
        {
            Wake(1);
        }
    }

    /// <summary>Wakes up to so many requests.</summary>
    internal void Wake(int count)
    {
        while (count > 0 && _waiters.TryDequeue(out var waiter))
        {
            if (waiter.TryWake())
            {
                count--;
            }
        }
    }

    /// <summary>Wakes everybody: something has changed for all, such as a connection that opened or failed to.</summary>
    internal void WakeAll() => Wake(_waiters.Count);

    internal sealed class Waiter
    {
        // Continuations are driver code: they try to send, and run where room was made.
        private readonly TaskCompletionSource _source = new();
        private int _done;

        internal Task Woken => _source.Task;

        internal bool TryLeave() => Interlocked.Exchange(ref _done, 1) == 0;

        internal bool TryWake()
        {
            if (Interlocked.Exchange(ref _done, 1) != 0)
            {
                return false;
            }

            _source.SetResult();
            return true;
        }
    }
}
