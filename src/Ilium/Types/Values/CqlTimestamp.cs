using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ilium;

/// <summary>
/// A CQL <c>timestamp</c> over its whole range: milliseconds since 1970-01-01T00:00:00Z as a 64-bit number. <see cref="DateTimeOffset"/> covers the
/// years 1 to 9999 only. Immutable and safe for all threads.
/// </summary>
/// <param name="UnixMilliseconds">Milliseconds since 1970-01-01T00:00:00Z; negative before.</param>
public readonly record struct CqlTimestamp(long UnixMilliseconds) : IComparable<CqlTimestamp>, IComparable
{
    // 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
    internal const long MinDateTimeMilliseconds = -62_135_596_800_000;
    internal const long MaxDateTimeMilliseconds = 253_402_300_799_999;

    /// <summary>The earliest timestamp.</summary>
    public static CqlTimestamp MinValue => new(long.MinValue);

    /// <summary>The latest timestamp.</summary>
    public static CqlTimestamp MaxValue => new(long.MaxValue);

    /// <summary>The millisecond that <paramref name="value"/> lies in; parts of a millisecond are dropped towards the past.</summary>
    /// <param name="value">An instant, with any offset.</param>
    public static CqlTimestamp FromDateTimeOffset(DateTimeOffset value) => new(value.ToUnixTimeMilliseconds());

    /// <summary>The same instant, in UTC.</summary>
    /// <exception cref="OverflowException">The instant lies outside the years 1 to 9999.</exception>
    public DateTimeOffset ToDateTimeOffset() => TryToDateTimeOffset(out var value)
        ? value
        : throw new OverflowException($"The timestamp {this} lies outside the years 1 to 9999.");

    /// <summary>The same instant in UTC, or false when it lies outside the years 1 to 9999.</summary>
    /// <param name="value">The instant.</param>
    public bool TryToDateTimeOffset(out DateTimeOffset value)
    {
        var inRange = UnixMilliseconds is >= MinDateTimeMilliseconds and <= MaxDateTimeMilliseconds;
        value = inRange ? DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds) : default;
        return inRange;
    }

    /// <summary>Reads ISO 8601 (<c>2024-02-29T12:00:00.123Z</c>; without an offset it is UTC) or a number of milliseconds.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static CqlTimestamp Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a timestamp.");
    }

    /// <summary>As <see cref="Parse"/>, giving false instead of an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The timestamp.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out CqlTimestamp value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
        {
            value = new CqlTimestamp(milliseconds);
            return true;
        }

        var parsed = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant);
        value = parsed ? FromDateTimeOffset(instant) : default;
        return parsed;
    }

    /// <summary>ISO 8601 in UTC with milliseconds; outside the years 1 to 9999 the number of milliseconds.</summary>
    public override string ToString() => TryToDateTimeOffset(out var value)
        ? value.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : UnixMilliseconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>Earlier first.</summary>
    /// <param name="other">The timestamp to compare with.</param>
    public int CompareTo(CqlTimestamp other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    /// <summary>Earlier first; null before everything.</summary>
    /// <param name="obj">A <see cref="CqlTimestamp"/> or null.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        CqlTimestamp other => CompareTo(other),
        _ => throw new ArgumentException("Only a CqlTimestamp can be compared with a CqlTimestamp.", nameof(obj)),
    };

    /// <summary>Earlier than.</summary>
    /// <param name="left">One timestamp.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(CqlTimestamp left, CqlTimestamp right) => left.CompareTo(right) < 0;

    /// <summary>Earlier than or the same.</summary>
    /// <param name="left">One timestamp.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(CqlTimestamp left, CqlTimestamp right) => left.CompareTo(right) <= 0;

    /// <summary>Later than.</summary>
    /// <param name="left">One timestamp.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(CqlTimestamp left, CqlTimestamp right) => left.CompareTo(right) > 0;

    /// <summary>Later than or the same.</summary>
    /// <param name="left">One timestamp.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(CqlTimestamp left, CqlTimestamp right) => left.CompareTo(right) >= 0;
}
