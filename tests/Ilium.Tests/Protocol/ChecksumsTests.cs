using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

public class ChecksumsTests
{
    [Theory]
    [InlineData("000000", 8251255)]
    [InlineData("0000000000", 11185162)]
    [InlineData("40E201", 5891942)]
    [InlineData("40E2010000", 8775784)]
    public void Crc24_is_what_Cassandra_computes(string bytes, uint expected) =>
        Assert.Equal(expected, Checksums.Crc24(Convert.FromHexString(bytes)));

    [Theory]
    [InlineData("", 1148681939)]
    [InlineData("0000000000", 1178391023)]
    [InlineData("010203040506", 3536190002)]
    public void Crc32_is_what_Cassandra_computes(string bytes, uint expected) =>
        Assert.Equal(expected, Checksums.Crc32(Convert.FromHexString(bytes)));

    [Fact]
    public void Crc24_equals_the_definition_bit_by_bit()
    {
        for (var length = 0; length < 9; length++)
        {
            var bytes = Wire.Noise(length, seed: length);
            Assert.Equal(SlowCrc24(bytes), Checksums.Crc24(bytes));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1023)]
    [InlineData(4096)]
    [InlineData(4095)]
    [InlineData(4097)]
    [InlineData(65535)]
    [InlineData(130560)]
    [InlineData(131070)]
    [InlineData(SegmentCodec.MaxPayload)]
    public void Crc32_equals_the_definition_bit_by_bit(int length)
    {
        var bytes = Wire.Noise(length);

        Assert.Equal(SlowCrc32(bytes), Checksums.Crc32(bytes));
    }

    private static uint SlowCrc24(ReadOnlySpan<byte> bytes)
    {
        var crc = 0x875060u;
        foreach (var value in bytes)
        {
            crc ^= (uint)value << 16;
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

    private static uint SlowCrc32(ReadOnlySpan<byte> bytes)
    {
        byte[] all = [0xFA, 0x2D, 0x55, 0xCA, .. bytes];
        var crc = uint.MaxValue;
        foreach (var value in all)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
