using System.Buffers.Binary;
using System.Text;
using Ilium.Buffers;
using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

/// <summary>Writes test bytes as people read them: hex, with 'text' in quotes for its ASCII bytes.</summary>
internal static class Wire
{
    internal delegate void Body(CqlWriter writer);

    internal static byte[] Bytes(string pattern)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < pattern.Length;)
        {
            if (pattern[i] == '\'')
            {
                var end = pattern.IndexOf('\'', i + 1);
                bytes.AddRange(Encoding.ASCII.GetBytes(pattern[(i + 1)..end]));
                i = end + 1;
            }
            else if (char.IsWhiteSpace(pattern[i]))
            {
                i++;
            }
            else
            {
                bytes.Add(Convert.ToByte(pattern.Substring(i, 2), 16));
                i += 2;
            }
        }

        return [.. bytes];
    }

    internal static string Written(Body write)
    {
        using var writer = new CqlWriter();
        write(writer);
        return Hex(writer.WrittenSpan);
    }

    internal static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    internal static string Hex(string pattern) => Convert.ToHexString(Bytes(pattern));

    /// <summary>A response envelope.</summary>
    internal static byte[] Envelope(ProtocolVersion version, short stream, Opcode opcode, ReadOnlySpan<byte> body, EnvelopeFlags flags = 0)
    {
        var bytes = new byte[EnvelopeHeader.Size + body.Length];
        bytes[0] = (byte)(EnvelopeHeader.ResponseBit | (byte)version);
        bytes[1] = (byte)flags;
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(2), stream);
        bytes[4] = (byte)opcode;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), body.Length);
        body.CopyTo(bytes.AsSpan(EnvelopeHeader.Size));
        return bytes;
    }

    /// <summary>One segment around any payload.</summary>
    internal static byte[] Segment(ReadOnlySpan<byte> payload, bool selfContained = true, bool compressed = false)
    {
        if (compressed)
        {
            var room = new byte[SegmentCodec.MaxSegment];
            return room[..SegmentCodec.WriteCompressed(payload, selfContained, room)];
        }

        var segment = new byte[SegmentCodec.PlainHeaderSize + payload.Length + SegmentCodec.TrailerSize];
        payload.CopyTo(segment.AsSpan(SegmentCodec.PlainHeaderSize));
        SegmentCodec.SealPlain(segment, payload.Length, selfContained);
        return segment;
    }

    /// <summary>Bytes that neither repeat nor compress.</summary>
    internal static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Bytes that compress well, but differ from place to place.</summary>
    internal static byte[] Compressible(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)((i / 64) + ((i % 3) * 7));
        }

        return bytes;
    }
}
