using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Expressions;

/// <summary>What expressions are evaluated in: the bound values, and the row they are about. One a statement that runs; for one thread.</summary>
internal sealed class Scope(QueryOptions options, byte[]?[] values, RequestContext context)
{
    private byte[]? _key;
    private byte[][] _keyParts = [];

    internal QueryOptions Options { get; } = options;

    /// <summary>The values of the markers, by their number.</summary>
    internal byte[]?[] Values { get; } = values;

    internal RequestContext Context { get; } = context;

    internal TableDefinition? Table { get; set; }

    internal Partition? Partition { get; set; }

    /// <summary>Null when the partition has only static columns to show.</summary>
    internal StoredRow? Row { get; set; }

    internal AggregateState[] Aggregates { get; set; } = [];

    internal Cell CellOf(Column column) => (column.IsStatic ? Partition?.Static : Row)?[column] ?? default;

    /// <summary>The value of a column in the row; null where there is none.</summary>
    internal byte[]? ValueOf(Column column)
    {
        switch (column.Kind)
        {
            case ColumnRole.PartitionKey:
                return KeyPart(column.Position);
            case ColumnRole.Clustering:
                return Row?.Clustering[column.Position];
            default:
                var cell = CellOf(column);
                return cell.Value is ComplexValue complex
                    ? complex.Serialize(column.Type, Context.NowSeconds)
                    : cell.Value is byte[] bytes && !cell.Stamp!.IsExpired(Context.NowSeconds) ? bytes : null;
        }
    }

    private byte[] KeyPart(int index)
    {
        var count = Table!.PartitionKey.Length;
        var key = Partition!.Key;
        if (count == 1)
        {
            return key;
        }

        if (!ReferenceEquals(_key, key))
        {
            _key = key;
            _keyParts = new byte[count][];
            for (var i = 0; i < count; i++)
            {
                _keyParts[i] = ValueParts.PartitionKeyPart(key, count, i);
            }
        }

        return _keyParts[index];
    }
}
