using System.Text.RegularExpressions;

namespace Ilium.TestKit;

/// <summary>
/// Enough of <c>system.local</c>, <c>system.peers</c>, <c>system.peers_v2</c> and <c>system_schema</c> for a driver to start: every column by its real name
/// and type; the schema tables are empty except for keyspaces.
/// </summary>
internal static partial class SystemTables
{
    private static readonly byte[] TextSet = TypeBytes.Set(TypeBytes.Text);
    private static readonly byte[] TextList = TypeBytes.List(TypeBytes.Text);
    private static readonly byte[] TextMap = TypeBytes.Map(TypeBytes.Text, TypeBytes.Text);

    public static bool TryAnswer(ScriptedServer server, ServerRequest request)
    {
        var match = Select().Match(request.Cql!);
        if (!match.Success || Table(server, match.Groups["table"].Value.ToLowerInvariant()) is not { } table)
        {
            return false;
        }

        if (table.Columns.Count == 0)
        {
            request.Error(WireError.Invalid, $"unconfigured table {table.Name}");
            return true;
        }

        var selected = match.Groups["columns"].Value.Trim();
        var names = selected == "*" ? [.. table.Columns.Select(c => c.Name)] : selected.Split(',').Select(n => n.Trim()).ToList();
        var indexes = names.ConvertAll(n => table.Columns.FindIndex(c => c.Name == n));
        if (indexes.IndexOf(-1) is >= 0 and var unknown)
        {
            request.Error(WireError.Invalid, $"Undefined column name {names[unknown]} in table {table.Name}");
            return true;
        }

        var rows = table.Rows.Where(r => IsWanted(match, request, r)).Select(r => indexes.Select(i => r[i]).ToArray()).ToList();
        request.Rows([.. indexes.Select(i => table.Columns[i])], rows);
        return true;
    }

    [GeneratedRegex("^\\s*SELECT\\s+(?<columns>.+?)\\s+FROM\\s+(?<table>system[a-z_]*\\.[a-z_0-9]+)(?<where>.*)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Select();

    // WHERE peer = ? and WHERE keyspace_name = ?: the key is the first column of the tables that are asked this way.
    private static bool IsWanted(Match match, ServerRequest request, byte[]?[] row) =>
        !match.Groups["where"].Value.Contains('?', StringComparison.Ordinal)
        || request.Values is not [{ Bytes: { } key }, ..]
        || (row[0] is { } first && first.AsSpan().SequenceEqual(key));

    private static SystemTable? Table(ScriptedServer server, string name) => name switch
    {
        "system.local" => Local(server),
        "system.peers" => Peers(server),
        "system.peers_v2" => server.Options.HasPeersV2 ? PeersV2(server) : new SystemTable(name, [], []),
        "system_schema.keyspaces" => Keyspaces(server),
        "system_schema.tables" => Empty(name, "keyspace_name", "table_name", ("flags", TextSet), ("id", TypeBytes.Uuid), ("comment", TypeBytes.Text)),
        "system_schema.columns" => Empty(
            name, "keyspace_name", "table_name", "column_name", "clustering_order", "kind", ("position", TypeBytes.Int), "type", ("column_name_bytes", TypeBytes.Blob)),
        "system_schema.types" => Empty(name, "keyspace_name", "type_name", ("field_names", TextList), ("field_types", TextList)),
        "system_schema.indexes" => Empty(name, "keyspace_name", "table_name", "index_name", "kind", ("options", TextMap)),
        "system_schema.views" => Empty(
            name, "keyspace_name", "view_name", "base_table_name", ("base_table_id", TypeBytes.Uuid), ("include_all_columns", TypeBytes.Boolean), "where_clause"),
        "system_schema.functions" => Empty(
            name, "keyspace_name", "function_name", ("argument_types", TextList), ("argument_names", TextList), "body", ("called_on_null_input", TypeBytes.Boolean), "language", "return_type"),
        "system_schema.aggregates" => Empty(
            name, "keyspace_name", "aggregate_name", ("argument_types", TextList), "final_func", "initcond", "return_type", "state_func", "state_type"),
        _ => null,
    };

    private static SystemTable Local(ScriptedServer server)
    {
        var node = server.Options.Local;
        var address = ValueBytes.Inet(node.Address.Address);
        var port = ValueBytes.Int(node.Address.Port);
        (Field Field, byte[]? Value)[] cells =
        [
            ("key", ValueBytes.Text("local")),
            ("bootstrapped", ValueBytes.Text("COMPLETED")),
            (("broadcast_address", TypeBytes.Inet), address),
            (("broadcast_port", TypeBytes.Int), ValueBytes.Int(7000)),
            ("cluster_name", ValueBytes.Text(server.Options.ClusterName)),
            ("cql_version", ValueBytes.Text("3.4.7")),
            ("data_center", ValueBytes.Text(node.DataCenter)),
            (("gossip_generation", TypeBytes.Int), ValueBytes.Int(1)),
            (("host_id", TypeBytes.Uuid), ValueBytes.Uuid(node.HostId)),
            (("listen_address", TypeBytes.Inet), address),
            (("listen_port", TypeBytes.Int), ValueBytes.Int(7000)),
            ("native_protocol_version", ValueBytes.Text($"{server.Options.Versions.Max()}")),
            ("partitioner", ValueBytes.Text(server.Options.Partitioner)),
            ("rack", ValueBytes.Text(node.Rack)),
            ("release_version", ValueBytes.Text(node.ReleaseVersion)),
            (("rpc_address", TypeBytes.Inet), address),
            (("rpc_port", TypeBytes.Int), port),
            (("schema_version", TypeBytes.Uuid), ValueBytes.Uuid(node.SchemaVersion)),
            (("tokens", TextSet), Tokens(node)),
            (("truncated_at", TypeBytes.Map(TypeBytes.Uuid, TypeBytes.Blob)), null),
            .. server.Options.DseVersion is { } version ? [("dse_version", ValueBytes.Text(version))] : Array.Empty<(Field, byte[]?)>(),
        ];
        return new SystemTable("system.local", Columns("system.local", [.. cells.Select(c => c.Field)]), [[.. cells.Select(c => c.Value)]]);
    }

    private static SystemTable Peers(ScriptedServer server) => new(
        "system.peers",
        Columns(
            "system.peers",
            ("peer", TypeBytes.Inet), "data_center", ("host_id", TypeBytes.Uuid), ("preferred_ip", TypeBytes.Inet), "rack", "release_version",
            ("rpc_address", TypeBytes.Inet), ("schema_version", TypeBytes.Uuid), ("tokens", TextSet)),
        [
            .. server.Peers.Select(p => new[]
            {
                ValueBytes.Inet(p.Address.Address), ValueBytes.Text(p.DataCenter), ValueBytes.Uuid(p.HostId), null, ValueBytes.Text(p.Rack),
                ValueBytes.Text(p.ReleaseVersion), ValueBytes.Inet(p.Address.Address), ValueBytes.Uuid(p.SchemaVersion), Tokens(p),
            }),
        ]);

    private static SystemTable PeersV2(ScriptedServer server) => new(
        "system.peers_v2",
        Columns(
            "system.peers_v2",
            ("peer", TypeBytes.Inet), ("peer_port", TypeBytes.Int), "data_center", ("host_id", TypeBytes.Uuid), ("native_address", TypeBytes.Inet),
            ("native_port", TypeBytes.Int), ("preferred_ip", TypeBytes.Inet), ("preferred_port", TypeBytes.Int), "rack", "release_version",
            ("schema_version", TypeBytes.Uuid), ("tokens", TextSet)),
        [
            .. server.Peers.Select(p => new[]
            {
                ValueBytes.Inet(p.Address.Address), ValueBytes.Int(7000), ValueBytes.Text(p.DataCenter), ValueBytes.Uuid(p.HostId),
                ValueBytes.Inet(p.Address.Address), ValueBytes.Int(p.Address.Port), null, null, ValueBytes.Text(p.Rack),
                ValueBytes.Text(p.ReleaseVersion), ValueBytes.Uuid(p.SchemaVersion), Tokens(p),
            }),
        ]);

    private static SystemTable Keyspaces(ScriptedServer server) => new(
        "system_schema.keyspaces",
        Columns("system_schema.keyspaces", "keyspace_name", ("durable_writes", TypeBytes.Boolean), ("replication", TextMap)),
        [
            .. server.Keyspaces.Select(k => new[]
            {
                ValueBytes.Text(k.Key),
                ValueBytes.Boolean(true),
                ValueBytes.Map([.. k.Value.Select(o => ((byte[]?)ValueBytes.Text(o.Key), (byte[]?)ValueBytes.Text(o.Value)))]),
            }),
        ]);

    private static SystemTable Empty(string name, params Field[] fields) => new(name, Columns(name, fields), []);

    private static List<ColumnSpec> Columns(string table, params Field[] fields)
    {
        var parts = table.Split('.');
        return [.. fields.Select(f => new ColumnSpec(f.Name, f.Type, parts[0], parts[1]))];
    }

    private static byte[] Tokens(ServerNode node) => ValueBytes.List([.. node.Tokens.Select(ValueBytes.Text)]);

    private sealed record SystemTable(string Name, List<ColumnSpec> Columns, IReadOnlyList<byte[]?[]> Rows);

    /// <summary>A column; most are text.</summary>
    private readonly record struct Field(string Name, byte[] Type)
    {
        public static implicit operator Field(string name) => new(name, TypeBytes.Text);

        public static implicit operator Field((string Name, byte[] Type) field) => new(field.Name, field.Type);
    }
}
