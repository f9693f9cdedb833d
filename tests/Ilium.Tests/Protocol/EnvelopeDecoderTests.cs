using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

public class EnvelopeDecoderTests
{
    private static readonly byte[] Small = Wire.Envelope(ProtocolVersion.V4, 7, Opcode.Result, Wire.Bytes("00000001"));

    [Theory]
    [InlineData(ProtocolVersion.V3)]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public void The_nine_bytes_are_version_flags_stream_opcode_length(ProtocolVersion version)
    {
        var bytes = Wire.Bytes($"8{(int)version} 0A 0102 08 00000003 AABBCC");
        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(version);

        Assert.Equal(12, decoder.All(bytes, sink));

        var (header, body, owned) = Assert.Single(sink.Envelopes);
        Assert.Equal((byte)(0x80 + (int)version), header.Version);
        Assert.Equal(EnvelopeFlags.Tracing | EnvelopeFlags.Warning, header.Flags);
        Assert.Equal(0x0102, header.StreamId);
        Assert.Equal(Opcode.Result, header.Opcode);
        Assert.Equal("AABBCC", Wire.Hex(body));
        Assert.False(owned);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(4096)]
    [InlineData(65536)]
    public void Envelopes_of_all_sizes_arrive_whole_in_pieces_of_any_size(int piece)
    {
        int[] sizes = [0, 1, 4, 16_374, 16_375, 16_376, 20_000, 70_000, 3, 0];
        var stream = new List<byte>();
        for (var i = 0; i < sizes.Length; i++)
        {
            stream.AddRange(Wire.Envelope(ProtocolVersion.V4, (short)i, Opcode.Result, Wire.Noise(sizes[i], seed: i)));
        }

        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4);

        Assert.Equal(0, decoder.InPieces(stream.ToArray(), piece, sink));

        Assert.Equal(sizes.Length, sink.Envelopes.Count);
        for (var i = 0; i < sizes.Length; i++)
        {
            Assert.Equal(i, sink.Envelopes[i].Header.StreamId);
            Assert.Equal(Wire.Noise(sizes[i], seed: i), sink.Envelopes[i].Body);
        }
    }

    [Fact]
    public void A_large_body_is_received_straight_into_its_own_array_which_the_sink_then_owns()
    {
        var body = Wire.Noise(100_000);
        var stream = Wire.Envelope(ProtocolVersion.V4, 3, Opcode.Result, body);
        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4);

        Assert.Equal(1000, decoder.Decode(stream.AsSpan(0, 1000), sink));
        Assert.Equal(100_000 - 991, decoder.FillTarget.Length);
        Assert.Empty(sink.Envelopes);
        stream.AsSpan(1000).CopyTo(decoder.FillTarget.Span);
        decoder.Filled(stream.Length - 1000, sink);

        var found = Assert.Single(sink.Envelopes);
        Assert.True(found.Owned);
        Assert.Equal(body, found.Body);
        Assert.True(decoder.FillTarget.IsEmpty);
    }

    [Fact]
    public void What_is_complete_in_the_receive_buffer_is_handed_on_in_place_however_large()
    {
        var stream = Wire.Envelope(ProtocolVersion.V4, 3, Opcode.Result, Wire.Noise(60_000));
        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4);

        Assert.Equal(stream.Length, decoder.Decode(stream, sink));

        Assert.False(Assert.Single(sink.Envelopes).Owned);
    }

    [Fact]
    public void A_small_incomplete_envelope_stays_in_the_receive_buffer()
    {
        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4);

        Assert.Equal(Small.Length, decoder.Decode([.. Small, .. Small.AsSpan(0, 12)], sink));

        Assert.Single(sink.Envelopes);
        Assert.True(decoder.FillTarget.IsEmpty);
    }

    [Theory]
    [InlineData("81", "looks like protocol v1")]
    [InlineData("82", "looks like protocol v2")]
    [InlineData("8200000000000000", "looks like protocol v2")]
    public void A_v1_or_v2_server_is_known_by_its_first_byte_before_nine_have_come(string bytes, string words) =>
        AssertRefused(ProtocolVersion.V4, Wire.Bytes(bytes), words);

    [Theory]
    [InlineData("04 00 0001 08 00000000", "a request (version byte 0x04) where an answer was due")]
    [InlineData("'HTTP/1.1 400 Bad Request'", "not the native protocol")]
    [InlineData("15 03 01 00 02 02 16 00 00", "is TLS on at one end only")]
    [InlineData("84", null)]
    [InlineData("85 00 0001 08 00000000", "answered in protocol version 5 (version byte 0x85) to v4")]
    [InlineData("FF 00 0001 00 00000000", "answered in protocol version 127")]
    [InlineData("80 00 0001 00 00000000", "answered in protocol version 0")]
    public void A_wrong_version_byte_says_what_it_looks_like(string bytes, string? words)
    {
        if (words is null)
        {
            using var decoder = new EnvelopeDecoder(ProtocolVersion.V4);
            Assert.Equal(0, decoder.Decode(Wire.Bytes(bytes), new RecordingSink()));
            return;
        }

        AssertRefused(ProtocolVersion.V4, Wire.Bytes(bytes), words);
    }

    [Theory]
    [InlineData(0x83)]
    [InlineData(0x84)]
    [InlineData(0x86)]
    [InlineData(0xC2)]
    public void An_error_in_another_version_is_accepted_since_that_is_how_a_server_refuses_one(byte version)
    {
        var bytes = Wire.Envelope(ProtocolVersion.V5, 0, Opcode.Error, Wire.Bytes("0000000A 0002 'no'"));
        bytes[0] = version;
        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V5);

        decoder.Decode(bytes, sink);

        Assert.Equal(version, Assert.Single(sink.Envelopes).Header.Version);
    }

    [Fact]
    public void A_negative_length_is_refused() => AssertRefused(
        ProtocolVersion.V4, Wire.Bytes("84 00 0001 08 FFFFFFFF"), "a negative length (-1)");

    [Fact]
    public void A_length_over_the_cap_is_refused_before_memory_is_taken()
    {
        var bytes = Wire.Bytes("84 00 0001 08 10000001");
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<MalformedResponseException>(() => decoder.Decode(bytes, new RecordingSink()));

        Assert.Contains("268435457 bytes; at most 268435456", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.True(decoder.FillTarget.IsEmpty);
    }

    [Fact]
    public void The_cap_itself_is_accepted()
    {
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4, maxBodyLength: 4);
        var sink = new RecordingSink();

        decoder.Decode(Small, sink);

        Assert.Single(sink.Envelopes);
    }

    [Fact]
    public void Stream_minus_one_is_an_event_and_other_negative_ids_are_refused()
    {
        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4);

        decoder.Decode(Wire.Envelope(ProtocolVersion.V4, -1, Opcode.Event, []), sink);

        Assert.Equal(-1, Assert.Single(sink.Envelopes).Header.StreamId);
        AssertRefused(ProtocolVersion.V4, Wire.Envelope(ProtocolVersion.V4, -2, Opcode.Result, []), "stream -2");
    }

    [Fact]
    public void An_unknown_opcode_is_passed_on_since_its_frame_is_sound()
    {
        var sink = new RecordingSink();
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4);

        decoder.Decode([.. Wire.Envelope(ProtocolVersion.V4, 1, (Opcode)0x77, [1]), .. Small], sink);

        Assert.Equal([(Opcode)0x77, Opcode.Result], sink.Envelopes.Select(e => e.Header.Opcode));
    }

    [Fact]
    public void A_compressed_envelope_without_agreed_compression_is_refused() => AssertRefused(
        ProtocolVersion.V4,
        Wire.Envelope(ProtocolVersion.V4, 1, Opcode.Result, [1, 2, 3], EnvelopeFlags.Compressed),
        "no compression was agreed");

    [Fact]
    public void Disposing_in_the_middle_of_a_body_is_harmless_and_may_be_repeated()
    {
        var decoder = new EnvelopeDecoder(ProtocolVersion.V4);
        decoder.Decode(Wire.Envelope(ProtocolVersion.V4, 1, Opcode.Result, new byte[50_000]).AsSpan(0, 100), new RecordingSink());

        decoder.Dispose();
        decoder.Dispose();

        Assert.True(decoder.FillTarget.IsEmpty);
    }

    private static void AssertRefused(ProtocolVersion version, byte[] bytes, string words)
    {
        using var decoder = new EnvelopeDecoder(version);
        var error = Assert.Throws<MalformedResponseException>(() => decoder.Decode(bytes, new RecordingSink()));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
