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

    internal static string NameOf(SchemaSource source) => source switch
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
