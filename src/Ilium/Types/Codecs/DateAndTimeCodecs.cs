using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary><c>date</c> as <see cref="CqlDate"/>: an unsigned count of days whose middle, 2^31, is 1970-01-01.</summary>
internal sealed class CqlDateCodec() : Codec<CqlDate>(CqlType.Date)
{
    private const uint Epoch = 1u << 31;

    internal override CqlDate Read(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? new CqlDate((int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) ^ Epoch))
        : throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "4");

    internal override void Write(CqlWriter writer, CqlDate value) => writer.WriteUInt32((uint)value.DaysSinceEpoch ^ Epoch);
}

/// <summary><c>date</c> as <see cref="DateOnly"/>.</summary>
internal sealed class DateOnlyCodec(CqlDateCodec wide) : Codec<DateOnly>(CqlType.Date)
{
    internal override DateOnly Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw CodecErrors.Empty(CqlType, ClrType);
        }

        var date = wide.Read(bytes);
        return date.TryToDateOnly(out var value)
            ? value
            : throw CodecErrors.OutOfRange(CqlType, ClrType, date.ToString(), "read it as CqlDate");
    }

    internal override void Write(CqlWriter writer, DateOnly value) => wide.Write(writer, CqlDate.FromDateOnly(value));
}

/// <summary><c>time</c> as <see cref="CqlTime"/>, in nanoseconds.</summary>
internal sealed class CqlTimeCodec() : Codec<CqlTime>(CqlType.Time)
{
    internal override CqlTime Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 8)
        {
            throw CodecErrors.WrongLength(CqlType, ClrType, bytes.Length, "8");
        }

        var nanoseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return nanoseconds is >= 0 and < CqlTime.NanosecondsPerDay
            ? new CqlTime(nanoseconds)
            : throw CodecErrors.Malformed(CqlType, "more nanoseconds than a day has, or a negative number");
    }

    internal override void Write(CqlWriter writer, CqlTime value) => writer.WriteInt64(value.Nanoseconds);
}

/// <summary><c>time</c> as <see cref="TimeOnly"/>, which counts in 100 ns; finer times are refused, not cut.</summary>
internal sealed class TimeOnlyCodec(CqlTimeCodec wide) : Codec<TimeOnly>(CqlType.Time)
{
    internal override TimeOnly Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw CodecErrors.Empty(CqlType, ClrType);
        }

        var time = wide.Read(bytes);
        return time.TryToTimeOnly(out var value)
            ? value
            : throw CodecErrors.OutOfRange(CqlType, ClrType, time.ToString(), "read it as CqlTime");
    }

    internal override void Write(CqlWriter writer, TimeOnly value) => writer.WriteInt64(value.Ticks * 100);
}

/// <summary><c>time</c> as a <see cref="TimeSpan"/> since midnight.</summary>
internal sealed class TimeSpanCodec(CqlTimeCodec wide) : Codec<TimeSpan>(CqlType.Time)
{
    internal override TimeSpan Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw CodecErrors.Empty(CqlType, ClrType);
        }

        var time = wide.Read(bytes);
        return time.TryToTimeOnly(out var value)
            ? value.ToTimeSpan()
            : throw CodecErrors.OutOfRange(CqlType, ClrType, time.ToString(), "read it as CqlTime");
    }

    internal override void Write(CqlWriter writer, TimeSpan value)
    {
        if (value < TimeSpan.Zero || value >= TimeSpan.FromDays(1))
        {
            throw CodecErrors.OutOfRange(CqlType, ClrType, value.ToString(), "a time lies within one day");
        }

        writer.WriteInt64(value.Ticks * 100);
    }
}

/// <summary><c>duration</c> as <see cref="CqlDuration"/>: months, days and nanoseconds, each a signed variable-length integer.</summary>
internal sealed class DurationCodec() : Codec<CqlDuration>(CqlType.Duration)
{
    internal override CqlDuration Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw CodecErrors.Empty(CqlType, ClrType);
        }

        if (!VariableInteger.TryReadSigned(ref bytes, out var months)
            || !VariableInteger.TryReadSigned(ref bytes, out var days)
            || !VariableInteger.TryReadSigned(ref bytes, out var nanoseconds)
            || !bytes.IsEmpty)
        {
            throw CodecErrors.Malformed(CqlType, "they are not exactly three variable-length integers");
        }

        if (months is < int.MinValue or > int.MaxValue || days is < int.MinValue or > int.MaxValue
            || !CqlDuration.HaveOneSign((int)months, (int)days, nanoseconds))
        {
            throw CodecErrors.Malformed(CqlType, "months or days exceed 32 bits, or the signs differ");
        }

        return new CqlDuration((int)months, (int)days, nanoseconds);
    }

    internal override void Write(CqlWriter writer, CqlDuration value)
    {
        VariableInteger.WriteSigned(writer, value.Months);
        VariableInteger.WriteSigned(writer, value.Days);
        VariableInteger.WriteSigned(writer, value.Nanoseconds);
    }
}
