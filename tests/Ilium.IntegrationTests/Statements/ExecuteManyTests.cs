using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Statements;

[Collection(PlainRingCollection.Name)]
public class ExecuteManyTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProtocolVersion.V4, true, 1)]
    [InlineData(ProtocolVersion.V5, false, 2)]
    [InlineData(ProtocolVersion.V5, true, 3)]
    public async Task Thousands_of_writes_and_reads_are_all_carried_out(ProtocolVersion version, bool inOrder, int seed)
    {
        const int Count = 5_000;
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, v bigint");
        var insert = await session.PrepareAsync($"INSERT INTO {table} (id, v) VALUES (?, ?)", Cancelled);
        var read = await session.PrepareAsync($"SELECT v FROM {table} WHERE id = ?", Cancelled);
        var random = new Random(seed);
        var values = Enumerable.Range(0, Count).Select(_ => random.NextInt64()).ToArray();
        var options = new ExecuteManyOptions { MaxInFlight = random.Next(1, 300), InOrder = inOrder };
        var written = 0;
        await foreach (var outcome in session.ExecuteManyAsync(Enumerable.Range(0, Count).Select(i => insert.Bind(i, values[i])), options, Cancelled))
        {
            Assert.True(outcome.Succeeded);
            written++;
        }

        Assert.Equal(Count, written);
        var seen = new List<int>();
        await foreach (var outcome in session.ExecuteManyAsync(ReadsAsync(), options, Cancelled))
        {
            Assert.Equal(values[outcome.Index], outcome.Rows.First().Get<long>(0));
            seen.Add((int)outcome.Index);
        }

        Assert.Equal(Enumerable.Range(0, Count), inOrder ? seen : seen.Order());
        Assert.Equal(values, session.ExecuteMany(Enumerable.Range(0, Count).Select(i => read.Bind(i)), options).Select(outcome => outcome.Rows.First().Get<long>(0)));

        async IAsyncEnumerable<Statement> ReadsAsync()
        {
            for (var i = 0; i < Count; i++)
            {
                if (i % 100 == 0)
                {
                    await Task.Yield();
                }

                yield return read.Bind(i);
            }
        }
    }

    [Fact]
    public async Task A_statement_that_the_server_refuses_is_one_outcome_among_others()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, v bigint");
        var statements = Enumerable.Range(0, 300).Select(i => i % 50 == 7
            ? new SimpleStatement("INSERT INTO no_such_table (id) VALUES (1)")
            : new SimpleStatement($"INSERT INTO {table} (id, v) VALUES (?, ?)", i, (long)i));
        var failed = new List<long>();
        await foreach (var outcome in session.ExecuteManyAsync(statements, new ExecuteManyOptions { ContinueOnError = true }, Cancelled))
        {
            if (outcome.Error is InvalidQueryException)
            {
                failed.Add(outcome.Index);
            }
        }

        Assert.Equal([7, 57, 107, 157, 207, 257], failed);
        Assert.Equal(294, (await session.ExecuteAsync($"SELECT count(*) FROM {table}".AsCql(), cancellationToken: Cancelled)).First().Get<long>(0));
    }
}
