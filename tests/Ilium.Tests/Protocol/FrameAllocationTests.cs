using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

public class FrameAllocationTests
{
    [Fact]
    public void Decoding_1000_envelopes_in_place_allocates_nothing_in_v4()
    {
        var envelope = Wire.Envelope(ProtocolVersion.V4, 1, Opcode.Result, Wire.Noise(40));
        using var decoder = new EnvelopeDecoder(ProtocolVersion.V4);
        var sink = new CountingSink();

        Assert.Equal(0, Allocations.Of(() => decoder.Decode(envelope, sink)));
        Assert.Equal(Allocations.Calls, sink.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decoding_1000_envelopes_in_place_allocates_nothing_in_v5(bool compressed)
    {
        var envelope = Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Result, Wire.Compressible(400));
        var segment = Wire.Segment(envelope, compressed: compressed);
        using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed);
        var sink = new CountingSink();

        Assert.Equal(0, Allocations.Of(() => decoder.Decode(segment, sink)));
        Assert.Equal(Allocations.Calls, sink.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writing_segments_allocates_nothing(bool compressed)
    {
        var envelope = Wire.Envelope(ProtocolVersion.V5, 1, Opcode.Result, Wire.Compressible(400));
        using var buffer = new Ilium.Connection.SegmentBuffer(compressed);

        Assert.Equal(0, Allocations.Of(() =>
        {
            buffer.Append(envelope);
            buffer.Seal();
            buffer.Clear();
        }));
    }

    private sealed class CountingSink : IEnvelopeSink
    {
        internal int Count { get; private set; }

        public void OnEnvelope(in EnvelopeHeader header, ReadOnlySpan<byte> body) => Count++;

        public void OnEnvelope(in EnvelopeHeader header, byte[] pooledArray, int offset, int length) => Assert.Fail("Not in place.");
    }
}
