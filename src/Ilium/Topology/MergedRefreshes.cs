using Ilium.Connection;

namespace Ilium.Topology;

/// <summary>
/// Runs refreshes one at a time. The first that is asked for runs at once; those asked for while one runs, or within the pause after one
/// began, become one together. However many are asked for, none queues up.
/// </summary>
/// <remarks>Threads: any may ask. A run begins on the thread that asks, or on the timer's; it must be short driver code up to its first
/// await.</remarks>
internal sealed class MergedRefreshes(Func<RefreshScope, Task> refresh, TimeSpan pause, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private RefreshScope _wanted;
    private TaskCompletionSource _next = new();
    private ITimer? _timer;
    private long _began;
    private bool _hasRun;
    private bool _urgent;
    private bool _running;
    private bool _disposed;

    /// <summary>Asks for a refresh that begins after this call.</summary>
    /// <param name="scope">What to read.</param>
    /// <param name="urgent">True to run without the pause: somebody waits for it.</param>
    /// <returns>Ends with that refresh, and fails when it does.</returns>
    internal Task Ask(RefreshScope scope, bool urgent = false)
    {
        Task outcome;
        lock (_gate)
        {
            if (_disposed)
            {
                var ended = Task.FromException(new ObjectDisposedException(nameof(Cluster)));
                _ = ended.Exception;
                return ended;
            }

            _wanted |= scope;
            _urgent |= urgent;
            outcome = _next.Task;
            if (_running || !MayBeginInsideLock())
            {
                return outcome;
            }

            _running = true;
        }

        _ = RunAsync();
        return outcome;
    }

    /// <summary>Begins no more refreshes; who waits for one that has not begun is told.</summary>
    public void Dispose()
    {
        TaskCompletionSource waiting;
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
            _timer = null;
            waiting = _next;
        }

        waiting.TrySetException(new ObjectDisposedException(nameof(Cluster)));
        _ = waiting.Task.Exception;
    }

    private bool MayBeginInsideLock()
    {
        var left = _urgent || !_hasRun ? TimeSpan.Zero : pause - time.GetElapsedTime(_began);
        if (left <= TimeSpan.Zero)
        {
            _timer?.Dispose();
            _timer = null;
            return true;
        }

        _timer ??= time.CreateTimer(static state => ((MergedRefreshes)state!).OnPauseEnded(), this, left, Timeout.InfiniteTimeSpan);
        return false;
    }

    private void OnPauseEnded()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
            if (_running || _disposed || _wanted == RefreshScope.None)
            {
                return;
            }

            _running = true;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            RefreshScope scope;
            TaskCompletionSource outcome;
            lock (_gate)
            {
                scope = _wanted;
                _wanted = RefreshScope.None;
                _urgent = false;
                outcome = _next;
                _next = new TaskCompletionSource();
                _began = time.GetTimestamp();
                _hasRun = true;
            }

            var run = refresh(scope);
            await run.InlineEnd();
            bool again;
            lock (_gate)
            {
                again = _wanted != RefreshScope.None && !_disposed && MayBeginInsideLock();
                _running = again;
            }

            outcome.SetFromTask(run);
            // Most of the time nobody waits, and the failure has been told.
            _ = outcome.Task.Exception;
            if (!again)
            {
                return;
            }
        }
    }
}
