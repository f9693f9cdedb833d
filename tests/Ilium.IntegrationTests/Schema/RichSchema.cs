using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Schema;

/// <summary>A keyspace with one of everything a server can hold: rich.cql, in which KS stands for its name.</summary>
internal static class RichSchema
{
    /// <summary>Makes the keyspace anew.</summary>
    internal static async Task CreateAsync(Session session, string keyspace)
    {
        await session.RunAsync($"CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': 1}} AND durable_writes = false");
        foreach (var statement in Statements(keyspace))
        {
            await session.RunAsync(statement);
        }
    }

    private static IEnumerable<string> Statements(string keyspace)
    {
        using var reader = new StreamReader(typeof(RichSchema).Assembly.GetManifestResourceStream("rich.cql")!);
        return reader.ReadToEnd().Split(";\n", StringSplitOptions.RemoveEmptyEntries).Select(statement => statement.Replace("KS.", keyspace + ".", StringComparison.Ordinal));
    }
}
