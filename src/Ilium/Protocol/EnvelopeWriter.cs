using System.Buffers;
using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>Puts a header before a request's body (native protocol §2).</summary>
internal static class EnvelopeWriter
{
    // Below this, compressing costs more than the bytes it saves; servers take plain bodies at any time.
    private const int SmallestCompressed = 256;

    /// <summary>Writes the header, stream id and length still 0, and the custom payload; returns where the envelope begins.</summary>
    internal static int Begin(
        CqlWriter writer, ProtocolVersion version, Opcode opcode, bool tracing, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? payload)
    {
        var start = writer.Length;
        var header = writer.Reserve(EnvelopeHeader.Size);
        header.Clear();
        header[0] = (byte)version;
        header[1] = (byte)((tracing ? EnvelopeFlags.Tracing : 0) | (payload is null ? 0 : EnvelopeFlags.CustomPayload));
        header[4] = (byte)opcode;
        if (payload is not null)
        {
            WritePayload(writer, version, payload);
        }

        return start;
    }

    /// <summary>Sets the length, and compresses the body where that was agreed on and pays.</summary>
    internal static void End(CqlWriter writer, int start, EnvelopeCompressor? compressor)
    {
        var bodyStart = start + EnvelopeHeader.Size;
        var length = writer.Length - bodyStart;
        if (compressor is not null && length >= SmallestCompressed)
        {
            length = Compress(writer, start, length, compressor);
        }

        BinaryPrimitives.WriteInt32BigEndian(writer.Written(start + 5, sizeof(int)), length);
    }

    internal static void SetStreamId(Span<byte> envelope, short id) => BinaryPrimitives.WriteInt16BigEndian(envelope[2..], id);

    private static int Compress(CqlWriter writer, int start, int length, EnvelopeCompressor compressor)
    {
        var bodyStart = start + EnvelopeHeader.Size;
        var scratch = ArrayPool<byte>.Shared.Rent(compressor.MaxSize(length));
        var compressed = compressor.Compress(writer.Written(bodyStart, length), scratch);
        if (compressed < length)
        {
            writer.Truncate(bodyStart);
            writer.WriteRaw(scratch.AsSpan(0, compressed));
            writer.Written(start + 1, 1)[0] |= (byte)EnvelopeFlags.Compressed;
            length = compressed;
        }

        ArrayPool<byte>.Shared.Return(scratch);
        return length;
    }

    private static void WritePayload(CqlWriter writer, ProtocolVersion version, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> payload)
    {
        if (version < ProtocolVersion.V4)
        {
            throw new NotSupportedByProtocolException("A custom payload", ProtocolVersion.V4, version);
        }

        if (payload.Count > ushort.MaxValue)
        {
            throw new ArgumentException($"A custom payload has at most 65,535 entries; this one has {payload.Count}.", nameof(payload));
        }

        writer.WriteUInt16((ushort)payload.Count);
        foreach (var (key, value) in payload)
        {
            writer.WriteString(key);
            writer.WriteBytes(value.Span);
        }
    }
}
