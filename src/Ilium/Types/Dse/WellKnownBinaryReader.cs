using System.Buffers.Binary;
using System.Collections.Immutable;
using Ilium.Dse;

namespace Ilium.Types;

/// <summary>A cursor over the bytes of a geometry in either byte order. A count never takes memory that its bytes do not fill.</summary>
internal ref struct WellKnownBinaryReader
{
    private readonly CqlType _type;
    private readonly bool _little;
    private ReadOnlySpan<byte> _rest;

    internal WellKnownBinaryReader(CqlType type, ReadOnlySpan<byte> bytes, int kind)
    {
        _type = type;
        _rest = bytes;
        var order = Take(1)[0];
        _little = order switch
        {
            0 => false,
            1 => true,
            _ => throw CodecErrors.Malformed(type, $"they begin with {order}, which is no byte order"),
        };
        if (ReadInt32() is var found && found != kind)
        {
            throw CodecErrors.Malformed(type, $"they are of kind {found}, not {kind}");
        }
    }

    internal int ReadCount(int smallest)
    {
        var count = ReadInt32();
        return count >= 0 && count <= _rest.Length / smallest ? count : throw CodecErrors.Malformed(_type, $"a count is {(uint)count}, and {_rest.Length} bytes follow");
    }

    internal Point ReadPoint()
    {
        var bytes = Take(WellKnownBinary.PointLength);
        return _little
            ? new Point(BinaryPrimitives.ReadDoubleLittleEndian(bytes), BinaryPrimitives.ReadDoubleLittleEndian(bytes[sizeof(double)..]))
            : new Point(BinaryPrimitives.ReadDoubleBigEndian(bytes), BinaryPrimitives.ReadDoubleBigEndian(bytes[sizeof(double)..]));
    }

    internal ImmutableArray<Point> ReadPoints()
    {
        var count = ReadCount(WellKnownBinary.PointLength);
        var points = ImmutableArray.CreateBuilder<Point>(count);
        for (var i = 0; i < count; i++)
        {
            points.Add(ReadPoint());
        }

        return points.MoveToImmutable();
    }

    internal readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw CodecErrors.Malformed(_type, $"{_rest.Length} bytes follow");
        }
    }

    private int ReadInt32()
    {
        var bytes = Take(sizeof(int));
        return _little ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_rest.Length < length)
        {
            throw CodecErrors.Malformed(_type, $"they end {length - _rest.Length} bytes too early");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
