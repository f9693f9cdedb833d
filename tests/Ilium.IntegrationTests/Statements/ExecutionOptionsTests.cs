using System.Net;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Statements;

[Collection(PlainRingCollection.Name)]
public class ExecutionOptionsTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private const string Columns = "id int PRIMARY KEY, name text";

    [Theory, EachVersion]
    public async Task A_timestamp_is_that_of_the_write(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var options = new ExecutionOptions { Timestamp = 1_234_567 };
        await session.RunAsync($"INSERT INTO {table} (id, name) VALUES (1, 'text')", options);
        await session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", 2, "valued"), options);
        await session.RunAsync(session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?)").Bind(3, "bound"), options);
        await session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", 4, "own") { Options = options });
        await session.RunAsync($"INSERT INTO {table} (id, name) VALUES (5, 'in the text') USING TIMESTAMP 1234567");
        Assert.All((await session.RunAsync($"SELECT writetime(name) FROM {table}")).ToArray(), row => Assert.Equal(1_234_567L, row.Get<long>(0)));
    }

    [Theory, EachVersion]
    public async Task Options_of_a_call_come_before_the_statements_and_these_before_the_clusters(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var select = $"SELECT id FROM {table} WHERE id = 1";
        var statement = new SimpleStatement(select) { Options = new ExecutionOptions { Consistency = ConsistencyLevel.Three } };
        Assert.Equal(ConsistencyLevel.Three, (await Assert.ThrowsAsync<UnavailableException>(() => session.RunAsync(statement))).Consistency);
        Assert.Empty(await session.RunAsync(statement, new ExecutionOptions { Consistency = ConsistencyLevel.Quorum }));

        await using var cluster = new Cluster(await keyspace.OptionsAsync(version) with { Consistency = ConsistencyLevel.Two, Keyspace = keyspace.Name });
        var strict = await cluster.ConnectAsync(CqlText.Cancelled);
        var unavailable = await Assert.ThrowsAsync<UnavailableException>(() => strict.RunAsync(select));
        Assert.Equal((ConsistencyLevel.Two, 2, 1), (unavailable.Consistency, unavailable.Required, unavailable.Alive));
        Assert.Empty(await strict.RunAsync(select, new ExecutionOptions { Consistency = ConsistencyLevel.One }));
    }

    [Theory, EachVersion]
    public async Task A_conditional_write_tells_whether_it_was_applied_and_the_values_in_its_way(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?) IF NOT EXISTS");
        foreach (var (id, serial) in new[] { (1, ConsistencyLevel.Serial), (2, ConsistencyLevel.LocalSerial) })
        {
            var options = new ExecutionOptions { SerialConsistency = serial };
            var first = await session.RunAsync(insert.Bind(id, "first"), options);
            Assert.True(first.WasApplied);
            Assert.Equal(["[applied]"], first.Columns.Select(column => column.Name));
            var second = await session.RunAsync(insert.Bind(id, "second"), options);
            Assert.False(second.WasApplied);
            Assert.Equal((id, "first"), (second.First().Get<int>("id"), second.First().Get<string>("name")));
        }

        var update = session.Prepare($"UPDATE {table} SET name = ? WHERE id = ? IF name = ?");
        var refused = session.Execute(update.Bind("new", 1, "other"));
        Assert.False(refused.WasApplied);
        Assert.Equal("first", refused.First().Get<string>("name"));
        Assert.True(session.Execute(update.Bind("new", 1, "first")).WasApplied);
        Assert.Equal("new", await session.ScalarAsync<string>($"SELECT name FROM {table} WHERE id = 1"));

        // Other statements have no condition, which is applied always.
        Assert.True((await session.RunAsync($"INSERT INTO {table} (id, name) VALUES (3, 'x')")).WasApplied);
    }

    [Theory, EachVersion]
    public async Task A_conditional_write_of_many_threads_is_applied_once(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?) IF NOT EXISTS");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i => (i, Rows: await session.RunAsync(insert.Bind(1, $"{i}")))));
        var winner = Assert.Single(outcomes, outcome => outcome.Rows.WasApplied).i;
        Assert.All(outcomes.Where(outcome => outcome.i != winner), outcome => Assert.Equal($"{winner}", outcome.Rows.First().Get<string>("name")));
    }

    [Theory, EachVersion]
    public async Task A_time_to_live_counts_from_the_second_given_as_now(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?) USING TTL 1000");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var options = new ExecutionOptions { NowInSeconds = (int)now - 400 };
        if (version < ProtocolVersion.V5)
        {
            var failure = await Assert.ThrowsAsync<NotSupportedByProtocolException>(() => session.RunAsync(insert.Bind(1, "x"), options));
            Assert.Equal((ProtocolVersion.V5, version), (failure.RequiredVersion, failure.ActualVersion));
            return;
        }

        await session.RunAsync(insert.Bind(1, "x"), options);
        Assert.InRange(await session.ScalarAsync<int>($"SELECT ttl(name) FROM {table}"), 400, 601);
        var read = await session.RunAsync($"SELECT ttl(name) FROM {table}", options);
        Assert.Equal(1_000, read.First().Get<int>(0));
        Assert.Empty(await session.RunAsync($"SELECT name FROM {table}", new ExecutionOptions { NowInSeconds = (int)now + 1_001 }));
    }

    [Theory, EachVersion]
    public async Task A_trace_has_the_request_its_node_and_its_steps(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var rows = await session.RunAsync(
            session.Prepare($"SELECT name FROM {table} WHERE id = ?").Bind(1), new ExecutionOptions { Tracing = true, IsIdempotent = true });
        var id = Assert.NotNull(rows.Info.TracingId);
        var trace = await session.GetQueryTraceAsync(id, CqlText.Cancelled);
        Assert.Equal(id, trace.TracingId);
        Assert.Equal(((IPEndPoint)rows.Info.Node!).Address, trace.Coordinator);
        Assert.Contains(table, trace.Parameters["query"], StringComparison.Ordinal);
        Assert.InRange(trace.Duration, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
        Assert.NotEmpty(trace.Events);
        Assert.All(trace.Events, step => Assert.False(string.IsNullOrEmpty(step.Activity)));
        Assert.Equal(trace.Events.OrderBy(step => step.At), trace.Events);
        Assert.Null((await session.RunAsync($"SELECT name FROM {table}")).Info.TracingId);
    }

    [Theory, EachVersion]
    public async Task A_custom_payload_goes_along_and_comes_back_from_version_4_on(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var options = new ExecutionOptions
        {
            Payload = new Dictionary<string, ReadOnlyMemory<byte>> { ["who"] = "me"u8.ToArray(), ["none"] = default },
        };
        var bound = session.Prepare($"SELECT name FROM {table} WHERE id = ?").Bind(1);
        var valued = new SimpleStatement($"SELECT name FROM {table} WHERE id = ?", 1);
        foreach (var statement in new Statement[] { new SimpleStatement($"SELECT name FROM {table}"), valued, bound, new BatchStatement() })
        {
            if (version == ProtocolVersion.V3)
            {
                var failure = await Assert.ThrowsAsync<NotSupportedByProtocolException>(() => session.RunAsync(statement, options));
                Assert.Equal((ProtocolVersion.V4, version), (failure.RequiredVersion, failure.ActualVersion));
            }
            else
            {
                // The node's query handler sends it back.
                var rows = await session.RunAsync(statement, options);
                Assert.Empty(rows);
                Assert.Equal(["none", "who"], rows.Info.Payload.Keys.Order());
                Assert.Equal("me"u8.ToArray(), rows.Info.Payload["who"]);
                Assert.Empty(rows.Info.Payload["none"]);
                Assert.Empty((await session.RunAsync(statement)).Info.Payload);
            }
        }
    }

    [Theory, EachVersion]
    public async Task A_timeout_fails_the_request_and_spares_the_connection(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        await session.RunAsync($"SELECT key FROM system.local");
        var connections = session.Cluster.Runtime.Connections.ToArray();
        var failure = await Record.ExceptionAsync(() => session.RunAsync(
            "SELECT * FROM system_schema.columns", new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(1) }));
        if (failure is not null)
        {
            Assert.Equal(TimeSpan.FromMilliseconds(1), Assert.IsType<OperationTimedOutException>(failure).Timeout);
        }

        Assert.Equal("local", await session.ScalarAsync<string>("SELECT key FROM system.local"));
        Assert.Equal(connections, session.Cluster.Runtime.Connections);
    }

    [Theory, EachVersion]
    public async Task Options_that_cannot_be_are_refused_before_anything_is_sent(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        foreach (var options in new ExecutionOptions[]
        {
            new() { SerialConsistency = ConsistencyLevel.Quorum },
            new() { Consistency = (ConsistencyLevel)99 },
            new() { Timeout = TimeSpan.Zero },
            new() { PageSize = -1 },
            new() { Timestamp = long.MinValue },
        })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => session.RunAsync("SELECT key FROM system.local", options));
        }
    }
}
