using Ilium.Connection;
using Ilium.Rows;
using Ilium.Topology;
using Ilium.Topology.Schema;

namespace Ilium.Execution;

/// <summary>
/// Finds the partition key among a statement's variables where the server does not say it with the preparation: native protocol v3 (§4.2.5.4 of v4 has it). The table's
/// key comes from the schema where that is kept, else from the server's tables: routing must not depend on whether somebody asked for the schema.
/// </summary>
internal sealed class KeyColumns(TopologyReader reader, Func<SchemaSnapshot?> schema)
{
    /// <summary>For each column of the table's partition key, in order, the variable bound to it; empty when not all are bound.</summary>
    internal async Task<ushort[]> FindAsync(CqlConnection connection, ResultMetadata variables, long deadline)
    {
        if (variables.Count == 0)
        {
            return [];
        }

        var (keyspace, table) = (variables.Columns[0].Keyspace, variables.Columns[0].Table);
        var names = schema()?.Keyspaces.GetValueOrDefault(keyspace)?.FindTable(table) is { } known
            ? [.. known.PartitionKey.Select(static column => column.Name)]
            : await ReadAsync(connection, keyspace, table, deadline).Inline();
        var indexes = names.Select(variables.IndexOf).ToArray();
        return Array.TrueForAll(indexes, static index => index >= 0) ? [.. indexes.Select(static index => (ushort)index)] : [];
    }

    private async Task<string[]> ReadAsync(CqlConnection connection, string keyspace, string table, long deadline)
    {
        try
        {
            using var rows = await reader.QueryAsync(
                connection,
                "SELECT column_name, kind, position FROM system_schema.columns WHERE keyspace_name = " +
                $"{Quote(keyspace)} AND table_name = {Quote(table)}", deadline).Inline();
            var columns = new List<(int Position, string Name)>();
            foreach (var row in rows)
            {
                if (row.Get<string>("kind") == "partition_key")
                {
                    columns.Add((row.Get<int>("position"), row.Get<string>("column_name")!));
                }
            }

            return [.. columns.Order().Select(static column => column.Name)];
        }
        catch (Exception e) when (e is ServerException or MalformedResponseException)
        {
            // Before Cassandra 3.0 the tables are others: such requests go round.
            return [];
        }
    }

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
