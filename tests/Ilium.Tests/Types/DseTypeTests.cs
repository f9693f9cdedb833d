using Ilium.Buffers;
using Ilium.Dse;
using Ilium.Types;

namespace Ilium.Tests.Types;

/// <summary>DSE's own types: their bytes, as that server and its other drivers have them, and their text.</summary>
public class DseTypeTests
{
    private const string Package = "org.apache.cassandra.db.marshal.";

    private readonly CodecRegistry _registry = new();

    [Theory]
    [InlineData("01 01000000 000000000000F83F 00000000000000C0", 1.5, -2.0)]
    [InlineData("00 00000001 3FF8000000000000 C000000000000000", 1.5, -2.0)]
    [InlineData("01 01000000 0000000000000000 0000000000000080", 0.0, -0.0)]
    [InlineData("01 01000000 000000000000F07F 000000000000F0FF", double.PositiveInfinity, double.NegativeInfinity)]
    public void A_point_is_read_in_either_byte_order_and_written_in_the_little_one(string bytes, double x, double y)
    {
        var codec = _registry.Get<Point>(TypeOf("PointType"));
        Assert.Equal(new Point(x, y), codec.Read(Hex(bytes)));
        if (bytes.StartsWith("01", StringComparison.Ordinal))
        {
            Assert.Equal(Hex(bytes), Bytes(codec, new Point(x, y)));
        }
    }

    [Fact]
    public void Lines_and_polygons_have_exact_bytes()
    {
        Exactly(new LineString(), TypeOf("LineStringType"), "01 02000000 00000000");
        Exactly(new LineString(new Point(0, 0), new Point(1.5, -2)), TypeOf("LineStringType"),
            "01 02000000 02000000 0000000000000000 0000000000000000 000000000000F83F 00000000000000C0");
        Exactly(new Polygon([]), TypeOf("PolygonType"), "01 03000000 00000000");
        Exactly(new Polygon([new(0, 0), new(4, 0), new(0, 0)], [[new(1, 1)]]), TypeOf("PolygonType"),
            "01 03000000 02000000"
            + "03000000 0000000000000000 0000000000000000 0000000000001040 0000000000000000 0000000000000000 0000000000000000"
            + "01000000 000000000000F03F 000000000000F03F");
        Assert.Equal(
            new LineString(new Point(1.5, -2)), _registry.Get<LineString>(TypeOf("LineStringType")).Read(Hex("00 00000002 00000001 3FF8000000000000 C000000000000000")));
        Assert.Equal(
            new Polygon([new(1.5, -2)]), _registry.Get<Polygon>(TypeOf("PolygonType")).Read(Hex("00 00000003 00000001 00000001 3FF8000000000000 C000000000000000")));
    }

    [Theory]
    [InlineData("00 00000159FA5725B4 03", "2017-02-01T15Z")]
    [InlineData("01 00000159FA5725B4 02 00000159FA5725B4 06", "[2017-02-01 TO 2017-02-01T15:42:12.404Z]")]
    [InlineData("02 00000159FA5725B4 03", "[2017-02-01T15Z TO *]")]
    [InlineData("03 00000159FA5725B4 04", "[* TO 2017-02-01T15:42Z]")]
    [InlineData("04", "[* TO *]")]
    [InlineData("05", "*")]
    [InlineData("01 00000125E961F9D1 06 00000176BB3E6FFF 00", "[2010-01-01T10:15:30.001Z TO 2020]")]
    [InlineData("00 8000000000000000 00", "-9223372036854775808ms")]
    [InlineData("00 0000000000000000 00", "1970")]
    public void Ranges_of_dates_come_back_as_the_bytes_they_were_whatever_they_say(string bytes, string text)
    {
        var codec = _registry.Get<DateRange>(TypeOf("DateRangeType"));
        var value = codec.Read(Hex(bytes));
        Assert.Equal(text, value.ToString());
        Assert.Equal(Hex(bytes), Bytes(codec, value));
        Assert.Equal(value, codec.Read(Hex(bytes)));
    }

    [Theory]
    [InlineData("2017", "2017-01-01T00:00:00.000Z", null)]
    [InlineData("2017-02", "2017-02-01T00:00:00.000Z", null)]
    [InlineData(" 2017-02-03T04:05:06.789Z ", "2017-02-03T04:05:06.789Z", null)]
    [InlineData("2017-02-03T04", "2017-02-03T04:00:00.000Z", null)]
    [InlineData("[2016-02 TO 2016-02]", "2016-02-01T00:00:00.000Z", "2016-02-29T23:59:59.999Z")]
    [InlineData("[2015 TO 9999]", "2015-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")]
    [InlineData("[0001 TO 2018-03-04T05Z]", "0001-01-01T00:00:00.000Z", "2018-03-04T05:59:59.999Z")]
    [InlineData("[* TO 2018-03-04T05:06Z]", null, "2018-03-04T05:06:59.999Z")]
    [InlineData("[2018-03-04 TO *]", "2018-03-04T00:00:00.000Z", null)]
    [InlineData("[* TO *]", null, null)]
    [InlineData("*", null, null)]
    public void What_a_date_means_is_moved_to_its_first_and_its_last_millisecond(string text, string? lower, string? upper)
    {
        var value = DateRange.Parse(text);
        Assert.Equal(lower, Milliseconds(value.LowerBound));
        Assert.Equal(upper, Milliseconds(value.UpperBound));
        Assert.Equal(!text.Contains('[', StringComparison.Ordinal), value.IsSingle);
        Assert.Equal(value, DateRange.Parse(value.ToString()));

        static string? Milliseconds(DateRangeBound? bound) => bound is { } known ? (known with { Precision = DateRangePrecision.Millisecond }).ToString() : null;
    }

    [Theory]
    [InlineData("")]
    [InlineData("2017-13")]
    [InlineData("17")]
    [InlineData("[2017 TO 2016]")]
    [InlineData("[2017 2018]")]
    [InlineData("[2017 TO 2018 TO 2019]")]
    [InlineData("[2017 TO 2018")]
    [InlineData("2017Z")]
    [InlineData("2017-02-03T04:05:06+01:00")]
    [InlineData("{2017 TO 2018}")]
    public void What_is_no_range_of_dates_is_refused(string text)
    {
        Assert.False(DateRange.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => DateRange.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_that_can_not_be_are_refused_where_they_are_made()
    {
        Assert.False(DateRange.TryParse(null, out _));
        var (early, late) = (new DateRangeBound(0, DateRangePrecision.Day), new DateRangeBound(100_000_000, DateRangePrecision.Day));
        Assert.Throws<ArgumentException>(() => DateRange.Between(late, early));
        Assert.Throws<ArgumentOutOfRangeException>(() => DateRange.Single(new DateRangeBound(0, (DateRangePrecision)7)));
        Assert.Throws<ArgumentOutOfRangeException>(() => DateRange.Between(null, new DateRangeBound(0, (DateRangePrecision)(-1))));
        Assert.Equal(DateRange.Single(DateRangeBound.From(DateTimeOffset.UnixEpoch.AddHours(5), DateRangePrecision.Day)), DateRange.Single(early));
        Assert.NotEqual(DateRange.Any, DateRange.Between(null, null));
        Assert.NotEqual(DateRange.Single(early), DateRange.Between(early, null));
    }

    [Theory]
    [InlineData("POINT (1.5 -2)")]
    [InlineData("POINT (1E-07 1.7976931348623157E+308)")]
    [InlineData("POINT EMPTY")]
    [InlineData("LINESTRING EMPTY")]
    [InlineData("LINESTRING (0 0)")]
    [InlineData("LINESTRING (0 0, 1.5 -2, 0.1 0.30000000000000004)")]
    [InlineData("POLYGON EMPTY")]
    [InlineData("POLYGON ((0 0, 4 0, 4 4, 0 0))")]
    [InlineData("POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1), (3 1, 3.5 1, 3 2, 3 1))")]
    [InlineData("DISTANCE ((1.5 -2) 10)")]
    public void Text_is_read_and_printed_without_loss(string text)
    {
        foreach (var written in new[] { text, $"  {text.ToLowerInvariant().Replace("(", " ( ", StringComparison.Ordinal).Replace(",", " ,\t", StringComparison.Ordinal)} \n" })
        {
            object value = text[2] switch
            {
                'I' => Point.Parse(written),
                'N' => LineString.Parse(written),
                'L' => Polygon.Parse(written),
                _ => Distance.Parse(written),
            };
            Assert.Equal(text, value.ToString());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("POINT")]
    [InlineData("POINT ()")]
    [InlineData("POINT (1)")]
    [InlineData("POINT (1 2 3)")]
    [InlineData("POINT Z (1 2 3)")]
    [InlineData("POINT (1, 2)")]
    [InlineData("POINT (1 2) x")]
    [InlineData("POINT (1 2")]
    [InlineData("POINTS (1 2)")]
    [InlineData("POINT EMPTYY")]
    [InlineData("LINESTRING (0 0,)")]
    [InlineData("LINESTRING (,0 0)")]
    [InlineData("LINESTRING ((0 0))")]
    [InlineData("POLYGON ()")]
    [InlineData("POLYGON (0 0, 1 1)")]
    [InlineData("POLYGON ((0 0), )")]
    [InlineData("POLYGON ((0 0)) EMPTY")]
    [InlineData("DISTANCE (1 2) 3")]
    [InlineData("DISTANCE ((1 2) 3")]
    [InlineData("DISTANCE ((1 2), 3)")]
    public void Text_that_is_something_else_is_refused(string text)
    {
        Assert.False(Point.TryParse(text, out _));
        Assert.False(LineString.TryParse(text, out _));
        Assert.False(Polygon.TryParse(text, out _));
        Assert.False(Distance.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Point.Parse(text));
        Assert.Throws<FormatException>(() => LineString.Parse(text));
        Assert.Throws<FormatException>(() => Polygon.Parse(text));
        Assert.Throws<FormatException>(() => Distance.Parse(text));
        Assert.False(Point.TryParse(null, out _));
    }

    [Theory]
    [InlineData("PointType", "02 01000000 0000000000000000 0000000000000000", "they begin with 2, which is no byte order")]
    [InlineData("PointType", "01 02000000 00000000", "they are of kind 2, not 1")]
    [InlineData("PointType", "01 01000000 0000000000000000 00000000000000", "they end 1 bytes too early")]
    [InlineData("PointType", "01 01000000 0000000000000000 0000000000000000 00", "1 bytes follow")]
    [InlineData("PointType", "01 010000", "they end 1 bytes too early")]
    [InlineData("LineStringType", "01 02000000 FFFFFF7F 0000000000000000 0000000000000000", "a count is 2147483647, and 16 bytes follow")]
    [InlineData("LineStringType", "01 02000000 FFFFFFFF 0000000000000000 0000000000000000", "a count is 4294967295, and 16 bytes follow")]
    [InlineData("PolygonType", "01 03000000 00000040 01000000", "a count is 1073741824, and 4 bytes follow")]
    [InlineData("PolygonType", "01 03000000 01000000 01000000", "a count is 1, and 0 bytes follow")]
    [InlineData("DateRangeType", "06", "they begin with 6, which is no kind of range")]
    [InlineData("DateRangeType", "00 0000000000000000 07", "7 is no precision")]
    [InlineData("DateRangeType", "00 0000000000000000", "a range of kind 0 has 10 bytes, and these are 9")]
    [InlineData("DateRangeType", "05 00", "a range of kind 5 has 1 bytes, and these are 2")]
    [InlineData("DateRangeType", "01 0000000000000000 00 0000000000000000 FF", "255 is no precision")]
    public void Bytes_that_are_something_else_are_refused_without_taking_memory(string type, string bytes, string fault)
    {
        var thrown = Assert.Throws<InvalidValueException>(() => _registry.GetDefault(TypeOf(type)).ReadObject(Hex(bytes)));
        Assert.Equal($"The bytes of a '{Package}{type}' are not valid: {fault}.", thrown.Message);
    }

    [Fact]
    public void They_go_into_collections_may_be_null_or_empty_and_are_still_bytes_to_those_who_want_bytes()
    {
        var type = TypeOf("PointType");
        var bytes = Hex("01 01000000 000000000000F83F 00000000000000C0");
        Assert.Equal(bytes, _registry.Get<byte[]>(type).Read(bytes));
        Assert.Equal(new Point(1.5, -2), _registry.GetDefault(type).ReadObject(bytes));
        Assert.Equal(bytes, Bytes(_registry.Get<byte[]>(type), bytes));
        Assert.Null(_registry.Get<Point?>(type).Read([]));
        Assert.Throws<InvalidValueException>(() => _registry.Get<Point>(type).Read([]));
        Assert.Null(_registry.Get<LineString>(TypeOf("LineStringType")).Read([]));
        Assert.Null(_registry.Get<Polygon>(TypeOf("PolygonType")).Read([]));
        Assert.Null(_registry.Get<DateRange>(TypeOf("DateRangeType")).Read([]));

        var list = CqlTypeParser.FromClassName($"{Package}ListType({Package}PointType)");
        var points = _registry.Get<List<Point>>(list);
        Assert.Equal([new Point(1.5, -2)], points.Read(Bytes(points, [new Point(1.5, -2)])));
        Assert.Equal(TypeOf("PolygonType"), _registry.Infer(typeof(Polygon)));
        Assert.Null(_registry.Infer(typeof(Distance)));
    }

    [Fact]
    public void Classes_of_other_names_are_bytes_as_ever()
    {
        Assert.Empty(DseCodecs.Of(new CqlCustomType("com.example.PointType")));
        Assert.IsType<ByteArrayCodec>(_registry.GetDefault(new CqlCustomType("com.example.PointType")));
        Assert.Throws<InvalidTypeException>(() => _registry.Get<Point>(new CqlCustomType("com.example.PointType")));
        Assert.Throws<InvalidTypeException>(() => _registry.Get<Point>(TypeOf("PolygonType")));
        Assert.Throws<InvalidTypeException>(() => _registry.Get<Point>(CqlType.Blob));
    }

    [Fact]
    public void Geometries_are_equal_by_their_points()
    {
        Assert.Equal(new LineString(new Point(1, 2)).GetHashCode(), new LineString(new Point(1, 2)).GetHashCode());
        Assert.NotEqual(new LineString(new Point(1, 2)), new LineString(new Point(2, 1)));
        Assert.Equal(new Polygon([new(1, 2)], [[new(3, 4)]]).GetHashCode(), Polygon.Parse("POLYGON ((1 2), (3 4))").GetHashCode());
        Assert.NotEqual(new Polygon([new(1, 2)], [[new(3, 4)]]), new Polygon([new(1, 2)]));
        Assert.Equal([new Point(1, 2)], Polygon.Parse("POLYGON ((1 2), (3 4))").Exterior);
        Assert.Equal([new Point(3, 4)], Assert.Single(Polygon.Parse("POLYGON ((1 2), (3 4))").Interiors));
        Assert.Empty(new Polygon([]).Interiors);
        Assert.Throws<ArgumentException>(() => new Polygon([], [[new(1, 2)]]));
    }

    private static CqlType TypeOf(string name) => CqlTypeParser.FromClassName(Package + name);

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Bytes<T>(Codec<T> codec, T value)
    {
        var writer = new CqlWriter();
        codec.Write(writer, value);
        return writer.WrittenSpan.ToArray();
    }

    private void Exactly<T>(T value, CqlType type, string bytes)
        where T : class
    {
        var codec = _registry.Get<T>(type);
        Assert.Equal(Hex(bytes), Bytes(codec, value));
        Assert.Equal(value, codec.Read(Hex(bytes)));
    }
}
