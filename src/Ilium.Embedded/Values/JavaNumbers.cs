using System.Globalization;

namespace Ilium.Embedded.Values;

/// <summary>Floating-point numbers as Java prints them: <c>1.0</c>, <c>1.0E10</c>, <c>1.0E-5</c>.</summary>
internal static class JavaNumbers
{
    internal static string ToText(double value) => Format(value, value.ToString("E16", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture));

    internal static string ToText(float value) => Format(value, value.ToString("E8", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture));

    private static string Format(double value, string scientific, string shortest)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "Infinity" : "-Infinity";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        // The shortest digits that read back as the same number, and the power of ten of the first of them.
        var negative = shortest[0] == '-';
        var mantissa = negative ? shortest[1..] : shortest;
        var power = 0;
        var exponentAt = mantissa.IndexOf('E', StringComparison.Ordinal);
        if (exponentAt >= 0)
        {
            power = int.Parse(mantissa[(exponentAt + 1)..], CultureInfo.InvariantCulture);
            mantissa = mantissa[..exponentAt];
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        power += (point < 0 ? mantissa.Length : point) - 1;
        var zeros = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        power -= zeros;
        if (digits.Length == 0)
        {
            return scientific;
        }

        string text;
        if (power is >= -3 and < 7)
        {
            text = power < 0
                ? "0." + new string('0', -power - 1) + digits
                : digits.Length > power + 1 ? digits[..(power + 1)] + "." + digits[(power + 1)..] : digits.PadRight(power + 1, '0') + ".0";
        }
        else
        {
            text = digits[..1] + "." + (digits.Length > 1 ? digits[1..] : "0") + "E" + power.ToString(CultureInfo.InvariantCulture);
        }

        return negative ? "-" + text : text;
    }
}
