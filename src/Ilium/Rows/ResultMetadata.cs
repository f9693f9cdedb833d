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

    /// <param name="columns">In order.</param>
    /// <param name="id">What stands for them in v5.</param>
    /// <param name="encoded">The bytes they were read from; empty where nobody will compare.</param>
    /// <param name="isGlobal">True when keyspace and table stand once in <paramref name="encoded"/>.</param>
    internal ResultMetadata(ImmutableArray<ColumnDefinition> columns, byte[]? id = null, byte[]? encoded = null, bool isGlobal = false)
    {
        Columns = columns;
        List = columns;
        Id = id;
        Encoded = encoded ?? [];
        IsGlobal = isGlobal;
    }

    internal static ResultMetadata Empty { get; } = new([]);

    internal ImmutableArray<ColumnDefinition> Columns { get; }

    /// <summary><see cref="Columns"/> for users, boxed once.</summary>
    internal IReadOnlyList<ColumnDefinition> List { get; }

    internal int Count => Columns.Length;

    /// <summary>What EXECUTE sends to say "I have these columns"; null before v5.</summary>
    internal byte[]? Id { get; }

    /// <summary>The bytes the columns were read from, to recognise the same columns without reading them again.</summary>
    internal byte[] Encoded { get; }

    internal bool IsGlobal { get; }

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
