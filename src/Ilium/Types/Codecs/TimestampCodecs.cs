using System.Buffers.Binary;
using System.Globalization;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary><c>timestamp</c> as <see cref="CqlTimestamp"/>, over its whole range.</summary>
internal sealed class TimestampCodec() : Codec<CqlTimestamp>(CqlType.Timestamp)
{
    internal override CqlTimestamp Read(ReadOnlySpan<byte> bytes) => bytes.Length == 8
        ? new CqlTimestamp(BinaryPrimitives.ReadInt64BigEndian(bytes))
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "8");

    internal override void Write(CqlWriter writer, CqlTimestamp value) => writer.WriteInt64(value.UnixMilliseconds);
}

/// <summary><c>timestamp</c> as <see cref="DateTimeOffset"/> in UTC. Parts of a millisecond are dropped towards the past when written.</summary>
internal sealed class DateTimeOffsetCodec() : Codec<DateTimeOffset>(CqlType.Timestamp)
{
    internal override DateTimeOffset Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 8)
        {
            throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "8");
        }

        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return milliseconds is >= CqlTimestamp.MinDateTimeMilliseconds and <= CqlTimestamp.MaxDateTimeMilliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw CodecErrors.OutOfRange(
                CqlType, ClrType, milliseconds.ToString(CultureInfo.InvariantCulture) + " ms", "read it as CqlTimestamp");
    }

    /// <summary>Reads what can be read; anything else is for <see cref="Read"/> to explain.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out DateTimeOffset value)
    {
        if (bytes.Length == 8)
        {
            var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
            if (milliseconds is >= CqlTimestamp.MinDateTimeMilliseconds and <= CqlTimestamp.MaxDateTimeMilliseconds)
            {
                value = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
                return true;
            }
        }

        value = default;
        return false;
    }

    internal override void Write(CqlWriter writer, DateTimeOffset value) => writer.WriteInt64(value.ToUnixTimeMilliseconds());
}

/// <summary>
/// <c>timestamp</c> as <see cref="DateTime"/>: read as UTC; UTC and local times are written, a time of unspecified kind is not an instant.
/// </summary>
internal sealed class DateTimeCodec(DateTimeOffsetCodec offset) : Codec<DateTime>(CqlType.Timestamp)
{
    internal override DateTime Read(ReadOnlySpan<byte> bytes) => bytes.IsEmpty
        ? throw CodecErrors.Empty(CqlType, ClrType)
        : offset.Read(bytes).UtcDateTime;

    internal override void Write(CqlWriter writer, DateTime value)
    {
        if (value.Kind == DateTimeKind.Unspecified)
        {
            throw new InvalidValueException(
                "A DateTime of kind Unspecified does not say which instant it means; use a DateTimeOffset, or DateTime.SpecifyKind.", CqlType, ClrType);
        }

        offset.Write(writer, new DateTimeOffset(value.ToUniversalTime()));
    }
}
