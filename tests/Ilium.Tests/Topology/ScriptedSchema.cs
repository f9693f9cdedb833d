using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Ilium.TestKit;

namespace Ilium.Tests.Topology;

/// <summary>
/// The schema tables of a scripted server, by row: SELECT * of all of one, of a keyspace or of a name in it, page by page. Tables that have no columns here
/// are unknown, as on servers that lack them.
/// </summary>
internal sealed partial class ScriptedSchema
{
    private static readonly byte[] TextMap = TypeBytes.Map(TypeBytes.Text, TypeBytes.Text);
    private static readonly byte[] TextList = TypeBytes.List(TypeBytes.Text);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ColumnSpec[] Columns, List<byte[]?[]> Rows)> _tables = [];
    private int _reads;

    internal ScriptedSchema()
    {
        Define("keyspaces", ("keyspace_name", TypeBytes.Text), ("durable_writes", TypeBytes.Boolean), ("replication", TextMap));
        Define(
            "tables", ("keyspace_name", TypeBytes.Text), ("table_name", TypeBytes.Text), ("flags", TypeBytes.Set(TypeBytes.Text)), ("id", TypeBytes.Uuid), ("comment", TypeBytes.Text),
            ("gc_grace_seconds", TypeBytes.Int), ("caching", TextMap));
        Define(
            "columns", ("keyspace_name", TypeBytes.Text), ("table_name", TypeBytes.Text), ("column_name", TypeBytes.Text), ("clustering_order", TypeBytes.Text), ("kind", TypeBytes.Text),
            ("position", TypeBytes.Int), ("type", TypeBytes.Text));
        Define("types", ("keyspace_name", TypeBytes.Text), ("type_name", TypeBytes.Text), ("field_names", TextList), ("field_types", TextList));
        Define("triggers", ("keyspace_name", TypeBytes.Text), ("table_name", TypeBytes.Text), ("trigger_name", TypeBytes.Text), ("options", TextMap));
        Define("indexes", ("keyspace_name", TypeBytes.Text), ("table_name", TypeBytes.Text), ("index_name", TypeBytes.Text), ("kind", TypeBytes.Text), ("options", TextMap));
    }

    /// <summary>How many queries of schema tables have been answered.</summary>
    internal int Reads => Volatile.Read(ref _reads);

    /// <summary>Gives a schema table other columns, and no rows.</summary>
    internal void Define(string table, params (string Name, byte[] Type)[] columns)
    {
        lock (_lock)
        {
            _tables[table] = ([.. columns.Select(column => new ColumnSpec(column.Name, column.Type, "system_schema", table))], []);
        }
    }

    /// <summary>The server has no such schema table.</summary>
    internal void Remove(string table)
    {
        lock (_lock)
        {
            _tables.Remove(table);
        }
    }

    internal void Add(string table, params byte[]?[] row)
    {
        lock (_lock)
        {
            _tables[table].Rows.Add(row);
        }
    }

    internal void Keyspace(string name) => Add("keyspaces", Text(name), [1], Map(("class", "SimpleStrategy"), ("replication_factor", "1")));

    /// <summary>A table with an int key named k and further columns.</summary>
    internal void Table(string keyspace, string name, params (string Name, string Type)[] columns)
    {
        Add("tables", Text(keyspace), Text(name), ValueBytes.List(Text("compound")), ValueBytes.Uuid(Guid.NewGuid()), Text(""), ValueBytes.Int(864000), Map(("keys", "ALL")));
        Column(keyspace, name, "k", "partition_key", 0, "int");
        foreach (var column in columns)
        {
            Column(keyspace, name, column.Name, "regular", -1, column.Type);
        }
    }

    internal void Column(string keyspace, string table, string name, string kind, int position, string type) =>
        Add("columns", Text(keyspace), Text(table), Text(name), Text("none"), Text(kind), ValueBytes.Int(position), Text(type));

    /// <summary>Takes out every row whose first cells are these.</summary>
    internal void Drop(string table, params string[] key)
    {
        lock (_lock)
        {
            _tables[table].Rows.RemoveAll(row => key.Select((part, i) => row[i] is { } cell && Encoding.UTF8.GetString(cell) == part).All(same => same));
        }
    }

    /// <summary>Answers for the server's schema tables from here on.</summary>
    internal void Serve(ScriptedServer server) => server.On(request => request.Is(WireOpcode.Query) && Select().IsMatch(request.Cql!), Answer);

    internal static byte[] Text(string text) => ValueBytes.Text(text);

    internal static byte[] Map(params (string Key, string Value)[] entries) => ValueBytes.Map([.. entries.Select(entry => ((byte[]?)Text(entry.Key), (byte[]?)Text(entry.Value)))]);

    private void Answer(ServerRequest request)
    {
        Interlocked.Increment(ref _reads);
        var name = Select().Match(request.Cql!).Groups[1].Value.Replace("schema.", "", StringComparison.Ordinal);
        ColumnSpec[] columns;
        byte[]?[][] rows;
        lock (_lock)
        {
            if (!_tables.TryGetValue(name, out var table))
            {
                request.Error(WireError.Invalid, $"unconfigured table {name}");
                return;
            }

            columns = table.Columns;
            rows = [.. table.Rows.Where(row => request.Values.Select((value, i) => row[i] is { } cell && cell.AsSpan().SequenceEqual(value.Bytes)).All(same => same))];
        }

        var from = request.Parts.PagingState is { } state ? BinaryPrimitives.ReadInt32BigEndian(state) : 0;
        var to = Math.Min(rows.Length, from + (request.Parts.PageSize ?? int.MaxValue));
        request.Rows(columns, rows[from..to], new RowsOptions { PagingState = to < rows.Length ? ValueBytes.Int(to) : null });
    }

    // Virtual tables are named with the word before them.
    [GeneratedRegex(@"^SELECT \* FROM system_((?:virtual_)?schema\.\w+)")]
    private static partial Regex Select();
}
