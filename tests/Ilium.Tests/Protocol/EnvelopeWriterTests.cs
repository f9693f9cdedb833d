using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class EnvelopeWriterTests
{
    [Theory]
    [InlineData(ProtocolVersion.V3, "03 00 0000 05 00000000")]
    [InlineData(ProtocolVersion.V4, "04 00 0000 05 00000000")]
    [InlineData(ProtocolVersion.V5, "05 00 0000 05 00000000")]
    public void An_empty_body_gives_nine_bytes_without_direction_or_beta_bit(ProtocolVersion version, string expected) =>
        Assert.Equal(Hex(expected), Written(w => EnvelopeWriter.End(w, EnvelopeWriter.Begin(w, version, Opcode.Options))));

    [Fact]
    public void Each_envelope_of_a_buffer_gets_its_own_length_and_stream_id()
    {
        using var writer = new CqlWriter();
        foreach (var (id, size) in new[] { (0x7FFF, 2), (0x0102, 1) })
        {
            var start = EnvelopeWriter.Begin(writer, ProtocolVersion.V4, Opcode.Query);
            writer.Reserve(size).Fill(0xEE);
            EnvelopeWriter.End(writer, start);
            EnvelopeWriter.SetStreamId(writer.Written(start, writer.Length - start), (short)id);
        }

        Assert.Equal(Hex("04 00 7FFF 07 00000002 EEEE  04 00 0102 07 00000001 EE"), Hex(writer.WrittenSpan));
    }

    [Fact]
    public void What_a_reused_buffer_held_does_not_show_through()
    {
        using var writer = new CqlWriter();
        writer.Reserve(64).Fill(0xFF);
        writer.Clear();

        EnvelopeWriter.End(writer, EnvelopeWriter.Begin(writer, ProtocolVersion.V5, Opcode.Options));

        Assert.Equal("050000000500000000", Hex(writer.WrittenSpan));
    }

    [Fact]
    public void A_traced_request_has_the_flag_and_no_id() => Assert.Equal(
        Hex("04 02 0000 07 00000000"),
        Written(w => EnvelopeWriter.End(w, EnvelopeWriter.Begin(w, ProtocolVersion.V4, Opcode.Query, tracing: true))));

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public void A_custom_payload_stands_right_behind_the_header_and_counts_into_the_length(ProtocolVersion version) => Assert.Equal(
        Hex($"0{(int)version} 06 0000 07 0000000D 0001 0001 'k' 00000003 010203 99"),
        Written(w =>
        {
            var payload = new Dictionary<string, ReadOnlyMemory<byte>> { ["k"] = new byte[] { 1, 2, 3 } };
            var start = EnvelopeWriter.Begin(w, version, Opcode.Query, tracing: true, payload);
            w.WriteByte(0x99);
            EnvelopeWriter.End(w, start);
        }));

    [Fact]
    public void An_empty_custom_payload_is_none() => Assert.Equal(
        Hex("03 00 0000 07 00000000"),
        Written(w => EnvelopeWriter.End(
            w, EnvelopeWriter.Begin(w, ProtocolVersion.V3, Opcode.Query, payload: new Dictionary<string, ReadOnlyMemory<byte>>()))));

    [Fact]
    public void A_custom_payload_is_refused_before_v4_and_leaves_the_buffer_as_it_was()
    {
        using var writer = new CqlWriter();
        var payload = new Dictionary<string, ReadOnlyMemory<byte>> { ["k"] = default };

        var error = Assert.Throws<NotSupportedByProtocolException>(
            () => EnvelopeWriter.Begin(writer, ProtocolVersion.V3, Opcode.Query, payload: payload));

        Assert.Equal(("A custom payload", ProtocolVersion.V4), (error.Feature, error.RequiredVersion));
        Assert.Equal(0, writer.Length);
    }

    [Fact]
    public void A_custom_payload_of_more_than_65535_entries_is_refused()
    {
        var payload = Enumerable.Range(0, 65_536).ToDictionary(i => $"{i}", _ => ReadOnlyMemory<byte>.Empty);

        Assert.Throws<ArgumentException>(() => Written(w => EnvelopeWriter.Begin(w, ProtocolVersion.V4, Opcode.Query, payload: payload)));
    }
}
