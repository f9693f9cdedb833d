namespace Ilium.Embedded.Storage;

/// <summary>The time of all nodes, from one <see cref="TimeProvider"/>. Safe for all threads.</summary>
internal sealed class ServerClock(TimeProvider provider)
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    private long _lastTimestamp;

    internal TimeProvider Provider { get; } = provider;

    /// <summary>Microseconds since 1970.</summary>
    internal long NowMicroseconds() => (Provider.GetUtcNow().Ticks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond;

    /// <summary>A timestamp for a write that has none: the time, and never one twice.</summary>
    internal long NextTimestamp(long now)
    {
        while (true)
        {
            var last = Volatile.Read(ref _lastTimestamp);
            var next = now > last ? now : last + 1;
            if (Interlocked.CompareExchange(ref _lastTimestamp, next, last) == last)
            {
                return next;
            }
        }
    }
}
