namespace Ilium.Embedded.Cql;

/// <summary>How long the literal at the beginning of a text is, by its shape alone.</summary>
internal static class LiteralShapes
{
    public const int UuidLength = 36;

    /// <summary>Whether it is a UUID, or broken.</summary>
    public static bool BeginsUuid(ReadOnlySpan<char> text) => text.Length > 8 && text[8] == '-' && UuidPrefixLength(text) > 8;

    /// <summary>How many characters look like the beginning of a UUID.</summary>
    public static int UuidPrefixLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < UuidLength && length < text.Length
            && (length is 8 or 13 or 18 or 23 ? text[length] == '-' : char.IsAsciiHexDigit(text[length])))
        {
            length++;
        }

        return length;
    }

    /// <summary>The length of <c>0x…</c>.</summary>
    public static int HexLength(ReadOnlySpan<char> text)
    {
        var length = 2;
        while (length < text.Length && char.IsAsciiHexDigit(text[length]))
        {
            length++;
        }

        return length;
    }

    /// <summary>The length of an integer or a floating-point number, maybe with a minus. In <c>1..2</c> it is the <c>1</c>, in <c>1...2</c> <c>1.</c></summary>
    public static int NumberLength(ReadOnlySpan<char> text, out bool isFloat)
    {
        var length = Digits(text, text[0] == '-' ? 1 : 0);
        isFloat = false;
        if (length < text.Length && text[length] == '.')
        {
            var range = text[length..].StartsWith("..", StringComparison.Ordinal);
            if (range && !text[length..].StartsWith("...", StringComparison.Ordinal))
            {
                return length;
            }

            isFloat = true;
            length++;
            if (range)
            {
                return length;
            }

            length = Digits(text, length);
        }

        if (length < text.Length && text[length] is 'e' or 'E')
        {
            var digits = length + 1;
            if (digits < text.Length && text[digits] is '+' or '-')
            {
                digits++;
            }

            var end = Digits(text, digits);
            if (end > digits)
            {
                isFloat = true;
                length = end;
            }
        }

        return length;
    }

    /// <summary>
    /// Digits with a letter behind them that begins nothing but a UUID (<c>1a</c>), a unit of two letters (<c>1n</c>) or an exponent (<c>1e</c>) are taken for that: where it breaks, or 0.
    /// </summary>
    public static int BrokenLength(ReadOnlySpan<char> text, int digits)
    {
        var next = digits < text.Length ? char.ToLowerInvariant(text[digits]) : '\0';
        if (next is 'u' or 'n' or '\u00B5')
        {
            return digits + 1;
        }

        if (next == 'e')
        {
            return digits + (digits + 1 < text.Length && text[digits + 1] is '+' or '-' ? 2 : 1);
        }

        if (text[0] == '-' || digits >= 8 || next is not ('a' or 'b' or 'c' or 'f'))
        {
            return 0;
        }

        var length = digits;
        while (length < 8 && length < text.Length && char.IsAsciiHexDigit(text[length]))
        {
            length++;
        }

        return length;
    }

    /// <summary>
    /// The length of a duration like <c>-1y2mo3d</c>, 0 when it is none. Digits behind one unit need another: <paramref name="unfinished"/> is where it is missing, or 0.
    /// </summary>
    public static int UnitDurationLength(ReadOnlySpan<char> text, out int unfinished)
    {
        unfinished = 0;
        var length = text[0] == '-' ? 1 : 0;
        var end = 0;
        while (true)
        {
            var digits = Digits(text, length);
            if (digits == length)
            {
                return end;
            }

            var unit = UnitLength(text[digits..]);
            if (unit == 0)
            {
                unfinished = end > 0 ? digits : 0;
                return end;
            }

            end = length = digits + unit;
        }
    }

    /// <summary>The length of <c>P1Y2M3DT4H5M6S</c>, <c>P1W</c> or <c>P0001-02-03T04:05:06</c>, 0 when it is none; a minus before it is the caller's.</summary>
    public static int IsoDurationLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] != 'P')
        {
            return 0;
        }

        const string alternative = "P0000-00-00T00:00:00";
        if (text.Length >= alternative.Length && Fits(text, alternative))
        {
            return alternative.Length;
        }

        if (Designated(text, 1, "W") is var week and > 1)
        {
            return week;
        }

        var date = Designated(text, 1, "YMD");
        if (date < text.Length && text[date] == 'T')
        {
            var time = Designated(text, date + 1, "HMS");
            if (time > date + 1)
            {
                return time;
            }
        }

        return date > 1 ? date : 0;
    }

    private static bool Fits(ReadOnlySpan<char> text, string shape)
    {
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == '0' ? !char.IsAsciiDigit(text[i]) : text[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where numbers with these designators, each at most once and in this order, end.</summary>
    private static int Designated(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> designators)
    {
        var at = start;
        foreach (var designator in designators)
        {
            var digits = Digits(text, at);
            if (digits > at && digits < text.Length && text[digits] == designator)
            {
                at = digits + 1;
            }
        }

        return at;
    }

    private static int UnitLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        var second = text.Length > 1 ? char.ToLowerInvariant(text[1]) : '\0';
        return char.ToLowerInvariant(text[0]) switch
        {
            'm' => second is 'o' or 's' ? 2 : 1,
            'u' or '\u00B5' or 'n' => second == 's' ? 2 : 0,
            'y' or 'w' or 'd' or 'h' or 's' => 1,
            _ => 0,
        };
    }

    private static int Digits(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at;
    }
}
