namespace Ilium.Topology.Schema;

/// <summary>The rows of the schema tables that belong to one keyspace, sorted out but not looked into.</summary>
internal sealed class KeyspaceRows
{
    internal SchemaRow? Keyspace { get; set; }

    internal bool IsVirtual { get; set; }

    internal List<SchemaRow> Tables { get; } = [];

    internal List<SchemaRow> Views { get; } = [];

    internal List<SchemaRow> Types { get; } = [];

    internal List<SchemaRow> Functions { get; } = [];

    internal List<SchemaRow> Aggregates { get; } = [];

    /// <summary>Of tables and views, by their name.</summary>
    internal Dictionary<string, List<SchemaRow>> Columns { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, List<SchemaRow>> Indexes { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, List<SchemaRow>> Triggers { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, List<SchemaRow>> Masks { get; } = new(StringComparer.Ordinal);

    internal void Add(SchemaSource source, SchemaRow row)
    {
        switch (source)
        {
            case SchemaSource.Keyspaces:
                Keyspace = row;
                break;
            case SchemaSource.Tables:
                Tables.Add(row);
                break;
            case SchemaSource.Views:
                Views.Add(row);
                break;
            case SchemaSource.Types:
                Types.Add(row);
                break;
            case SchemaSource.Functions:
                Functions.Add(row);
                break;
            case SchemaSource.Aggregates:
                Aggregates.Add(row);
                break;
            case SchemaSource.Columns:
                AddTo(Columns, row);
                break;
            case SchemaSource.Indexes:
                AddTo(Indexes, row);
                break;
            case SchemaSource.Triggers:
                AddTo(Triggers, row);
                break;
            case SchemaSource.Masks:
                AddTo(Masks, row);
                break;
            case SchemaSource.VirtualKeyspaces:
                Keyspace = row;
                IsVirtual = true;
                break;
            case SchemaSource.VirtualTables:
                Tables.Add(row);
                break;
            case SchemaSource.VirtualColumns:
                AddTo(Columns, row);
                break;
        }
    }

    private static void AddTo(Dictionary<string, List<SchemaRow>> rows, SchemaRow row)
    {
        // A row without its key describes nothing.
        if (row.Text("table_name") is not { } table)
        {
            return;
        }

        if (!rows.TryGetValue(table, out var list))
        {
            list = [];
            rows[table] = list;
        }

        list.Add(row);
    }
}
