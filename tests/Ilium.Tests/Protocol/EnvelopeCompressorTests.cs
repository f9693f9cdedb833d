using System.Buffers;
using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class EnvelopeCompressorTests
{
    public static TheoryData<string, ProtocolVersion> All =>
        new()
        {
            { "lz4", ProtocolVersion.V3 },
            { "lz4", ProtocolVersion.V4 },
            { "snappy", ProtocolVersion.V3 },
            { "snappy", ProtocolVersion.V4 },
        };

    [Theory]
    [MemberData(nameof(All))]
    public void A_compressed_request_has_the_flag_and_decodes_to_the_same_body(string name, ProtocolVersion version)
    {
        var compressor = Named(name);
        var body = Compressible(50_000);
        using var writer = new CqlWriter();
        var start = EnvelopeWriter.Begin(writer, version, Opcode.Query);
        writer.WriteRaw(body);
        EnvelopeWriter.End(writer, start, compressor);

        var bytes = writer.WrittenSpan.ToArray();
        Assert.True(bytes.Length < 10_000);
        Assert.Equal((byte)EnvelopeFlags.Compressed, bytes[1]);
        bytes[0] |= EnvelopeHeader.ResponseBit;
        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(version, compressor);
        Assert.Equal(bytes.Length, decoder.All(bytes, sink));

        var found = Assert.Single(sink.Envelopes);
        Assert.Equal(body, found.Body);
        Assert.True(found.Owned);
        Assert.Equal(EnvelopeFlags.None, found.Header.Flags);
        Assert.Equal(50_000, found.Header.BodyLength);
    }

    [Theory]
    [InlineData("lz4", 1)]
    [InlineData("snappy", 1)]
    [InlineData("lz4", 5000)]
    [InlineData("snappy", 5000)]
    public void Compressed_and_plain_answers_may_alternate_in_pieces_of_any_size(string name, int piece)
    {
        var compressor = Named(name);
        var body = Noise(30_000);
        byte[] stream =
        [
            .. Envelope(ProtocolVersion.V4, 1, Opcode.Result, Compressed(compressor, body), EnvelopeFlags.Compressed),
            .. Envelope(ProtocolVersion.V4, 2, Opcode.Result, body),
            .. Envelope(ProtocolVersion.V4, 3, Opcode.Result, Compressed(compressor, Compressible(600)), EnvelopeFlags.Compressed),
        ];
        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4, compressor);

        Assert.Equal(0, decoder.InPieces(stream, piece, sink));

        Assert.Equal([body, body, Compressible(600)], sink.Envelopes.Select(e => e.Body));
    }

    [Theory]
    [InlineData(Opcode.Startup)]
    [InlineData(Opcode.Options)]
    public void Startup_and_options_are_never_compressed(object opcode) =>
        AssertPlain(ProtocolVersion.V4, (Opcode)opcode, Compressible(5000));

    [Fact]
    public void In_v5_envelopes_are_never_compressed() => AssertPlain(ProtocolVersion.V5, Opcode.Query, Compressible(5000));

    [Fact]
    public void A_small_body_is_sent_plain() =>
        AssertPlain(ProtocolVersion.V4, Opcode.Query, new byte[EnvelopeCompressor.SmallestBody - 1]);

    [Fact]
    public void A_body_that_does_not_shrink_is_sent_plain() => AssertPlain(ProtocolVersion.V4, Opcode.Query, Noise(5000));

    [Fact]
    public void Lz4_begins_with_the_uncompressed_length_as_four_big_endian_bytes()
    {
        Assert.Equal("00001388", Hex(Compressed(Named("lz4"), Compressible(5000)).AsSpan(0, 4)));

        // Five literals: token 0x50 and the bytes themselves.
        Assert.Equal("hello"u8.ToArray(), Plain(Named("lz4"), Bytes("00000005 50 'hello'")));
    }

    [Fact]
    public void Snappy_is_a_raw_block_that_begins_with_its_own_length() =>
        Assert.Equal("hello"u8.ToArray(), Plain(Named("snappy"), Bytes("05 10 'hello'")));

    [Theory]
    [InlineData("lz4", "00000000 00")]
    [InlineData("lz4", "00000000")]
    [InlineData("snappy", "00")]
    public void A_compressed_empty_body_is_empty(string name, string body) => Assert.Empty(Plain(Named(name), Bytes(body)));

    [Theory]
    [InlineData("lz4", "")]
    [InlineData("lz4", "000000")]
    [InlineData("lz4", "00000005")]
    [InlineData("lz4", "00000000 50 'hello'")]
    [InlineData("lz4", "00000004 50 'hello'")]
    [InlineData("lz4", "00000006 50 'hello'")]
    [InlineData("lz4", "00000005 50 'hell'")]
    [InlineData("lz4", "00000005 FF FF FF FF FF")]
    [InlineData("lz4", "FFFFFFFF 50 'hello'")]
    [InlineData("lz4", "80000000 50 'hello'")]
    [InlineData("snappy", "")]
    [InlineData("snappy", "05")]
    [InlineData("snappy", "05 10 'hell'")]
    [InlineData("snappy", "06 10 'hello'")]
    [InlineData("snappy", "00 10 'hello'")]
    [InlineData("snappy", "05 FF FF FF FF FF FF")]
    [InlineData("snappy", "FF FF FF FF FF FF 10")]
    [InlineData("snappy", "80 80 80 80 80")]
    [InlineData("snappy", "05 01 05")]
    public void Garbage_is_a_malformed_response_and_nothing_else(string name, string body) =>
        Assert.Throws<MalformedResponseException>(() => Plain(Named(name), Bytes(body)));

    [Fact]
    public void A_snappy_block_that_holds_more_than_it_states_gives_what_it_states() =>
        Assert.Equal("hell"u8.ToArray(), Plain(Named("snappy"), Bytes("04 10 'hello'")));

    [Theory]
    [InlineData("lz4", "10000001 50 'hello'", "268435457")]
    [InlineData("lz4", "0FFFFFFF 50 'hello'", "more than the format can give")]
    [InlineData("snappy", "81 80 80 80 01 10 'hello'", "268435457")]
    [InlineData("snappy", "FF FF FF 7F 10 'hello'", "more than the format can give")]
    [InlineData("snappy", "FF FF FF FF 0F 10 'hello'", "4294967295")]
    public void A_stated_size_is_bounded_before_memory_is_taken(string name, string body, string words)
    {
        var bytes = Bytes(body);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<MalformedResponseException>(() => Plain(Named(name), bytes));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData("lz4")]
    [InlineData("snappy")]
    public void Any_truncation_of_a_compressed_body_is_refused(string name)
    {
        var body = Compressed(Named(name), Compressible(700));
        for (var length = 0; length < body.Length; length++)
        {
            Assert.Throws<MalformedResponseException>(() => Plain(Named(name), body[..length]));
        }
    }

    [Theory]
    [InlineData("lz4")]
    [InlineData("snappy")]
    public void Flipped_bytes_give_an_error_or_a_body_of_the_stated_size_and_never_a_crash(string name)
    {
        var random = new Random(42);
        for (var i = 0; i < 2000; i++)
        {
            var body = Compressed(Named(name), Compressible(700));
            body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                var plain = Named(name).Decompress(body, 1_000_000, out var length);
                Assert.InRange(length, 0, plain.Length);
                ArrayPool<byte>.Shared.Return(plain);
            }
            catch (MalformedResponseException error)
            {
                Assert.Contains(name, error.Message, StringComparison.Ordinal);
            }
        }
    }

    private static EnvelopeCompressor Named(string name) => name == "lz4" ? new Lz4EnvelopeCompressor() : new SnappyEnvelopeCompressor();

    private static byte[] Compressed(EnvelopeCompressor compressor, byte[] body)
    {
        var room = new byte[compressor.LargestResult(body.Length)];
        return room[..compressor.Compress(body, room)];
    }

    private static byte[] Plain(EnvelopeCompressor compressor, byte[] body)
    {
        var array = compressor.Decompress(body, FrameDecoder.DefaultMaxBodyLength, out var length);
        var plain = array[..length];
        ArrayPool<byte>.Shared.Return(array);
        return plain;
    }

    private static void AssertPlain(ProtocolVersion version, Opcode opcode, byte[] body)
    {
        using var writer = new CqlWriter();
        var start = EnvelopeWriter.Begin(writer, version, opcode);
        writer.WriteRaw(body);
        EnvelopeWriter.End(writer, start, Named("lz4"));

        Assert.Equal(0, writer.WrittenSpan[1]);
        Assert.True(body.AsSpan().SequenceEqual(writer.WrittenSpan[9..]));
    }
}
