using System.Buffers.Binary;
using System.Collections.Immutable;
using Ilium.Buffers;
using Ilium.Dse;

namespace Ilium.Types;

/// <summary>Writes geometries as the Open Geospatial Consortium does, two-dimensional and little-endian, which servers take from every client.</summary>
internal static class WellKnownBinary
{
    internal const int Point = 1;
    internal const int LineString = 2;
    internal const int Polygon = 3;

    internal const int PointLength = 2 * sizeof(double);

    internal static void WriteHead(CqlWriter writer, int kind)
    {
        writer.WriteByte(1);
        BinaryPrimitives.WriteInt32LittleEndian(writer.Reserve(4), kind);
    }

    internal static void Write(CqlWriter writer, Point point)
    {
        var bytes = writer.Reserve(PointLength);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, point.X);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[sizeof(double)..], point.Y);
    }

    internal static void Write(CqlWriter writer, ImmutableArray<Point> points)
    {
        BinaryPrimitives.WriteInt32LittleEndian(writer.Reserve(4), points.Length);
        foreach (var point in points)
        {
            Write(writer, point);
        }
    }
}
