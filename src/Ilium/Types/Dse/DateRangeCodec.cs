using System.Buffers.Binary;
using Ilium.Buffers;
using Ilium.Dse;

namespace Ilium.Types;

/// <summary>DSE's ranges of dates: a kind, then as many bounds as that has, each eight bytes of milliseconds and one of precision.</summary>
internal sealed class DateRangeCodec(CqlType cqlType) : Codec<DateRange>(cqlType)
{
    private const byte SingleDate = 0;
    private const byte Closed = 1;
    private const byte OpenHigh = 2;
    private const byte OpenLow = 3;
    private const byte BothOpen = 4;
    private const byte SingleOpen = 5;

    private const int BoundLength = sizeof(long) + 1;

    internal override DateRange Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null!;
        }

        var kind = bytes[0];
        var bounds = kind switch
        {
            SingleDate or OpenHigh or OpenLow => 1,
            Closed => 2,
            BothOpen or SingleOpen => 0,
            _ => throw CodecErrors.Malformed(CqlType, $"they begin with {kind}, which is no kind of range"),
        };
        if (bytes.Length != 1 + (bounds * BoundLength))
        {
            throw CodecErrors.Malformed(CqlType, $"a range of kind {kind} has {1 + (bounds * BoundLength)} bytes, and these are {bytes.Length}");
        }

        DateRangeBound? first = bounds > 0 ? ReadBound(bytes[1..]) : null;
        return kind switch
        {
            SingleDate or SingleOpen => DateRange.FromServer(isSingle: true, first, null),
            Closed => DateRange.FromServer(isSingle: false, first, ReadBound(bytes[(1 + BoundLength)..])),
            OpenLow => DateRange.FromServer(isSingle: false, null, first),
            _ => DateRange.FromServer(isSingle: false, first, null),
        };
    }

    internal override void Write(CqlWriter writer, DateRange value)
    {
        writer.WriteByte((value.IsSingle, value.LowerBound, value.UpperBound) switch
        {
            (true, null, _) => SingleOpen,
            (true, _, _) => SingleDate,
            (_, null, null) => BothOpen,
            (_, null, _) => OpenLow,
            (_, _, null) => OpenHigh,
            _ => Closed,
        });
        WriteBound(writer, value.LowerBound);
        WriteBound(writer, value.UpperBound);
    }

    private static void WriteBound(CqlWriter writer, DateRangeBound? bound)
    {
        if (bound is { } known)
        {
            BinaryPrimitives.WriteInt64BigEndian(writer.Reserve(sizeof(long)), known.UnixMilliseconds);
            writer.WriteByte((byte)known.Precision);
        }
    }

    private DateRangeBound ReadBound(ReadOnlySpan<byte> bytes) => bytes[sizeof(long)] <= (byte)DateRangePrecision.Millisecond
        ? new DateRangeBound(BinaryPrimitives.ReadInt64BigEndian(bytes), (DateRangePrecision)bytes[sizeof(long)])
        : throw CodecErrors.Malformed(CqlType, $"{bytes[sizeof(long)]} is no precision");
}
