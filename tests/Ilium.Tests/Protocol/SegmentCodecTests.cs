using System.Buffers.Binary;
using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

public class SegmentCodecTests
{
    [Fact]
    public void A_plain_header_is_little_endian_with_17_bits_of_length_and_the_flag_at_bit_17()
    {
        var header = new byte[6];

        SegmentCodec.WritePlainHeader(header, 0x1E240, selfContained: false);
        Assert.Equal("40E201", Wire.Hex(header.AsSpan(0, 3)));
        Assert.Equal(5891942u, (uint)(header[3] | (header[4] << 8) | (header[5] << 16)));

        SegmentCodec.WritePlainHeader(header, 0x1E240, selfContained: true);
        Assert.Equal("40E203", Wire.Hex(header.AsSpan(0, 3)));
    }

    [Fact]
    public void A_compressed_header_has_five_bytes_of_fields_and_three_of_checksum()
    {
        var room = new byte[SegmentCodec.MaxSegment];
        var payload = new byte[0x1E240];

        var size = SegmentCodec.WriteCompressed(payload, selfContained: true, room);

        var fields = BinaryPrimitives.ReadUInt64LittleEndian(room) & 0xFF_FFFF_FFFF;
        var length = (int)(fields & 0x1FFFF);
        Assert.Equal(size, 8 + length + 4);
        Assert.True(length < payload.Length);
        Assert.Equal(0x1E240ul, (fields >> 17) & 0x1FFFF);
        Assert.Equal(1ul, fields >> 34);
        var checksum = (uint)(room[5] | (room[6] << 8) | (room[7] << 16));
        Assert.Equal(Checksums.Crc24(room.AsSpan(0, 5)), checksum);
    }

    [Fact]
    public void The_padding_bits_of_a_compressed_header_are_zero_and_an_uncompressed_length_of_zero_says_not_compressed()
    {
        var room = new byte[64];

        var size = SegmentCodec.WriteCompressed(Wire.Bytes("01 02 03"), selfContained: false, room);

        Assert.Equal(8 + 3 + 4, size);
        Assert.Equal("0300000000", Wire.Hex(room.AsSpan(0, 5)));
        Assert.Equal("010203", Wire.Hex(room.AsSpan(8, 3)));
    }

    [Fact]
    public void A_payload_that_does_not_shrink_is_sent_as_it_is()
    {
        var payload = Wire.Noise(SegmentCodec.MaxPayload);
        var room = new byte[SegmentCodec.CompressedHeaderSize + payload.Length + SegmentCodec.TrailerSize];

        var size = SegmentCodec.WriteCompressed(payload, selfContained: true, room);

        Assert.Equal(room.Length, size);
        Assert.True(SegmentCodec.TryReadHeader(room, compressed: true, out var header));
        Assert.Equal(0, header.UncompressedLength);
        Assert.Equal(SegmentCodec.MaxPayload, header.PayloadLength);
        Assert.True(payload.AsSpan().SequenceEqual(room.AsSpan(8, payload.Length)));
    }

    [Fact]
    public void The_block_inside_a_compressed_segment_has_no_length_of_its_own()
    {
        var payload = Wire.Compressible(4000);
        var segment = Wire.Segment(payload, compressed: true);

        var plain = new byte[4000];
        var written = K4os.Compression.LZ4.LZ4Codec.Decode(segment.AsSpan(8, segment.Length - 12), plain);

        Assert.Equal(4000, written);
        Assert.Equal(payload, plain);
    }

    [Fact]
    public void The_trailer_covers_the_payload_as_sent()
    {
        var segment = Wire.Segment(Wire.Compressible(4000), compressed: true);

        var trailer = BinaryPrimitives.ReadUInt32LittleEndian(segment.AsSpan(segment.Length - 4));

        Assert.Equal(Checksums.Crc32(segment.AsSpan(8, segment.Length - 12)), trailer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_header_reads_back_at_every_length_that_matters(bool compressed)
    {
        foreach (var length in new[] { 0, 1, 255, 256, 65535, 65536, SegmentCodec.MaxPayload })
        {
            foreach (var selfContained in new[] { false, true })
            {
                var segment = Wire.Segment(Wire.Noise(length), selfContained, compressed);

                Assert.True(SegmentCodec.TryReadHeader(segment, compressed, out var header));
                Assert.Equal(length, header.PayloadLength);
                Assert.Equal(0, header.UncompressedLength);
                Assert.Equal(selfContained, header.SelfContained);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_flipped_bit_of_a_header_is_noticed(bool compressed)
    {
        var segment = Wire.Segment(Wire.Noise(1000), selfContained: true, compressed);
        for (var bit = 0; bit < SegmentCodec.HeaderSize(compressed) * 8; bit++)
        {
            segment[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(SegmentCodec.TryReadHeader(segment, compressed, out _));
            segment[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_payload_larger_than_a_segment_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SegmentCodec.WritePlainHeader(new byte[6], SegmentCodec.MaxPayload + 1, true));
        Assert.Throws<ArgumentOutOfRangeException>(() => SegmentCodec.WritePlainHeader(new byte[6], -1, true));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SegmentCodec.WriteCompressed(new byte[SegmentCodec.MaxPayload + 1], true, new byte[SegmentCodec.MaxSegment + 1]));
    }
}
