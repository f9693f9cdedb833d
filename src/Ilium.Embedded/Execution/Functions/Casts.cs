using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Functions;

/// <summary>CAST between native types.</summary>
internal static class Casts
{
    internal static bool CanCast(CqlType source, CqlType target)
    {
        if (source is not CqlPrimitiveType || target is not CqlPrimitiveType)
        {
            return false;
        }

        if (target.Code is CqlTypeCode.Text or CqlTypeCode.Ascii)
        {
            return source.Code is not CqlTypeCode.Blob and not CqlTypeCode.Text and not CqlTypeCode.Duration && (target.Code == CqlTypeCode.Text || source.Code is not CqlTypeCode.Ascii);
        }

        return target.Code switch
        {
            CqlTypeCode.Tinyint or CqlTypeCode.Smallint or CqlTypeCode.Int or CqlTypeCode.Bigint or CqlTypeCode.Float or CqlTypeCode.Double or CqlTypeCode.Decimal or CqlTypeCode.Varint => ValueBytes.IsNumber(source),
            CqlTypeCode.Timestamp => source.Code is CqlTypeCode.Timeuuid or CqlTypeCode.Date,
            CqlTypeCode.Date => source.Code is CqlTypeCode.Timeuuid or CqlTypeCode.Timestamp,
            _ => false,
        };
    }

    internal static byte[] Cast(CqlType source, byte[] value, CqlType target) => target.Code switch
    {
        CqlTypeCode.Text or CqlTypeCode.Ascii => ValueBytes.Text(ValueText.Format(source, value)),
        CqlTypeCode.Timestamp => ValueBytes.Bigint(source.Code == CqlTypeCode.Timeuuid ? NativeFunctions.MillisecondsOf(value) : ValueBytes.ToDaysSinceEpoch(value) * 86_400_000L),
        CqlTypeCode.Date => ValueBytes.Date((int)NativeFunctions.FloorDivide(source.Code == CqlTypeCode.Timeuuid ? NativeFunctions.MillisecondsOf(value) : ValueBytes.ToBigint(value), 86_400_000)),
        CqlTypeCode.Decimal => ValueBytes.Decimal(ValueBytes.ToAnyDecimal(source, value)),
        CqlTypeCode.Float or CqlTypeCode.Double => Arithmetic.FromDouble(target, ValueBytes.ToDouble(source, value)),
        _ when source.Code is CqlTypeCode.Float or CqlTypeCode.Double => Arithmetic.FromDouble(target, ValueBytes.ToDouble(source, value)),
        _ => Arithmetic.Wrap(target, ValueBytes.ToInteger(source, value)),
    };
}
