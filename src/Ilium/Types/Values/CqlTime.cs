using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ilium;

/// <summary>
/// A CQL <c>time</c>: nanoseconds since midnight. <see cref="TimeOnly"/> counts in hundreds of nanoseconds. Immutable and safe for all threads.
/// </summary>
public readonly record struct CqlTime : IComparable<CqlTime>, IComparable
{
    internal const long NanosecondsPerDay = 86_400_000_000_000;

    /// <summary>Creates a time of day.</summary>
    /// <param name="nanoseconds">Nanoseconds since midnight, 0 to 86,399,999,999,999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside that range.</exception>
    public CqlTime(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(nanoseconds, NanosecondsPerDay);
        Nanoseconds = nanoseconds;
    }

    /// <summary>Midnight.</summary>
    public static CqlTime MinValue => default;

    /// <summary>A nanosecond before midnight.</summary>
    public static CqlTime MaxValue => new(NanosecondsPerDay - 1);

    /// <summary>Nanoseconds since midnight.</summary>
    public long Nanoseconds { get; }

    /// <summary>The same time of day.</summary>
    /// <param name="value">A time of day.</param>
    public static CqlTime FromTimeOnly(TimeOnly value) => new(value.Ticks * 100);

    /// <summary>The same time of day.</summary>
    /// <exception cref="OverflowException">The time is finer than 100 nanoseconds.</exception>
    public TimeOnly ToTimeOnly() => TryToTimeOnly(out var value)
        ? value
        : throw new OverflowException($"The time {this} is finer than the 100 nanoseconds of a TimeOnly.");

    /// <summary>The same time of day, or false when it is finer than 100 nanoseconds.</summary>
    /// <param name="value">The time of day.</param>
    public bool TryToTimeOnly(out TimeOnly value)
    {
        var (ticks, rest) = Math.DivRem(Nanoseconds, 100);
        value = rest == 0 ? new TimeOnly(ticks) : default;
        return rest == 0;
    }

    /// <summary>Reads <c>hours:minutes:seconds</c> with up to nine decimals; seconds may be left out.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is not a time of day.</exception>
    public static CqlTime Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a time of day (hh:mm:ss[.fffffffff]).");
    }

    /// <summary>As <see cref="Parse"/>, giving false instead of an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The time of day.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out CqlTime value)
    {
        value = default;
        var rest = text.AsSpan();
        if (!TryTakeNumber(ref rest, 23, out var hours) || !TryTake(ref rest, ':') || !TryTakeNumber(ref rest, 59, out var minutes))
        {
            return false;
        }

        long seconds = 0;
        long fraction = 0;
        if (TryTake(ref rest, ':'))
        {
            if (!TryTakeNumber(ref rest, 59, out seconds))
            {
                return false;
            }

            if (TryTake(ref rest, '.') && !TryTakeFraction(ref rest, out fraction))
            {
                return false;
            }
        }

        value = rest.IsEmpty ? new CqlTime((((hours * 60) + minutes) * 60 + seconds) * 1_000_000_000 + fraction) : default;
        return rest.IsEmpty;
    }

    /// <summary>Hours, minutes, seconds and nine decimals, as in <c>13:05:00.000000001</c>.</summary>
    public override string ToString()
    {
        var (seconds, fraction) = Math.DivRem(Nanoseconds, 1_000_000_000);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:D2}:{seconds / 60 % 60:D2}:{seconds % 60:D2}.{fraction:D9}");
    }

    /// <summary>Earlier first.</summary>
    /// <param name="other">The time to compare with.</param>
    public int CompareTo(CqlTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Earlier first; null before everything.</summary>
    /// <param name="obj">A <see cref="CqlTime"/> or null.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        CqlTime other => CompareTo(other),
        _ => throw new ArgumentException("Only a CqlTime can be compared with a CqlTime.", nameof(obj)),
    };

    /// <summary>Earlier than.</summary>
    /// <param name="left">One time.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(CqlTime left, CqlTime right) => left.CompareTo(right) < 0;

    /// <summary>Earlier than or the same.</summary>
    /// <param name="left">One time.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(CqlTime left, CqlTime right) => left.CompareTo(right) <= 0;

    /// <summary>Later than.</summary>
    /// <param name="left">One time.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(CqlTime left, CqlTime right) => left.CompareTo(right) > 0;

    /// <summary>Later than or the same.</summary>
    /// <param name="left">One time.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(CqlTime left, CqlTime right) => left.CompareTo(right) >= 0;

    private static bool TryTake(ref ReadOnlySpan<char> text, char expected)
    {
        var found = !text.IsEmpty && text[0] == expected;
        text = found ? text[1..] : text;
        return found;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<char> text, long largest, out long number)
    {
        var length = DigitsAtStart(text);
        var parsed = long.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        text = text[length..];
        return parsed && length <= 2 && number <= largest;
    }

    private static bool TryTakeFraction(ref ReadOnlySpan<char> text, out long nanoseconds)
    {
        nanoseconds = 0;
        var length = DigitsAtStart(text);
        if (length is 0 or > 9)
        {
            return false;
        }

        nanoseconds = long.Parse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture);
        for (var i = length; i < 9; i++)
        {
            nanoseconds *= 10;
        }

        text = text[length..];
        return true;
    }

    private static int DigitsAtStart(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExceptInRange('0', '9');
        return length < 0 ? text.Length : length;
    }
}
