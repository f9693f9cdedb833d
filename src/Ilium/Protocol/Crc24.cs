namespace Ilium.Protocol;

/// <summary>The check sum of v5 segment headers (native protocol v5 §2.2).</summary>
internal static class Crc24
{
    private const uint Initial = 0x875060;
    private const uint Polynomial = 0x1974F0B;

    private static readonly uint[] Table = MakeTable();

    /// <summary>CRC-24 of a header's bytes, least significant first.</summary>
    internal static uint Compute(ulong header, int bytes)
    {
        var crc = Initial;
        for (var i = 0; i < bytes; i++)
        {
            crc = (crc << 8) ^ Table[((crc >> 16) ^ (byte)(header >> (8 * i))) & 0xFF];
        }

        return crc & 0xFFFFFF;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i << 16;
            for (var bit = 0; bit < 8; bit++)
            {
                crc <<= 1;
                if ((crc & 0x1000000) != 0)
                {
                    crc ^= Polynomial;
                }
            }

            table[i] = crc & 0xFFFFFF;
        }

        return table;
    }
}
