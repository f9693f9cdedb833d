using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary><c>boolean</c> as <see cref="bool"/>. The server takes any byte but 0 for true.</summary>
internal sealed class BooleanCodec() : Codec<bool>(CqlType.Boolean)
{
    internal override bool Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 1 ? bytes[0] != 0 : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "1");

    internal override void Write(CqlWriter writer, bool value) => writer.WriteByte(value ? (byte)1 : (byte)0);
}

/// <summary><c>float</c> as <see cref="float"/>, bit by bit: NaN payloads and −0 survive.</summary>
internal sealed class SingleCodec() : Codec<float>(CqlType.Float)
{
    internal override float Read(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? BinaryPrimitives.ReadSingleBigEndian(bytes)
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "4");

    internal override void Write(CqlWriter writer, float value) => BinaryPrimitives.WriteSingleBigEndian(writer.Reserve(4), value);
}

/// <summary><c>double</c> as <see cref="double"/>, bit by bit.</summary>
internal sealed class DoubleCodec() : Codec<double>(CqlType.Double)
{
    internal override double Read(ReadOnlySpan<byte> bytes) => bytes.Length == 8
        ? BinaryPrimitives.ReadDoubleBigEndian(bytes)
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "8");

    internal override void Write(CqlWriter writer, double value) => BinaryPrimitives.WriteDoubleBigEndian(writer.Reserve(8), value);
}

/// <summary><c>uuid</c> as <see cref="Guid"/>, in the byte order it is printed in.</summary>
internal sealed class UuidCodec() : Codec<Guid>(CqlType.Uuid)
{
    internal override Guid Read(ReadOnlySpan<byte> bytes) => bytes.Length == 16
        ? new Guid(bytes, bigEndian: true)
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "16");

    internal override void Write(CqlWriter writer, Guid value) => value.TryWriteBytes(writer.Reserve(16), bigEndian: true, out _);
}

/// <summary><c>timeuuid</c> as <see cref="Guid"/>. Only version 1 is written, since the server refuses the rest.</summary>
internal sealed class TimeuuidGuidCodec() : Codec<Guid>(CqlType.Timeuuid)
{
    internal override Guid Read(ReadOnlySpan<byte> bytes) => bytes.Length == 16
        ? new Guid(bytes, bigEndian: true)
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "16");

    internal override void Write(CqlWriter writer, Guid value)
    {
        if (value.Version != 1)
        {
            throw new InvalidValueException(
                $"A timeuuid is a version 1 uuid, but {value} has version {value.Version}; make one with TimeUuid.NewId().", CqlType, ClrType);
        }

        value.TryWriteBytes(writer.Reserve(16), bigEndian: true, out _);
    }
}

/// <summary><c>timeuuid</c> as <see cref="TimeUuid"/>.</summary>
internal sealed class TimeUuidCodec() : Codec<TimeUuid>(CqlType.Timeuuid)
{
    internal override TimeUuid Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 16)
        {
            throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "16");
        }

        return TimeUuid.TryFromBytes(bytes, out var value)
            ? value
            : throw CodecErrors.Malformed(CqlType, $"{new Guid(bytes, bigEndian: true)} is not of version 1; read it as Guid");
    }

    internal override void Write(CqlWriter writer, TimeUuid value)
    {
        if (value == default)
        {
            throw new InvalidValueException("default(TimeUuid) is not a version 1 uuid; make one with TimeUuid.NewId().", CqlType, ClrType);
        }

        value.CopyTo(writer.Reserve(16));
    }
}

/// <summary>
/// <c>inet</c> as <see cref="IPAddress"/>: 4 or 16 bytes. An IPv4-mapped IPv6 address stays the 16 bytes it was given as.
/// </summary>
internal sealed class InetCodec() : Codec<IPAddress>(CqlType.Inet)
{
    internal override IPAddress Read(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 or 16 => new IPAddress(bytes),
        0 => null!,
        _ => throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "4 or 16"),
    };

    internal override void Write(CqlWriter writer, IPAddress value)
    {
        if (value.AddressFamily == AddressFamily.InterNetworkV6 && value.ScopeId != 0)
        {
            throw new InvalidValueException($"The address {value} has a scope id, which an inet cannot hold; remove it first.", CqlType, ClrType);
        }

        value.TryWriteBytes(writer.Reserve(value.AddressFamily == AddressFamily.InterNetworkV6 ? 16 : 4), out _);
    }
}
