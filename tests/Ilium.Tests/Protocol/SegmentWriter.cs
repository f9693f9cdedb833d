using System.Buffers.Binary;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

/// <summary>Whole envelopes put into segments the way a connection does it.</summary>
internal static class SegmentWriter
{
    internal static void Write(CqlWriter writer, ReadOnlySpan<byte> envelopes, bool compressed)
    {
        using var buffer = new SegmentBuffer(compressed);
        while (!envelopes.IsEmpty)
        {
            var size = EnvelopeHeader.Size + BinaryPrimitives.ReadInt32BigEndian(envelopes[5..]);
            buffer.Append(envelopes[..size]);
            envelopes = envelopes[size..];
        }

        writer.WriteRaw(buffer.Seal());
    }
}
