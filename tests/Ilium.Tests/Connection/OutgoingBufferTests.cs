using Ilium.Connection;
using Ilium.TestKit;

namespace Ilium.Tests.Connection;

public class OutgoingBufferTests
{
    [Fact]
    public void Envelopes_are_gathered_one_after_another()
    {
        using var buffer = new EnvelopeBuffer();
        Assert.True(buffer.IsEmpty);
        buffer.Append([1, 2, 3]);
        buffer.Append([4]);
        Assert.Equal([1, 2, 3, 4], buffer.Seal().ToArray());
        buffer.Clear();
        Assert.True(buffer.IsEmpty);
        Assert.Equal([], buffer.Seal().ToArray());
    }

    [Fact]
    public void A_large_buffer_is_used_again_after_clearing()
    {
        using var buffer = new EnvelopeBuffer();
        var large = Bytes(3_000_000, 1);
        buffer.Append(large);
        Assert.Equal(large, buffer.Seal().ToArray());
        buffer.Clear();
        buffer.Append([7]);
        Assert.Equal([7], buffer.Seal().ToArray());
    }

    [Trait(Slow.Name, Slow.Value)]
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    [InlineData(true, 4)]
    public void Envelopes_of_any_size_come_back_from_their_segments_in_order(bool compress, int seed)
    {
        var random = new Random(seed);
        using var buffer = new SegmentBuffer(compress);
        for (var round = 0; round < 5; round++)
        {
            var envelopes = new List<byte[]>();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                // Around the most that one segment takes, where the cuts are.
                var size = random.Next(4) switch
                {
                    0 => 131_071 + random.Next(-12, 13),
                    1 => random.Next(100_000, 400_000),
                    _ => random.Next(9, 60_000),
                };
                envelopes.Add(Bytes(size, random.Next(), compressible: random.Next(2) == 0));
            }

            foreach (var envelope in envelopes)
            {
                buffer.Append(envelope);
            }

            var (payload, slices) = Read(buffer.Seal().ToArray(), compress);
            Assert.True(envelopes.SelectMany(e => e).ToArray().AsSpan().SequenceEqual(payload), $"Round {round} comes back changed.");
            Assert.Equal(envelopes.Where(e => e.Length > WireSegment.MaxPayload).Sum(e => (e.Length + WireSegment.MaxPayload - 1) / WireSegment.MaxPayload), slices);
            buffer.Clear();
        }
    }

    [Fact]
    public void Small_envelopes_share_one_segment()
    {
        using var buffer = new SegmentBuffer(compress: false);
        buffer.Append(new byte[100]);
        buffer.Append(new byte[200]);
        Assert.Equal(6 + 300 + 4, buffer.Seal().Length);
    }

    [Fact]
    public void Sealing_again_gives_the_same_bytes_so_that_a_send_can_be_resumed()
    {
        foreach (var compress in new[] { false, true })
        {
            using var buffer = new SegmentBuffer(compress);
            buffer.Append(Bytes(300_000, 5, compressible: true));
            buffer.Append(Bytes(1_000, 6, compressible: true));
            var once = buffer.Seal().ToArray();
            Assert.Equal(once, buffer.Seal().ToArray());
        }
    }

    private static (byte[] Payload, int Slices) Read(byte[] bytes, bool lz4)
    {
        var payload = new List<byte>();
        var slices = 0;
        for (ReadOnlyMemory<byte> rest = bytes; !rest.IsEmpty;)
        {
            var segment = WireSegment.TryParse(rest, lz4, out var length);
            Assert.NotNull(segment);
            payload.AddRange(segment.Payload.Span);
            slices += segment.IsSelfContained ? 0 : 1;
            rest = rest[length..];
        }

        return ([.. payload], slices);
    }

    private static byte[] Bytes(int length, int seed, bool compressible = false)
    {
        var bytes = new byte[length];
        if (!compressible)
        {
            new Random(seed).NextBytes(bytes);
        }

        return bytes;
    }
}
