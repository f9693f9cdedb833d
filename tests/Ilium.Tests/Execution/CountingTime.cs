using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Ilium.Tests.Execution;

/// <summary>A clock that a test moves, which knows of every timer.</summary>
internal sealed class CountingTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _created = Channel.CreateUnbounded<TimeSpan>();
    private int _alive;

    /// <summary>Timers that were made and not disposed.</summary>
    internal int Alive => Volatile.Read(ref _alive);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _alive);
        var timer = new Counted(this, base.CreateTimer(callback, state, dueTime, period));
        if (period == Timeout.InfiniteTimeSpan)
        {
            _created.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    /// <summary>When the next single shot is due that the predicate takes; others are forgotten.</summary>
    internal async Task<TimeSpan> NextAsync(Func<TimeSpan, bool> match, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await _created.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), cancellationToken) is var due && match(due))
            {
                return due;
            }
        }
    }

    private sealed class Counted(CountingTime time, ITimer timer) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Interlocked.Decrement(ref time._alive);
            }

            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
