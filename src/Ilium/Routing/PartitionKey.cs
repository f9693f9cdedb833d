using System.Buffers;
using System.Buffers.Binary;

namespace Ilium.Routing;

/// <summary>
/// Finds the partition key among a statement's encoded values and hashes it: one component as it is, several each with its length before and
/// a zero byte after (native protocol §4.2.5.4 names the values; the layout is that of Cassandra's <c>CompositeType</c>).
/// </summary>
/// <remarks>Threads: any. Allocates nothing for partitioners that don't.</remarks>
internal static class PartitionKey
{
    private const int LongestOnStack = 512;

    /// <summary>Hashes the key of a statement.</summary>
    /// <param name="partitioner">The cluster's.</param>
    /// <param name="indexes">For each component, which value it is.</param>
    /// <param name="values">[value]s, one after another.</param>
    /// <param name="token">The key's token.</param>
    /// <returns>False when the statement does not say the whole key, or a component is null or not set: the server says what is wrong with that.</returns>
    internal static bool TryHash(Partitioner partitioner, ReadOnlySpan<ushort> indexes, ReadOnlySpan<byte> values, out Token token)
    {
        token = default;
        if (indexes.Length == 1)
        {
            if (!TryFind(values, indexes[0], out var only))
            {
                return false;
            }

            token = partitioner.Hash(only);
            return true;
        }

        return indexes.Length > 0 && TryHashComposite(partitioner, indexes, values, out token);
    }

    /// <summary>The bytes of a key of several components.</summary>
    internal static byte[] Compose(ReadOnlySpan<ReadOnlyMemory<byte>> components)
    {
        var length = 0;
        foreach (var component in components)
        {
            length += component.Length + Separators;
        }

        var key = new byte[length];
        var rest = key.AsSpan();
        foreach (var component in components)
        {
            rest = Append(rest, component.Span);
        }

        return key;
    }

    /// <summary>The key of a statement as bytes; null where <see cref="TryHash"/> gives no token.</summary>
    internal static byte[]? Extract(ReadOnlySpan<ushort> indexes, ReadOnlySpan<byte> values)
    {
        if (!TryMeasure(indexes, values, out var length))
        {
            return null;
        }

        if (indexes.Length == 1)
        {
            TryFind(values, indexes[0], out var only);
            return only.ToArray();
        }

        var key = new byte[length];
        Write(key, indexes, values);
        return key;
    }

    // Two bytes of length before, a zero byte after.
    private const int Separators = sizeof(ushort) + 1;

    private static bool TryHashComposite(Partitioner partitioner, ReadOnlySpan<ushort> indexes, ReadOnlySpan<byte> values, out Token token)
    {
        token = default;
        if (!TryMeasure(indexes, values, out var length))
        {
            return false;
        }

        byte[]? rented = null;
        var key = length <= LongestOnStack ? stackalloc byte[LongestOnStack] : rented = ArrayPool<byte>.Shared.Rent(length);
        Write(key, indexes, values);
        token = partitioner.Hash(key[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return true;
    }

    private static bool TryMeasure(ReadOnlySpan<ushort> indexes, ReadOnlySpan<byte> values, out int length)
    {
        length = 0;
        foreach (var index in indexes)
        {
            // A server takes no component above 64 KB in a key.
            if (!TryFind(values, index, out var component) || component.Length > ushort.MaxValue)
            {
                return false;
            }

            length += component.Length + Separators;
        }

        return indexes.Length > 0;
    }

    private static void Write(Span<byte> key, ReadOnlySpan<ushort> indexes, ReadOnlySpan<byte> values)
    {
        foreach (var index in indexes)
        {
            TryFind(values, index, out var component);
            key = Append(key, component);
        }
    }

    private static Span<byte> Append(Span<byte> key, ReadOnlySpan<byte> component)
    {
        BinaryPrimitives.WriteUInt16BigEndian(key, (ushort)component.Length);
        component.CopyTo(key[sizeof(ushort)..]);
        key[sizeof(ushort) + component.Length] = 0;
        return key[(component.Length + Separators)..];
    }

    /// <summary>The content of a value; false for null, not set, or not there.</summary>
    private static bool TryFind(ReadOnlySpan<byte> values, int index, out ReadOnlySpan<byte> content)
    {
        content = default;
        while (values.Length >= sizeof(int))
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(values);
            values = values[sizeof(int)..];
            if (index-- == 0)
            {
                if (length < 0)
                {
                    return false;
                }

                content = values[..length];
                return true;
            }

            values = values[Math.Max(0, length)..];
        }

        return false;
    }
}
