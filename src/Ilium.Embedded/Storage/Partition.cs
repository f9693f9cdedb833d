using Ilium.Embedded.Schema;

namespace Ilium.Embedded.Storage;

/// <summary>A deletion of all rows between two bounds.</summary>
internal sealed record RangeTombstone(ClusteringBound Start, ClusteringBound End, long Timestamp);

/// <summary>One partition: a static row, and rows in clustering order or, where the table has no clustering columns, one.</summary>
/// <remarks>Threads: under the table's lock.</remarks>
internal sealed class Partition(long token, byte[] key)
{
    // A StoredRow where the table has no clustering columns, else a ChunkedList<StoredRow>: most partitions of most tables are one row.
    private object? _rows;
    private List<RangeTombstone>? _ranges;

    internal long Token { get; } = token;

    /// <summary>The key as it is hashed: the value of the one column, or all of them with their lengths.</summary>
    internal byte[] Key { get; } = key;

    /// <summary>Everything at or before this was deleted with the partition; null for never.</summary>
    internal long? DeletedAt { get; private set; }

    internal StoredRow? Static { get; set; }

    internal IReadOnlyList<RangeTombstone> Ranges => _ranges ?? (IReadOnlyList<RangeTombstone>)[];

    internal StoredRow? Single => _rows as StoredRow;

    internal ChunkedList<StoredRow>? Rows => _rows as ChunkedList<StoredRow>;

    internal StoredRow GetOrAddStatic() => Static ??= new StoredRow([]);

    internal StoredRow? Find(TableDefinition table, byte[][] clustering) =>
        table.ClusteringKey.Length == 0 ? Single : Rows?.Find(new RowProbe(table.Clustering, clustering), out _);

    internal StoredRow GetOrAdd(TableDefinition table, byte[][] clustering)
    {
        if (table.ClusteringKey.Length == 0)
        {
            if (_rows is not StoredRow single)
            {
                _rows = single = new StoredRow([]);
            }

            return single;
        }

        if (_rows is not ChunkedList<StoredRow> rows)
        {
            _rows = rows = new ChunkedList<StoredRow>();
        }

        var row = rows.Find(new RowProbe(table.Clustering, clustering), out var position);
        if (row is null)
        {
            row = new StoredRow(clustering);
            rows.Insert(position, row);
        }

        return row;
    }

    /// <summary>The latest deletion that covers a row, other than the row's own; null for none.</summary>
    internal long? CoveredUntil(TableDefinition table, byte[][] clustering)
    {
        var latest = DeletedAt;
        foreach (var range in Ranges)
        {
            if ((latest is null || range.Timestamp > latest) && range.Start.IsBefore(table.Clustering, clustering) && range.End.IsBehind(table.Clustering, clustering))
            {
                latest = range.Timestamp;
            }
        }

        return latest;
    }

    internal void Delete(long timestamp)
    {
        if (DeletedAt >= timestamp)
        {
            return;
        }

        DeletedAt = timestamp;
        Static?.Purge(timestamp);
        Single?.Purge(timestamp);
        _ranges?.RemoveAll(range => range.Timestamp <= timestamp);
        if (Rows is { } rows)
        {
            for (var position = ChunkedList<StoredRow>.First; rows.TryGet(position, out var row); position = rows.Next(position))
            {
                row.Purge(timestamp);
            }
        }
    }

    internal void DeleteRange(TableDefinition table, RangeTombstone range)
    {
        _ranges ??= [];
        _ranges.RemoveAll(other => other.Start.Equals(range.Start) && other.End.Equals(range.End) && other.Timestamp <= range.Timestamp);
        _ranges.Add(range);
        if (Rows is not { } rows)
        {
            return;
        }

        for (var position = rows.LowerBound(new BoundProbe(table.Clustering, range.Start)); rows.TryGet(position, out var row); position = rows.Next(position))
        {
            if (!range.End.IsBehind(table.Clustering, row.Clustering))
            {
                break;
            }

            row.Purge(range.Timestamp);
        }
    }

    /// <summary>Finds a row by all its clustering values.</summary>
    internal readonly struct RowProbe(ClusteringComparer comparer, byte[][] clustering) : IProbe<StoredRow>
    {
        public int Compare(StoredRow item) => comparer.Compare(item.Clustering, clustering);
    }

    /// <summary>Finds the first row behind a bound.</summary>
    internal readonly struct BoundProbe(ClusteringComparer comparer, ClusteringBound bound) : IProbe<StoredRow>
    {
        public int Compare(StoredRow item) => bound.Compare(comparer, item.Clustering);
    }
}
