using System.Buffers.Binary;
using System.Numerics;

namespace Ilium.Routing;

/// <summary>The first half of MurmurHash3 x64 128 with seed 0, as Cassandra computes it: the bytes of an unfinished block are taken as signed.</summary>
internal static class Murmur3Hash
{
    private const ulong C1 = 0x87c37b91114253d5;
    private const ulong C2 = 0x4cf5ad432745937f;
    private const ulong OneEach = 0x0101010101010101;
    private const int BlockSize = 16;

    internal static long Compute(ReadOnlySpan<byte> key)
    {
        ulong h1 = 0;
        ulong h2 = 0;
        var rest = key;
        for (; rest.Length >= BlockSize; rest = rest[BlockSize..])
        {
            h1 ^= MixFirst(BinaryPrimitives.ReadUInt64LittleEndian(rest));
            h1 = (BitOperations.RotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= MixSecond(BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
            h2 = (BitOperations.RotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
        }

        if (rest.Length > 8)
        {
            h2 ^= MixSecond(SignedTail(rest[8..]));
        }

        if (rest.Length > 0)
        {
            h1 ^= MixFirst(SignedTail(rest[..Math.Min(8, rest.Length)]));
        }

        h1 ^= (ulong)key.Length;
        h2 ^= (ulong)key.Length;
        h1 += h2;
        h2 += h1;
        return (long)(Finish(h1) + Finish(h2));
    }

    /// <summary>
    /// The quirk: in Java a byte above 0x7f is negative, and widened before it is shifted, it sets every bit above it. XOR of such values is
    /// the little-endian number with each byte turned over that has an odd number of them below it.
    /// </summary>
    private static ulong SignedTail(ReadOnlySpan<byte> tail)
    {
        ulong value = 0;
        if (tail.Length == sizeof(ulong))
        {
            value = BinaryPrimitives.ReadUInt64LittleEndian(tail);
        }
        else
        {
            for (var i = tail.Length - 1; i >= 0; i--)
            {
                value = (value << 8) | tail[i];
            }
        }

        // A product with ones adds up, in each byte, what is in it and below.
        var negative = (value >> 7) & OneEach;
        return value ^ ((((negative * OneEach) << 8) & OneEach) * byte.MaxValue);
    }

    private static ulong MixFirst(ulong k) => BitOperations.RotateLeft(k * C1, 31) * C2;

    private static ulong MixSecond(ulong k) => BitOperations.RotateLeft(k * C2, 33) * C1;

    private static ulong Finish(ulong k)
    {
        k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd;
        k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53;
        return k ^ (k >> 33);
    }
}
