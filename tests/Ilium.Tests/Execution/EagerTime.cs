using Microsoft.Extensions.Time.Testing;

namespace Ilium.Tests.Execution;

/// <summary>A clock that a test moves, one of whose timers can be made to run at once, on the thread that sets it: as if that had then lost the processor.</summary>
internal sealed class EagerTime : FakeTimeProvider
{
    /// <summary>True until the next timer that is set again to be due within a millisecond, which runs then and there.</summary>
    internal bool RunsNext { get; set; }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Eager(this, base.CreateTimer(callback, state, dueTime, period), () => callback(state));

    private sealed class Eager(EagerTime time, ITimer timer, Action run) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (time.RunsNext && dueTime >= TimeSpan.Zero && dueTime <= TimeSpan.FromMilliseconds(1))
            {
                time.RunsNext = false;
                run();
                return true;
            }

            return timer.Change(dueTime, period);
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
