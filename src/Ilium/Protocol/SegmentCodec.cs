using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Ilium.Protocol;

/// <summary>The fixed part of a segment (native protocol v5 §2.2.1).</summary>
/// <param name="PayloadLength">Bytes of payload as sent.</param>
/// <param name="UncompressedLength">Bytes of payload after decompression; 0 when it was sent plain.</param>
/// <param name="IsSelfContained">True for whole envelopes, false for a slice of one.</param>
internal readonly record struct SegmentHeader(int PayloadLength, int UncompressedLength, bool IsSelfContained);

/// <summary>Headers, check sums and compression of v5 segments. Everything in a segment around its payload is little-endian.</summary>
internal static class SegmentCodec
{
    internal const int MaxPayload = 131_071;
    internal const int PlainHeaderSize = 6;
    internal const int CompressedHeaderSize = 8;
    internal const int TrailerSize = 4;

    private const int LengthBits = 17;
    private const int LengthMask = (1 << LengthBits) - 1;

    internal static void WritePlainHeader(Span<byte> destination, int payloadLength, bool selfContained)
    {
        var header = (uint)payloadLength | (selfContained ? 1UL << LengthBits : 0);
        WriteHeader(destination, header, 3);
    }

    internal static SegmentHeader ReadPlainHeader(ReadOnlySpan<byte> bytes)
    {
        var header = ReadHeader(bytes, 3);
        return new SegmentHeader((int)header & LengthMask, 0, (header >> LengthBits & 1) != 0);
    }

    internal static SegmentHeader ReadCompressedHeader(ReadOnlySpan<byte> bytes)
    {
        var header = ReadHeader(bytes, 5);
        return new SegmentHeader((int)header & LengthMask, (int)(header >> LengthBits) & LengthMask, (header >> (2 * LengthBits) & 1) != 0);
    }

    /// <summary>The most bytes that <see cref="WriteCompressed"/> writes.</summary>
    internal static int MaxCompressedSize(int payloadLength) =>
        CompressedHeaderSize + Math.Max(LZ4Codec.MaximumOutputSize(payloadLength), payloadLength) + TrailerSize;

    /// <summary>Writes a whole segment, its payload compressed where that makes it smaller; returns its size.</summary>
    internal static int WriteCompressed(ReadOnlySpan<byte> payload, bool selfContained, Span<byte> destination, PayloadChecksum checksum)
    {
        var target = destination[CompressedHeaderSize..];
        var length = LZ4Codec.Encode(payload, target[..LZ4Codec.MaximumOutputSize(payload.Length)]);
        var uncompressed = payload.Length;
        if (length <= 0 || length >= payload.Length)
        {
            // An uncompressed length of 0 says that the payload is plain.
            payload.CopyTo(target);
            length = payload.Length;
            uncompressed = 0;
        }

        var header = (uint)length | ((ulong)(uint)uncompressed << LengthBits) | (selfContained ? 1UL << (2 * LengthBits) : 0);
        WriteHeader(destination, header, 5);
        BinaryPrimitives.WriteUInt32LittleEndian(target[length..], checksum.Compute(target[..length]));
        return CompressedHeaderSize + length + TrailerSize;
    }

    /// <summary>Checks a payload against the sum behind it.</summary>
    internal static ReadOnlySpan<byte> ReadPayload(ReadOnlySpan<byte> payloadAndTrailer, PayloadChecksum checksum)
    {
        var payload = payloadAndTrailer[..^TrailerSize];
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(payloadAndTrailer[^TrailerSize..]);
        var actual = checksum.Compute(payload);
        if (actual != expected)
        {
            throw new MalformedResponseException(
                $"A segment's payload of {payload.Length} bytes has check sum {actual:X8} and not {expected:X8}: bytes were changed on the way.");
        }

        return payload;
    }

    internal static void Decompress(ReadOnlySpan<byte> payload, Span<byte> target)
    {
        if (LZ4Codec.Decode(payload, target) != target.Length)
        {
            throw new MalformedResponseException($"A segment's {payload.Length} compressed bytes are not LZ4 of {target.Length} bytes.");
        }
    }

    private static void WriteHeader(Span<byte> destination, ulong header, int size)
    {
        var sum = Crc24.Compute(header, size);
        for (var i = 0; i < size; i++)
        {
            destination[i] = (byte)(header >> (8 * i));
        }

        destination[size] = (byte)sum;
        destination[size + 1] = (byte)(sum >> 8);
        destination[size + 2] = (byte)(sum >> 16);
    }

    private static ulong ReadHeader(ReadOnlySpan<byte> bytes, int size)
    {
        var header = 0UL;
        for (var i = 0; i < size; i++)
        {
            header |= (ulong)bytes[i] << (8 * i);
        }

        var expected = (uint)(bytes[size] | (bytes[size + 1] << 8) | (bytes[size + 2] << 16));
        var actual = Crc24.Compute(header, size);
        if (actual != expected)
        {
            throw new MalformedResponseException(
                $"A segment header has check sum {actual:X6} and not {expected:X6}: bytes were changed on the way, or the server sent something that is not a segment.");
        }

        return header;
    }
}
