using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Ilium.Protocol;

/// <summary>
/// v5 segments, bytes to bytes. The form of the header follows from whether LZ4 was agreed in STARTUP, not from the segment: six bytes
/// without, eight with it. All numbers are little-endian, unlike everywhere else in the protocol.
/// </summary>
internal static class SegmentCodec
{
    /// <summary>The most that one segment carries.</summary>
    internal const int MaxPayload = (1 << LengthBits) - 1;

    internal const int PlainHeaderSize = 6;
    internal const int CompressedHeaderSize = 8;
    internal const int TrailerSize = 4;

    /// <summary>Room for any segment: header, payload and trailer.</summary>
    internal const int MaxSegment = CompressedHeaderSize + MaxPayload + TrailerSize;

    private const int LengthBits = 17;
    private const int PlainLengthSize = 3;
    private const int CompressedLengthSize = 5;

    internal static int HeaderSize(bool compressed) => compressed ? CompressedHeaderSize : PlainHeaderSize;

    /// <summary>Writes the header of a plain segment over six bytes.</summary>
    internal static void WritePlainHeader(Span<byte> header6, int payloadLength, bool selfContained)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)payloadLength, (uint)MaxPayload, nameof(payloadLength));
        var fields = (uint)payloadLength | (selfContained ? 1u << LengthBits : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(header6, fields);
        WriteCrc24(header6, PlainLengthSize);
    }

    /// <summary>The four bytes after the payload, to be written little-endian.</summary>
    internal static uint Trailer(ReadOnlySpan<byte> payload) => Checksums.Crc32(payload);

    /// <summary>Writes header and trailer around a plain payload that is already in its place, six bytes after the start.</summary>
    internal static void SealPlain(Span<byte> segment, int payloadLength, bool selfContained)
    {
        WritePlainHeader(segment, payloadLength, selfContained);
        var trailer = Trailer(segment.Slice(PlainHeaderSize, payloadLength));
        BinaryPrimitives.WriteUInt32LittleEndian(segment[(PlainHeaderSize + payloadLength)..], trailer);
    }

    /// <summary>
    /// Writes a whole segment in the form used once LZ4 is agreed and returns its size, at most <see cref="MaxSegment"/> bytes and never
    /// more than the payload and twelve. A payload that does not shrink is sent as it is, with an uncompressed length of 0.
    /// </summary>
    internal static int WriteCompressed(ReadOnlySpan<byte> payload, bool selfContained, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, MaxPayload, nameof(payload));
        var uncompressedLength = payload.Length;
        var length = -1;
        if (payload.Length >= EnvelopeCompressor.SmallestBody)
        {
            // One byte less than the payload: the compressor gives up, with -1, when it saves nothing.
            length = LZ4Codec.Encode(payload, destination.Slice(CompressedHeaderSize, payload.Length - 1));
        }

        if (length <= 0)
        {
            uncompressedLength = 0;
            length = payload.Length;
            payload.CopyTo(destination[CompressedHeaderSize..]);
        }

        var fields = (uint)length | ((ulong)uncompressedLength << LengthBits) | (selfContained ? 1ul << (2 * LengthBits) : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(destination, fields);
        WriteCrc24(destination, CompressedLengthSize);
        var trailer = Trailer(destination.Slice(CompressedHeaderSize, length));
        BinaryPrimitives.WriteUInt32LittleEndian(destination[(CompressedHeaderSize + length)..], trailer);
        return CompressedHeaderSize + length + TrailerSize;
    }

    /// <summary>
    /// Reads a header of the agreed form, all of which must be in <paramref name="bytes"/>. False if its checksum is wrong.
    /// </summary>
    internal static bool TryReadHeader(ReadOnlySpan<byte> bytes, bool compressed, out SegmentHeader header)
    {
        if (compressed)
        {
            var fields = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            header = new SegmentHeader(
                (int)fields & MaxPayload,
                (int)(fields >> LengthBits) & MaxPayload,
                (fields & (1ul << (2 * LengthBits))) != 0);
            return Checksums.Crc24(bytes[..CompressedLengthSize]) == fields >> (8 * CompressedLengthSize);
        }
        else
        {
            var fields = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            header = new SegmentHeader((int)fields & MaxPayload, 0, (fields & (1u << LengthBits)) != 0);
            var stated = (fields >> 24) | ((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) << 8);
            return Checksums.Crc24(bytes[..PlainLengthSize]) == stated;
        }
    }

    /// <summary>
    /// Checks the payload and trailer that follow <paramref name="header"/> and gives the envelopes' bytes: the payload itself, or what it
    /// decompresses to at the start of <paramref name="inflated"/>, which must hold <see cref="SegmentHeader.UncompressedLength"/> bytes.
    /// </summary>
    internal static ReadOnlySpan<byte> ReadPayload(in SegmentHeader header, ReadOnlySpan<byte> payloadAndTrailer, Span<byte> inflated)
    {
        var payload = payloadAndTrailer[..header.PayloadLength];
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(payloadAndTrailer[header.PayloadLength..]);
        var actual = Trailer(payload);
        if (actual != expected)
        {
            throw new MalformedResponseException(
                $"A segment of {payload.Length} bytes arrived damaged: its CRC32 is {actual:X8}, its trailer says {expected:X8}.");
        }

        if (header.UncompressedLength == 0)
        {
            return payload;
        }

        var plain = inflated[..header.UncompressedLength];
        if (!Lz4Block.TryDecompress(payload, plain))
        {
            throw new MalformedResponseException(
                $"The server sent a segment of {payload.Length} bytes that does not decompress to the {plain.Length} bytes it states.");
        }

        return plain;
    }

    private static void WriteCrc24(Span<byte> header, int length)
    {
        var crc = Checksums.Crc24(header[..length]);
        header[length] = (byte)crc;
        header[length + 1] = (byte)(crc >> 8);
        header[length + 2] = (byte)(crc >> 16);
    }
}
