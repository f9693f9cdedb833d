using System.Diagnostics.CodeAnalysis;

namespace Ilium.Dse;

/// <summary>
/// A date, or the time between two dates, each as precise as it says: DSE's <c>'DateRangeType'</c>. Immutable; equal when dates and precisions are.
/// </summary>
public sealed record DateRange
{
    private DateRange(bool isSingle, DateRangeBound? lower, DateRangeBound? upper)
    {
        IsSingle = isSingle;
        LowerBound = lower;
        UpperBound = upper;
    }

    /// <summary>Any date: <c>*</c>.</summary>
    public static DateRange Any { get; } = new(isSingle: true, null, null);

    /// <summary>True for one date, which <see cref="LowerBound"/> is.</summary>
    public bool IsSingle { get; }

    /// <summary>Where it begins, or the one date; null for an open beginning, and for <see cref="Any"/>.</summary>
    public DateRangeBound? LowerBound { get; }

    /// <summary>Where it ends; null for an open end, and for a single date.</summary>
    public DateRangeBound? UpperBound { get; }

    /// <summary>One date.</summary>
    /// <param name="date">The date; moved to the first millisecond of the time that it means.</param>
    /// <exception cref="ArgumentOutOfRangeException">Its precision does not exist.</exception>
    public static DateRange Single(DateRangeBound date) => new(isSingle: true, Checked(date).First(), null);

    /// <summary>The time between two dates, both of which belong to it.</summary>
    /// <param name="lower">Where it begins: at the first millisecond of the time that this means. Null for an open beginning.</param>
    /// <param name="upper">Where it ends: at the last millisecond of the time that this means. Null for an open end.</param>
    /// <exception cref="ArgumentException">It ends before it begins.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A precision does not exist.</exception>
    public static DateRange Between(DateRangeBound? lower, DateRangeBound? upper)
    {
        var range = new DateRange(isSingle: false, lower is { } first ? Checked(first).First() : null, upper is { } last ? Checked(last).Last() : null);
        return range.LowerBound?.UnixMilliseconds > range.UpperBound?.UnixMilliseconds
            ? throw new ArgumentException($"{range} ends before it begins.", nameof(upper))
            : range;
    }

    /// <summary>Reads a date, a range or either with open ends as search expressions write it: <c>2017-02</c>, <c>[2017-02-01T15Z TO 2018]</c>, <c>[* TO 2018]</c>, <c>*</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is none, or ends before it begins.</exception>
    public static DateRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a range of dates: write it like 2017-02 or [2017-02-01T15Z TO *].");
    }

    /// <summary>Reads what <see cref="Parse"/> reads, and returns false where that throws.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="value">The range, or null when false is returned.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out DateRange? value)
    {
        value = null;
        text = text?.Trim();
        if (text is ['[', .. var inside, ']'])
        {
            var parts = inside.Split(" TO ");
            if (parts.Length != 2 || !TryReadBound(parts[0], out var lower) || !TryReadBound(parts[1], out var upper))
            {
                return false;
            }

            try
            {
                value = Between(lower, upper);
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
        else if (TryReadBound(text, out var date))
        {
            value = date is { } known ? Single(known) : Any;
        }

        return value is not null;
    }

    /// <summary>What <see cref="Parse"/> reads back to an equal range.</summary>
    public override string ToString() => IsSingle ? Text(LowerBound) : $"[{Text(LowerBound)} TO {Text(UpperBound)}]";

    /// <summary>As a server sent it: nothing is moved.</summary>
    internal static DateRange FromServer(bool isSingle, DateRangeBound? lower, DateRangeBound? upper) => new(isSingle, lower, upper);

    private static string Text(DateRangeBound? bound) => bound?.ToString() ?? "*";

    private static bool TryReadBound(string? text, out DateRangeBound? bound)
    {
        bound = null;
        text = text?.Trim();
        if (text == "*")
        {
            return true;
        }

        var isDate = DateRangeBound.TryParse(text, out var date);
        bound = isDate ? date : null;
        return isDate;
    }

    private static DateRangeBound Checked(DateRangeBound bound) => Enum.IsDefined(bound.Precision)
        ? bound
        : throw new ArgumentOutOfRangeException(nameof(bound), bound.Precision, "There is no such precision.");
}
