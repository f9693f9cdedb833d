using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary><c>tinyint</c> as <see cref="sbyte"/>.</summary>
internal sealed class SByteCodec(CqlType cqlType) : Codec<sbyte>(cqlType)
{
    internal override sbyte Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 1 ? (sbyte)bytes[0] : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "1");

    internal override void Write(CqlWriter writer, sbyte value) => writer.WriteByte((byte)value);
}

/// <summary><c>smallint</c> as <see cref="short"/>.</summary>
internal sealed class Int16Codec(CqlType cqlType) : Codec<short>(cqlType)
{
    internal override short Read(ReadOnlySpan<byte> bytes) => bytes.Length == 2
        ? BinaryPrimitives.ReadInt16BigEndian(bytes)
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "2");

    internal override void Write(CqlWriter writer, short value) => writer.WriteInt16(value);
}

/// <summary><c>int</c> as <see cref="int"/>.</summary>
internal sealed class Int32Codec(CqlType cqlType) : Codec<int>(cqlType)
{
    internal override int Read(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? BinaryPrimitives.ReadInt32BigEndian(bytes)
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "4");

    internal override void Write(CqlWriter writer, int value) => writer.WriteInt32(value);
}

/// <summary><c>bigint</c> and <c>counter</c> as <see cref="long"/>.</summary>
internal sealed class Int64Codec(CqlType cqlType) : Codec<long>(cqlType)
{
    internal override long Read(ReadOnlySpan<byte> bytes) => bytes.Length == 8
        ? BinaryPrimitives.ReadInt64BigEndian(bytes)
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "8");

    internal override void Write(CqlWriter writer, long value) => writer.WriteInt64(value);
}
