using Ilium.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ilium;

/// <summary>
/// The default: the clock in microseconds, but never the same or less than before, whichever thread asks and however the clock is set. When it
/// had to run more than a second ahead of the clock it logs a warning, at most once a second.
/// </summary>
/// <remarks>Thread-safe; costs a look at the clock and one interlocked operation. May be shared by clusters, whose writes are then ordered too.</remarks>
public sealed class MonotonicTimestampGenerator : TimestampGenerator
{
    private const long DriftMicroseconds = 1_000_000;

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _last;
    private long _warned = long.MinValue;

    /// <summary>Makes a generator.</summary>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <param name="loggerFactory">Where warnings go; null for nowhere.</param>
    public MonotonicTimestampGenerator(TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
    {
        _time = timeProvider ?? TimeProvider.System;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Ilium.Timestamps");
    }

    /// <summary>The next timestamp.</summary>
    /// <returns>Microseconds since 1970, larger than any given before.</returns>
    public override long? Next()
    {
        var now = (_time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                if (next - now > DriftMicroseconds)
                {
                    Warn(now, next);
                }

                return next;
            }
        }
    }

    private void Warn(long now, long next)
    {
        var warned = Volatile.Read(ref _warned);
        if ((warned == long.MinValue || Math.Abs(now - warned) >= DriftMicroseconds) && Interlocked.CompareExchange(ref _warned, now, warned) == warned)
        {
            _logger.TimestampsAhead(TimeSpan.FromMicroseconds(next - now));
        }
    }
}
