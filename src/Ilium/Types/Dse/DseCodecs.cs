namespace Ilium.Types;

/// <summary>The codecs of the types that DSE has besides Cassandra's, by the classes that stand for them. Immutable.</summary>
internal static class DseCodecs
{
    internal static readonly CqlCustomType Point = new("org.apache.cassandra.db.marshal.PointType");
    internal static readonly CqlCustomType LineString = new("org.apache.cassandra.db.marshal.LineStringType");
    internal static readonly CqlCustomType Polygon = new("org.apache.cassandra.db.marshal.PolygonType");
    internal static readonly CqlCustomType DateRange = new("org.apache.cassandra.db.marshal.DateRangeType");

    /// <summary>None for classes that are not DSE's; the first is the natural one.</summary>
    internal static Codec[] Of(CqlCustomType type)
    {
        if (type == Point)
        {
            var codec = new PointCodec(type);
            return [codec, new NullableCodec<Dse.Point>(codec)];
        }

        return type == LineString ? [new LineStringCodec(type)]
            : type == Polygon ? [new PolygonCodec(type)]
            : type == DateRange ? [new DateRangeCodec(type)]
            : [];
    }
}
