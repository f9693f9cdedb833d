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

    [Fact]
    public async Task Text_of_any_kind_in_the_schema_comes_back_as_it_was()
    {
        var directory = Directory.CreateTempSubdirectory("ilium-embedded");
        try
        {
            const string Comment = "one;\n\n\n-- it's /* not */ a statement;\n// \"two\" $$";
            var options = new EmbeddedNodeOptions { Directory = directory.FullName, Listen = false };
            await using (var node = await EmbeddedNode.StartAsync(options, Cancel))
            {
                await RunAsync(
                    node,
                    "CREATE KEYSPACE \"Ks\" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
                    $"CREATE TABLE \"Ks\".t (\"k;\" int PRIMARY KEY) WITH comment = '{Comment.Replace("'", "''", StringComparison.Ordinal)}'");
            }

            await using var again = await EmbeddedNode.StartAsync(options, Cancel);
            var row = Assert.Single(await RunAsync(again, "SELECT comment FROM system_schema.tables WHERE keyspace_name = 'Ks' AND table_name = 't'"));
            Assert.Equal(Comment, row.Get<string>(0));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_save_that_was_cut_short_leaves_what_was_there_before()
    {
        var directory = Directory.CreateTempSubdirectory("ilium-embedded");
        try
        {
            var options = new EmbeddedNodeOptions { Directory = directory.FullName, Listen = false };
            await using (var node = await EmbeddedNode.StartAsync(options, Cancel))
            {
                await RunAsync(
                    node,
                    "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
                    "CREATE TABLE ks.t (k int PRIMARY KEY)",
                    "INSERT INTO ks.t (k) VALUES (1)");
            }

            var before = directory.GetFiles().ToDictionary(file => file.FullName, file => File.ReadAllBytes(file.FullName));
            Assert.Equal(2, before.Count);
            await using (var node = await EmbeddedNode.StartAsync(options, Cancel))
            {
                await RunAsync(node, "INSERT INTO ks.t (k) VALUES (2)", "CREATE TABLE ks.u (k int PRIMARY KEY)", "INSERT INTO ks.u (k) VALUES (3)");
            }

            // One file of rows at a time; no other file stays.
            Assert.Equal(["rows-", "schema"], directory.GetFiles().Select(file => file.Name.EndsWith(".cql", StringComparison.Ordinal) ? "schema" : file.Name[..5]).Order());

            // As it ends just before the new schema takes the place of the old one: the new rows are there, and nothing names them.
            foreach (var (path, bytes) in before)
            {
                await File.WriteAllBytesAsync(path, bytes, Cancel);
            }

            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "schema.cql.new"), "half", Cancel);
            await using var again = await EmbeddedNode.StartAsync(options, Cancel);
            Assert.Equal(1, Assert.Single(await RunAsync(again, "SELECT k FROM ks.t")).Get<int>(0));
            Assert.Empty(await RunAsync(again, "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'ks' AND table_name = 'u'"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<RowSet> RunAsync(EmbeddedNode node, params string[] statements)
    {
        await using var cluster = new Cluster(node.Connect());
        var session = await cluster.ConnectAsync(Cancel);
        RowSet? rows = null;
        foreach (var statement in statements)
        {
            rows = await session.ExecuteAsync(new SimpleStatement(statement), cancellationToken: Cancel);
        }

        return rows!;
    }
}
