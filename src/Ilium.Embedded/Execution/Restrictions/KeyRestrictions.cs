using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Restrictions;

/// <summary>A piece of a partition: all rows between two bounds.</summary>
internal readonly record struct ClusteringSlice(ClusteringBound Start, ClusteringBound End);

/// <summary>What the restrictions of a clause say about which partitions and which rows in them to look at.</summary>
internal sealed class KeyRestrictions
{
    private readonly TableDefinition _table;
    private readonly ValuesRestriction[]? _partition;
    private readonly List<Restriction> _clustering;

    internal KeyRestrictions(TableDefinition table, List<Restriction> restrictions)
    {
        _table = table;
        All = restrictions;
        Token = restrictions.OfType<TokenRestriction>().FirstOrDefault();
        var ofPartition = table.PartitionKey.Select(c => restrictions.OfType<ValuesRestriction>().FirstOrDefault(r => r.Column == c)).ToArray();
        _partition = ofPartition.All(r => r is not null) ? [.. ofPartition!] : null;
        _clustering = [.. restrictions.Where(r => r.Column.Kind == ColumnRole.Clustering)];
        Used = FindUsed();
    }

    internal List<Restriction> All { get; }

    internal TokenRestriction? Token { get; }

    /// <summary>True when each column of the partition key is given by = or IN.</summary>
    internal bool HasPartitionKeys => _partition is not null;

    /// <summary>True when exactly one partition is given.</summary>
    internal bool HasOnePartition => _partition is not null && _partition.All(r => !r.IsIn);

    internal bool IsPartitionIn => _partition is not null && _partition.Any(r => r.IsIn);

    /// <summary>Restrictions on clustering columns that narrow what is read; all others are held against each row.</summary>
    internal HashSet<Restriction> Used { get; }

    /// <summary>A slice over columns of both orders: no piece of the partition, so its rows are checked one by one, but nothing that has to be allowed.</summary>
    internal SliceRestriction? MixedSlice { get; private set; }

    internal bool HasClusteringRestrictions => _clustering.Count > 0;

    /// <summary>What is left to check for each row.</summary>
    internal Restriction[] Filters => [.. All.Where(r => !Used.Contains(r) && !(r.Column.Kind == ColumnRole.PartitionKey && (r is TokenRestriction || (HasPartitionKeys && r is ValuesRestriction))))];

    /// <summary>The keys of the partitions, each once, in the order of their values.</summary>
    internal List<byte[]> PartitionKeys(Scope scope)
    {
        if (_partition!.Length == 1 && _partition[0].IsSingleEquality)
        {
            return [CheckKey(_partition[0].SingleValue(scope))];
        }

        var combinations = new List<byte[][]> { Array.Empty<byte[]>() };
        foreach (var restriction in _partition)
        {
            var values = restriction.Bind(scope).Values.Select(v => v[0]).ToList();
            values = values.Count > 1 ? ValueParts.SortedSet(restriction.Column.Type, values) : values;
            combinations = [.. combinations.SelectMany(prefix => values.Select(v => (byte[][])[.. prefix, v]))];
        }

        return [.. combinations.Select(c => CheckKey(ValueParts.PartitionKey(c)))];
    }

    /// <summary>The pieces of a partition to read, in the order of the table; null for all of it.</summary>
    internal List<ClusteringSlice>? Slices(Scope scope)
    {
        if (Used.Count == 0)
        {
            return null;
        }

        var prefixes = new List<byte[][]> { Array.Empty<byte[]>() };
        for (var position = 0; position < _table.ClusteringKey.Length;)
        {
            var restriction = Used.FirstOrDefault(r => r.Column.Position == position);
            switch (restriction)
            {
                case ValuesRestriction values:
                    var bound = values.Bind(scope).Values;
                    prefixes = [.. prefixes.SelectMany(prefix => bound.Select(v => (byte[][])[.. prefix, .. v]))];
                    position += values.Columns.Length;
                    continue;
                case SliceRestriction slice:
                    var range = slice.BindPiece(scope);
                    return range.IsEmpty ? [] : Sorted([.. prefixes.Select(prefix => Slice(prefix, range, _table.ClusteringKey[position].IsReversed))]);
            }

            break;
        }

        return Sorted([.. prefixes.Select(prefix => new ClusteringSlice(new ClusteringBound(prefix, false), new ClusteringBound(prefix, true)))]);
    }

    /// <summary>The rows a modification is about: the full clustering keys. Only when all columns are given by = or IN.</summary>
    internal List<byte[][]> Rows(Scope scope)
    {
        var slices = Slices(scope);
        return slices is null ? [[]] : [.. slices.Select(s => s.Start.Values)];
    }

    private static byte[] CheckKey(byte[] key)
    {
        if (key.Length == 0)
        {
            throw CqlError.Invalid("Key may not be empty");
        }

        return key.Length <= ushort.MaxValue ? key : throw CqlError.Invalid($"Key length of {key.Length} is longer than maximum of {ushort.MaxValue}");
    }

    private static ClusteringSlice Slice(byte[][] prefix, BoundSlice slice, bool reversed)
    {
        var lower = slice.Lower is { } low ? new ClusteringBound([.. prefix, .. low], isBehind: reversed == slice.LowerInclusive) : null;
        var upper = slice.Upper is { } high ? new ClusteringBound([.. prefix, .. high], isBehind: reversed != slice.UpperInclusive) : null;
        var (start, end) = reversed ? (upper, lower) : (lower, upper);
        return new ClusteringSlice(start ?? new ClusteringBound(prefix, false), end ?? new ClusteringBound(prefix, true));
    }

    private List<ClusteringSlice> Sorted(List<ClusteringSlice> slices)
    {
        if (slices.Count < 2)
        {
            return slices;
        }

        slices.Sort((left, right) => left.Start.CompareTo(_table.Clustering, right.Start));
        for (var i = slices.Count - 1; i > 0; i--)
        {
            if (slices[i].Start.Equals(slices[i - 1].Start) && slices[i].End.Equals(slices[i - 1].End))
            {
                slices.RemoveAt(i);
            }
        }

        return slices;
    }

    private HashSet<Restriction> FindUsed()
    {
        var used = new HashSet<Restriction>();
        for (var position = 0; position < _table.ClusteringKey.Length;)
        {
            var restriction = _clustering.FirstOrDefault(r => r.Column.Position == position && r is ValuesRestriction or SliceRestriction);
            if (restriction is ValuesRestriction values)
            {
                used.Add(values);
                position += values.Columns.Length;
                continue;
            }

            if (restriction is SliceRestriction slice)
            {
                if (slice.Columns.All(c => c.IsReversed == slice.Column.IsReversed))
                {
                    used.Add(slice);
                }
                else
                {
                    MixedSlice = slice;
                }
            }

            break;
        }

        return used;
    }
}
