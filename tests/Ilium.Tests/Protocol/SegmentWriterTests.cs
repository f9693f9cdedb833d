using Ilium.Buffers;
using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

public class SegmentWriterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Many_envelopes_share_one_segment(bool compressed)
    {
        var envelope = Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Result, Wire.Noise(50));
        var many = Enumerable.Repeat(envelope, 100).SelectMany(e => e).ToArray();

        Assert.Equal([(true, many.Length)], Segments(many, compressed));
    }

    [Fact]
    public void What_does_not_fit_begins_a_new_segment_and_no_envelope_is_cut_without_need()
    {
        var envelope = Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Result, Wire.Noise(60_000));
        var three = Enumerable.Repeat(envelope, 3).SelectMany(e => e).ToArray();

        Assert.Equal([(true, 120_018), (true, 60_009)], Segments(three, compressed: false));
    }

    [Fact]
    public void A_large_envelope_is_cut_at_exactly_the_maximum_and_the_next_begins_a_new_segment()
    {
        var large = Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Result, Wire.Noise(300_000));
        var small = Wire.Envelope(ProtocolVersion.V5, 2, Opcode.Result, Wire.Noise(10));

        Assert.Equal(
            [(true, 19), (false, 131_071), (false, 131_071), (false, 300_009 - (2 * 131_071)), (true, 19)],
            Segments([.. small, .. large, .. small], compressed: false));
    }

    [Fact]
    public void An_envelope_of_exactly_the_maximum_is_self_contained_and_one_byte_more_is_cut()
    {
        var fits = Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Result, Wire.Noise(131_071 - 9));
        var doesNot = Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Result, Wire.Noise(131_072 - 9));

        Assert.Equal([(true, 131_071)], Segments(fits, compressed: false));
        Assert.Equal([(false, 131_071), (false, 1)], Segments(doesNot, compressed: false));
    }

    private static List<(bool SelfContained, int Length)> Segments(byte[] envelopes, bool compressed)
    {
        using var writer = new CqlWriter();
        SegmentWriter.Write(writer, envelopes, compressed);
        var found = new List<(bool, int)>();
        var rest = writer.WrittenSpan;
        while (!rest.IsEmpty)
        {
            Assert.True(SegmentCodec.TryReadHeader(rest, compressed, out var header));
            found.Add((header.SelfContained, header.UncompressedLength > 0 ? header.UncompressedLength : header.PayloadLength));
            rest = rest[(SegmentCodec.HeaderSize(compressed) + header.PayloadLength + SegmentCodec.TrailerSize)..];
        }

        return found;
    }
}
