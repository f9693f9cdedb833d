using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ilium.Dse;

/// <summary>A date of a <see cref="DateRange"/>: a time, and how long a time around it is meant.</summary>
/// <param name="UnixMilliseconds">Milliseconds since 1970, in UTC. May lie beyond what <see cref="DateTimeOffset"/> holds.</param>
/// <param name="Precision">How long a time is meant.</param>
public readonly record struct DateRangeBound(long UnixMilliseconds, DateRangePrecision Precision)
{
    // From hours on there is a Z behind it, which may be left out where it is read.
    private static readonly string[] Formats =
        ["yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-ddTHHZ", "yyyy-MM-ddTHH:mmZ", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss.fffZ"];

    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The date of a time.</summary>
    /// <param name="time">The time.</param>
    /// <param name="precision">How long a time around it is meant.</param>
    public static DateRangeBound From(DateTimeOffset time, DateRangePrecision precision) => new(time.ToUnixTimeMilliseconds(), precision);

    /// <summary>
    /// The date as search expressions write it, as long as its precision: <c>2017</c>, <c>2017-02-01T15Z</c>, <c>2017-02-01T15:42:12.404Z</c>; milliseconds with <c>ms</c> behind them
    /// outside of the years 1 to 9999.
    /// </summary>
    public override string ToString() => UnixMilliseconds < Earliest || UnixMilliseconds > Latest
        ? string.Create(CultureInfo.InvariantCulture, $"{UnixMilliseconds}ms")
        : Time.ToString(Formats[(int)Precision].Replace("Z", "'Z'", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    internal static bool TryParse([NotNullWhen(true)] string? text, out DateRangeBound bound)
    {
        for (var precision = DateRangePrecision.Year; precision <= DateRangePrecision.Millisecond; precision++)
        {
            var format = Formats[(int)precision].TrimEnd('Z');
            if (DateTime.TryParseExact(
                precision >= DateRangePrecision.Hour && text is [.. var time, 'Z' or 'z'] ? time : text, format, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value))
            {
                bound = From(value, precision);
                return true;
            }
        }

        bound = default;
        return false;
    }

    /// <summary>The first millisecond of the time that is meant.</summary>
    internal DateRangeBound First() => Moved(last: false);

    /// <summary>The last millisecond of it.</summary>
    internal DateRangeBound Last() => Moved(last: true);

    private DateTime Time => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds).UtcDateTime;

    private DateRangeBound Moved(bool last)
    {
        if (UnixMilliseconds < Earliest || UnixMilliseconds > Latest)
        {
            return this;
        }

        var time = Time;
        var month = Precision >= DateRangePrecision.Month ? time.Month : last ? 12 : 1;
        var day = Precision >= DateRangePrecision.Day ? time.Day : last ? DateTime.DaysInMonth(time.Year, month) : 1;
        var moved = new DateTime(
            time.Year, month, day,
            Precision >= DateRangePrecision.Hour ? time.Hour : last ? 23 : 0,
            Precision >= DateRangePrecision.Minute ? time.Minute : last ? 59 : 0,
            Precision >= DateRangePrecision.Second ? time.Second : last ? 59 : 0,
            Precision >= DateRangePrecision.Millisecond ? time.Millisecond : last ? 999 : 0,
            DateTimeKind.Utc);
        return From(moved, Precision);
    }
}
