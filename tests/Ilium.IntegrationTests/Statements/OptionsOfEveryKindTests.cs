using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Statements;

/// <summary>Options of a request reach the server whatever kind of statement it is: text, text with values, bound, batch.</summary>
[Collection(PlainRingCollection.Name)]
public class OptionsOfEveryKindTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private const string Columns = "id int PRIMARY KEY, name text";

    [Theory, EachVersion]
    public async Task A_trace_has_the_consistencies_and_the_page_size_that_were_asked_for(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var select = $"SELECT name FROM {table} WHERE id = ?";
        foreach (var (statement, type) in new (Statement, string)[]
        {
            (new SimpleStatement($"SELECT name FROM {table} WHERE id = 1"), "Execute CQL3 query"),
            (new SimpleStatement(select, 1), "Execute CQL3 prepared query"),
            (session.Prepare(select).Bind(1), "Execute CQL3 prepared query"),
            (Batch($"INSERT INTO {table} (id, name) VALUES (1, 'x')"), "Execute batch of CQL3 queries"),
        })
        {
            foreach (var (consistency, serial, size) in new[]
            {
                (ConsistencyLevel.LocalQuorum, ConsistencyLevel.LocalSerial, 7), (ConsistencyLevel.One, ConsistencyLevel.Serial, 8),
            })
            {
                var rows = await session.RunAsync(
                    statement, new ExecutionOptions { Tracing = true, Consistency = consistency, SerialConsistency = serial, PageSize = size });
                var trace = await session.GetQueryTraceAsync(Assert.NotNull(rows.Info.TracingId), CqlText.Cancelled);
                Assert.Equal(type, trace.RequestType);
                Assert.NotEmpty(trace.Events);
                Assert.Equal(
                    (consistency == ConsistencyLevel.One ? "ONE" : "LOCAL_QUORUM", serial == ConsistencyLevel.Serial ? "SERIAL" : "LOCAL_SERIAL"),
                    (trace.Parameters["consistency_level"], trace.Parameters["serial_consistency_level"]));
                Assert.Equal(statement is BatchStatement ? null : $"{size}", trace.Parameters.GetValueOrDefault("page_size"));
            }
        }
    }

    [Theory, EachVersion]
    public async Task A_condition_is_decided_once_with_either_serial_consistency(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var insert = $"INSERT INTO {table} (id, name) VALUES (?, ?) IF NOT EXISTS";
        var prepared = session.Prepare(insert);
        var id = 0;
        foreach (var serial in new[] { ConsistencyLevel.Serial, ConsistencyLevel.LocalSerial })
        {
            foreach (var make in new Func<int, string, Statement>[]
            {
                (key, name) => new SimpleStatement($"INSERT INTO {table} (id, name) VALUES ({key}, '{name}') IF NOT EXISTS"),
                (key, name) => new SimpleStatement(insert, key, name),
                (key, name) => prepared.Bind(key, name),
                (key, name) => new BatchStatement { prepared.Bind(key, name) },
            })
            {
                id++;
                var options = new ExecutionOptions { SerialConsistency = serial };
                Assert.True((await session.RunAsync(make(id, "first"), options)).WasApplied);
                var second = await session.RunAsync(make(id, "second"), options);
                Assert.Equal((false, "first"), (second.WasApplied, second.First().Get<string>("name")));
            }
        }
    }

    [Theory, EachVersion]
    public async Task A_timestamp_is_that_of_the_write(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var writes = Writes(session, table, "");
        for (var i = 0; i < writes.Length; i++)
        {
            await session.RunAsync(writes[i], new ExecutionOptions { Timestamp = 1_000_000 + i });
            Assert.Equal(1_000_000L + i, await session.ScalarAsync<long>($"SELECT writetime(name) FROM {table} WHERE id = 1"));
        }
    }

    [Theory, EachVersion]
    public async Task A_time_to_live_counts_from_the_second_given_as_now_or_is_refused_before_version_5(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var now = (int)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var options = new ExecutionOptions { NowInSeconds = now - 400 };
        foreach (var write in Writes(session, table, " USING TTL 1000"))
        {
            if (version < ProtocolVersion.V5)
            {
                var failure = await Assert.ThrowsAsync<NotSupportedByProtocolException>(() => session.RunAsync(write, options));
                Assert.Equal((ProtocolVersion.V5, version), (failure.RequiredVersion, failure.ActualVersion));
                continue;
            }

            await session.RunAsync(write, options);
            var read = await session.RunAsync($"SELECT ttl(name) FROM {table} WHERE id = 1", options);
            Assert.Equal(1_000, read.First().Get<int>(0));
            await session.RunAsync($"TRUNCATE {table}");
        }

        Assert.Empty(await session.RunAsync($"SELECT id FROM {table}"));
    }

    private static Statement[] Writes(Session session, string table, string suffix)
    {
        var insert = $"INSERT INTO {table} (id, name) VALUES (?, ?){suffix}";
        return
        [
            new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (1, 'text'){suffix}"),
            new SimpleStatement(insert, 1, "position"),
            new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (:id, :name){suffix}", new Dictionary<string, object?> { ["id"] = 1, ["name"] = "name" }),
            session.Prepare(insert).Bind(1, "bound"),
            Batch($"INSERT INTO {table} (id, name) VALUES (1, 'batch'){suffix}"),
            new BatchStatement(BatchType.Unlogged) { session.Prepare(insert).Bind(1, "bound in a batch"), new SimpleStatement(insert, 1, "valued in a batch") },
        ];
    }

    private static BatchStatement Batch(string cql) => new() { new SimpleStatement(cql) };
}
