using System.Buffers.Binary;
using System.Collections.Immutable;
using Ilium.Buffers;
using Ilium.Dse;

namespace Ilium.Types;

/// <summary>DSE's points as well-known binary: byte order (1 is little-endian), kind 1, two doubles.</summary>
internal sealed class PointCodec(CqlType cqlType) : Codec<Point>(cqlType)
{
    internal override Point Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw CodecErrors.Empty(CqlType, ClrType);
        }

        var reader = new WellKnownBinaryReader(CqlType, bytes, WellKnownBinary.Point);
        var value = reader.ReadPoint();
        reader.End();
        return value;
    }

    internal override void Write(CqlWriter writer, Point value)
    {
        WellKnownBinary.WriteHead(writer, WellKnownBinary.Point);
        WellKnownBinary.Write(writer, value);
    }
}

/// <summary>DSE's lines as well-known binary: kind 2, number of points, points.</summary>
internal sealed class LineStringCodec(CqlType cqlType) : Codec<LineString>(cqlType)
{
    internal override LineString Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null!;
        }

        var reader = new WellKnownBinaryReader(CqlType, bytes, WellKnownBinary.LineString);
        var value = new LineString(reader.ReadPoints());
        reader.End();
        return value;
    }

    internal override void Write(CqlWriter writer, LineString value)
    {
        WellKnownBinary.WriteHead(writer, WellKnownBinary.LineString);
        WellKnownBinary.Write(writer, value.Points);
    }
}

/// <summary>DSE's polygons as well-known binary: kind 3, number of rings, each as a line's points.</summary>
internal sealed class PolygonCodec(CqlType cqlType) : Codec<Polygon>(cqlType)
{
    internal override Polygon Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null!;
        }

        var reader = new WellKnownBinaryReader(CqlType, bytes, WellKnownBinary.Polygon);
        var rings = ImmutableArray.CreateBuilder<ImmutableArray<Point>>();
        for (var left = reader.ReadCount(smallest: 4); left > 0; left--)
        {
            rings.Add(reader.ReadPoints());
        }

        reader.End();
        return Polygon.Of(rings.ToImmutable());
    }

    internal override void Write(CqlWriter writer, Polygon value)
    {
        WellKnownBinary.WriteHead(writer, WellKnownBinary.Polygon);
        BinaryPrimitives.WriteInt32LittleEndian(writer.Reserve(4), value.AllRings.Length);
        foreach (var ring in value.AllRings)
        {
            WellKnownBinary.Write(writer, ring);
        }
    }
}
