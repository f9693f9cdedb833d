using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Ilium;

/// <summary>
/// A CQL <c>decimal</c> over its whole range: <see cref="Unscaled"/> × 10^−<see cref="Scale"/>, of any size. <see cref="decimal"/> holds 28 digits
/// only. Immutable and safe for all threads.
/// </summary>
/// <remarks>
/// Equality and order are those of the number, as for <see cref="decimal"/> and on the server: 1.0 equals 1.00. The scale is kept all the same, and
/// text shows it.
/// </remarks>
public readonly struct CqlDecimal : IEquatable<CqlDecimal>, IComparable<CqlDecimal>, IComparable
{
    private const int DecimalMaxScale = 28;
    private const int HashedDigits = 18;

    /// <summary>Creates a number.</summary>
    /// <param name="unscaled">All digits, as an integer.</param>
    /// <param name="scale">How many of them are decimals; a negative scale adds zeros.</param>
    public CqlDecimal(BigInteger unscaled, int scale)
    {
        Unscaled = unscaled;
        Scale = scale;
    }

    /// <summary>Zero, without decimals.</summary>
    public static CqlDecimal Zero => default;

    /// <summary>All digits, as an integer.</summary>
    public BigInteger Unscaled { get; }

    /// <summary>How many of the digits are decimals; negative where zeros follow them.</summary>
    public int Scale { get; }

    private long AdjustedExponent => DigitCount(Unscaled) - 1 - (long)Scale;

    /// <summary>The same number with the same scale.</summary>
    /// <param name="value">A number.</param>
    public static CqlDecimal FromDecimal(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var unscaled = (BigInteger)new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        return new CqlDecimal(bits[3] < 0 ? -unscaled : unscaled, (bits[3] >> 16) & 0xFF);
    }

    /// <summary>The same number, with the same scale where <see cref="decimal"/> can have it. Never rounds.</summary>
    /// <exception cref="OverflowException">The number has more digits than <see cref="decimal"/> holds.</exception>
    public decimal ToDecimal() => TryToDecimal(out var value)
        ? value
        : throw new OverflowException("The number cannot be held by a System.Decimal without rounding.");

    /// <summary>The same number, or false when <see cref="decimal"/> would round it.</summary>
    /// <param name="value">The number.</param>
    public bool TryToDecimal(out decimal value)
    {
        value = 0;
        if (Unscaled.IsZero)
        {
            value = new decimal(0, 0, 0, false, (byte)Math.Clamp(Scale, 0, DecimalMaxScale));
            return true;
        }

        // 96 bits are 29 digits at most; the rest of the digits would have to be zeros, so this bound ends the loops below early.
        if (AdjustedExponent is > DecimalMaxScale or < -DecimalMaxScale)
        {
            return false;
        }

        var unscaled = Unscaled;
        var scale = Scale;
        if (scale < 0)
        {
            unscaled *= BigInteger.Pow(10, -scale);
            scale = 0;
        }

        while (scale > DecimalMaxScale || (unscaled.GetBitLength() > 96 && scale > 0))
        {
            unscaled = BigInteger.DivRem(unscaled, 10, out var rest);
            if (!rest.IsZero)
            {
                return false;
            }

            scale--;
        }

        var magnitude = BigInteger.Abs(unscaled);
        if (magnitude.GetBitLength() > 96)
        {
            return false;
        }

        var bits = (UInt128)magnitude;
        value = new decimal((int)(uint)bits, (int)(uint)(bits >> 32), (int)(uint)(bits >> 64), unscaled.Sign < 0, (byte)scale);
        return true;
    }

    /// <summary>Reads digits with an optional sign, decimals and exponent, as in <c>-12.50</c> or <c>1E+6</c>; the scale is kept.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is not such a number, or its scale does not fit 32 bits.</exception>
    public static CqlDecimal Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not a decimal number.");
    }

    /// <summary>As <see cref="Parse"/>, giving false instead of an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The number.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out CqlDecimal value)
    {
        value = default;
        var digits = text.AsSpan();
        long exponent = 0;
        var exponentAt = digits.IndexOfAny('e', 'E');
        if (exponentAt >= 0)
        {
            if (!long.TryParse(digits[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                || exponent is > uint.MaxValue or < -uint.MaxValue)
            {
                return false;
            }

            digits = digits[..exponentAt];
        }

        var negative = !digits.IsEmpty && digits[0] == '-';
        digits = !digits.IsEmpty && digits[0] is '-' or '+' ? digits[1..] : digits;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var decimals = point < 0 ? default : digits[(point + 1)..];
        var scale = decimals.Length - exponent;
        if ((whole.IsEmpty && decimals.IsEmpty)
            || scale is > int.MaxValue or < int.MinValue
            || !BigInteger.TryParse(string.Concat(whole, decimals), NumberStyles.None, CultureInfo.InvariantCulture, out var unscaled))
        {
            return false;
        }

        value = new CqlDecimal(negative ? -unscaled : unscaled, (int)scale);
        return true;
    }

    /// <summary>
    /// Digits with as many decimals as the scale says; with an exponent where the scale is negative or the number very small. <see cref="Parse"/>
    /// gives back the same digits and scale.
    /// </summary>
    public override string ToString()
    {
        var digits = BigInteger.Abs(Unscaled).ToString(CultureInfo.InvariantCulture);
        var sign = Unscaled.Sign < 0 ? "-" : "";
        var exponent = digits.Length - 1 - (long)Scale;
        if (Scale == 0)
        {
            return sign + digits;
        }

        // The rule of Java's BigDecimal, which the server prints with.
        if (Scale > 0 && exponent >= -6)
        {
            digits = digits.PadLeft(Scale + 1, '0');
            return $"{sign}{digits[..^Scale]}.{digits[^Scale..]}";
        }

        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}E{(exponent < 0 ? "" : "+")}{exponent}");
    }

    /// <summary>Smaller first; the scale does not matter.</summary>
    /// <param name="other">The number to compare with.</param>
    public int CompareTo(CqlDecimal other)
    {
        var sign = Unscaled.Sign;
        if (sign != other.Unscaled.Sign || sign == 0)
        {
            return sign.CompareTo(other.Unscaled.Sign);
        }

        // Exponents first: 1E+2000000000 must not be written out to be compared.
        var exponents = AdjustedExponent.CompareTo(other.AdjustedExponent);
        if (exponents != 0)
        {
            return exponents * sign;
        }

        var difference = (long)Scale - other.Scale;
        return difference >= 0
            ? Unscaled.CompareTo(other.Unscaled * BigInteger.Pow(10, (int)difference))
            : (Unscaled * BigInteger.Pow(10, (int)-difference)).CompareTo(other.Unscaled);
    }

    /// <summary>Smaller first; null before everything.</summary>
    /// <param name="obj">A <see cref="CqlDecimal"/> or null.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        CqlDecimal other => CompareTo(other),
        _ => throw new ArgumentException("Only a CqlDecimal can be compared with a CqlDecimal.", nameof(obj)),
    };

    /// <summary>True when the numbers are equal, whatever their scales.</summary>
    /// <param name="other">The number to compare with.</param>
    public bool Equals(CqlDecimal other) => CompareTo(other) == 0;

    /// <summary>True for a <see cref="CqlDecimal"/> that is the same number.</summary>
    /// <param name="obj">Anything.</param>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is CqlDecimal other && Equals(other);

    /// <summary>A hash of the number; equal numbers have equal hashes, whatever their scales.</summary>
    public override int GetHashCode()
    {
        if (Unscaled.IsZero)
        {
            return 0;
        }

        var surplus = DigitCount(Unscaled) - HashedDigits;
        var leading = surplus > 0 ? Unscaled / BigInteger.Pow(10, surplus) : Unscaled * BigInteger.Pow(10, -surplus);
        return HashCode.Combine(leading, AdjustedExponent);
    }

    /// <summary>The same number.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(CqlDecimal left, CqlDecimal right) => left.Equals(right);

    /// <summary>Not the same number.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(CqlDecimal left, CqlDecimal right) => !left.Equals(right);

    /// <summary>Smaller.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(CqlDecimal left, CqlDecimal right) => left.CompareTo(right) < 0;

    /// <summary>Smaller or equal.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(CqlDecimal left, CqlDecimal right) => left.CompareTo(right) <= 0;

    /// <summary>Larger.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(CqlDecimal left, CqlDecimal right) => left.CompareTo(right) > 0;

    /// <summary>Larger or equal.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(CqlDecimal left, CqlDecimal right) => left.CompareTo(right) >= 0;

    /// <summary>The same number; exact.</summary>
    /// <param name="value">A number.</param>
    public static explicit operator CqlDecimal(decimal value) => FromDecimal(value);

    /// <summary>The same number; never rounds.</summary>
    /// <param name="value">A number.</param>
    /// <exception cref="OverflowException">The number has more digits than <see cref="decimal"/> holds.</exception>
    public static explicit operator decimal(CqlDecimal value) => value.ToDecimal();

    /// <summary>Exact: the bits give the count to within one, a comparison settles it.</summary>
    private static int DigitCount(BigInteger value)
    {
        if (value.IsZero)
        {
            return 1;
        }

        var magnitude = BigInteger.Abs(value);
        var estimate = (int)((magnitude.GetBitLength() - 1) * 0.30102999566398119521);
        return magnitude >= BigInteger.Pow(10, estimate) ? CountFrom(magnitude, estimate + 1) : estimate;
    }

    private static int CountFrom(BigInteger magnitude, int digits) => magnitude >= BigInteger.Pow(10, digits) ? digits + 1 : digits;
}
