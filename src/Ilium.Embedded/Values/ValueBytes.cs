using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Ilium.Buffers;
using Ilium.Types;

namespace Ilium.Embedded.Values;

/// <summary>Scalars as the bytes the protocol has for them, and back.</summary>
internal static class ValueBytes
{
    internal static readonly byte[] True = [1];
    internal static readonly byte[] False = [0];

    internal static byte[] Boolean(bool value) => value ? True : False;

    internal static byte[] Tinyint(sbyte value) => [(byte)value];

    internal static byte[] Smallint(short value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        return bytes;
    }

    internal static byte[] Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    internal static byte[] Bigint(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    internal static byte[] Float(float value)
    {
        var bytes = new byte[4];
        // Java writes every NaN as the positive quiet one; the one of .NET is negative.
        BinaryPrimitives.WriteInt32BigEndian(bytes, float.IsNaN(value) ? 0x7FC0_0000 : BitConverter.SingleToInt32Bits(value));
        return bytes;
    }

    internal static byte[] Double(double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, double.IsNaN(value) ? 0x7FF8_0000_0000_0000 : BitConverter.DoubleToInt64Bits(value));
        return bytes;
    }

    internal static byte[] Varint(BigInteger value) => value.ToByteArray(isBigEndian: true);

    internal static byte[] Decimal(CqlDecimal value)
    {
        var unscaled = Varint(value.Unscaled);
        var bytes = new byte[4 + unscaled.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value.Scale);
        unscaled.CopyTo(bytes, 4);
        return bytes;
    }

    internal static byte[] Text(string value) => Encoding.UTF8.GetBytes(value);

    internal static byte[] Uuid(Guid value) => value.ToByteArray(bigEndian: true);

    internal static byte[] TimeUuid(TimeUuid value)
    {
        var bytes = new byte[16];
        value.CopyTo(bytes);
        return bytes;
    }

    /// <summary>A day as the protocol counts it: 2^31 is 1970-01-01.</summary>
    internal static byte[] Date(int daysSinceEpoch) => Int(unchecked((int)((uint)daysSinceEpoch + (1u << 31))));

    internal static byte[] Duration(CqlDuration value)
    {
        using var writer = new CqlWriter(32);
        PrimitiveCodecs.Of(CqlType.Duration)[0].WriteObject(writer, value);
        return writer.WrittenSpan.ToArray();
    }

    internal static string ToText(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    internal static int ToInt(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes);

    internal static long ToBigint(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(bytes);

    internal static BigInteger ToVarint(ReadOnlySpan<byte> bytes) => new(bytes, isBigEndian: true);

    internal static CqlDecimal ToDecimal(ReadOnlySpan<byte> bytes) => new(new BigInteger(bytes[4..], isBigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes));

    internal static CqlDuration ToDuration(ReadOnlySpan<byte> bytes) => (CqlDuration)PrimitiveCodecs.Of(CqlType.Duration)[0].ReadObject(bytes)!;

    internal static int ToDaysSinceEpoch(ReadOnlySpan<byte> bytes) => unchecked((int)((uint)BinaryPrimitives.ReadInt32BigEndian(bytes) - (1u << 31)));

    internal static bool IsNumber(CqlType type) => type.Code is CqlTypeCode.Tinyint or CqlTypeCode.Smallint or CqlTypeCode.Int or CqlTypeCode.Bigint or CqlTypeCode.Counter
        or CqlTypeCode.Varint or CqlTypeCode.Float or CqlTypeCode.Double or CqlTypeCode.Decimal;

    /// <summary>The content of a number that has no fraction.</summary>
    internal static BigInteger ToInteger(CqlType type, ReadOnlySpan<byte> bytes) => type.Code switch
    {
        CqlTypeCode.Tinyint => (sbyte)bytes[0],
        CqlTypeCode.Smallint => BinaryPrimitives.ReadInt16BigEndian(bytes),
        CqlTypeCode.Int => ToInt(bytes),
        CqlTypeCode.Bigint or CqlTypeCode.Counter or CqlTypeCode.Timestamp or CqlTypeCode.Time => ToBigint(bytes),
        CqlTypeCode.Varint => ToVarint(bytes),
        CqlTypeCode.Float => ToBigInteger(BinaryPrimitives.ReadSingleBigEndian(bytes)),
        CqlTypeCode.Double => ToBigInteger(BinaryPrimitives.ReadDoubleBigEndian(bytes)),
        _ => Truncate(ToDecimal(bytes)),
    };

    internal static double ToDouble(CqlType type, ReadOnlySpan<byte> bytes) => type.Code switch
    {
        CqlTypeCode.Float => BinaryPrimitives.ReadSingleBigEndian(bytes),
        CqlTypeCode.Double => BinaryPrimitives.ReadDoubleBigEndian(bytes),
        CqlTypeCode.Decimal => double.Parse(ToDecimal(bytes).ToString(), System.Globalization.CultureInfo.InvariantCulture),
        _ => (double)ToInteger(type, bytes),
    };

    internal static CqlDecimal ToAnyDecimal(CqlType type, ReadOnlySpan<byte> bytes) => type.Code switch
    {
        CqlTypeCode.Decimal => ToDecimal(bytes),
        CqlTypeCode.Float => CqlDecimal.Parse(JavaNumbers.ToText(BinaryPrimitives.ReadSingleBigEndian(bytes))),
        CqlTypeCode.Double => CqlDecimal.Parse(JavaNumbers.ToText(BinaryPrimitives.ReadDoubleBigEndian(bytes))),
        _ => new CqlDecimal(ToInteger(type, bytes), 0),
    };

    internal static BigInteger Truncate(CqlDecimal value) => value.Scale <= 0
        ? value.Unscaled * BigInteger.Pow(10, -value.Scale)
        : BigInteger.Divide(value.Unscaled, BigInteger.Pow(10, value.Scale));

    private static BigInteger ToBigInteger(double value) => double.IsFinite(value) ? new BigInteger(value) : BigInteger.Zero;
}
