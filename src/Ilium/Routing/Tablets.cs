using System.Buffers.Binary;
using System.Collections.Concurrent;
using Ilium.Topology;

namespace Ilium.Routing;

/// <summary>
/// Where the tablets of ScyllaDB's tables are, as far as answers have said so: the server tells with the answer to a request that came to the wrong node.
/// </summary>
/// <remarks>Threads: any. Tables' lists are replaced, never changed.</remarks>
internal sealed class Tablets
{
    // A server that makes up tables must not fill the memory.
    private const int MostTables = 10_000;

    private readonly ConcurrentDictionary<(string Keyspace, string Table), TabletTable> _tables = new();

    // Servers without tablets must not pay for a look at the tables.
    private volatile bool _isEmpty = true;

    /// <summary>The tablets of the table that a statement's variable is of; null for one that is not known to have any.</summary>
    internal TabletTable? Find(ColumnDefinition column) => _isEmpty ? null : _tables.GetValueOrDefault((column.Keyspace, column.Table));

    /// <summary>Takes over what an answer says of a table: <c>tuple&lt;bigint, bigint, list&lt;tuple&lt;uuid, int&gt;&gt;&gt;</c>. What is not that is left.</summary>
    internal void Learn(string keyspace, string table, ReadOnlySpan<byte> payload, Func<Guid, Node?> find)
    {
        if (Tablet.Read(payload, find) is { } tablet && (_tables.Count < MostTables || _tables.ContainsKey((keyspace, table))))
        {
            _isEmpty = false;
            _tables.GetOrAdd((keyspace, table), static _ => new TabletTable()).Add(tablet);
        }
    }

    /// <summary>The schema of a table, or of a keyspace (null), has changed: its tablets may be others.</summary>
    internal void Forget(string keyspace, string? table)
    {
        foreach (var key in _tables.Keys)
        {
            if (key.Keyspace == keyspace && (table is null || key.Table == table))
            {
                _tables.TryRemove(key, out _);
            }
        }
    }

    /// <summary>Forgets tablets on nodes that are no members any more.</summary>
    internal void Keep(ClusterSnapshot snapshot)
    {
        foreach (var (_, table) in _tables)
        {
            table.Keep(snapshot.Nodes.Contains);
        }
    }
}

/// <summary>The tablets of one table that are known, in the order of the ring.</summary>
internal sealed class TabletTable
{
    private readonly Lock _gate = new();
    private volatile Tablet[] _tablets = [];

    internal int Count => _tablets.Length;

    internal Tablet? Find(in Token token)
    {
        var sought = token.Murmur3Order;
        var tablets = _tablets;
        var (low, high) = (0, tablets.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (tablets[middle].Last < sought)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < tablets.Length && tablets[low].First < sought ? tablets[low] : null;
    }

    /// <summary>Puts a tablet in the place of those that it overlaps.</summary>
    internal void Add(Tablet tablet)
    {
        lock (_gate)
        {
            _tablets = [.. _tablets.Where(other => other.Last <= tablet.First || other.First >= tablet.Last).Append(tablet).OrderBy(static other => other.Last)];
        }
    }

    internal void Keep(Func<Node, bool> isMember)
    {
        lock (_gate)
        {
            if (!Array.TrueForAll(_tablets, tablet => Array.TrueForAll(tablet.Nodes, node => isMember(node))))
            {
                _tablets = [.. _tablets.Where(tablet => Array.TrueForAll(tablet.Nodes, node => isMember(node)))];
            }
        }
    }
}

/// <summary>A part of a table: the tokens from behind the first to the last, and the nodes and shards that have them.</summary>
/// <param name="First">In the order of Murmur3 tokens, as unsigned numbers.</param>
/// <param name="Last">The same.</param>
/// <param name="Nodes">The replicas.</param>
/// <param name="Shards">The shard of each.</param>
internal sealed record Tablet(ulong First, ulong Last, Node[] Nodes, int[] Shards)
{
    private const int ReplicaSize = 4 + 4 + 16 + 4 + 4;

    /// <summary>The shard of a node; -1 for a node that has none of it.</summary>
    internal int ShardOf(Node node)
    {
        var place = Array.IndexOf(Nodes, node);
        return place < 0 ? -1 : Shards[place];
    }

    /// <summary>Null when the bytes are something else, or name a node that is not known.</summary>
    internal static Tablet? Read(ReadOnlySpan<byte> payload, Func<Guid, Node?> find)
    {
        if (!TryReadValue(ref payload, 8, out var first) || !TryReadValue(ref payload, 8, out var last) ||
            payload.Length < 8 || BinaryPrimitives.ReadInt32BigEndian(payload) != payload.Length - 4)
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(payload[4..]);
        payload = payload[8..];
        var (from, to) = (Token.Sortable(BinaryPrimitives.ReadInt64BigEndian(first)), Token.Sortable(BinaryPrimitives.ReadInt64BigEndian(last)));
        if (count <= 0 || (long)count * ReplicaSize != payload.Length || from >= to)
        {
            return null;
        }

        var (nodes, shards) = (new Node[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            var replica = payload.Slice((i * ReplicaSize) + 4, ReplicaSize - 4);
            if (!TryReadValue(ref replica, 16, out var host) || !TryReadValue(ref replica, 4, out var shard) || find(new Guid(host, bigEndian: true)) is not { } node)
            {
                return null;
            }

            (nodes[i], shards[i]) = (node, BinaryPrimitives.ReadInt32BigEndian(shard));
        }

        return new Tablet(from, to, nodes, shards);
    }

    private static bool TryReadValue(ref ReadOnlySpan<byte> rest, int size, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (rest.Length < 4 + size || BinaryPrimitives.ReadInt32BigEndian(rest) != size)
        {
            return false;
        }

        value = rest.Slice(4, size);
        rest = rest[(4 + size)..];
        return true;
    }
}
