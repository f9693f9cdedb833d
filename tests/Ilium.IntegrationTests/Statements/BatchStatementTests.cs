using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Statements;

[Collection(PlainRingCollection.Name)]
public class BatchStatementTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    [Theory, EachVersion]
    public async Task Logged_and_unlogged_batches_take_statements_of_every_kind(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, name text");
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?)");
        await session.RunAsync("CREATE TABLE IF NOT EXISTS holes (id int PRIMARY KEY, name text)");
        foreach (var type in new[] { BatchType.Logged, BatchType.Unlogged })
        {
            var first = type == BatchType.Logged ? 0 : 100;
            var (id, name) = (first + (10 * (int)version), "hole 'quoted'");
            var batch = new BatchStatement(type) { insert.Bind(first + 1, "bound") };
            batch.Add($"INSERT INTO {table} (id, name) VALUES ({first + 2}, 'text')".AsCql());
            batch.Add(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", first + 3, "position"));
            batch.Add(new SimpleStatement(
                $"INSERT INTO {table} (id, name) VALUES (:id, :name)", new Dictionary<string, object?> { ["name"] = "name", ["id"] = first + 4 }));
            batch.Add($"INSERT INTO holes (id, name) VALUES ({id}, {name})");
            Assert.Equal(5, batch.Count);
            Assert.Empty(await session.RunAsync(batch));
            Assert.Equal(name, session.Execute($"SELECT name FROM holes WHERE id = {id}").First().Get<string>(0));
        }

        var rows = (await session.RunAsync($"SELECT id, name FROM {table}")).Select(row => (row.Get<int>(0), row.Get<string>(1))).Order();
        Assert.Equal(
            [(1, "bound"), (2, "text"), (3, "position"), (4, "name"), (101, "bound"), (102, "text"), (103, "position"), (104, "name")], rows);
    }

    [Theory, EachVersion]
    public async Task A_counter_batch_counts_and_mixes_with_nothing_else(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, hits counter");
        var add = session.Prepare($"UPDATE {table} SET hits = hits + ? WHERE id = ?");
        session.Execute(new BatchStatement(BatchType.Counter) { add.Bind(5L, 1), add.Bind(-2L, 2), new SimpleStatement($"UPDATE {table} SET hits = hits + ? WHERE id = ?", 7L, 1) });
        Assert.Equal([(1, 12L), (2, -2L)], (await session.RunAsync($"SELECT id, hits FROM {table}")).Select(row => (row.Get<int>(0), row.Get<long>(1))).Order());
        await Assert.ThrowsAsync<InvalidQueryException>(() => session.RunAsync(new BatchStatement { add.Bind(1L, 1) }));
    }

    [Theory, EachVersion]
    public async Task An_empty_batch_does_nothing(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        Assert.Empty(await session.RunAsync(new BatchStatement()));
    }

    [Theory, EachVersion]
    public async Task A_batch_carries_its_timestamp_consistency_and_tracing(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, name text");
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?)");
        var done = await session.RunAsync(
            new BatchStatement { insert.Bind(1, "a"), insert.Bind(2, "b") },
            new ExecutionOptions { Timestamp = 123_456, Consistency = ConsistencyLevel.Quorum, SerialConsistency = ConsistencyLevel.LocalSerial, Tracing = true });
        Assert.NotNull(done.Info.TracingId);
        Assert.Equal([123_456L, 123_456L], (await session.RunAsync($"SELECT writetime(name) FROM {table}")).Select(row => row.Get<long>(0)));
        await Assert.ThrowsAsync<UnavailableException>(
            () => session.RunAsync(new BatchStatement { insert.Bind(3, "c") }, new ExecutionOptions { Consistency = ConsistencyLevel.Three }));
    }

    [Theory, EachVersion]
    public async Task A_conditional_batch_says_whether_it_was_applied_and_what_was_in_the_way(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int, part int, name text, PRIMARY KEY (id, part)");
        var insert = session.Prepare($"INSERT INTO {table} (id, part, name) VALUES (?, ?, ?) IF NOT EXISTS");
        var batch = new BatchStatement(BatchType.Unlogged) { insert.Bind(1, 1, "a"), insert.Bind(1, 2, "b") };
        Assert.True((await session.RunAsync(batch)).WasApplied);
        var again = await session.RunAsync(batch);
        Assert.False(again.WasApplied);
        Assert.Equal([("a", 1), ("b", 2)], again.Select(row => (row.Get<string>("name"), row.Get<int>("part"))).Order());
    }

    [Theory, EachVersion]
    public async Task A_batch_above_the_servers_threshold_brings_its_warning(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, name text");
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?)");
        var batch = new BatchStatement(BatchType.Unlogged);
        for (var i = 0; i < 10; i++)
        {
            batch.Add(insert.Bind(i, new string('x', 1_000)));
        }

        var warnings = (await session.RunAsync(batch)).Info.Warnings;
        if (version == ProtocolVersion.V3)
        {
            Assert.Empty(warnings);
        }
        else
        {
            Assert.Contains(warnings, warning => warning.Contains(table, StringComparison.Ordinal) && warning.Contains("threshold", StringComparison.Ordinal));
        }

        Assert.Empty((await session.RunAsync(new BatchStatement { insert.Bind(1, "small") })).Info.Warnings);
    }

    [Fact]
    public async Task More_statements_than_the_protocol_counts_are_refused_when_added()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, part int");
        var bound = session.Prepare($"INSERT INTO {table} (id, part) VALUES (?, ?)").Bind(1, 1);
        var batch = new BatchStatement(BatchType.Unlogged);
        for (var i = 0; i < BatchStatement.MaxStatements; i++)
        {
            batch.Add(bound);
        }

        Assert.Contains("65,535", Assert.Throws<InvalidOperationException>(() => batch.Add(bound)).Message, StringComparison.Ordinal);
        Assert.Equal(65_535, batch.Count);

        // All of them go to one row, so that the server does not find the batch too large.
        await session.RunAsync(batch);
        Assert.Equal([(1, 1)], (await session.RunAsync($"SELECT id, part FROM {table}")).Select(row => (row.Get<int>(0), row.Get<int>(1))));
    }

    [Fact]
    public async Task A_wrong_value_in_a_batch_names_its_column()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, name text");
        var batch = new BatchStatement { new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", 1, 2) };
        Assert.Equal("name", (await Assert.ThrowsAsync<InvalidTypeException>(() => session.RunAsync(batch))).Column);
        Assert.Throws<ArgumentException>(() => new BatchStatement { new BatchStatement() });
    }
}
