using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>The statements that make what is in the schema, as DESCRIBE writes them.</summary>
internal static class DefinitionText
{
    internal static string Of(KeyspaceDefinition keyspace)
    {
        if (keyspace.IsVirtual)
        {
            return $"/*\nWarning: Keyspace {Name(keyspace.Name)} is a virtual keyspace and cannot be recreated with CQL.\nStructure, for reference:\nVIRTUAL KEYSPACE {Name(keyspace.Name)};\n*/";
        }

        return $"CREATE KEYSPACE {Name(keyspace.Name)} WITH replication = {Map(ShortClass(keyspace.Replication), classFirst: true)}  AND durable_writes = {(keyspace.DurableWrites ? "true" : "false")};";
    }

    internal static string Of(UserTypeDefinition type) =>
        $"CREATE TYPE {Name(type.Keyspace)}.{Name(type.Name)} (\n{string.Join(",\n", type.Fields.Select(f => $"    {Name(f.Name)} {TypeText.Of(f.Type, f.IsMulticell)}"))}\n);";

    internal static string Of(TableDefinition table, TableIndex index)
    {
        var text = new StringBuilder("CREATE ");
        text.Append(index.IsCustom ? "CUSTOM " : "").Append("INDEX ").Append(Name(index.Name)).Append(" ON ").Append(Name(table.Keyspace)).Append('.').Append(Name(table.Name));
        text.Append(" (").Append(index.Target).Append(')');
        if (index.IsCustom)
        {
            text.Append(" USING '").Append(index.ClassName).Append('\'');
            var options = index.Options.Remove("target").Remove("class_name");
            if (!options.IsEmpty)
            {
                text.Append(" WITH OPTIONS = ").Append(Map(options));
            }
        }

        return text.Append(';').ToString();
    }

    /// <summary>With internals, several statements: columns that were dropped are made and dropped again, so that what they left behind is known for what it is.</summary>
    internal static string Of(TableDefinition table, bool withInternals) =>
        withInternals ? string.Join('\n', Drops(table).Prepend(Creation(table, withInternals: true))) : Creation(table, withInternals: false);

    internal static IEnumerable<string> Drops(TableDefinition table)
    {
        var alter = $"ALTER TABLE {Name(table.Keyspace)}.{Name(table.Name)}";
        foreach (var dropped in table.Dropped.Values)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{alter} DROP {Name(dropped.Name)} USING TIMESTAMP {dropped.DroppedAtMicroseconds};");
            if (table.Find(dropped.Name) is { } again)
            {
                yield return $"{alter} ADD {Name(again.Name)} {again.TypeText}{(again.IsStatic ? " static" : "")};";
            }
        }
    }

    internal static string Creation(TableDefinition table, bool withInternals)
    {
        var text = new StringBuilder();
        if (table.IsVirtual)
        {
            text.Append("/*\nWarning: Table ").Append(Name(table.Keyspace)).Append('.').Append(Name(table.Name)).Append(" is a virtual table and cannot be recreated with CQL.\nStructure, for reference:\nVIRTUAL TABLE ");
        }
        else
        {
            text.Append("CREATE TABLE ");
        }

        text.Append(Name(table.Keyspace)).Append('.').Append(Name(table.Name)).Append(" (\n");
        var single = table is { PartitionKey.Length: 1, ClusteringKey.Length: 0 };
        var lines = Listed(table, withInternals).Select(c => $"    {Name(c.Name)} {c.TypeText}{(c.IsStatic ? " static" : "")}{(single && c.Kind == ColumnRole.PartitionKey ? " PRIMARY KEY" : "")}").ToList();
        if (withInternals)
        {
            lines.AddRange(table.Dropped.Values.Select(c => $"    {Name(c.Name)} {TypeText.Of(c.Type, c.IsMulticell)}{(c.Kind == ColumnRole.Static ? " static" : "")}"));
        }

        if (!single)
        {
            var partition = table.PartitionKey.Length == 1 ? Name(table.PartitionKey[0].Name) : $"({string.Join(", ", table.PartitionKey.Select(c => Name(c.Name)))})";
            lines.Add($"    PRIMARY KEY ({string.Join(", ", table.ClusteringKey.Select(c => Name(c.Name)).Prepend(partition))})");
        }

        text.AppendJoin(",\n", lines).Append("\n) WITH ");
        if (withInternals)
        {
            text.Append("ID = ").Append(table.Id).Append("\n    AND ");
        }

        if (!table.ClusteringKey.IsEmpty)
        {
            text.Append("CLUSTERING ORDER BY (").AppendJoin(", ", table.ClusteringKey.Select(c => $"{Name(c.Name)} {(c.IsReversed ? "DESC" : "ASC")}")).Append(")\n    AND ");
        }

        if (table.IsVirtual)
        {
            return text.Append("comment = '").Append(Escape(table.Options.Comment)).Append("';\n*/").ToString();
        }

        AppendSettings(text, table.Options);
        return text.Append(';').ToString();
    }

    /// <summary>The columns as they are written: key, static, other; of the last two those of one cell first. With internals, one that was dropped and added again comes later.</summary>
    private static IEnumerable<Column> Listed(TableDefinition table, bool withInternals) =>
    [
        .. table.PartitionKey,
        .. table.ClusteringKey,
        .. table.Statics.Concat(table.Regulars).Where(c => !withInternals || !table.Dropped.ContainsKey(c.Name)).OrderBy(c => c.Kind).ThenBy(c => c.IsMulticell),
    ];

    private static ImmutableSortedDictionary<string, string> ShortClass(ImmutableSortedDictionary<string, string> replication) =>
        replication.TryGetValue("class", out var name) ? replication.SetItem("class", name.Replace(KeyspaceDefinition.ReplicationPackage, "", StringComparison.Ordinal)) : replication;

    private static void AppendSettings(StringBuilder text, TableSettings settings) => text
        .Append("additional_write_policy = '").Append(settings.AdditionalWritePolicy).Append('\'')
        .Append("\n    AND allow_auto_snapshot = ").Append(settings.AllowAutoSnapshot ?? true ? "true" : "false")
        .Append("\n    AND bloom_filter_fp_chance = ").Append(JavaNumbers.ToText(settings.BloomFilterFpChance))
        .Append("\n    AND caching = ").Append(Map(settings.Caching))
        .Append("\n    AND cdc = ").Append(settings.Cdc ?? false ? "true" : "false")
        .Append("\n    AND comment = '").Append(Escape(settings.Comment)).Append('\'')
        .Append("\n    AND compaction = ").Append(Map(settings.Compaction, classFirst: true))
        .Append("\n    AND compression = ").Append(Map(settings.Compression))
        .Append("\n    AND memtable = '").Append(settings.Memtable ?? "default").Append('\'')
        .Append("\n    AND crc_check_chance = ").Append(JavaNumbers.ToText(settings.CrcCheckChance))
        .Append("\n    AND default_time_to_live = ").Append(settings.DefaultTimeToLive.ToString(CultureInfo.InvariantCulture))
        .Append("\n    AND extensions = ").Append(Map(settings.Extensions))
        .Append("\n    AND gc_grace_seconds = ").Append(settings.GcGraceSeconds.ToString(CultureInfo.InvariantCulture))
        .Append("\n    AND incremental_backups = ").Append(settings.IncrementalBackups ?? true ? "true" : "false")
        .Append("\n    AND max_index_interval = ").Append(settings.MaxIndexInterval.ToString(CultureInfo.InvariantCulture))
        .Append("\n    AND memtable_flush_period_in_ms = ").Append(settings.MemtableFlushPeriod.ToString(CultureInfo.InvariantCulture))
        .Append("\n    AND min_index_interval = ").Append(settings.MinIndexInterval.ToString(CultureInfo.InvariantCulture))
        .Append("\n    AND read_repair = '").Append(settings.ReadRepair).Append('\'')
        .Append("\n    AND speculative_retry = '").Append(settings.SpeculativeRetry).Append('\'');

    private static string Map(ImmutableSortedDictionary<string, string> map, bool classFirst = false) =>
        "{" + string.Join(", ", map.OrderBy(e => classFirst && e.Key == "class" ? 0 : 1).ThenBy(e => e.Key, StringComparer.Ordinal).Select(e => $"'{Escape(e.Key)}': '{Escape(e.Value)}'")) + "}";

    private static string Name(string name) => CqlIdentifier.ToCql(name);

    private static string Escape(string text) => text.Replace("'", "''", StringComparison.Ordinal);
}
