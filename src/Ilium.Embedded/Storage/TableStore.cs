using Ilium.Routing;

namespace Ilium.Embedded.Storage;

/// <summary>The rows of one table, by the token of their partition.</summary>
/// <remarks>Threads: everything under <see cref="Gate"/>, reads too: rows change in place.</remarks>
/// <param name="byKey">By the key alone: virtual tables have no tokens.</param>
internal sealed class TableStore(bool byKey = false)
{
    internal Lock Gate { get; } = new();

    internal ChunkedList<Partition> Partitions { get; } = new();

    /// <summary>The token of a key; the smallest number stands for "no token" and is never one.</summary>
    internal static long TokenOf(ReadOnlySpan<byte> key)
    {
        var token = Murmur3Hash.Compute(key);
        return token == long.MinValue ? long.MaxValue : token;
    }

    internal Partition? Find(ReadOnlySpan<byte> key) => Partitions.Find(ProbeOf(key), out _);

    /// <summary>What finds the partition of a key, or its place.</summary>
    internal KeyProbe ProbeOf(ReadOnlySpan<byte> key) => new(byKey ? 0 : TokenOf(key), key);

    internal Partition GetOrAdd(byte[] key)
    {
        var partition = Partitions.Find(ProbeOf(key), out var position);
        if (partition is null)
        {
            partition = new Partition(byKey ? 0 : TokenOf(key), key);
            Partitions.Insert(position, partition);
        }

        return partition;
    }

    /// <summary>Finds a partition by token and key.</summary>
    internal readonly ref struct KeyProbe(long token, ReadOnlySpan<byte> key) : IProbe<Partition>
    {
        private readonly ReadOnlySpan<byte> _key = key;

        public int Compare(Partition item)
        {
            var order = item.Token.CompareTo(token);
            return order != 0 ? order : item.Key.AsSpan().SequenceCompareTo(_key);
        }
    }

    /// <summary>Finds the first partition at or behind a token.</summary>
    internal readonly struct TokenProbe(long token, bool isBehind) : IProbe<Partition>
    {
        public int Compare(Partition item)
        {
            var order = item.Token.CompareTo(token);
            return order != 0 ? order : isBehind ? -1 : 1;
        }
    }
}
