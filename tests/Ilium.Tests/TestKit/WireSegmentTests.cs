using Ilium.TestKit;

namespace Ilium.Tests.TestKit;

/// <summary>The vectors named "from Cassandra" were captured from Cassandra 5.0.9; the checksums come from zlib and from a bitwise division in another language.</summary>
public class WireSegmentTests
{
    private const string PlainFromCassandra =
        "50000260635D850000010800000047000000020000000100000002000673797374656D00056C6F63616C00036B6579000D000C636C75737465725F6E616D65000D" +
        "00000001000000056C6F63616C0000000472696E671866E0A2";

    private const string Lz4FromCassandra =
        "4900A00004FDB3A0F10285000001080000004700000002000000010800F3160673797374656D00056C6F63616C00036B6579000D000C636C75737465725F6E616D" +
        "65000D2E000324007000000472696E67506C68A9";

    [Theory]
    [InlineData("", 0x875060)]
    [InlineData("010203", 0xE91ACC)]
    public void Crc24_has_the_reference_values(string bytes, int expected) => Assert.Equal(expected, WireChecksum.Crc24(Convert.FromHexString(bytes)));

    [Theory]
    [InlineData("", 0x44777ED3u)]
    [InlineData("313233343536373839", 0xE2A261A7u)]
    public void Crc32_has_the_reference_values(string bytes, uint expected) => Assert.Equal(expected, WireChecksum.Crc32(Convert.FromHexString(bytes)));

    [Theory]
    [InlineData(false, "090002A4C8C10500000005000000001086284D")]
    [InlineData(true, "0900000004C2B8950500000005000000001086284D")]
    public void An_options_request_is_framed_as_cassandra_accepts_it(bool lz4, string expected)
    {
        var envelope = new WireEnvelope(5, WireFlags.None, 0, WireOpcode.Options, ReadOnlyMemory<byte>.Empty);
        Assert.Equal(expected, Convert.ToHexString(new WireSegment(envelope.ToArray(), true).ToArray(lz4)));
    }

    [Theory]
    [InlineData(false, PlainFromCassandra)]
    [InlineData(true, Lz4FromCassandra)]
    public void Segments_from_cassandra_are_read(bool lz4, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var segment = WireSegment.TryParse(bytes, lz4, out var length);
        Assert.NotNull(segment);
        Assert.Equal(bytes.Length, length);
        Assert.True(segment.IsSelfContained);
        var envelope = WireEnvelope.TryParse(segment.Payload, out var envelopeLength);
        Assert.NotNull(envelope);
        Assert.Equal(segment.Payload.Length, envelopeLength);
        Assert.Equal((5, true, WireFlags.None, (short)1, WireOpcode.Result), (envelope.Version, envelope.IsResponse, envelope.Flags, envelope.StreamId, envelope.Opcode));
        ColumnSpec[] columns = [new("key", TypeBytes.Text, "system", "local"), new("cluster_name", TypeBytes.Text, "system", "local")];
        byte[]?[][] rows = [[ValueBytes.Text("local"), ValueBytes.Text("ring")]];
        Assert.Equal(ResponseBodies.Rows(columns, rows, new RowsOptions()), envelope.Body.ToArray());
    }

    [Fact]
    public void A_plain_segment_is_written_as_cassandra_writes_it()
    {
        var bytes = Convert.FromHexString(PlainFromCassandra);
        Assert.Equal(bytes, WireSegment.TryParse(bytes, false, out _)!.ToArray(lz4: false));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, WireSegment.MaxPayload)]
    [InlineData(true, WireSegment.MaxPayload)]
    public void Any_payload_survives_whether_or_not_it_shrinks(bool lz4, int size)
    {
        var random = new byte[size];
        new Random(3).NextBytes(random);
        foreach (var payload in new[] { random, new byte[size] })
        {
            var bytes = new WireSegment(payload, false).ToArray(lz4);
            Assert.Null(WireSegment.TryParse(bytes.AsMemory(0, bytes.Length - 1), lz4, out _));
            var segment = WireSegment.TryParse(bytes, lz4, out var length);
            Assert.NotNull(segment);
            Assert.Equal(bytes.Length, length);
            Assert.False(segment.IsSelfContained);
            Assert.True(payload.AsSpan().SequenceEqual(segment.Payload.Span));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_flipped_bit_is_noticed(bool lz4)
    {
        var bytes = new WireSegment(new byte[] { 1, 2, 3, 4, 5 }, true).ToArray(lz4);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<WireViolationException>(() => WireSegment.TryParse(bytes, lz4, out _));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(WireCompression.Lz4)]
    [InlineData(WireCompression.Snappy)]
    public void Bodies_survive_compression(WireCompression compression)
    {
        var body = new byte[1000];
        var compressed = WireCompressor.Compress(compression, body);
        Assert.True(compressed.Length < 100);
        Assert.Equal(body, WireCompressor.Decompress(compression, compressed));
    }

    [Theory]
    [InlineData(WireCompression.Lz4, "", "0000000000")]
    [InlineData(WireCompression.Snappy, "", "00")]
    [InlineData(WireCompression.Lz4, "00000003000673797374656D", "0000000CC000000003000673797374656D")]
    [InlineData(WireCompression.Snappy, "00000003000673797374656D", "0C2C00000003000673797374656D")]
    public void Bodies_are_compressed_as_cassandra_compresses_them(WireCompression compression, string body, string compressed)
    {
        Assert.Equal(compressed, Convert.ToHexString(WireCompressor.Compress(compression, Convert.FromHexString(body))));
        Assert.Equal(body, Convert.ToHexString(WireCompressor.Decompress(compression, Convert.FromHexString(compressed))));
    }
}
