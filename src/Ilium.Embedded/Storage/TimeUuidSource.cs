namespace Ilium.Embedded.Storage;

/// <summary>Version 1 UUIDs from the node's clock, each later than the one before. Safe for all threads.</summary>
internal sealed class TimeUuidSource(ServerClock clock)
{
    // A fixed moment in 2010, as far before which the identifiers of prepended elements lie as now is behind it.
    private static readonly long Reference = TimeUuid.ToGregorian(new DateTimeOffset(2010, 1, 1, 0, 0, 0, TimeSpan.Zero));

    // The variant, and random clock sequence and node.
    private readonly ulong _rest = 0x8000_0000_0000_0000 | ((ulong)Random.Shared.NextInt64() & 0x3FFF_FFFF_FFFF_FFFF);

    private long _last;
    private long _lastPrepended = long.MaxValue;

    internal TimeUuid Next()
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(last + 1, Now());
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return TimeUuid.Create(next, _rest);
            }
        }
    }

    /// <summary>One that is before all others made so far.</summary>
    internal TimeUuid NextPrepended()
    {
        while (true)
        {
            var last = Volatile.Read(ref _lastPrepended);
            var next = Math.Min(last - 1, Reference - (Now() - Reference));
            if (Interlocked.CompareExchange(ref _lastPrepended, next, last) == last)
            {
                return TimeUuid.Create(next, _rest);
            }
        }
    }

    private long Now() => TimeUuid.ToGregorian(clock.Provider.GetUtcNow());
}
