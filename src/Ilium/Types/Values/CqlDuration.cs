using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Ilium.Types;

namespace Ilium;

/// <summary>
/// A CQL <c>duration</c>: months, days and nanoseconds, kept apart because months and days differ in length. All three have the same sign.
/// Durations are equal when all three parts are; they have no order. Immutable and safe for all threads.
/// </summary>
public readonly record struct CqlDuration
{
    internal const long NanosecondsPerMicrosecond = 1_000;
    internal const long NanosecondsPerMillisecond = 1_000_000;
    internal const long NanosecondsPerSecond = 1_000_000_000;
    internal const long NanosecondsPerMinute = 60 * NanosecondsPerSecond;
    internal const long NanosecondsPerHour = 60 * NanosecondsPerMinute;

    /// <summary>Creates a duration.</summary>
    /// <param name="months">Whole months; twelve are a year.</param>
    /// <param name="days">Whole days; seven are a week.</param>
    /// <param name="nanoseconds">The rest, in nanoseconds.</param>
    /// <exception cref="ArgumentException">One part is positive and another negative.</exception>
    public CqlDuration(int months, int days, long nanoseconds)
    {
        if (!HaveOneSign(months, days, nanoseconds))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"The parts of a duration have one sign; these are {months} months, {days} days, {nanoseconds} ns."));
        }

        Months = months;
        Days = days;
        Nanoseconds = nanoseconds;
    }

    /// <summary>Whole months.</summary>
    public int Months { get; }

    /// <summary>Whole days.</summary>
    public int Days { get; }

    /// <summary>The rest, in nanoseconds.</summary>
    public long Nanoseconds { get; }

    /// <summary>A duration without months and days, exact.</summary>
    /// <param name="value">A span of time of at most 292 years.</param>
    /// <exception cref="OverflowException">It is longer.</exception>
    public static CqlDuration FromTimeSpan(TimeSpan value) => new(0, 0, checked(value.Ticks * 100));

    /// <summary>
    /// Reads a duration as CQL writes it (<c>1y2mo3w4d5h6m7s8ms9us10ns</c>, parts in this order, any may be left out) or as ISO 8601 does
    /// (<c>P1Y2M3DT4H5M6.5S</c>, <c>P2W</c>, <c>P0001-02-03T04:05:06</c>). A minus sign in front makes all of it negative.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is neither, or a part does not fit.</exception>
    public static CqlDuration Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a duration, such as 1mo2d3h or P1M2DT3H.");
    }

    /// <summary>As <see cref="Parse"/>, giving false instead of an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The duration.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out CqlDuration value) => DurationParser.TryParse(text, out value);

    /// <summary>The form CQL reads, as in <c>1y2mo3d4h5m6s7ms8us9ns</c>; <c>0s</c> when all parts are zero.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Months < 0 || Days < 0 || Nanoseconds < 0)
        {
            text.Append('-');
        }

        var rest = Append(text, Magnitude(Months), 12, "y");
        Append(text, rest, 1, "mo");
        Append(text, Magnitude(Days), 1, "d");
        rest = Append(text, Magnitude(Nanoseconds), (ulong)NanosecondsPerHour, "h");
        rest = Append(text, rest, (ulong)NanosecondsPerMinute, "m");
        rest = Append(text, rest, (ulong)NanosecondsPerSecond, "s");
        rest = Append(text, rest, (ulong)NanosecondsPerMillisecond, "ms");
        rest = Append(text, rest, (ulong)NanosecondsPerMicrosecond, "us");
        Append(text, rest, 1, "ns");
        return text.Length == 0 ? "0s" : text.ToString();
    }

    internal static bool HaveOneSign(int months, int days, long nanoseconds) =>
        (months >= 0 && days >= 0 && nanoseconds >= 0) || (months <= 0 && days <= 0 && nanoseconds <= 0);

    // long.MinValue has no positive counterpart in a long.
    private static ulong Magnitude(long value) => value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value;

    private static ulong Append(StringBuilder text, ulong value, ulong unit, string name)
    {
        var (count, rest) = Math.DivRem(value, unit);
        if (count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{count}{name}");
        }

        return rest;
    }
}
