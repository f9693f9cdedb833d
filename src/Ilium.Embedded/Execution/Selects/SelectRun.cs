using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Execution.Functions;
using Ilium.Embedded.Execution.Restrictions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.Values;
using Ilium.Types;

namespace Ilium.Embedded.Execution.Selects;

/// <summary>One run of a SELECT: goes through partitions and rows in order, under the table's lock, and writes what is selected.</summary>
internal sealed partial class SelectRun
{
    private readonly CompiledSelect _select;
    private readonly QueryOptions _options;
    private readonly RequestContext _context;
    private readonly Scope _scope;
    private readonly long _now;
    private BoundRestriction[] _filters = [];
    private List<ClusteringSlice>? _slices;
    private int _remaining;
    private int _perPartition;
    private int _remainingInPartition;
    private int _pageLeft;
    private int _count;
    private byte[]? _pagingState;
    private byte[]? _lastKey;
    private byte[]? _currentKey;

    // Rows to be sorted: where each is in the output, with what it is sorted by.
    private List<SortedRow>? _sorted;
    private byte[]? _annQuery;

    internal SelectRun(CompiledSelect select, QueryOptions options, RequestContext context)
    {
        _select = select;
        _options = options;
        _context = context;
        _scope = new Scope(options, options.Values, context) { Table = select.Source };
        _now = context.NowSeconds;
    }

    private TableDefinition Table => _select.Source;

    /// <summary>Groups are counted when they begin, and go on.</summary>
    private bool IsPartitionDone => _remainingInPartition == 0 && !_select.IsAggregate;

    /// <summary>Aggregates of everything and sorted rows are one page.</summary>
    private bool IsOnePage => (_select.IsAggregate && _select.GroupBy is null) || _sorted is not null;

    internal RowsResult Run()
    {
        _remaining = LimitOf(_select.Limit, "LIMIT");
        _perPartition = LimitOf(_select.PerPartitionLimit, "PER PARTITION LIMIT");
        _filters = _select.Filters.Length == 0 ? [] : Array.ConvertAll(_select.Filters, f => f.Bind(_scope));
        _slices = _select.Restrictions.Slices(_scope);
        Prepare();
        var keys = _select.Restrictions.HasPartitionKeys ? _select.Restrictions.PartitionKeys(_scope) : null;
        var start = _options.PagingState is { } state ? PagePosition.Decode(state) : null;
        if (_options.PageSize <= 0 || (!_select.IsAggregate && _remaining <= _options.PageSize))
        {
            // As on a server, a state says nothing where there are no pages.
            start = null;
        }

        if (start is not null)
        {
            _remaining = Math.Min(_remaining, start.Remaining);
        }

        _pageLeft = _options.PageSize > 0 && !IsOnePage ? _options.PageSize : int.MaxValue;
        if (_select.IsAggregate && !_select.Restrictions.All.Any(r => r.Column.Kind == ColumnRole.PartitionKey))
        {
            _context.Warn("Aggregation query used without partition key");
        }
        else if (_select.IsAggregate && _select.Restrictions.IsPartitionIn)
        {
            _context.Warn("Aggregation query used on multiple partition keys (IN restriction)");
        }

        var store = _context.Engine.StoreOf(Table);
        lock (store.Gate)
        {
            if (keys is not null)
            {
                _lastKey = keys.Count > 0 ? keys[^1] : null;
                ReadKeys(store, keys, start);
            }
            else
            {
                Scan(store, start);
            }
        }

        FinishGroup(atEnd: true);
        if (_sorted is not null)
        {
            WriteSorted();
        }

        return new RowsResult(_select.Columns, _context.Rows, _count, _pagingState);
    }

    private void Prepare()
    {
        if (_select.Ann is { } ann)
        {
            if (_remaining > 1000)
            {
                throw CqlError.Invalid($"Use of ANN OF in an ORDER BY clause requires a LIMIT that is not greater than 1000. LIMIT was {_remaining}");
            }

            _annQuery = ann.Query.Evaluate(_scope) ?? throw CqlError.Invalid($"Unsupported null value for column {ann.Column.Name}");
            _sorted = [];
        }
        else if (_select.SortBy is not null)
        {
            if (_options.PageSize > 0)
            {
                throw CqlError.Invalid("Cannot page queries with both ORDER BY and a IN restriction on the partition key; you must either remove the ORDER BY or the IN and sort client side, or disable paging for this query");
            }

            _sorted = [];
        }
    }

    private int LimitOf(Expression? limit, string name)
    {
        if (limit is null)
        {
            return int.MaxValue;
        }

        var value = limit.Evaluate(_scope);
        if (ReferenceEquals(value, QueryOptions.Unset))
        {
            return int.MaxValue;
        }

        if (value is null || value.Length != 4)
        {
            throw CqlError.Invalid(value is null ? $"Invalid null value of {(name == "LIMIT" ? "limit" : "per partition limit")}" : "Invalid limit value");
        }

        var number = ValueBytes.ToInt(value);
        return number > 0 ? number : throw CqlError.Invalid($"{name} must be strictly positive");
    }

    private void ReadKeys(TableStore store, List<byte[]> keys, PagePosition? start)
    {
        var from = 0;
        if (start is not null)
        {
            while (from < keys.Count && !keys[from].AsSpan().SequenceEqual(start.Key))
            {
                from++;
            }
        }

        for (var i = from; i < keys.Count; i++)
        {
            _currentKey = keys[i];
            if (store.Find(keys[i]) is { } partition && !ReadPartition(partition, i == from ? start : null))
            {
                return;
            }
        }
    }

    private void Scan(TableStore store, PagePosition? start)
    {
        var token = _select.Restrictions.Token?.Bind(_scope);
        ChunkPosition position;
        if (start is not null)
        {
            position = store.Partitions.LowerBound(store.ProbeOf(start.Key));
        }
        else if (token?.From is { } from)
        {
            position = store.Partitions.LowerBound(new TableStore.TokenProbe(from, isBehind: !token.FromInclusive));
        }
        else
        {
            position = ChunkedList<Partition>.First;
        }

        for (; store.Partitions.TryGet(position, out var partition); position = store.Partitions.Next(position))
        {
            if (token?.To is { } to && (partition.Token > to || (partition.Token == to && !token.ToInclusive)))
            {
                return;
            }

            if (!ReadPartition(partition, start))
            {
                return;
            }

            start = null;
        }
    }

    /// <summary>Reads one partition; false when no more is wanted.</summary>
    private bool ReadPartition(Partition partition, PagePosition? start)
    {
        var resumed = start is not null && start.Key.AsSpan().SequenceEqual(partition.Key);
        if (resumed && start!.Clustering is null)
        {
            return true;
        }

        _scope.Partition = partition;
        _remainingInPartition = resumed ? Math.Min(_perPartition, start!.RemainingInPartition) : _perPartition;
        if (_select.IsDistinct)
        {
            return ReadDistinct(partition);
        }

        var any = resumed;
        var goesOn = true;
        if (partition.Single is { } single)
        {
            if (single.IsLive(_now))
            {
                any = true;
                goesOn = Take(single);
            }
        }
        else if (partition.Rows is { } rows)
        {
            goesOn = ReadRows(rows, resumed ? start!.Clustering : null, ref any);
        }

        if (!any && goesOn && _select.ShowsStaticOnly && partition.Static is { } @static && @static.IsLive(_now))
        {
            return Take(null);
        }

        return goesOn;
    }

    private bool ReadDistinct(Partition partition)
    {
        var lives = partition.Static?.IsLive(_now) == true || partition.Single?.IsLive(_now) == true;
        if (!lives && partition.Rows is { } rows)
        {
            for (var position = ChunkedList<StoredRow>.First; rows.TryGet(position, out var row) && !lives; position = rows.Next(position))
            {
                lives = row.IsLive(_now);
            }
        }

        return !lives || Take(null);
    }

    private bool ReadRows(ChunkedList<StoredRow> rows, byte[][]? after, ref bool any)
    {
        if (_slices is null)
        {
            return ReadSlice(rows, new ClusteringSlice(ClusteringBound.Bottom, ClusteringBound.Top), after, ref any);
        }

        for (var i = 0; i < _slices.Count; i++)
        {
            var slice = _slices[_select.IsReversed ? _slices.Count - 1 - i : i];
            if (!ReadSlice(rows, slice, after, ref any))
            {
                return false;
            }

            if (IsPartitionDone)
            {
                return true;
            }
        }

        return true;
    }

    private bool ReadSlice(ChunkedList<StoredRow> rows, ClusteringSlice slice, byte[][]? after, ref bool any)
    {
        var comparer = Table.Clustering;
        var (start, end) = (slice.Start, slice.End);
        if (after is not null)
        {
            // Behind the last row of the page before, in the direction of reading.
            var resume = new ClusteringBound(after, isBehind: !_select.IsReversed);
            if (_select.IsReversed)
            {
                end = end.CompareTo(comparer, resume) < 0 ? end : resume;
            }
            else
            {
                start = start.CompareTo(comparer, resume) > 0 ? start : resume;
            }
        }

        if (!_select.IsReversed)
        {
            for (var position = rows.LowerBound(new Partition.BoundProbe(comparer, start)); rows.TryGet(position, out var row) && end.IsBehind(comparer, row.Clustering); position = rows.Next(position))
            {
                if (row.IsLive(_now))
                {
                    any = true;
                    if (!Take(row))
                    {
                        return false;
                    }

                    if (IsPartitionDone)
                    {
                        return true;
                    }
                }
            }

            return true;
        }

        var back = rows.LowerBound(new Partition.BoundProbe(comparer, end));
        while (rows.TryPrevious(ref back) && rows.TryGet(back, out var row) && start.IsBefore(comparer, row.Clustering))
        {
            if (row.IsLive(_now))
            {
                any = true;
                if (!Take(row))
                {
                    return false;
                }

                if (IsPartitionDone)
                {
                    return true;
                }
            }
        }

        return true;
    }

    /// <summary>Puts a row into the result if it passes the filters; false when no more is wanted.</summary>
    private bool Take(StoredRow? row)
    {
        _scope.Row = row;
        foreach (var filter in _filters)
        {
            if (!filter.Matches(_scope))
            {
                return true;
            }
        }

        if (_select.IsAggregate)
        {
            return Gather(row);
        }

        if (_sorted is not null)
        {
            AddSorted();
            return true;
        }

        _select.Write(_scope);
        _count++;
        _remaining--;
        _pageLeft--;
        _remainingInPartition = _remainingInPartition == int.MaxValue ? int.MaxValue : _remainingInPartition - 1;
        if (_remaining == 0)
        {
            return false;
        }

        if (_pageLeft > 0)
        {
            return true;
        }

        // Behind the last row of the last partition that was asked for is nothing; of a scan, nobody knows yet.
        var isDone = row is null || Table.ClusteringKey.Length == 0 || _remainingInPartition == 0;
        if (!isDone || !ReferenceEquals(_currentKey, _lastKey) || _lastKey is null)
        {
            EndPage(_scope.Partition!, isDone ? null : row, _remainingInPartition);
        }

        return false;
    }

    private void EndPage(Partition partition, StoredRow? last, int remainingInPartition) =>
        _pagingState = new PagePosition(partition.Key, last?.Clustering, _select.Limit is null ? int.MaxValue : _remaining, remainingInPartition).Encode();

    private void AddSorted()
    {
        var start = _context.Rows.Length;
        var score = 0f;
        byte[]?[] keys = [];
        if (_select.Ann is { } ann)
        {
            if (_scope.ValueOf(ann.Column) is not { } vector)
            {
                return;
            }

            score = Vectors.Similarity(ann.Function, vector, _annQuery);
        }
        else
        {
            keys = Array.ConvertAll(_select.SortBy!, _scope.ValueOf);
        }

        _select.Write(_scope);
        _sorted!.Add(new SortedRow(start, _context.Rows.Length - start, keys, score, _sorted.Count));
    }

    private void WriteSorted()
    {
        _sorted!.Sort((left, right) =>
        {
            var order = right.Score.CompareTo(left.Score);
            for (var i = 0; i < left.Keys.Length && order == 0; i++)
            {
                var column = _select.SortBy![i];
                order = ServerOrder.Compare(column.Type, left.Keys[i], right.Keys[i]);
                order = column.IsReversed != _select.IsReversed ? -order : order;
            }

            return order != 0 ? order : left.Index.CompareTo(right.Index);
        });
        var bytes = _context.Rows.WrittenSpan.ToArray();
        _context.Rows.Clear();
        foreach (var row in _sorted.Take(_remaining))
        {
            _context.Rows.WriteRaw(bytes.AsSpan(row.Start, row.Length));
            _count++;
        }
    }

    private sealed record SortedRow(int Start, int Length, byte[]?[] Keys, float Score, int Index);
}
