using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>Puts whole envelopes into as few v5 segments as they need.</summary>
internal static class SegmentWriter
{
    private const int LengthOffset = 5;

    /// <summary>
    /// Writes <paramref name="envelopes"/>, one or more whole ones, behind what <paramref name="writer"/> holds: many to a segment, and one
    /// that is larger than a segment cut into slices of the largest size, after which the next envelope begins a new segment.
    /// </summary>
    internal static void Write(CqlWriter writer, ReadOnlySpan<byte> envelopes, bool compressed)
    {
        while (!envelopes.IsEmpty)
        {
            var together = MeasureTogether(envelopes);
            if (together > 0)
            {
                WriteSegment(writer, envelopes[..together], selfContained: true, compressed);
                envelopes = envelopes[together..];
                continue;
            }

            var envelope = envelopes[..SizeOfFirst(envelopes)];
            envelopes = envelopes[envelope.Length..];
            while (!envelope.IsEmpty)
            {
                var size = Math.Min(envelope.Length, SegmentCodec.MaxPayload);
                WriteSegment(writer, envelope[..size], selfContained: false, compressed);
                envelope = envelope[size..];
            }
        }
    }

    // How many bytes of whole envelopes fit one segment; 0 when the first alone does not.
    private static int MeasureTogether(ReadOnlySpan<byte> envelopes)
    {
        if (envelopes.Length <= SegmentCodec.MaxPayload)
        {
            return envelopes.Length;
        }

        var together = 0;
        while (together < envelopes.Length)
        {
            var size = SizeOfFirst(envelopes[together..]);
            if (size > SegmentCodec.MaxPayload - together)
            {
                break;
            }

            together += size;
        }

        return together;
    }

    private static int SizeOfFirst(ReadOnlySpan<byte> envelopes) =>
        EnvelopeHeader.Size + BinaryPrimitives.ReadInt32BigEndian(envelopes[LengthOffset..]);

    private static void WriteSegment(CqlWriter writer, ReadOnlySpan<byte> payload, bool selfContained, bool compressed)
    {
        if (compressed)
        {
            var start = writer.Length;
            var room = writer.Reserve(SegmentCodec.CompressedHeaderSize + payload.Length + SegmentCodec.TrailerSize);
            writer.Truncate(start + SegmentCodec.WriteCompressed(payload, selfContained, room));
            return;
        }

        var segment = writer.Reserve(SegmentCodec.PlainHeaderSize + payload.Length + SegmentCodec.TrailerSize);
        payload.CopyTo(segment[SegmentCodec.PlainHeaderSize..]);
        SegmentCodec.SealPlain(segment, payload.Length, selfContained);
    }
}
