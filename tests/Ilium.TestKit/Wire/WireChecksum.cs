namespace Ilium.TestKit;

/// <summary>The two checksums of v5 segments (§2.1 and §2.3 of the v5 text), bit by bit: slow, and therefore easy to compare with the text.</summary>
public static class WireChecksum
{
    /// <summary>CRC-24 of a segment header: polynomial 0x1974F0B, start 0x875060, least significant header byte first.</summary>
    public static int Crc24(ReadOnlySpan<byte> header)
    {
        var crc = 0x875060;
        foreach (var value in header)
        {
            crc ^= value << 16;
            for (var bit = 0; bit < 8; bit++)
            {
                crc <<= 1;
                if ((crc & 0x1000000) != 0)
                {
                    crc ^= 0x1974F0B;
                }
            }
        }

        return crc;
    }

    /// <summary>CRC-32 (IEEE, reflected) of a segment payload, after the four bytes FA 2D 55 CA.</summary>
    public static uint Crc32(ReadOnlySpan<byte> payload)
    {
        var crc = Append(0xFFFFFFFF, [0xFA, 0x2D, 0x55, 0xCA]);
        return ~Append(crc, payload);
    }

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return crc;
    }
}
