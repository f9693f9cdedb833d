using BenchmarkDotNet.Attributes;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;

namespace Ilium.Benchmarks;

/// <summary>
/// Bytes to envelopes and back, an answer of about a hundred bytes each, as many as one read brings at 256 in flight: v4, v5 plain and
/// v5 with LZ4. The difference between the first two is what check sums cost.
/// </summary>
[MemoryDiagnoser]
public class Framing
{
    private const int Answers = 256;

    private readonly CountingSink _sink = new();
    private readonly byte[] _payload = SampleData.Rows(2200)[..SegmentCodec.MaxPayload];
    private readonly EnvelopeBuffer _envelopes = new();
    private readonly SegmentBuffer _segments = new(compress: false);
    private readonly SegmentBuffer _compressedSegments = new(compress: true);
    private byte[] _request = null!;
    private byte[] _v4 = null!;
    private byte[] _v5 = null!;
    private byte[] _v5Compressed = null!;
    private EnvelopeDecoder _v4Decoder = null!;
    private SegmentDecoder _v5Decoder = null!;
    private SegmentDecoder _v5CompressedDecoder = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _request = Envelope(ProtocolVersion.V5, isResponse: false, 60);
        _v4 = Repeat(new EnvelopeBuffer(), Envelope(ProtocolVersion.V4, isResponse: true, 100));
        _v5 = Repeat(new SegmentBuffer(compress: false), Envelope(ProtocolVersion.V5, isResponse: true, 100));
        _v5Compressed = Repeat(new SegmentBuffer(compress: true), Envelope(ProtocolVersion.V5, isResponse: true, 100));
        _v4Decoder = new EnvelopeDecoder(ProtocolVersion.V4);
        _v5Decoder = new SegmentDecoder(ProtocolVersion.V5, compressed: false);
        _v5CompressedDecoder = new SegmentDecoder(ProtocolVersion.V5, compressed: true);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Answers)]
    public int Split_v4() => _v4Decoder.Decode(_v4, _sink);

    [Benchmark(OperationsPerInvoke = Answers)]
    public int Split_v5() => _v5Decoder.Decode(_v5, _sink);

    [Benchmark(OperationsPerInvoke = Answers)]
    public int Split_v5_lz4() => _v5CompressedDecoder.Decode(_v5Compressed, _sink);

    [Benchmark(OperationsPerInvoke = Answers)]
    public int Gather_v4() => Gather(_envelopes);

    [Benchmark(OperationsPerInvoke = Answers)]
    public int Gather_v5() => Gather(_segments);

    [Benchmark(OperationsPerInvoke = Answers)]
    public int Gather_v5_lz4() => Gather(_compressedSegments);

    [Benchmark]
    public uint Crc24_of_a_header() => Checksums.Crc24(_payload.AsSpan(0, 3));

    [Benchmark]
    public uint Crc32_of_100_bytes() => Checksums.Crc32(_payload.AsSpan(0, 100));

    [Benchmark]
    public uint Crc32_of_a_full_segment() => Checksums.Crc32(_payload);

    private int Gather(OutgoingBuffer buffer)
    {
        for (var i = 0; i < Answers; i++)
        {
            buffer.Append(_request);
        }

        var length = buffer.Seal().Length;
        buffer.Clear();
        return length;
    }

    private static byte[] Repeat(OutgoingBuffer buffer, byte[] envelope)
    {
        for (var i = 0; i < Answers; i++)
        {
            buffer.Append(envelope);
        }

        var bytes = buffer.Seal().ToArray();
        buffer.Dispose();
        return bytes;
    }

    private static byte[] Envelope(ProtocolVersion version, bool isResponse, int bodyLength)
    {
        using var writer = new CqlWriter();
        var start = EnvelopeWriter.Begin(writer, version, isResponse ? Opcode.Result : Opcode.Execute);
        writer.WriteRaw(SampleData.Rows(10).AsSpan(0, bodyLength));
        EnvelopeWriter.End(writer, start);
        var bytes = writer.WrittenSpan.ToArray();
        bytes[0] |= isResponse ? EnvelopeHeader.ResponseBit : (byte)0;
        return bytes;
    }

    private sealed class CountingSink : IEnvelopeSink
    {
        internal long Bytes { get; private set; }

        public void OnEnvelope(in EnvelopeHeader header, ReadOnlySpan<byte> body) => Bytes += body.Length;

        public void OnEnvelope(in EnvelopeHeader header, byte[] pooledArray, int offset, int length) => Bytes += length;
    }
}
