namespace Ilium.Embedded.Tests.Execution;

public class PersistenceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_directory_keeps_schema_and_rows_between_runs()
    {
        var directory = Directory.CreateTempSubdirectory("ilium-embedded");
        try
        {
            var options = new EmbeddedNodeOptions { Directory = directory.FullName };
            await using (var node = await EmbeddedNode.StartAsync(options, Cancel))
            await using (var cluster = new Cluster(node.ContactPoint))
            {
                var session = await cluster.ConnectAsync(Cancel);
                foreach (var statement in new[]
                {
                    "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
                    "CREATE TYPE ks.inner (a int)",
                    "CREATE TYPE ks.address (street text, more frozen<inner>)",
                    "CREATE TABLE ks.t (k int, c text, s int static, l list<int>, m map<text, int>, a frozen<address>, gone int, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)",
                    "CREATE INDEX by_map ON ks.t (keys(m))",
                    "ALTER TABLE ks.t DROP gone",
                    "CREATE TABLE ks.u (k int PRIMARY KEY, a frozen<address>, v int)",
                    "ALTER TABLE ks.u DROP a",
                    "ALTER TABLE ks.u DROP v USING TIMESTAMP 7",
                    "ALTER TABLE ks.u ADD v int",
                    "INSERT INTO ks.t (k, c, s, l, m, a) VALUES (1, 'x', 7, [3, 1, 2], {'b': 2, 'a': 1}, {street: 'High', more: {a: 4}}) USING TIMESTAMP 17",
                    "DELETE FROM ks.t USING TIMESTAMP 50 WHERE k = 1 AND c < 'm'",
                })
                {
                    await session.ExecuteAsync(new SimpleStatement(statement), cancellationToken: Cancel);
                }
            }

            await using var again = await EmbeddedNode.StartAsync(options, Cancel);
            await using var next = new Cluster(again.ContactPoint);
            var later = await next.ConnectAsync(Cancel);
            await later.ExecuteAsync("INSERT INTO ks.t (k, c) VALUES (1, 'b') USING TIMESTAMP 49", cancellationToken: Cancel);
            var row = Assert.Single(await later.ExecuteAsync("SELECT JSON * FROM ks.t WHERE k = 1", cancellationToken: Cancel));
            Assert.Equal(
                """{"k": 1, "c": "x", "s": 7, "a": {"street": "High", "more": {"a": 4}}, "l": [3, 1, 2], "m": {"a": 1, "b": 2}}""",
                row.Get<string>(0));
            Assert.Single(await later.ExecuteAsync("SELECT k FROM ks.t WHERE m CONTAINS KEY 'a'", cancellationToken: Cancel));
            Assert.EndsWith(
                "DROP v USING TIMESTAMP 7;\nALTER TABLE ks.u ADD v int;",
                Assert.Single(await later.ExecuteAsync("DESCRIBE TABLE ks.u WITH INTERNALS", cancellationToken: Cancel)).Get<string>("create_statement"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
