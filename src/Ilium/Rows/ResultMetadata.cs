using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ilium.Rows;

/// <summary>The columns of a result together with the id that stands for them (v5): never one without the other. Immutable.</summary>
internal sealed class ResultMetadata
{
    // Comparing a few names beats hashing one.
    private const int LongestLinearSearch = 8;

    // Built at the first search: most results are read by ordinal or by generated code. Two threads may build it; both are the same.
    private FrozenDictionary<string, int>? _ordinals;

    internal ResultMetadata(ImmutableArray<ColumnDefinition> columns, byte[]? id = null)
    {
        Columns = columns;
        Id = id;
    }

    internal static ResultMetadata Empty { get; } = new([]);

    internal ImmutableArray<ColumnDefinition> Columns { get; }

    internal int Count => Columns.Length;

    /// <summary>What EXECUTE sends to say "I have these columns"; null before v5.</summary>
    internal byte[]? Id { get; }

    internal ColumnDefinition this[int ordinal] => Columns[ordinal];

    /// <summary>The ordinal of the first column with exactly this name, or -1.</summary>
    internal int IndexOf(string name)
    {
        var columns = Columns;
        if (columns.Length > LongestLinearSearch)
        {
            return (_ordinals ??= BuildOrdinals(columns)).GetValueOrDefault(name, -1);
        }

        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static FrozenDictionary<string, int> BuildOrdinals(ImmutableArray<ColumnDefinition> columns)
    {
        var ordinals = new Dictionary<string, int>(columns.Length, StringComparer.Ordinal);
        for (var i = 0; i < columns.Length; i++)
        {
            ordinals.TryAdd(columns[i].Name, i);
        }

        return ordinals.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
