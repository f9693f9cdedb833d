using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ilium.Embedded.Values;
using Ilium.Types;

namespace Ilium.Embedded.Storage;

/// <summary>
/// A collection or user-defined type that is not frozen: cells by path (list: time uuid; set: element, with an empty value; map: key; type: field number) and
/// the deletion of all of them.
/// </summary>
/// <remarks>Threads: under the table's lock.</remarks>
internal sealed class ComplexValue
{
    private readonly List<Entry> _entries = [];

    /// <summary>Cells at or before this were deleted with the whole value; null for never.</summary>
    internal long? DeletedAt { get; private set; }

    internal ReadOnlySpan<Entry> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>What the paths of a type sort by.</summary>
    internal static int ComparePaths(CqlType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => type switch
    {
        CqlListType => ServerOrder.Compare(CqlType.Timeuuid, left, right),
        CqlSetType set => ServerOrder.Compare(set.Element, left, right),
        CqlMapType map => ServerOrder.Compare(map.Key, left, right),
        _ => left.SequenceCompareTo(right),
    };

    internal bool IsLive(long nowSeconds)
    {
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Cell.IsLive(nowSeconds))
            {
                return true;
            }
        }

        return false;
    }

    internal void Write(CqlType type, byte[] path, Cell cell)
    {
        if (DeletedAt >= cell.Stamp!.Timestamp)
        {
            return;
        }

        var index = Find(type, path);
        if (index >= 0)
        {
            ref var entry = ref CollectionsMarshal.AsSpan(_entries)[index];
            entry = entry with { Cell = Cell.Reconcile(entry.Cell, cell) };
        }
        else
        {
            _entries.Insert(~index, new Entry(path, cell));
        }
    }

    internal void Delete(long timestamp)
    {
        if (DeletedAt >= timestamp)
        {
            return;
        }

        DeletedAt = timestamp;
        Purge(timestamp);
    }

    /// <summary>Removes what a deletion around this value covers.</summary>
    internal void Purge(long timestamp) => _entries.RemoveAll(entry => entry.Cell.Stamp!.Timestamp <= timestamp);

    internal Cell Get(CqlType type, ReadOnlySpan<byte> path)
    {
        var index = Find(type, path);
        return index >= 0 ? _entries[index].Cell : default;
    }

    /// <summary>The whole value as the protocol has it; null when nothing in it lives.</summary>
    internal byte[]? Serialize(CqlType type, long nowSeconds)
    {
        if (type is CqlUserType user)
        {
            return SerializeFields(user, nowSeconds);
        }

        var count = 0;
        var size = 4;
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Cell.LiveBytes(nowSeconds) is { } value)
            {
                count++;
                size += type switch
                {
                    CqlListType => 4 + value.Length,
                    CqlSetType => 4 + entry.Path.Length,
                    _ => 8 + entry.Path.Length + value.Length,
                };
            }
        }

        if (count == 0)
        {
            return null;
        }

        var bytes = new byte[size];
        BinaryPrimitives.WriteInt32BigEndian(bytes, count);
        var rest = bytes.AsSpan(4);
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Cell.LiveBytes(nowSeconds) is not { } value)
            {
                continue;
            }

            if (type is not CqlListType)
            {
                ValueParts.Put(ref rest, entry.Path);
            }

            if (type is not CqlSetType)
            {
                ValueParts.Put(ref rest, value);
            }
        }

        return bytes;
    }

    private byte[]? SerializeFields(CqlUserType user, long nowSeconds)
    {
        var fields = new byte[]?[user.Fields.Length];
        var any = false;
        foreach (ref readonly var entry in Entries)
        {
            var index = BinaryPrimitives.ReadInt16BigEndian(entry.Path);
            if (index < fields.Length && entry.Cell.LiveBytes(nowSeconds) is { } value)
            {
                fields[index] = value;
                any = true;
            }
        }

        return any ? ValueParts.Tuple(fields) : null;
    }

    private int Find(CqlType type, ReadOnlySpan<byte> path)
    {
        var low = 0;
        var high = _entries.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = ComparePaths(type, _entries[middle].Path, path);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    internal readonly record struct Entry(byte[] Path, Cell Cell);
}
