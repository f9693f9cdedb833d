namespace Ilium.LifecycleProbe;

/// <summary>The system's time; tells how often its timers have fired.</summary>
internal sealed class CountedTime : TimeProvider
{
    private readonly SemaphoreSlim _fired = new(0);

    /// <summary>Ends when timers have fired so many more times.</summary>
    internal async Task FiredAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _fired.WaitAsync();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(
        state =>
        {
            callback(state);
            _fired.Release();
        },
        state, dueTime, period);
}
