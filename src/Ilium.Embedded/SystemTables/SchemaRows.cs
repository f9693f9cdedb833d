using System.Collections.Immutable;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.SystemTables;

/// <summary><c>system_schema</c> and <c>system_virtual_schema</c>.</summary>
internal static class SchemaRows
{
    internal static void Write(SystemTableWriter writer, DatabaseSchema schema)
    {
        foreach (var keyspace in schema.Keyspaces.Values.Where(k => !k.IsVirtual))
        {
            switch (writer.Table.Name)
            {
                case "keyspaces":
                    writer.Add(("keyspace_name", Text(keyspace.Name)), ("durable_writes", ValueBytes.Boolean(keyspace.DurableWrites)), ("replication", Map(keyspace.Replication)));
                    break;
                case "types":
                    foreach (var type in keyspace.Types.Values)
                    {
                        writer.Add(
                            ("keyspace_name", Text(keyspace.Name)),
                            ("type_name", Text(type.Name)),
                            ("field_names", List(type.Fields.Select(f => f.Name))),
                            ("field_types", List(type.Fields.Select(f => TypeText.Of(f.Type, f.IsMulticell)))));
                    }

                    break;
                default:
                    foreach (var table in keyspace.Tables.Values)
                    {
                        WriteTable(writer, table);
                    }

                    break;
            }
        }
    }

    internal static void WriteVirtual(SystemTableWriter writer, DatabaseSchema schema)
    {
        foreach (var keyspace in schema.Keyspaces.Values.Where(k => k.IsVirtual))
        {
            if (writer.Table.Name == "keyspaces")
            {
                writer.Add(("keyspace_name", Text(keyspace.Name)));
                continue;
            }

            foreach (var table in keyspace.Tables.Values)
            {
                if (writer.Table.Name == "tables")
                {
                    writer.Add(("keyspace_name", Text(keyspace.Name)), ("table_name", Text(table.Name)), ("comment", Text(table.Options.Comment)));
                }
                else
                {
                    WriteColumns(writer, table);
                }
            }
        }
    }

    private static void WriteTable(SystemTableWriter writer, TableDefinition table)
    {
        switch (writer.Table.Name)
        {
            case "tables":
                WriteSettings(writer, table);
                break;
            case "columns":
                WriteColumns(writer, table);
                break;
            case "dropped_columns":
                foreach (var column in table.Dropped.Values)
                {
                    writer.Add(
                        ("keyspace_name", Text(table.Keyspace)),
                        ("table_name", Text(table.Name)),
                        ("column_name", Text(column.Name)),
                        ("dropped_time", ValueBytes.Bigint(column.DroppedAtMicroseconds / 1000)),
                        ("kind", Text(column.Kind == ColumnRole.Static ? "static" : "regular")),
                        ("type", Text(TypeText.Of(column.Type, column.IsMulticell))));
                }

                break;
            case "indexes":
                foreach (var index in table.Indexes.Values)
                {
                    writer.Add(
                        ("keyspace_name", Text(table.Keyspace)),
                        ("table_name", Text(table.Name)),
                        ("index_name", Text(index.Name)),
                        ("kind", Text(index.Kind)),
                        ("options", Map(index.Options)));
                }

                break;
        }
    }

    private static void WriteSettings(SystemTableWriter writer, TableDefinition table)
    {
        var settings = table.Options;
        var extensions = ValueParts.Map([.. settings.Extensions.Select(e => KeyValuePair.Create(Text(e.Key), Convert.FromHexString(e.Value.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? e.Value[2..] : e.Value)))]);
        var flags = new List<byte[]> { Text("compound") };
        if (table.IsCounter)
        {
            flags.Add(Text("counter"));
        }

        writer.Add(
            ("keyspace_name", Text(table.Keyspace)),
            ("table_name", Text(table.Name)),
            ("additional_write_policy", Text(settings.AdditionalWritePolicy)),
            ("allow_auto_snapshot", settings.AllowAutoSnapshot is { } snapshot ? ValueBytes.Boolean(snapshot) : null),
            ("bloom_filter_fp_chance", ValueBytes.Double(settings.BloomFilterFpChance)),
            ("caching", Map(settings.Caching)),
            ("cdc", settings.Cdc is { } cdc ? ValueBytes.Boolean(cdc) : null),
            ("comment", Text(settings.Comment)),
            ("compaction", Map(settings.Compaction)),
            ("compression", Map(settings.Compression)),
            ("crc_check_chance", ValueBytes.Double(settings.CrcCheckChance)),
            ("dclocal_read_repair_chance", ValueBytes.Double(0)),
            ("default_time_to_live", ValueBytes.Int(settings.DefaultTimeToLive)),
            ("extensions", extensions),
            ("flags", ValueParts.Sequence(flags)),
            ("gc_grace_seconds", ValueBytes.Int(settings.GcGraceSeconds)),
            ("id", ValueBytes.Uuid(table.Id)),
            ("incremental_backups", settings.IncrementalBackups is { } backups ? ValueBytes.Boolean(backups) : null),
            ("max_index_interval", ValueBytes.Int(settings.MaxIndexInterval)),
            ("memtable", settings.Memtable is { } memtable ? Text(memtable) : null),
            ("memtable_flush_period_in_ms", ValueBytes.Int(settings.MemtableFlushPeriod)),
            ("min_index_interval", ValueBytes.Int(settings.MinIndexInterval)),
            ("read_repair", Text(settings.ReadRepair)),
            ("read_repair_chance", ValueBytes.Double(0)),
            ("speculative_retry", Text(settings.SpeculativeRetry)));
    }

    private static void WriteColumns(SystemTableWriter writer, TableDefinition table)
    {
        foreach (var column in table.Columns)
        {
            var (kind, order) = column.Kind switch
            {
                ColumnRole.PartitionKey => ("partition_key", "none"),
                ColumnRole.Clustering => ("clustering", column.IsReversed ? "desc" : "asc"),
                ColumnRole.Static => ("static", "none"),
                _ => ("regular", "none"),
            };
            writer.Add(
                ("keyspace_name", Text(table.Keyspace)),
                ("table_name", Text(table.Name)),
                ("column_name", Text(column.Name)),
                ("clustering_order", Text(order)),
                ("column_name_bytes", Text(column.Name)),
                ("kind", Text(kind)),
                ("position", ValueBytes.Int(column.Position)),
                ("type", Text(column.TypeText)));
        }
    }

    private static byte[] Text(string text) => ValueBytes.Text(text);

    private static byte[] Map(ImmutableSortedDictionary<string, string> map) => ValueParts.Map([.. map.Select(e => KeyValuePair.Create(Text(e.Key), Text(e.Value)))]);

    private static byte[] List(IEnumerable<string> items) => ValueParts.Sequence([.. items.Select(Text)]);
}
