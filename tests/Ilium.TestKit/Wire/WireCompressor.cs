using System.Buffers.Binary;
using K4os.Compression.LZ4;
using Snappier;

namespace Ilium.TestKit;

/// <summary>Compression of v3 and v4 bodies (§5): LZ4 blocks follow their big-endian uncompressed length, Snappy blocks hold their own.</summary>
public static class WireCompressor
{
    private const int LargestBody = 256 * 1024 * 1024;

    public static byte[] Compress(WireCompression compression, ReadOnlySpan<byte> body) => compression switch
    {
        WireCompression.Lz4 => [.. Length(body.Length), .. Lz4Block(body)],
        WireCompression.Snappy => Snappy.CompressToArray(body),
        _ => body.ToArray(),
    };

    public static byte[] Decompress(WireCompression compression, ReadOnlySpan<byte> body)
    {
        switch (compression)
        {
            case WireCompression.Lz4:
                if (body.Length < 4)
                {
                    throw new WireViolationException("An LZ4 body is shorter than its length prefix.");
                }

                return FromLz4Block(body[4..], BinaryPrimitives.ReadInt32BigEndian(body));
            case WireCompression.Snappy:
                try
                {
                    return Snappy.DecompressToArray(body);
                }
                catch (InvalidDataException e)
                {
                    throw new WireViolationException($"Snappy: {e.Message}");
                }

            default:
                throw new WireViolationException("A compressed body, but no compression was agreed on.");
        }
    }

    /// <summary>A raw LZ4 block, as v5 segments hold it.</summary>
    public static byte[] Lz4Block(ReadOnlySpan<byte> bytes)
    {
        // The block of nothing is one token without literals (lz4 block format); the library would give no block at all.
        if (bytes.IsEmpty)
        {
            return [0];
        }

        var block = new byte[LZ4Codec.MaximumOutputSize(bytes.Length)];
        var length = LZ4Codec.Encode(bytes, block);
        return block[..length];
    }

    public static byte[] FromLz4Block(ReadOnlySpan<byte> block, int uncompressedLength)
    {
        if (uncompressedLength is < 0 or > LargestBody)
        {
            throw new WireViolationException($"LZ4: {uncompressedLength} uncompressed bytes.");
        }

        if (uncompressedLength == 0)
        {
            return block is [] or [0] ? [] : throw new WireViolationException("LZ4: bytes where there should be none.");
        }

        var bytes = new byte[uncompressedLength];
        if (LZ4Codec.Decode(block, bytes) != uncompressedLength)
        {
            throw new WireViolationException("LZ4: the block does not give the length it claims.");
        }

        return bytes;
    }

    private static byte[] Length(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
