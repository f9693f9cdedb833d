using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary><c>varint</c> as <see cref="BigInteger"/>: big-endian two's complement, as few bytes as possible.</summary>
internal sealed class BigIntegerCodec() : Codec<BigInteger>(CqlType.Varint)
{
    internal override BigInteger Read(ReadOnlySpan<byte> bytes) => bytes.IsEmpty
        ? throw CodecErrors.Empty(CqlType, ClrType)
        : new BigInteger(bytes, isUnsigned: false, isBigEndian: true);

    internal override void Write(CqlWriter writer, BigInteger value) => WriteContent(writer, value);

    internal static void WriteContent(CqlWriter writer, BigInteger value) =>
        value.TryWriteBytes(writer.Reserve(value.GetByteCount()), out _, isUnsigned: false, isBigEndian: true);
}

/// <summary><c>varint</c> as an integer of fixed size; a value that does not fit is refused.</summary>
internal sealed class FixedVarintCodec<T>() : Codec<T>(CqlType.Varint)
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    internal override T Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw CodecErrors.Empty(CqlType, ClrType);
        }

        return T.TryReadBigEndian(bytes, isUnsigned: false, out var value)
            ? value
            : throw new InvalidValueException(
                string.Create(CultureInfo.InvariantCulture, $"A varint of {bytes.Length} bytes does not fit {ClrTypeName.Of(ClrType)}; read it as BigInteger."),
                CqlType,
                ClrType);
    }

    internal override void Write(CqlWriter writer, T value)
    {
        // One byte more than the type has: an unsigned value with its top bit set needs a zero in front.
        Span<byte> all = stackalloc byte[17];
        all[0] = T.IsNegative(value) ? (byte)0xFF : (byte)0;
        BinaryPrimitives.WriteInt128BigEndian(all[1..], Int128.CreateTruncating(value));
        var start = 0;
        while (start < 16 && all[start] == (byte)((sbyte)all[start + 1] >> 7))
        {
            start++;
        }

        writer.WriteRaw(all[start..]);
    }
}

/// <summary><c>decimal</c> as <see cref="CqlDecimal"/>: a 32-bit scale and the unscaled digits as a varint.</summary>
internal sealed class CqlDecimalCodec() : Codec<CqlDecimal>(CqlType.Decimal)
{
    internal override CqlDecimal Read(ReadOnlySpan<byte> bytes) => bytes.Length > 4
        ? new CqlDecimal(new BigInteger(bytes[4..], isUnsigned: false, isBigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes))
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "5 or more");

    internal override void Write(CqlWriter writer, CqlDecimal value)
    {
        writer.WriteInt32(value.Scale);
        BigIntegerCodec.WriteContent(writer, value.Unscaled);
    }
}

/// <summary><c>decimal</c> as <see cref="decimal"/>. Never rounds: what does not fit is refused.</summary>
internal sealed class DecimalCodec(CqlDecimalCodec wide) : Codec<decimal>(CqlType.Decimal)
{
    internal override decimal Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw CodecErrors.Empty(CqlType, ClrType);
        }

        return wide.Read(bytes).TryToDecimal(out var value)
            ? value
            : throw new InvalidValueException("The decimal has more digits than System.Decimal holds; read it as CqlDecimal.", CqlType, ClrType);
    }

    internal override void Write(CqlWriter writer, decimal value) => wide.Write(writer, CqlDecimal.FromDecimal(value));
}
