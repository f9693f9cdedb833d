namespace Ilium.TestKit;

/// <summary>Bodies of responses (§4.2), without tracing id, warnings and payload.</summary>
public static class ResponseBodies
{
    public static byte[] Void() => Kind(1).ToArray();

    public static byte[] SetKeyspace(string keyspace) => Kind(3).String(keyspace).ToArray();

    public static byte[] Error(int code, string message, byte[]? extra = null) => new WireWriter().Int(code).String(message).Raw(extra ?? []).ToArray();

    public static byte[] SchemaChange(string change, string target, string keyspace, string? name = null, IReadOnlyCollection<string>? arguments = null) =>
        AppendSchemaChange(Kind(5), change, target, keyspace, name, arguments).ToArray();

    public static byte[] Rows(IReadOnlyList<ColumnSpec> columns, IReadOnlyList<byte[]?[]> rows, RowsOptions options)
    {
        var writer = Kind(2);
        AppendRowsMetadata(writer, columns, options);
        writer.Int(rows.Count);
        foreach (var row in rows)
        {
            foreach (var value in row)
            {
                writer.Bytes(value);
            }
        }

        return writer.ToArray();
    }

    public static byte[] Prepared(int version, byte[] id, ServerStatement statement, bool? hasMetadataIds = null)
    {
        var writer = Kind(4).ShortBytes(id);
        if (hasMetadataIds ?? version >= 5)
        {
            writer.ShortBytes(statement.ResultMetadataId);
        }

        var global = HasOneTable(statement.Bind);
        writer.Int((global ? 1 : 0) | statement.BindFlags).Int(statement.Bind.Count);
        if (version >= 4)
        {
            writer.Int(statement.PartitionKey.Count);
            foreach (var index in statement.PartitionKey)
            {
                writer.Short(index);
            }
        }

        AppendColumns(writer, statement.Bind, global);
        AppendRowsMetadata(writer, statement.Result, new RowsOptions { NoMetadata = statement.Result.Count == 0 });
        return writer.ToArray();
    }

    public static byte[] SchemaChangeEvent(string change, string target, string keyspace, string? name = null, IReadOnlyCollection<string>? arguments = null) =>
        AppendSchemaChange(new WireWriter().String("SCHEMA_CHANGE"), change, target, keyspace, name, arguments).ToArray();

    /// <summary>TOPOLOGY_CHANGE and STATUS_CHANGE.</summary>
    public static byte[] NodeEvent(string type, string change, System.Net.IPEndPoint node) =>
        new WireWriter().String(type).String(change).Inet(node).ToArray();

    private static WireWriter Kind(int kind) => new WireWriter().Int(kind);

    private static WireWriter AppendSchemaChange(
        WireWriter writer, string change, string target, string keyspace, string? name, IReadOnlyCollection<string>? arguments)
    {
        writer.String(change).String(target).String(keyspace);
        if (name is not null)
        {
            writer.String(name);
        }

        return arguments is null ? writer : writer.StringList(arguments);
    }

    private static void AppendRowsMetadata(WireWriter writer, IReadOnlyList<ColumnSpec> columns, RowsOptions options)
    {
        var noMetadata = options.NoMetadata ?? false;
        var global = !noMetadata && !options.TableSpecPerColumn && HasOneTable(columns);
        var flags = (global ? 1 : 0) | (options.PagingState is null ? 0 : 2) | (noMetadata ? 4 : 0) | (options.NewMetadataId is null ? 0 : 8);
        writer.Int(flags).Int(columns.Count);
        if (options.PagingState is not null)
        {
            writer.Bytes(options.PagingState);
        }

        if (options.NewMetadataId is not null)
        {
            writer.ShortBytes(options.NewMetadataId);
        }

        if (!noMetadata)
        {
            AppendColumns(writer, columns, global);
        }
    }

    private static void AppendColumns(WireWriter writer, IReadOnlyList<ColumnSpec> columns, bool global)
    {
        if (global)
        {
            writer.String(columns[0].Keyspace).String(columns[0].Table);
        }

        foreach (var column in columns)
        {
            if (!global)
            {
                writer.String(column.Keyspace).String(column.Table);
            }

            writer.String(column.Name).Raw(column.Type);
        }
    }

    private static bool HasOneTable(IReadOnlyList<ColumnSpec> columns) => columns.Select(c => (c.Keyspace, c.Table)).Distinct().Count() == 1;
}
