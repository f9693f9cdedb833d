namespace Ilium.Topology.Schema;

/// <summary>The tables a schema is read from.</summary>
internal enum SchemaSource
{
    Keyspaces,
    Tables,
    Columns,
    Indexes,
    Views,
    Types,
    Functions,
    Aggregates,
    Triggers,

    /// <summary>Cassandra 5.0.</summary>
    Masks,

    /// <summary>Cassandra 4.0, as the two that follow.</summary>
    VirtualKeyspaces,
    VirtualTables,
    VirtualColumns,
}

/// <summary>Their names.</summary>
internal static class SchemaSources
{
    internal static SchemaSource[] All { get; } = Enum.GetValues<SchemaSource>();

    /// <summary>The query for all its rows, for those of a keyspace, or for those of one name in a keyspace.</summary>
    internal static string QueryOf(SchemaSource source, int keys) => keys switch
    {
        0 => $"SELECT * FROM {NameOf(source)}",
        1 => $"SELECT * FROM {NameOf(source)} WHERE keyspace_name = ?",
        _ => $"SELECT * FROM {NameOf(source)} WHERE keyspace_name = ? AND {NameColumnOf(source)} = ?",
    };

    private static string NameColumnOf(SchemaSource source) => source switch
    {
        SchemaSource.Views => "view_name",
        SchemaSource.Types => "type_name",
        SchemaSource.Functions => "function_name",
        SchemaSource.Aggregates => "aggregate_name",
        _ => "table_name",
    };

    private static string NameOf(SchemaSource source) => source switch
    {
        SchemaSource.Keyspaces => "system_schema.keyspaces",
        SchemaSource.Tables => "system_schema.tables",
        SchemaSource.Columns => "system_schema.columns",
        SchemaSource.Indexes => "system_schema.indexes",
        SchemaSource.Views => "system_schema.views",
        SchemaSource.Types => "system_schema.types",
        SchemaSource.Functions => "system_schema.functions",
        SchemaSource.Aggregates => "system_schema.aggregates",
        SchemaSource.Triggers => "system_schema.triggers",
        SchemaSource.Masks => "system_schema.column_masks",
        SchemaSource.VirtualKeyspaces => "system_virtual_schema.keyspaces",
        SchemaSource.VirtualTables => "system_virtual_schema.tables",
        _ => "system_virtual_schema.columns",
    };
}
