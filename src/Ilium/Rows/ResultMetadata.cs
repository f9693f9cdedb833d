using System.Collections.Frozen;

namespace Ilium.Rows;

/// <summary>The columns of a result, or the bind markers of a statement. Immutable.</summary>
internal sealed class ResultMetadata
{
    internal static readonly ResultMetadata Empty = new([], [], isGlobal: true);

    // Few names are found sooner by comparing than by hashing.
    private const int MaxLinear = 8;

    private readonly FrozenDictionary<string, int>? _ordinals;

    /// <param name="columns">In order.</param>
    /// <param name="encoded">The bytes they were read from, to recognise the same columns without reading them again.</param>
    /// <param name="isGlobal">True when keyspace and table stand once in <paramref name="encoded"/>.</param>
    internal ResultMetadata(IReadOnlyList<ColumnDefinition> columns, byte[] encoded, bool isGlobal)
    {
        Columns = columns;
        IsGlobal = isGlobal;
        Encoded = encoded;
        if (columns.Count > MaxLinear)
        {
            var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var column in columns)
            {
                ordinals.TryAdd(column.Name, column.Ordinal);
            }

            _ordinals = ordinals.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    internal IReadOnlyList<ColumnDefinition> Columns { get; }

    internal byte[] Encoded { get; }

    /// <summary>True when keyspace and table were sent once for all columns, which is how <see cref="Encoded"/> is to be read.</summary>
    internal bool IsGlobal { get; }

    /// <summary>The position of the first column with this name, in its own case; -1 when there is none.</summary>
    internal int IndexOf(string name)
    {
        if (_ordinals is not null)
        {
            return _ordinals.GetValueOrDefault(name, -1);
        }

        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
