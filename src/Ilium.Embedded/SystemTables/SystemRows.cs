using System.Collections.Concurrent;
using Ilium.Embedded.Execution;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Storage;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.SystemTables;

/// <summary>The rows of the system's tables, made from schema, topology, roles and traces when they are read.</summary>
/// <remarks>Threads: any. What follows from the schema alone is made once a schema.</remarks>
internal sealed class SystemRows(NodeEngine engine)
{
    private volatile OfSchema? _ofSchema;

    internal TableStore StoreOf(TableDefinition table)
    {
        var schema = engine.Database.Schema;
        if (table.Keyspace is not ("system_schema" or "system_virtual_schema"))
        {
            return Build(table, schema);
        }

        var cache = _ofSchema;
        if (cache?.Schema != schema)
        {
            _ofSchema = cache = new OfSchema(schema);
        }

        return cache.Stores.GetOrAdd(table.Keyspace + "." + table.Name, _ => Build(table, schema));
    }

    private TableStore Build(TableDefinition table, DatabaseSchema schema)
    {
        var writer = new SystemTableWriter(table, engine.Database.Clock.NowMicroseconds());
        switch (table.Keyspace)
        {
            case "system":
                TopologyRows.Write(writer, engine);
                break;
            case "system_schema":
                SchemaRows.Write(writer, schema);
                break;
            case "system_virtual_schema":
                SchemaRows.WriteVirtual(writer, schema);
                break;
            case "system_traces":
                TraceRows.Write(writer, engine.Database.Traces);
                break;
            case "system_auth":
                RoleRows.Write(writer, engine.Database.Roles);
                break;
        }

        return writer.Store;
    }

    private sealed class OfSchema(DatabaseSchema schema)
    {
        internal DatabaseSchema Schema { get; } = schema;

        internal ConcurrentDictionary<string, TableStore> Stores { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>Fills the store of one system table.</summary>
internal sealed class SystemTableWriter(TableDefinition table, long timestamp)
{
    private readonly Stamp _stamp = new(timestamp);

    internal TableDefinition Table { get; } = table;

    internal TableStore Store { get; } = new(byKey: table.IsVirtual);

    /// <summary>Adds a row; names that the table does not have are refused by the runtime, values that are null are left out.</summary>
    internal void Add(params ReadOnlySpan<(string Column, byte[]? Value)> values)
    {
        var key = new byte[Table.PartitionKey.Length][];
        var clustering = new byte[Table.ClusteringKey.Length][];
        foreach (var (name, value) in values)
        {
            var column = Table.Find(name)!;
            if (column.Kind == ColumnRole.PartitionKey)
            {
                key[column.Position] = value!;
            }
            else if (column.Kind == ColumnRole.Clustering)
            {
                clustering[column.Position] = value!;
            }
        }

        var row = Store.GetOrAdd(ValueParts.PartitionKey(key)).GetOrAdd(Table, clustering);
        row.Mark(_stamp);
        foreach (var (name, value) in values)
        {
            var column = Table.Find(name)!;
            if (column.IsKey || value is null)
            {
                continue;
            }

            if (!column.IsMulticell)
            {
                row.Write(column, new Cell(value, _stamp));
                continue;
            }

            var complex = row.Complex(column);
            if (column.Type is CqlMapType map)
            {
                foreach (var (path, item) in ValueParts.Entries(map, value))
                {
                    complex.Write(map, path, new Cell(item, _stamp));
                }
            }
            else
            {
                foreach (var path in ValueParts.Elements(column.Type, value))
                {
                    complex.Write(column.Type, path!, new Cell(Array.Empty<byte>(), _stamp));
                }
            }
        }
    }
}
