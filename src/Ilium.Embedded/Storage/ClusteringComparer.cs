using System.Collections.Immutable;
using Ilium.Types;

namespace Ilium.Embedded.Storage;

/// <summary>The order of rows in a partition. Immutable.</summary>
internal sealed class ClusteringComparer(ImmutableArray<CqlType> types, ImmutableArray<bool> reversed)
{
    /// <summary>Compares as many values as both have.</summary>
    internal int Compare(ReadOnlySpan<byte[]> left, ReadOnlySpan<byte[]> right)
    {
        for (var i = 0; i < left.Length && i < right.Length; i++)
        {
            var order = ServerOrder.Compare(types[i], left[i], right[i]);
            if (order != 0)
            {
                return reversed[i] ? -order : order;
            }
        }

        return 0;
    }
}

/// <summary>
/// A place between rows, in the order of the table: before or behind all rows that begin with some values. No values, and it is before or behind everything.
/// </summary>
internal sealed class ClusteringBound(byte[][] values, bool isBehind) : IEquatable<ClusteringBound>
{
    internal static ClusteringBound Bottom { get; } = new([], isBehind: false);

    internal static ClusteringBound Top { get; } = new([], isBehind: true);

    internal byte[][] Values { get; } = values;

    /// <summary>True when it lies behind the rows that begin with its values, false when before.</summary>
    internal bool LiesBehind { get; } = isBehind;

    /// <summary>Where a row lies: negative before this bound, positive behind it; never 0.</summary>
    internal int Compare(ClusteringComparer comparer, byte[][] row)
    {
        var order = comparer.Compare(row, Values);
        return order != 0 ? order : LiesBehind ? -1 : 1;
    }

    internal bool IsBefore(ClusteringComparer comparer, byte[][] row) => Compare(comparer, row) > 0;

    internal bool IsBehind(ClusteringComparer comparer, byte[][] row) => Compare(comparer, row) < 0;

    /// <summary>Which of two bounds comes first.</summary>
    internal int CompareTo(ClusteringComparer comparer, ClusteringBound other)
    {
        var order = comparer.Compare(Values, other.Values);
        if (order != 0)
        {
            return order;
        }

        if (Values.Length == other.Values.Length)
        {
            return LiesBehind.CompareTo(other.LiesBehind);
        }

        // The shorter one encloses the longer one.
        return Values.Length < other.Values.Length ? (LiesBehind ? 1 : -1) : (other.LiesBehind ? -1 : 1);
    }

    public bool Equals(ClusteringBound? other)
    {
        if (other is null || LiesBehind != other.LiesBehind || Values.Length != other.Values.Length)
        {
            return false;
        }

        for (var i = 0; i < Values.Length; i++)
        {
            if (!Values[i].AsSpan().SequenceEqual(other.Values[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ClusteringBound);

    public override int GetHashCode() => HashCode.Combine(Values.Length, LiesBehind);
}
