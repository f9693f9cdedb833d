using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ilium.Routing;

/// <summary>
/// Tokens of 64 bits, found through a table of their first bits: tokens are spread evenly, so that a few looks beyond the table find any,
/// however many there are; where they are not, it is a binary search between two entries of the table.
/// </summary>
internal sealed class Murmur3Index : TokenIndex
{
    // About so many tokens for each entry of the table; it takes half a byte a token, where the token itself takes eight.
    private const int TokensPerBucket = 8;

    private readonly ulong[] _tokens;
    private readonly int[] _buckets;
    private readonly int _shift;

    internal Murmur3Index(ReadOnlySpan<Token> sorted)
    {
        _tokens = new ulong[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            _tokens[i] = sorted[i].Murmur3Order;
        }

        var bits = Math.Max(1, BitOperations.Log2((uint)Math.Max(1, sorted.Length / TokensPerBucket)));
        _shift = 64 - bits;
        _buckets = new int[(1 << bits) + 1];
        var position = 0;
        for (var bucket = 0; bucket < _buckets.Length - 1; bucket++)
        {
            while (position < _tokens.Length && _tokens[position] >> _shift < (ulong)bucket)
            {
                position++;
            }

            _buckets[bucket] = position;
        }

        _buckets[^1] = _tokens.Length;
    }

    internal override int Count => _tokens.Length;

    internal override long Bytes => (_tokens.LongLength * sizeof(ulong)) + (_buckets.LongLength * sizeof(int));

    internal override Token this[int position] => Token.FromMurmur3Order(_tokens[position]);

    internal override int Find(in Token token)
    {
        var sought = token.Murmur3Order;
        var bucket = (int)(sought >> _shift);
        var low = _buckets[bucket];
        // Without branches, which keys that are anywhere would have the processor guess wrong half of the time.
        for (var left = _buckets[bucket + 1] - low; left > 0;)
        {
            var half = (left + 1) >>> 1;
            var less = Unsafe.BitCast<bool, byte>(_tokens[low + half - 1] < sought);
            low += half & -less;
            left -= half;
        }

        return low == _tokens.Length ? 0 : low;
    }
}
