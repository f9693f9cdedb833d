using System.IO.Hashing;

namespace Ilium.Protocol;

/// <summary>The two checksums of v5 segments (native protocol v5 §2.2).</summary>
internal static class Checksums
{
    private const uint Crc24Initial = 0x875060;
    private const uint Crc24Polynomial = 0x1974F0B;
    private const uint Crc24Mask = 0xFFFFFF;

    // CRC-32 as zlib has it, in reflected form.
    private const uint Crc32Polynomial = 0xEDB88320;
    private const uint One = 0x80000000;
    private const int DirectBits = 12;
    private const int DirectMask = (1 << DirectBits) - 1;

    private static readonly uint[] Crc24Table = BuildCrc24Table();

    // What the four bytes that the protocol feeds first (FA 2D 55 CA) add to the checksum of a payload of n bytes, for n below 4,096.
    private static readonly uint[] SeedShare = BuildSeedShare();

    // What moves such a share on by 4,096 n bytes: x^(8 * 4,096 n) modulo the polynomial.
    private static readonly uint[] Moves = BuildMoves();

    /// <summary>The checksum of a segment's header.</summary>
    internal static uint Crc24(ReadOnlySpan<byte> bytes)
    {
        var table = Crc24Table;
        var crc = Crc24Initial;
        foreach (var value in bytes)
        {
            crc = (crc << 8) ^ table[(byte)((crc >> 16) ^ value)];
        }

        return crc & Crc24Mask;
    }

    /// <summary>
    /// The checksum of a segment's payload of at most <see cref="SegmentCodec.MaxPayload"/> bytes: CRC-32 over FA 2D 55 CA and the payload.
    /// </summary>
    /// <remarks>
    /// The library's hardware path can't start from a given state without an object, which costs more than the hash of a short payload.
    /// But CRCs are linear: what the first four bytes add depends on the payload's length alone. One lookup below 4,096 bytes.
    /// </remarks>
    internal static uint Crc32(ReadOnlySpan<byte> payload)
    {
        var share = SeedShare[payload.Length & DirectMask];
        if (payload.Length > DirectMask)
        {
            share = Multiply(share, Moves[payload.Length >> DirectBits]);
        }

        return share ^ System.IO.Hashing.Crc32.HashToUInt32(payload);
    }

    // The product of two polynomials modulo that of CRC-32, all bits reflected: the highest bit is x^0.
    private static uint Multiply(uint left, uint right)
    {
        var product = 0u;
        for (var i = 0; i < 32; i++)
        {
            product ^= right & (uint)((int)left >> 31);
            left <<= 1;
            right = (right >> 1) ^ (Crc32Polynomial & (uint)-(int)(right & 1));
        }

        return product;
    }

    private static uint[] BuildCrc24Table()
    {
        var table = new uint[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = (uint)i << 16;
            for (var bit = 0; bit < 8; bit++)
            {
                crc <<= 1;
                crc = (crc & (Crc24Mask + 1)) != 0 ? crc ^ Crc24Polynomial : crc;
            }

            table[i] = crc & Crc24Mask;
        }

        return table;
    }

    private static uint[] BuildSeedShare()
    {
        var table = new uint[DirectMask + 1];
        table[0] = System.IO.Hashing.Crc32.HashToUInt32([0xFA, 0x2D, 0x55, 0xCA]);
        for (var i = 1; i < table.Length; i++)
        {
            table[i] = Multiply(table[i - 1], One >> 8);
        }

        return table;
    }

    private static uint[] BuildMoves()
    {
        var step = One;
        for (var i = 0; i <= DirectMask; i++)
        {
            step = Multiply(step, One >> 8);
        }

        var table = new uint[(SegmentCodec.MaxPayload >> DirectBits) + 1];
        table[0] = One;
        for (var i = 1; i < table.Length; i++)
        {
            table[i] = Multiply(table[i - 1], step);
        }

        return table;
    }
}
