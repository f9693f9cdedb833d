namespace Ilium.Execution;

/// <summary>Wakes requests that wait for a connection or a free stream id. Each wait ends with the next pulse, whatever it brought.</summary>
internal sealed class CapacitySignal
{
    private TaskCompletionSource? _waiters;

    /// <summary>Ends with the next pulse. To be taken before looking for capacity, so that no pulse is missed.</summary>
    internal Task Next
    {
        get
        {
            while (true)
            {
                var waiters = Volatile.Read(ref _waiters);
                if (waiters is not null)
                {
                    return waiters.Task;
                }

                // Off the pulsing thread: it may be a reader, and waiters are many.
                var mine = new TaskCompletionSource();
                if (Interlocked.CompareExchange(ref _waiters, mine, null) is null)
                {
                    return mine.Task;
                }
            }
        }
    }

    internal void Pulse() => Interlocked.Exchange(ref _waiters, null)?.TrySetResult();
}
