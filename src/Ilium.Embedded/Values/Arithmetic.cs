using System.Numerics;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Values;

/// <summary>The operators of CQL, on bytes.</summary>
internal static class Arithmetic
{
    /// <summary>The type of the result; null where there is no such operator.</summary>
    internal static CqlType? ResultType(ArithmeticOperator operation, CqlType left, CqlType right)
    {
        if (ValueBytes.IsNumber(left) && ValueBytes.IsNumber(right))
        {
            return Promote(left, right);
        }

        if (operation == ArithmeticOperator.Add && IsText(left) && IsText(right))
        {
            return left.Code == right.Code ? left : CqlType.Text;
        }

        return left.Code is CqlTypeCode.Timestamp or CqlTypeCode.Date && right.Code == CqlTypeCode.Duration && operation is ArithmeticOperator.Add or ArithmeticOperator.Subtract
            ? left : null;

        static bool IsText(CqlType type) => type.Code is CqlTypeCode.Text or CqlTypeCode.Ascii;
    }

    internal static string Symbol(ArithmeticOperator operation) => operation switch
    {
        ArithmeticOperator.Add => "+",
        ArithmeticOperator.Subtract => "-",
        ArithmeticOperator.Multiply => "*",
        ArithmeticOperator.Divide => "/",
        _ => "%",
    };

    internal static byte[] Apply(ArithmeticOperator operation, CqlType leftType, byte[] left, CqlType rightType, byte[] right, CqlType result)
    {
        try
        {
            return result.Code switch
            {
                CqlTypeCode.Text or CqlTypeCode.Ascii => [.. left, .. right],
                CqlTypeCode.Timestamp => ValueBytes.Bigint(AddDuration(ValueBytes.ToBigint(left), ValueBytes.ToDuration(right), operation)),
                CqlTypeCode.Date => AddToDate(left, ValueBytes.ToDuration(right), operation),
                CqlTypeCode.Float => ValueBytes.Float((float)OnDoubles(operation, (float)ValueBytes.ToDouble(leftType, left), (float)ValueBytes.ToDouble(rightType, right))),
                CqlTypeCode.Double => ValueBytes.Double(OnDoubles(operation, ValueBytes.ToDouble(leftType, left), ValueBytes.ToDouble(rightType, right))),
                CqlTypeCode.Decimal => ValueBytes.Decimal(OnDecimals(operation, AsOperand(leftType, left), AsOperand(rightType, right))),
                _ => Wrap(result, OnIntegers(operation, ValueBytes.ToInteger(leftType, left), ValueBytes.ToInteger(rightType, right))),
            };
        }
        catch (DivideByZeroException)
        {
            throw CqlError.FunctionFailure("system", Symbol(operation), [leftType.ToString()!, rightType.ToString()!], $"the operation '{leftType} {Symbol(operation)} {rightType}' failed: / by zero");
        }
    }

    internal static byte[] Negate(CqlType type, byte[] value) => type.Code switch
    {
        CqlTypeCode.Float => ValueBytes.Float(-(float)ValueBytes.ToDouble(type, value)),
        CqlTypeCode.Double => ValueBytes.Double(-ValueBytes.ToDouble(type, value)),
        CqlTypeCode.Decimal => Negate(ValueBytes.ToDecimal(value)),
        CqlTypeCode.Duration => Negate(ValueBytes.ToDuration(value)),
        _ => Wrap(type, -ValueBytes.ToInteger(type, value)),
    };

    internal static byte[] Absolute(CqlType type, byte[] value) =>
        type.Code is CqlTypeCode.Float or CqlTypeCode.Double ? FromDouble(type, Math.Abs(ValueBytes.ToDouble(type, value)))
        : type.Code == CqlTypeCode.Decimal ? ValueBytes.ToDecimal(value) < CqlDecimal.Zero ? Negate(type, value) : value
        : Wrap(type, BigInteger.Abs(ValueBytes.ToInteger(type, value)));

    internal static byte[] Round(CqlType type, byte[] value) => type.Code switch
    {
        CqlTypeCode.Float or CqlTypeCode.Double => FromDouble(type, Math.Floor(ValueBytes.ToDouble(type, value) + 0.5)),
        CqlTypeCode.Decimal => ValueBytes.Decimal(new CqlDecimal(RoundedQuotient(ValueBytes.ToDecimal(value)), 0)),
        _ => value,
    };

    internal static byte[] FromDouble(CqlType type, double value) => type.Code switch
    {
        CqlTypeCode.Float => ValueBytes.Float((float)value),
        CqlTypeCode.Double => ValueBytes.Double(value),
        CqlTypeCode.Decimal => ValueBytes.Decimal(CqlDecimal.Parse(JavaNumbers.ToText(value))),
        CqlTypeCode.Tinyint => ValueBytes.Tinyint((sbyte)Math.Clamp(value, sbyte.MinValue, sbyte.MaxValue)),
        CqlTypeCode.Smallint => ValueBytes.Smallint((short)Math.Clamp(value, short.MinValue, short.MaxValue)),
        CqlTypeCode.Int => ValueBytes.Int(double.IsNaN(value) ? 0 : value >= int.MaxValue ? int.MaxValue : value <= int.MinValue ? int.MinValue : (int)value),
        CqlTypeCode.Bigint => ValueBytes.Bigint(double.IsNaN(value) ? 0 : value >= long.MaxValue ? long.MaxValue : value <= long.MinValue ? long.MinValue : (long)value),
        _ => ValueBytes.Varint(double.IsFinite(value) ? new BigInteger(value) : 0),
    };

    /// <summary>An integer in the size of its type; what does not fit loses its upper bits, as in Java.</summary>
    internal static byte[] Wrap(CqlType type, BigInteger value) => type.Code switch
    {
        CqlTypeCode.Tinyint => ValueBytes.Tinyint(unchecked((sbyte)(long)(value & 0xFF))),
        CqlTypeCode.Smallint => ValueBytes.Smallint(unchecked((short)(long)(value & 0xFFFF))),
        CqlTypeCode.Int => ValueBytes.Int(unchecked((int)(long)(value & 0xFFFF_FFFF))),
        CqlTypeCode.Bigint or CqlTypeCode.Counter => ValueBytes.Bigint(unchecked((long)(ulong)(value & ulong.MaxValue))),
        _ => ValueBytes.Varint(value),
    };

    internal static long AddDuration(long milliseconds, CqlDuration duration, ArithmeticOperator operation)
    {
        var sign = operation == ArithmeticOperator.Subtract ? -1 : 1;
        var moment = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).AddMonths(sign * duration.Months).AddDays(sign * duration.Days);
        return moment.ToUnixTimeMilliseconds() + sign * (duration.Nanoseconds / 1_000_000);
    }

    /// <summary>A quotient with at least 32 significant digits and 32 behind the point, rounded half up, then without the zeros at its end.</summary>
    internal static CqlDecimal Divide(CqlDecimal left, CqlDecimal right)
    {
        if (right.Unscaled.IsZero)
        {
            throw new DivideByZeroException();
        }

        const int significant = 32;
        var firstDigit = Digits(left.Unscaled) - left.Scale - (Digits(right.Unscaled) - right.Scale);
        var scale = Math.Min(1000, Math.Max(Math.Max(significant - firstDigit, significant), Math.Max(left.Scale, right.Scale)));
        var shift = scale - left.Scale + right.Scale;
        var (numerator, denominator) = shift >= 0
            ? (left.Unscaled * BigInteger.Pow(10, shift), right.Unscaled)
            : (left.Unscaled, right.Unscaled * BigInteger.Pow(10, -shift));
        var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
        if (BigInteger.Abs(rest) * 2 >= BigInteger.Abs(denominator))
        {
            quotient += numerator.Sign * denominator.Sign;
        }

        return Stripped(quotient, scale, int.MinValue);
    }

    private static CqlDecimal Remainder(CqlDecimal left, CqlDecimal right)
    {
        if (right.Unscaled.IsZero)
        {
            throw new DivideByZeroException();
        }

        // The scale is that of left - quotient * right, where the whole quotient has the scale nearest to left's minus right's.
        var common = Math.Max(left.Scale, right.Scale);
        var (l, r) = (Scaled(left, common), Scaled(right, common));
        var quotient = BigInteger.DivRem(l, r, out var rest);
        var preferred = left.Scale - right.Scale;
        var whole = quotient.IsZero ? new CqlDecimal(0, preferred) : preferred >= 0 ? new CqlDecimal(quotient, preferred) : Stripped(quotient, 0, preferred);
        var scale = Math.Max(left.Scale, whole.Scale + right.Scale);
        return scale >= common
            ? new CqlDecimal(rest * BigInteger.Pow(10, scale - common), scale)
            : new CqlDecimal(rest / BigInteger.Pow(10, common - scale), scale);
    }

    private static CqlDecimal Stripped(BigInteger unscaled, int scale, int smallestScale)
    {
        if (unscaled.IsZero)
        {
            return new CqlDecimal(0, Math.Max(0, smallestScale));
        }

        while (scale > smallestScale && (unscaled % 10).IsZero)
        {
            unscaled /= 10;
            scale--;
        }

        return new CqlDecimal(unscaled, scale);
    }

    private static CqlType Promote(CqlType left, CqlType right)
    {
        var (l, r) = (Unify(left), Unify(right));
        if (l == r)
        {
            return l;
        }

        if (IsInteger(l) && IsInteger(r))
        {
            return Rank(l) > Rank(r) ? l : r;
        }

        if (l.Code == CqlTypeCode.Decimal || r.Code == CqlTypeCode.Decimal || l.Code == CqlTypeCode.Varint || r.Code == CqlTypeCode.Varint)
        {
            return CqlType.Decimal;
        }

        if (l.Code == CqlTypeCode.Double || r.Code == CqlTypeCode.Double || l.Code == CqlTypeCode.Bigint || r.Code == CqlTypeCode.Bigint)
        {
            return CqlType.Double;
        }

        return CqlType.Float;

        static CqlType Unify(CqlType type) => type.Code == CqlTypeCode.Counter ? CqlType.Bigint : type;
    }

    private static bool IsInteger(CqlType type) => Rank(type) > 0;

    private static int Rank(CqlType type) => type.Code switch
    {
        CqlTypeCode.Tinyint => 1,
        CqlTypeCode.Smallint => 2,
        CqlTypeCode.Int => 3,
        CqlTypeCode.Bigint => 4,
        CqlTypeCode.Varint => 5,
        _ => 0,
    };

    private static BigInteger OnIntegers(ArithmeticOperator operation, BigInteger left, BigInteger right) => operation switch
    {
        ArithmeticOperator.Add => left + right,
        ArithmeticOperator.Subtract => left - right,
        ArithmeticOperator.Multiply => left * right,
        ArithmeticOperator.Divide => BigInteger.Divide(left, right),
        _ => BigInteger.Remainder(left, right),
    };

    private static double OnDoubles(ArithmeticOperator operation, double left, double right) => operation switch
    {
        ArithmeticOperator.Add => left + right,
        ArithmeticOperator.Subtract => left - right,
        ArithmeticOperator.Multiply => left * right,
        ArithmeticOperator.Divide => left / right,
        _ => left % right,
    };

    private static CqlDecimal OnDecimals(ArithmeticOperator operation, CqlDecimal left, CqlDecimal right)
    {
        var scale = Math.Max(left.Scale, right.Scale);
        var (l, r) = (Scaled(left, scale), Scaled(right, scale));
        return operation switch
        {
            ArithmeticOperator.Add => new CqlDecimal(l + r, scale),
            ArithmeticOperator.Subtract => new CqlDecimal(l - r, scale),
            ArithmeticOperator.Multiply => new CqlDecimal(left.Unscaled * right.Unscaled, left.Scale + right.Scale),
            ArithmeticOperator.Divide => Divide(left, right),
            _ => Remainder(left, right),
        };
    }

    private static BigInteger Scaled(CqlDecimal value, int scale) => value.Unscaled * BigInteger.Pow(10, scale - value.Scale);

    private static BigInteger RoundedQuotient(CqlDecimal value)
    {
        if (value.Scale <= 0)
        {
            return ValueBytes.Truncate(value);
        }

        var unit = BigInteger.Pow(10, value.Scale);
        var quotient = BigInteger.DivRem(value.Unscaled, unit, out var rest);
        return BigInteger.Abs(rest) * 2 >= unit ? quotient + value.Unscaled.Sign : quotient;
    }

    private static int Digits(BigInteger value) => BigInteger.Abs(value).ToString(System.Globalization.CultureInfo.InvariantCulture).Length;

    /// <summary>As Java makes a BigDecimal of a number: by way of a double, but for those too large for it.</summary>
    private static CqlDecimal AsOperand(CqlType type, byte[] value) => type.Code is CqlTypeCode.Decimal or CqlTypeCode.Varint
        ? ValueBytes.ToAnyDecimal(type, value)
        : CqlDecimal.Parse(JavaNumbers.ToText(ValueBytes.ToDouble(type, value)));

    private static byte[] Negate(CqlDecimal value) => ValueBytes.Decimal(new CqlDecimal(-value.Unscaled, value.Scale));

    private static byte[] Negate(CqlDuration value) => ValueBytes.Duration(new CqlDuration(-value.Months, -value.Days, -value.Nanoseconds));

    private static byte[] AddToDate(byte[] date, CqlDuration duration, ArithmeticOperator operation)
    {
        if (duration.Nanoseconds % 86_400_000_000_000 != 0)
        {
            throw CqlError.FunctionFailure("system", "_add", ["date", "duration"], $"the operation 'date {Symbol(operation)} duration' failed: The duration must have a day precision. Was: {duration}");
        }

        var milliseconds = AddDuration(ValueBytes.ToDaysSinceEpoch(date) * 86_400_000L, duration, operation);
        return ValueBytes.Date((int)Execution.Functions.NativeFunctions.FloorDivide(milliseconds, 86_400_000));
    }
}
