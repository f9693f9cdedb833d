using System.Buffers.Binary;

namespace Ilium.TestKit;

/// <summary>
/// One v5 segment (§2 of the v5 text). Header, little-endian: 17 bits length, self-contained bit, 6 bits of nothing, CRC24; with LZ4: 17 bits length as
/// sent, 17 bits uncompressed length (0 = sent as it is), self-contained bit, 5 bits of nothing, CRC24. Then the payload and its CRC32.
/// </summary>
public sealed record WireSegment(ReadOnlyMemory<byte> Payload, bool IsSelfContained)
{
    public const int MaxPayload = 0x1FFFF;

    private const int Crc24Size = 3;
    private const int Crc32Size = 4;

    /// <summary>The bytes of the segment. With LZ4 the payload is sent as it is when it doesn't shrink.</summary>
    public byte[] ToArray(bool lz4, bool corruptCrc24 = false, bool corruptCrc32 = false)
    {
        if (Payload.Length > MaxPayload)
        {
            throw new InvalidOperationException($"A segment holds {MaxPayload} bytes, not {Payload.Length}.");
        }

        var sent = Payload.ToArray();
        ulong fields;
        if (lz4)
        {
            var block = WireCompressor.Lz4Block(sent);
            var uncompressed = block.Length < sent.Length ? sent.Length : 0;
            sent = uncompressed > 0 ? block : sent;
            fields = (uint)sent.Length | ((ulong)(uint)uncompressed << 17) | (IsSelfContained ? 1UL << 34 : 0);
        }
        else
        {
            fields = (uint)sent.Length | (IsSelfContained ? 1UL << 17 : 0);
        }

        var headerSize = HeaderSize(lz4);
        var bytes = new byte[headerSize + Crc24Size + sent.Length + Crc32Size];
        WriteLittleEndian(bytes.AsSpan(0, headerSize), fields);
        var crc24 = WireChecksum.Crc24(bytes.AsSpan(0, headerSize)) ^ (corruptCrc24 ? 1 : 0);
        WriteLittleEndian(bytes.AsSpan(headerSize, Crc24Size), (ulong)crc24);
        sent.CopyTo(bytes, headerSize + Crc24Size);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - Crc32Size), WireChecksum.Crc32(sent) ^ (corruptCrc32 ? 1u : 0));
        return bytes;
    }

    /// <summary>The first segment of the bytes, or null when it isn't complete yet; <paramref name="length"/> is what it takes.</summary>
    public static WireSegment? TryParse(ReadOnlyMemory<byte> bytes, bool lz4, out int length)
    {
        length = 0;
        var span = bytes.Span;
        var headerSize = HeaderSize(lz4);
        if (span.Length < headerSize + Crc24Size)
        {
            return null;
        }

        var fields = ReadLittleEndian(span[..headerSize]);
        var crc24 = (int)ReadLittleEndian(span.Slice(headerSize, Crc24Size));
        if (crc24 != WireChecksum.Crc24(span[..headerSize]))
        {
            throw new WireViolationException($"CRC24 mismatch of segment header {Convert.ToHexString(span[..(headerSize + Crc24Size)])}.");
        }

        var sentLength = (int)(fields & MaxPayload);
        var uncompressed = lz4 ? (int)((fields >> 17) & MaxPayload) : 0;
        var selfContainedBit = lz4 ? 34 : 17;
        if (fields >> (selfContainedBit + 1) != 0)
        {
            throw new WireViolationException("The padding of a segment header is not zero.");
        }

        var payloadStart = headerSize + Crc24Size;
        if (span.Length < payloadStart + sentLength + Crc32Size)
        {
            return null;
        }

        var sent = span.Slice(payloadStart, sentLength);
        var crc32 = BinaryPrimitives.ReadUInt32LittleEndian(span[(payloadStart + sentLength)..]);
        if (crc32 != WireChecksum.Crc32(sent))
        {
            throw new WireViolationException("CRC32 mismatch of a segment payload.");
        }

        length = payloadStart + sentLength + Crc32Size;
        var payload = uncompressed > 0 ? WireCompressor.FromLz4Block(sent, uncompressed) : sent.ToArray();
        return new WireSegment(payload, (fields >> selfContainedBit & 1) != 0);
    }

    private static int HeaderSize(bool lz4) => lz4 ? 5 : 3;

    private static void WriteLittleEndian(Span<byte> destination, ulong value)
    {
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)(value >> (8 * i));
        }
    }

    private static ulong ReadLittleEndian(ReadOnlySpan<byte> source)
    {
        var value = 0UL;
        for (var i = 0; i < source.Length; i++)
        {
            value |= (ulong)source[i] << (8 * i);
        }

        return value;
    }
}
