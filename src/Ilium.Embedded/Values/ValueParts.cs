using System.Buffers.Binary;
using Ilium.Buffers;
using Ilium.Types;

namespace Ilium.Embedded.Values;

/// <summary>Takes collections, tuples, user-defined types and vectors apart and puts them together.</summary>
internal static class ValueParts
{
    /// <summary>The elements of a list or set.</summary>
    internal static List<byte[]?> Elements(CqlType type, ReadOnlySpan<byte> bytes)
    {
        if (type is CqlVectorType vector)
        {
            return VectorElements(vector, bytes);
        }

        var cursor = new ByteCursor(bytes, type);
        var count = cursor.ReadCount(4);
        var elements = new List<byte[]?>(count);
        for (var i = 0; i < count; i++)
        {
            var part = cursor.ReadPrefixed(out var isNull);
            elements.Add(isNull ? null : part.ToArray());
        }

        cursor.End();
        return elements;
    }

    internal static List<KeyValuePair<byte[], byte[]>> Entries(CqlMapType type, ReadOnlySpan<byte> bytes)
    {
        var cursor = new ByteCursor(bytes, type);
        var count = cursor.ReadCount(8);
        var entries = new List<KeyValuePair<byte[], byte[]>>(count);
        for (var i = 0; i < count; i++)
        {
            // Null only in what a client sends, until it is checked.
            var key = cursor.ReadPrefixed(out var keyIsNull).ToArray();
            var value = cursor.ReadPrefixed(out var valueIsNull).ToArray();
            entries.Add(new(keyIsNull ? null! : key, valueIsNull ? null! : value));
        }

        cursor.End();
        return entries;
    }

    /// <summary>The fields of a tuple or user-defined type; those that are missing at the end are null.</summary>
    internal static byte[]?[] Fields(CqlType type, int count, ReadOnlySpan<byte> bytes)
    {
        var cursor = new ByteCursor(bytes, type);
        var fields = new byte[]?[count];
        for (var i = 0; i < count && !cursor.AtEnd; i++)
        {
            var part = cursor.ReadPrefixed(out var isNull);
            fields[i] = isNull ? null : part.ToArray();
        }

        cursor.End();
        return fields;
    }

    internal static byte[] Sequence(IReadOnlyCollection<byte[]> elements)
    {
        var bytes = new byte[4 + elements.Sum(e => 4 + e.Length)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, elements.Count);
        var rest = bytes.AsSpan(4);
        foreach (var element in elements)
        {
            Put(ref rest, element);
        }

        return bytes;
    }

    internal static byte[] Map(IReadOnlyCollection<KeyValuePair<byte[], byte[]>> entries)
    {
        var bytes = new byte[4 + entries.Sum(e => 8 + e.Key.Length + e.Value.Length)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, entries.Count);
        var rest = bytes.AsSpan(4);
        foreach (var (key, value) in entries)
        {
            Put(ref rest, key);
            Put(ref rest, value);
        }

        return bytes;
    }

    internal static byte[] Tuple(ReadOnlySpan<byte[]?> fields)
    {
        var size = 0;
        foreach (var field in fields)
        {
            size += 4 + (field?.Length ?? 0);
        }

        var bytes = new byte[size];
        var rest = bytes.AsSpan();
        foreach (var field in fields)
        {
            if (field is null)
            {
                BinaryPrimitives.WriteInt32BigEndian(rest, -1);
                rest = rest[4..];
            }
            else
            {
                Put(ref rest, field);
            }
        }

        return bytes;
    }

    /// <summary>Writes a part with its length before it, and moves on.</summary>
    internal static void Put(ref Span<byte> rest, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, part.Length);
        part.CopyTo(rest[4..]);
        rest = rest[(4 + part.Length)..];
    }

    /// <summary>Elements one after the other; those of variable size with their length before them.</summary>
    internal static byte[] Vector(CqlVectorType type, IReadOnlyCollection<byte[]> elements)
    {
        using var writer = new CqlWriter();
        var isFixed = ElementLayout.OfVector(type).FixedSize > 0;
        foreach (var element in elements)
        {
            if (!isFixed)
            {
                VariableInteger.WriteUnsigned(writer, (ulong)element.Length);
            }

            writer.WriteRaw(element);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Elements sorted as the server keeps them, each once; of equal keys the last value stays.</summary>
    internal static List<byte[]> SortedSet(CqlType element, List<byte[]> elements)
    {
        elements.Sort((left, right) => ServerOrder.Compare(element, left, right));
        var kept = new List<byte[]>(elements.Count);
        foreach (var item in elements)
        {
            if (kept.Count == 0 || ServerOrder.Compare(element, kept[^1], item) != 0)
            {
                kept.Add(item);
            }
        }

        return kept;
    }

    internal static List<KeyValuePair<byte[], byte[]>> SortedMap(CqlType key, List<KeyValuePair<byte[], byte[]>> entries)
    {
        var kept = new List<KeyValuePair<byte[], byte[]>>(entries.Count);
        foreach (var entry in entries.Select((e, i) => (e, i)).OrderBy(x => x, Comparer<(KeyValuePair<byte[], byte[]> Entry, int Index)>.Create((left, right) =>
        {
            var order = ServerOrder.Compare(key, left.Entry.Key, right.Entry.Key);
            return order != 0 ? order : left.Index.CompareTo(right.Index);
        })).Select(x => x.e))
        {
            if (kept.Count > 0 && ServerOrder.Compare(key, kept[^1].Key, entry.Key) == 0)
            {
                kept[^1] = entry;
            }
            else
            {
                kept.Add(entry);
            }
        }

        return kept;
    }

    /// <summary>The key of a partition: the value of its one column, or each with a length before it and a zero byte behind it.</summary>
    internal static byte[] PartitionKey(ReadOnlySpan<byte[]> values)
    {
        if (values.Length == 1)
        {
            return values[0];
        }

        var size = 0;
        foreach (var value in values)
        {
            size += 3 + value.Length;
        }

        var key = new byte[size];
        var rest = key.AsSpan();
        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)value.Length);
            value.CopyTo(rest[2..]);
            rest = rest[(3 + value.Length)..];
        }

        return key;
    }

    /// <summary>One value of a partition key.</summary>
    internal static byte[] PartitionKeyPart(byte[] key, int count, int index)
    {
        if (count == 1)
        {
            return key;
        }

        var rest = key.AsSpan();
        for (var i = 0; i < index; i++)
        {
            rest = rest[(3 + BinaryPrimitives.ReadUInt16BigEndian(rest))..];
        }

        return rest.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(rest)).ToArray();
    }

    private static List<byte[]?> VectorElements(CqlVectorType type, ReadOnlySpan<byte> bytes)
    {
        var layout = ElementLayout.OfVector(type);
        var cursor = new ByteCursor(bytes, type);
        var elements = new List<byte[]?>(type.Dimensions);
        for (var i = 0; i < type.Dimensions; i++)
        {
            elements.Add((layout.FixedSize > 0 ? cursor.Take(layout.FixedSize) : cursor.ReadVariable()).ToArray());
        }

        cursor.End();
        return elements;
    }
}
