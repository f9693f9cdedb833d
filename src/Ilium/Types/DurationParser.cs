using System.Globalization;

namespace Ilium.Types;

/// <summary>The two text forms of a duration: CQL's own and ISO 8601's, the latter with designators, in weeks, or written as a date.</summary>
internal static class DurationParser
{
    private static readonly (string Name, int Part, long Factor)[] Units =
    [
        ("y", 0, 12),
        ("mo", 0, 1),
        ("w", 1, 7),
        ("d", 1, 1),
        ("h", 2, CqlDuration.NanosecondsPerHour),
        ("m", 2, CqlDuration.NanosecondsPerMinute),
        ("s", 2, CqlDuration.NanosecondsPerSecond),
        ("ms", 2, CqlDuration.NanosecondsPerMillisecond),
        ("us", 2, CqlDuration.NanosecondsPerMicrosecond),
        ("ns", 2, 1),
    ];

    internal static bool TryParse(ReadOnlySpan<char> text, out CqlDuration value)
    {
        value = default;
        var negative = text.StartsWith("-", StringComparison.Ordinal);
        text = negative ? text[1..] : text;
        Span<Int128> parts = stackalloc Int128[3];
        var parsed = text.StartsWith("P", StringComparison.OrdinalIgnoreCase)
            ? TryIso(text[1..], parts)
            : TryCql(text, parts);
        if (!parsed)
        {
            return false;
        }

        if (negative)
        {
            (parts[0], parts[1], parts[2]) = (-parts[0], -parts[1], -parts[2]);
        }

        if (parts[0] < int.MinValue || parts[0] > int.MaxValue || parts[1] < int.MinValue || parts[1] > int.MaxValue
            || parts[2] < long.MinValue || parts[2] > long.MaxValue)
        {
            return false;
        }

        value = new CqlDuration((int)parts[0], (int)parts[1], (long)parts[2]);
        return true;
    }

    private static bool TryCql(ReadOnlySpan<char> text, Span<Int128> parts)
    {
        var next = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            if (!TryTakeNumber(ref text, out var number))
            {
                return false;
            }

            var end = text.IndexOfAnyInRange('0', '9');
            var name = end < 0 ? text : text[..end];
            var unit = FindUnit(name, next);
            if (unit < 0)
            {
                return false;
            }

            parts[Units[unit].Part] += (Int128)number * Units[unit].Factor;
            next = unit + 1;
            text = text[name.Length..];
        }

        return true;
    }

    private static int FindUnit(ReadOnlySpan<char> name, int from)
    {
        // Both the micro sign and the Greek letter are in use.
        name = name is "µs" or "μs" ? "us" : name;
        for (var i = from; i < Units.Length; i++)
        {
            if (name.Equals(Units[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool TryIso(ReadOnlySpan<char> text, Span<Int128> parts)
    {
        var timeAt = text.IndexOfAny('T', 't');
        var date = timeAt < 0 ? text : text[..timeAt];
        var time = timeAt < 0 ? default : text[(timeAt + 1)..];
        if (text.IsEmpty || (timeAt >= 0 && time.IsEmpty))
        {
            return false;
        }

        return date.Contains('-')
            ? TryIsoAlternative(date, time, parts)
            : TryIsoDesignators(date, "YMWD", [12, 1, 7, 1], [0, 0, 1, 1], parts)
                && TryIsoDesignators(
                    time, "HMS", [CqlDuration.NanosecondsPerHour, CqlDuration.NanosecondsPerMinute, CqlDuration.NanosecondsPerSecond], [2, 2, 2], parts);
    }

    private static bool TryIsoDesignators(
        ReadOnlySpan<char> text, ReadOnlySpan<char> designators, ReadOnlySpan<long> factors, ReadOnlySpan<int> targets, Span<Int128> parts)
    {
        var next = 0;
        while (!text.IsEmpty)
        {
            if (!TryTakeNumber(ref text, out var number))
            {
                return false;
            }

            long fraction = 0;
            var hasFraction = !text.IsEmpty && text[0] is '.' or ',';
            if (hasFraction && !TryTakeFraction(ref text, out fraction))
            {
                return false;
            }

            var found = text.IsEmpty ? -1 : designators[next..].IndexOf(char.ToUpperInvariant(text[0]));

            // Only seconds can be split: a fraction of a month has no length.
            if (found < 0 || (hasFraction && designators[next + found] != 'S'))
            {
                return false;
            }

            parts[targets[next + found]] += ((Int128)number * factors[next + found]) + fraction;
            next += found + 1;
            text = text[1..];
        }

        return true;
    }

    /// <summary><c>P[YYYY]-[MM]-[DD]T[hh]:[mm]:[ss]</c>.</summary>
    private static bool TryIsoAlternative(ReadOnlySpan<char> date, ReadOnlySpan<char> time, Span<Int128> parts)
    {
        Span<long> fields = stackalloc long[6];
        if (!TrySplit(date, '-', fields[..3]) || (!time.IsEmpty && !TrySplit(time, ':', fields[3..])))
        {
            return false;
        }

        parts[0] = ((Int128)fields[0] * 12) + fields[1];
        parts[1] = fields[2];
        parts[2] = ((Int128)fields[3] * CqlDuration.NanosecondsPerHour) + ((Int128)fields[4] * CqlDuration.NanosecondsPerMinute)
            + ((Int128)fields[5] * CqlDuration.NanosecondsPerSecond);
        return true;
    }

    private static bool TrySplit(ReadOnlySpan<char> text, char separator, Span<long> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (!TryTakeNumber(ref text, out fields[i]) || (i < fields.Length - 1 && (text.IsEmpty || text[0] != separator)))
            {
                return false;
            }

            text = i < fields.Length - 1 ? text[1..] : text;
        }

        return text.IsEmpty;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<char> text, out long number)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length : digits;
        var parsed = long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        text = text[digits..];
        return parsed;
    }

    private static bool TryTakeFraction(ref ReadOnlySpan<char> text, out long nanoseconds)
    {
        var digits = text[1..].IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length - 1 : digits;
        nanoseconds = 0;
        if (digits is 0 or > 9)
        {
            return false;
        }

        nanoseconds = long.Parse(text.Slice(1, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        for (var i = digits; i < 9; i++)
        {
            nanoseconds *= 10;
        }

        text = text[(digits + 1)..];
        return true;
    }
}
