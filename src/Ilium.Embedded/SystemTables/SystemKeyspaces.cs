using System.Collections.Immutable;
using System.Globalization;
using Ilium.Embedded.Schema;
using Ilium.Topology.Schema;

namespace Ilium.Embedded.SystemTables;

/// <summary>The keyspaces every node has, with the tables of Cassandra 5.0.9. The definitions are a resource: a line for a table, an indented one for a column.</summary>
internal static class SystemKeyspaces
{
    private const string CompactionPackage = "org.apache.cassandra.db.compaction.";
    private const string PaxosIndex = "PaxosUncommittedIndex";
    private const string PaxosIndexClass = "org.apache.cassandra.service.paxos.uncommitted.PaxosUncommittedIndex";

    internal static ImmutableSortedDictionary<string, KeyspaceDefinition> All { get; } = Read();

    // Starting a node should cost milliseconds: only the lines are sorted by keyspace here.
    private static ImmutableSortedDictionary<string, KeyspaceDefinition> Read()
    {
        using var stream = typeof(SystemKeyspaces).Assembly.GetManifestResourceStream("system-tables.txt")!;
        using var reader = new StreamReader(stream);
        var lines = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? current = null;
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != ' ')
            {
                var keyspace = line[..line.IndexOf('.', StringComparison.Ordinal)];
                if (!lines.TryGetValue(keyspace, out current))
                {
                    lines[keyspace] = current = [];
                }
            }

            current!.Add(line);
        }

        var keyspaces = ImmutableSortedDictionary.CreateBuilder<string, KeyspaceDefinition>(StringComparer.Ordinal);
        foreach (var (name, its) in lines)
        {
            keyspaces[name] = Keyspace(name, its);
        }

        return keyspaces.ToImmutable();
    }

    private static KeyspaceDefinition Keyspace(string name, List<string> lines)
    {
        var replication = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        replication = name switch
        {
            "system_auth" => replication.Add("class", KeyspaceDefinition.ReplicationPackage + "SimpleStrategy").Add("replication_factor", "1"),
            "system_distributed" => replication.Add("class", KeyspaceDefinition.ReplicationPackage + "SimpleStrategy").Add("replication_factor", "3"),
            "system_traces" => replication.Add("class", KeyspaceDefinition.ReplicationPackage + "SimpleStrategy").Add("replication_factor", "2"),
            _ => replication.Add("class", KeyspaceDefinition.ReplicationPackage + "LocalStrategy"),
        };
        return new KeyspaceDefinition(name, replication)
        {
            IsSystem = true,
            IsVirtual = IsVirtual(name),
            DeferredTables = new Lazy<ImmutableSortedDictionary<string, TableDefinition>>(() => ReadTables(lines)),
        };
    }

    private static ImmutableSortedDictionary<string, TableDefinition> ReadTables(List<string> lines)
    {
        var tables = new List<TableDefinition>();
        string? head = null;
        var columns = new List<Column>();
        foreach (var line in lines)
        {
            if (line[0] == ' ')
            {
                columns.Add(ReadColumn(line[1..].Split('|'), columns));
                continue;
            }

            AddTable(tables, head, columns);
            head = line;
            columns = [];
        }

        AddTable(tables, head, columns);
        return tables.ToImmutableSortedDictionary(t => t.Name, t => t, StringComparer.Ordinal);
    }

    private static bool IsVirtual(string keyspace) => keyspace is "system_views" or "system_virtual_schema";

    private static void AddTable(List<TableDefinition> tables, string? head, List<Column> columns)
    {
        if (head is null)
        {
            return;
        }

        var parts = head.Split('|');
        var dot = parts[0].IndexOf('.', StringComparison.Ordinal);
        var keyspace = parts[0][..dot];
        var settings = TableSettings.Default with
        {
            GcGraceSeconds = int.Parse(parts[2], CultureInfo.InvariantCulture),
            MemtableFlushPeriod = int.Parse(parts[3], CultureInfo.InvariantCulture),
            DefaultTimeToLive = int.Parse(parts[4], CultureInfo.InvariantCulture),
            Comment = parts[5],
        };
        settings = settings with { Compaction = Compaction(parts[0], settings.Compaction) };
        var id = parts[1].Length > 0 ? Guid.Parse(parts[1]) : Guid.Empty;
        tables.Add(new TableDefinition(keyspace, parts[0][(dot + 1)..], id, columns, settings) { IsSystem = true, IsVirtual = IsVirtual(keyspace), Indexes = Indexes(parts[0]) });
    }

    /// <summary>A few of the system's tables are compacted in another way than most.</summary>
    private static ImmutableSortedDictionary<string, string> Compaction(string table, ImmutableSortedDictionary<string, string> usual) => table switch
    {
        "system.batches" => usual.SetItem("min_threshold", "2"),
        "system.paxos" => usual.SetItem("class", CompactionPackage + "LeveledCompactionStrategy"),
        "system_distributed.repair_history" or "system_distributed.parent_repair_history" => usual
            .SetItem("class", CompactionPackage + "TimeWindowCompactionStrategy")
            .SetItem("compaction_window_size", "1")
            .SetItem("compaction_window_unit", "DAYS"),
        _ => usual,
    };

    private static ImmutableSortedDictionary<string, TableIndex> Indexes(string table)
    {
        var indexes = ImmutableSortedDictionary.Create<string, TableIndex>(StringComparer.Ordinal);
        return table == "system.paxos"
            ? indexes.Add(PaxosIndex, new TableIndex(PaxosIndex, "CUSTOM", ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("class_name", PaxosIndexClass).Add("target", "")))
            : indexes;
    }

    private static Column ReadColumn(string[] parts, List<Column> before)
    {
        var kind = parts[1] switch
        {
            "partition_key" => ColumnRole.PartitionKey,
            "clustering" => ColumnRole.Clustering,
            "static" => ColumnRole.Static,
            _ => ColumnRole.Regular,
        };
        var type = CqlTypeText.Parse(parts[4], _ => null);
        var isMulticell = type is CqlListType or CqlSetType or CqlMapType && !CqlTypeText.IsFrozen(parts[4]);
        return new Column(parts[0], type, isMulticell, kind, int.Parse(parts[2], CultureInfo.InvariantCulture), parts[3] == "desc")
        {
            Slot = kind is ColumnRole.Static or ColumnRole.Regular ? before.Count(c => c.Kind == kind) : -1,
        };
    }
}
