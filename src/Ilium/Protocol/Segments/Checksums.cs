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
    private const int ShiftBits = 9;
    private const int ShiftMask = (1 << ShiftBits) - 1;

    private static readonly uint[] Crc24Table = BuildCrc24Table();

    // x^(8n) modulo the polynomial, for n below 512.
    private static readonly uint[] Shifts = BuildShifts();

    // The CRC-32 of the four bytes that the protocol feeds first (FA 2D 55 CA), moved on by 512 n bytes.
    private static readonly uint[] SeedShifts = BuildSeedShifts();

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
    /// The library's hardware path can't start from a given state without an object. CRCs of two parts combine by one multiplication
    /// (checksum of the first, moved on by the length of the second, xor checksum of the second), and the first part never changes.
    /// </remarks>
    internal static uint Crc32(ReadOnlySpan<byte> payload)
    {
        var seed = Multiply(SeedShifts[payload.Length >> ShiftBits], Shifts[payload.Length & ShiftMask]);
        return seed ^ System.IO.Hashing.Crc32.HashToUInt32(payload);
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

    private static uint[] BuildShifts()
    {
        var table = new uint[ShiftMask + 1];
        table[0] = 0x80000000;
        for (var i = 1; i < table.Length; i++)
        {
            table[i] = Multiply(table[i - 1], 0x80000000 >> 8);
        }

        return table;
    }

    private static uint[] BuildSeedShifts()
    {
        var table = new uint[(SegmentCodec.MaxPayload >> ShiftBits) + 1];
        var step = Multiply(Shifts[ShiftMask], Shifts[1]);
        table[0] = System.IO.Hashing.Crc32.HashToUInt32([0xFA, 0x2D, 0x55, 0xCA]);
        for (var i = 1; i < table.Length; i++)
        {
            table[i] = Multiply(table[i - 1], step);
        }

        return table;
    }
}
