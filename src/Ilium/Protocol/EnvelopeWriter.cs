using System.Buffers;
using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// Puts the nine bytes before a request's body, and its length and compression when the body is known (native protocol §2).
/// </summary>
internal static class EnvelopeWriter
{
    private const int FlagsOffset = 1;
    private const int StreamIdOffset = 2;
    private const int OpcodeOffset = 4;
    private const int LengthOffset = 5;

    /// <summary>
    /// Writes the header (stream id 0, length 0 until <see cref="End"/>) and the custom payload. Returns where the envelope starts.
    /// </summary>
    internal static int Begin(
        CqlWriter writer,
        ProtocolVersion version,
        Opcode opcode,
        bool tracing = false,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? payload = null)
    {
        var start = writer.Length;
        var flags = tracing ? EnvelopeFlags.Tracing : EnvelopeFlags.None;
        var hasPayload = payload is { Count: > 0 };
        if (hasPayload)
        {
            flags |= EnvelopeFlags.CustomPayload;
            CheckPayload(version, payload!);
        }

        var header = writer.Reserve(EnvelopeHeader.Size);
        header[0] = (byte)version;
        BinaryPrimitives.WriteInt32BigEndian(header[FlagsOffset..], (int)flags << 24);
        BinaryPrimitives.WriteInt32BigEndian(header[LengthOffset..], 0);
        header[OpcodeOffset] = (byte)opcode;
        if (hasPayload)
        {
            WritePayload(writer, payload!);
        }

        return start;
    }

    /// <summary>
    /// Sets the length of the envelope that began at <paramref name="start"/> and is the last thing written. With a compressor, and
    /// where the version allows it, the body is compressed in place if that makes it smaller.
    /// </summary>
    internal static void End(CqlWriter writer, int start, EnvelopeCompressor? compressor = null)
    {
        if (compressor is not null)
        {
            Compress(writer, start, compressor);
        }

        var length = writer.Length - start - EnvelopeHeader.Size;
        BinaryPrimitives.WriteInt32BigEndian(writer.Written(start + LengthOffset, 4), length);
    }

    /// <summary>Sets the stream id of an envelope that is complete otherwise.</summary>
    internal static void SetStreamId(Span<byte> envelope, short id) =>
        BinaryPrimitives.WriteInt16BigEndian(envelope[StreamIdOffset..], id);

    private static void CheckPayload(ProtocolVersion version, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> payload)
    {
        if (version < ProtocolVersion.V4)
        {
            throw new NotSupportedByProtocolException("A custom payload", ProtocolVersion.V4, version);
        }

        if (payload.Count > ushort.MaxValue)
        {
            throw new ArgumentException($"A custom payload holds at most 65,535 entries; this one has {payload.Count}.", nameof(payload));
        }
    }

    private static void WritePayload(CqlWriter writer, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> payload)
    {
        writer.WriteUInt16((ushort)payload.Count);
        foreach (var (key, value) in payload)
        {
            writer.WriteString(key);
            writer.WriteBytes(value.Span);
        }
    }

    private static void Compress(CqlWriter writer, int start, EnvelopeCompressor compressor)
    {
        var header = writer.Written(start, EnvelopeHeader.Size);
        var body = writer.Written(start + EnvelopeHeader.Size, writer.Length - start - EnvelopeHeader.Size);

        // v5 compresses segments, not envelopes. The server can't know the algorithm before it has read STARTUP, nor for OPTIONS.
        if (header[0] >= (byte)ProtocolVersion.V5
            || (Opcode)header[OpcodeOffset] is Opcode.Startup or Opcode.Options
            || body.Length < EnvelopeCompressor.SmallestBody)
        {
            return;
        }

        var scratch = ArrayPool<byte>.Shared.Rent(compressor.LargestResult(body.Length));
        try
        {
            var length = compressor.Compress(body, scratch);
            if (length < body.Length)
            {
                scratch.AsSpan(0, length).CopyTo(body);
                header[FlagsOffset] |= (byte)EnvelopeFlags.Compressed;
                writer.Truncate(start + EnvelopeHeader.Size + length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
