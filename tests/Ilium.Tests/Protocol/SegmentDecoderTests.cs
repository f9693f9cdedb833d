using Ilium.Buffers;
using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

public class SegmentDecoderTests
{
    private static readonly byte[] First = Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Result, Wire.Bytes("00000001"));
    private static readonly byte[] Second = Wire.Envelope(ProtocolVersion.V5, 2, Opcode.Result, Wire.Noise(300));
    private static readonly byte[] Event = Wire.Envelope(ProtocolVersion.V5, -1, Opcode.Event, Wire.Bytes("0001 'E'"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answers_and_events_share_a_segment(bool compressed)
    {
        var sink = new RecordingSink();
        using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed);
        var segment = Wire.Segment([.. First, .. Event, .. Second], compressed: compressed);

        Assert.Equal(segment.Length, decoder.All(segment, sink));

        Assert.Equal([1, -1, 2], sink.Envelopes.Select(e => (int)e.Header.StreamId));
        Assert.Equal(Wire.Noise(300), sink.Envelopes[2].Body);
        Assert.All(sink.Envelopes, e => Assert.False(e.Owned));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(7, false)]
    [InlineData(1000, true)]
    [InlineData(65536, false)]
    [InlineData(65536, true)]
    public void Envelopes_of_all_sizes_arrive_whole_in_pieces_of_any_size(int piece, bool compressed)
    {
        int[] sizes = [0, 4, 16_300, 16_374, 40_000, 131_062, 131_063, 300_000, 5];
        using var writer = new CqlWriter();
        for (var i = 0; i < sizes.Length; i++)
        {
            var body = i % 2 == 0 ? Wire.Noise(sizes[i], seed: i) : Wire.Compressible(sizes[i]);
            SegmentWriter.Write(writer, Wire.Envelope(ProtocolVersion.V5, (short)i, Opcode.Result, body), compressed);
        }

        var sink = new RecordingSink();
        using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed);

        Assert.Equal(0, decoder.InPieces(writer.WrittenSpan, piece, sink));

        Assert.Equal(sizes.Length, sink.Envelopes.Count);
        for (var i = 0; i < sizes.Length; i++)
        {
            Assert.Equal(i, sink.Envelopes[i].Header.StreamId);
            Assert.Equal(i % 2 == 0 ? Wire.Noise(sizes[i], seed: i) : Wire.Compressible(sizes[i]), sink.Envelopes[i].Body);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_envelope_may_be_sliced_anywhere_even_inside_its_header(bool compressed)
    {
        var envelope = Wire.Envelope(ProtocolVersion.V5, 5, Opcode.Result, Wire.Bytes("'hello'"));
        for (var first = 0; first <= envelope.Length; first++)
        {
            for (var second = first; second <= envelope.Length; second++)
            {
                var sink = new RecordingSink();
                using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed);

                decoder.All(
                    [
                        .. Wire.Segment(envelope.AsSpan(0, first), selfContained: false, compressed),
                        .. Wire.Segment(envelope.AsSpan(first, second - first), selfContained: false, compressed),
                        .. Wire.Segment(envelope.AsSpan(second), selfContained: false, compressed),
                        .. Wire.Segment(First, compressed: compressed),
                    ],
                    sink);

                Assert.Equal([5, 1], sink.Envelopes.Select(e => (int)e.Header.StreamId));
                Assert.Equal("hello"u8.ToArray(), sink.Envelopes[0].Body);
                Assert.True(sink.Envelopes[0].Owned);
            }
        }
    }

    [Fact]
    public void A_self_contained_segment_where_a_slice_is_due_is_refused() => AssertRefused(
        [.. Wire.Segment(Second.AsSpan(0, 100), selfContained: false), .. Wire.Segment(First)],
        "self-contained segment where the next slice of an envelope was due");

    [Fact]
    public void A_self_contained_segment_after_part_of_a_header_is_refused_too() => AssertRefused(
        [.. Wire.Segment(Second.AsSpan(0, 3), selfContained: false), .. Wire.Segment(First)],
        "self-contained segment where the next slice of an envelope was due");

    [Fact]
    public void A_slice_that_is_longer_than_what_its_envelope_misses_is_refused() => AssertRefused(
        [.. Wire.Segment(Second.AsSpan(0, 100), selfContained: false), .. Wire.Segment([.. Second.AsSpan(100), 0], selfContained: false)],
        "a slice of 210 bytes where only 209 were missing");

    [Fact]
    public void A_self_contained_segment_that_ends_inside_a_header_is_refused() => AssertRefused(
        Wire.Segment([.. First, 0x85, 0, 0]), "ends with 3 bytes, too few for an envelope");

    [Fact]
    public void A_self_contained_segment_that_ends_inside_a_body_is_refused() => AssertRefused(
        Wire.Segment(Second.AsSpan(0, 100)), "ends inside an envelope: 300 bytes were announced, 91 are there");

    [Fact]
    public void An_empty_segment_and_an_empty_slice_are_skipped()
    {
        var sink = new RecordingSink();
        using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed: false);

        decoder.All([.. Wire.Segment([]), .. Wire.Segment([], selfContained: false), .. Wire.Segment(First)], sink);

        Assert.Equal(1, Assert.Single(sink.Envelopes).Header.StreamId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_flipped_byte_of_a_segment_is_noticed(bool compressed)
    {
        var segment = Wire.Segment(First, compressed: compressed);
        for (var i = 0; i < segment.Length; i++)
        {
            segment[i] ^= 0x40;
            var sink = new RecordingSink();
            using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed);

            var error = Assert.Throws<MalformedResponseException>(() => decoder.All(segment, sink));

            Assert.Contains(i < SegmentCodec.HeaderSize(compressed) ? "CRC24" : "CRC32", error.Message, StringComparison.Ordinal);
            Assert.True(error.MayHaveBeenApplied);
            Assert.Empty(sink.Envelopes);
            segment[i] ^= 0x40;
        }
    }

    [Theory]
    [InlineData(0, "CRC24")]
    [InlineData(5, "CRC24")]
    [InlineData(6, "CRC32")]
    [InlineData(70_000, "CRC32")]
    [InlineData(131_071 + 6, "CRC32")]
    [InlineData(131_071 + 9, "CRC32")]
    public void A_flipped_byte_in_a_slice_that_is_received_in_its_place_is_noticed(int at, string said)
    {
        const int Slice = 131_071;
        const int Segment = 6 + Slice + 4;
        var envelope = Wire.Envelope(ProtocolVersion.V5, 5, Opcode.Result, Wire.Noise(300_000));
        using var writer = new CqlWriter();
        SegmentWriter.Write(writer, envelope, compressed: false);
        var stream = writer.WrittenSpan.ToArray();
        // The second of three segments: its envelope has begun, so its place is known.
        stream[Segment + at] ^= 0x40;
        var sink = new RecordingSink();
        using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed: false);

        var error = Assert.Throws<MalformedResponseException>(() => decoder.InPieces(stream, 20_000, sink));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Empty(sink.Envelopes);
    }

    [Fact]
    public void A_large_slice_that_is_longer_than_what_its_envelope_misses_is_refused_too()
    {
        var envelope = Wire.Envelope(ProtocolVersion.V5, 5, Opcode.Result, Wire.Noise(200_000));
        byte[] stream =
        [
            .. Wire.Segment(envelope.AsSpan(0, 131_071), selfContained: false),
            .. Wire.Segment([.. envelope.AsSpan(131_071), 0], selfContained: false),
        ];
        var sink = new RecordingSink();
        using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed: false);

        var error = Assert.Throws<MalformedResponseException>(() => decoder.InPieces(stream, 20_000, sink));

        Assert.Contains("a slice of 68939 bytes where only 68938 were missing", error.Message, StringComparison.Ordinal);
        Assert.Empty(sink.Envelopes);
    }

    [Fact]
    public void An_envelope_over_the_cap_is_refused_before_memory_is_taken()
    {
        var slice = Wire.Segment(Wire.Bytes("85 00 0001 08 10000001 AA"), selfContained: false);
        using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed: false);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<MalformedResponseException>(() => decoder.All(slice, new RecordingSink()));

        Assert.Contains("268435457 bytes; at most 268435456", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void An_envelope_of_another_version_inside_a_segment_is_refused() => AssertRefused(
        Wire.Segment(Wire.Envelope(ProtocolVersion.V4, 1, Opcode.Result, [])), "answered in protocol version 4");

    [Fact]
    public void An_error_outside_any_segment_is_explained() => AssertRefused(
        Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Error, Wire.Bytes("0000000A 0002 'no'")),
        "look like an ERROR envelope outside any segment");

    [Fact]
    public void The_form_of_the_header_follows_from_what_was_agreed_and_not_from_the_segment() => AssertRefused(
        Wire.Segment(Second, compressed: true), "CRC24");

    [Fact]
    public void Lz4_garbage_with_a_right_checksum_is_refused()
    {
        var segment = CompressedSegment(Wire.Noise(500), uncompressedLength: 1000);

        AssertRefused(segment, "does not decompress to the 1000 bytes it states", compressed: true);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_stated_size_that_is_not_what_comes_out_is_refused(int difference)
    {
        var plain = Wire.Compressible(2000);
        var block = new byte[2000];
        var length = K4os.Compression.LZ4.LZ4Codec.Encode(plain, block);

        var segment = CompressedSegment(block[..length], 2000 + difference);

        AssertRefused(segment, "does not decompress", compressed: true);
    }

    [Fact]
    public void The_compression_flag_of_an_envelope_means_nothing_in_v5()
    {
        var sink = new RecordingSink();
        using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed: false);

        decoder.All(Wire.Segment(Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Result, [1, 2], EnvelopeFlags.Compressed)), sink);

        Assert.Equal([1, 2], Assert.Single(sink.Envelopes).Body);
    }

    private static byte[] CompressedSegment(byte[] block, int uncompressedLength)
    {
        var segment = new byte[8 + block.Length + 4];
        var fields = (uint)block.Length | ((ulong)(uint)uncompressedLength << 17) | (1ul << 34);
        for (var i = 0; i < 5; i++)
        {
            segment[i] = (byte)(fields >> (8 * i));
        }

        var crc24 = Checksums.Crc24(segment.AsSpan(0, 5));
        segment[5] = (byte)crc24;
        segment[6] = (byte)(crc24 >> 8);
        segment[7] = (byte)(crc24 >> 16);
        block.CopyTo(segment, 8);
        BitConverter.GetBytes(Checksums.Crc32(block)).CopyTo(segment, 8 + block.Length);
        return segment;
    }

    private static void AssertRefused(byte[] bytes, string words, bool compressed = false)
    {
        using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed);
        var error = Assert.Throws<MalformedResponseException>(() => decoder.All(bytes, new RecordingSink()));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
