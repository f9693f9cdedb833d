using System.Collections.Immutable;
using System.IO.Hashing;

namespace Ilium.Topology.Schema;

/// <summary>
/// Reads the options of tables and views. Most tables of a cluster have the same ones, so equal bytes give one object. Used by one thread.
/// </summary>
internal sealed class OptionsReader
{
    // 128 bits of hash: two different options among all tables of the world would be news.
    private readonly Dictionary<UInt128, TableOptions> _known = [];

    internal TableOptions Read(SchemaRow row)
    {
        var hash = new XxHash128();
        foreach (var column in row.Columns)
        {
            if (IsOption(column.Name))
            {
                row.AddTo(hash, column);
            }
        }

        var key = hash.GetCurrentHashAsUInt128();
        if (!_known.TryGetValue(key, out var options))
        {
            options = Decode(row);
            _known[key] = options;
        }

        return options;
    }

    private static TableOptions Decode(SchemaRow row)
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, object>(StringComparer.Ordinal);
        foreach (var column in row.Columns)
        {
            if (IsOption(column.Name) && row.Option(column) is { } value)
            {
                all[column.Name] = value;
            }
        }

        return all.Count == 0 ? TableOptions.None : new TableOptions(all.ToImmutable());
    }

    private static bool IsOption(string column) => column is not (
        "keyspace_name" or "table_name" or "view_name" or "id" or "flags" or "base_table_id" or "base_table_name" or "include_all_columns" or "where_clause");
}
