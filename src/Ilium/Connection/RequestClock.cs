namespace Ilium.Connection;

/// <summary>Milliseconds for deadlines. The system's own clock is read in a few nanoseconds, any other through its provider.</summary>
internal sealed class RequestClock(TimeProvider provider)
{
    private readonly bool _isSystem = provider == TimeProvider.System;

    // Elapsed time is computed in floating point, which is exact to the tick for small differences only.
    private readonly long _origin = provider.GetTimestamp();

    internal TimeProvider Provider => provider;

    internal long Now => _isSystem ? Environment.TickCount64 : (long)provider.GetElapsedTime(_origin).TotalMilliseconds;

    /// <summary>When something that may take <paramref name="timeout"/> from now is over.</summary>
    internal long After(TimeSpan timeout) => timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Now + (long)timeout.TotalMilliseconds;
}
