using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ilium;

/// <summary>
/// A CQL <c>date</c> over its whole range, the years −5877641 to 5881580 of the proleptic Gregorian calendar: days since 1970-01-01 as a 32-bit number.
/// <see cref="DateOnly"/> covers the years 1 to 9999 only. Immutable and safe for all threads.
/// </summary>
/// <param name="DaysSinceEpoch">Days since 1970-01-01; negative before.</param>
public readonly record struct CqlDate(int DaysSinceEpoch) : IComparable<CqlDate>, IComparable
{
    private const int DayNumberOfEpoch = 719_162;
    private const int DaysIn400Years = 146_097;

    // Days from 0000-03-01 to 1970-01-01: years counted from March put the leap day last, which makes the arithmetic regular.
    private const int MarchEpoch = 719_468;

    /// <summary>The earliest date.</summary>
    public static CqlDate MinValue => new(int.MinValue);

    /// <summary>The latest date.</summary>
    public static CqlDate MaxValue => new(int.MaxValue);

    /// <summary>The date of the same calendar day.</summary>
    /// <param name="value">A date.</param>
    public static CqlDate FromDateOnly(DateOnly value) => new(value.DayNumber - DayNumberOfEpoch);

    /// <summary>The same calendar day.</summary>
    /// <exception cref="OverflowException">The date lies outside the years 1 to 9999.</exception>
    public DateOnly ToDateOnly() => TryToDateOnly(out var value)
        ? value
        : throw new OverflowException($"The date {this} lies outside the years 1 to 9999.");

    /// <summary>The same calendar day, or false when it lies outside the years 1 to 9999.</summary>
    /// <param name="value">The date.</param>
    public bool TryToDateOnly(out DateOnly value)
    {
        var day = (long)DaysSinceEpoch + DayNumberOfEpoch;
        var inRange = day >= 0 && day <= DateOnly.MaxValue.DayNumber;
        value = inRange ? DateOnly.FromDayNumber((int)day) : default;
        return inRange;
    }

    /// <summary>Reads <c>year-month-day</c>; the year may have a sign and more or fewer than four digits.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is not a date, or there is no such day.</exception>
    public static CqlDate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a date (year-month-day).");
    }

    /// <summary>As <see cref="Parse"/>, giving false instead of an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The date.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out CqlDate value)
    {
        value = default;
        var span = text.AsSpan();
        var dayAt = span.LastIndexOf('-');
        var monthAt = dayAt > 0 ? span[..dayAt].LastIndexOf('-') : -1;
        if (monthAt <= 0
            || !int.TryParse(span[..monthAt], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var year)
            || !int.TryParse(span[(monthAt + 1)..dayAt], NumberStyles.None, CultureInfo.InvariantCulture, out var month)
            || !int.TryParse(span[(dayAt + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var day)
            || month is < 1 or > 12 || day < 1 || day > DaysInMonth(year, month))
        {
            return false;
        }

        var days = DaysFromCivil(year, month, day);
        value = new CqlDate((int)Math.Clamp(days, int.MinValue, int.MaxValue));
        return days is >= int.MinValue and <= int.MaxValue;
    }

    /// <summary>Year, month and day, as in <c>2024-02-29</c>; years before 0 have a minus sign, those after 9999 a plus sign, as on the server.</summary>
    public override string ToString()
    {
        var (year, month, day) = ToCivil();
        return string.Create(CultureInfo.InvariantCulture, $"{(year < 0 ? "-" : year > 9999 ? "+" : "")}{Math.Abs(year):D4}-{month:D2}-{day:D2}");
    }

    /// <summary>Earlier first.</summary>
    /// <param name="other">The date to compare with.</param>
    public int CompareTo(CqlDate other) => DaysSinceEpoch.CompareTo(other.DaysSinceEpoch);

    /// <summary>Earlier first; null before everything.</summary>
    /// <param name="obj">A <see cref="CqlDate"/> or null.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        CqlDate other => CompareTo(other),
        _ => throw new ArgumentException("Only a CqlDate can be compared with a CqlDate.", nameof(obj)),
    };

    /// <summary>Earlier than.</summary>
    /// <param name="left">One date.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(CqlDate left, CqlDate right) => left.CompareTo(right) < 0;

    /// <summary>Earlier than or the same.</summary>
    /// <param name="left">One date.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(CqlDate left, CqlDate right) => left.CompareTo(right) <= 0;

    /// <summary>Later than.</summary>
    /// <param name="left">One date.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(CqlDate left, CqlDate right) => left.CompareTo(right) > 0;

    /// <summary>Later than or the same.</summary>
    /// <param name="left">One date.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(CqlDate left, CqlDate right) => left.CompareTo(right) >= 0;

    private static int DaysInMonth(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    private static long DaysFromCivil(long year, int month, int day)
    {
        var marchYear = month <= 2 ? year - 1 : year;
        var cycle = FloorDivide(marchYear, 400);
        var yearOfCycle = marchYear - (cycle * 400);
        var dayOfYear = (((153 * ((month + 9) % 12)) + 2) / 5) + day - 1;
        var dayOfCycle = (yearOfCycle * 365) + (yearOfCycle / 4) - (yearOfCycle / 100) + dayOfYear;
        return (cycle * DaysIn400Years) + dayOfCycle - MarchEpoch;
    }

    private static long FloorDivide(long value, long by) => value >= 0 ? value / by : (value - by + 1) / by;

    private (long Year, long Month, long Day) ToCivil()
    {
        var days = (long)DaysSinceEpoch + MarchEpoch;
        var cycle = FloorDivide(days, DaysIn400Years);
        var dayOfCycle = days - (cycle * DaysIn400Years);
        var yearOfCycle = (dayOfCycle - (dayOfCycle / 1_460) + (dayOfCycle / 36_524) - (dayOfCycle / 146_096)) / 365;
        var dayOfYear = dayOfCycle - ((365 * yearOfCycle) + (yearOfCycle / 4) - (yearOfCycle / 100));
        var marchMonth = ((5 * dayOfYear) + 2) / 153;
        var month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
        return ((cycle * 400) + yearOfCycle + (month <= 2 ? 1 : 0), month, dayOfYear - (((153 * marchMonth) + 2) / 5) + 1);
    }
}
