using Ilium.Connection;

namespace Ilium.Execution;

/// <summary>What has to be done about requests at some time: another attempt begun, a turn taken. One timer per cluster, made when first needed.</summary>
/// <remarks>
/// Threads: any. An entry may outlive its request; whoever finds it due asks the request itself (<see cref="ClientRequest.TryAct"/>). The timer needs
/// the thread pool, so a synchronous caller does what is due about its own request itself.
/// </remarks>
internal sealed class RequestSchedule(RequestClock clock, Action<ClientRequest> act) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<ClientRequest, long> _entries = new();
    private ITimer? _timer;
    private long _armedFor = long.MaxValue;
    private bool _disposed;

    internal void Add(ClientRequest request, long due)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _entries.Enqueue(request, due);
            if (due < _armedFor)
            {
                ArmInsideLock(due);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _entries.Clear();
            _timer?.Dispose();
        }
    }

    private void Run()
    {
        while (TryTake(out var request))
        {
            act(request);
        }
    }

    private bool TryTake(out ClientRequest request)
    {
        lock (_gate)
        {
            if (_disposed || !_entries.TryPeek(out request!, out var due))
            {
                _armedFor = long.MaxValue;
                request = null!;
                return false;
            }

            if (due > clock.Now)
            {
                ArmInsideLock(due);
                return false;
            }

            _entries.Dequeue();
            return true;
        }
    }

    private void ArmInsideLock(long due)
    {
        _armedFor = due;
        _timer ??= clock.Provider.CreateTimer(static state => ((RequestSchedule)state!).Run(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(due - clock.Now, 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }
}
