namespace Ilium.Docs.Tests;

/// <summary>What docs/statements.md and docs/rows-and-paging.md say in words, on a real node.</summary>
[Collection(DocsRingCollection.Name)]
public sealed class StatementPageTests(DocsRing ring)
{
    [Fact]
    public async Task Every_consistency_level_is_taken_or_refused_by_the_server()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        foreach (var level in Enum.GetValues<ConsistencyLevel>())
        {
            var read = session.ExecuteAsync("SELECT name FROM users", new ExecutionOptions { Consistency = level }).AsTask();
            switch (level)
            {
                // One replica: the server has not two, and takes these two for writes only.
                case ConsistencyLevel.Two or ConsistencyLevel.Three:
                    Assert.Equal(level, (await Assert.ThrowsAsync<UnavailableException>(() => read)).Consistency);
                    break;
                case ConsistencyLevel.Any:
                    await Assert.ThrowsAsync<InvalidQueryException>(() => read);
                    break;
                case ConsistencyLevel.EachQuorum:
                    await Record.ExceptionAsync(() => read);
                    break;
                default:
                    Assert.Empty(await read);
                    break;
            }
        }
    }

    [Fact]
    public async Task A_conditional_batch_says_whether_it_was_applied()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var id = Guid.NewGuid();
        var batch = new BatchStatement { $"INSERT INTO users (id, name) VALUES ({id}, {"Ann"}) IF NOT EXISTS", $"UPDATE users SET age = {41} WHERE id = {id}" };
        Assert.True((await session.ExecuteAsync(batch)).WasApplied);
        var again = await session.ExecuteAsync(batch);
        Assert.False(again.WasApplied);
        Assert.Equal("Ann", again.First().Get<string>("name"));
    }

    [Fact]
    public async Task A_prepared_conditional_statement_is_read_with_the_columns_of_each_answer()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var insert = await session.PrepareAsync("INSERT INTO users (id, name) VALUES (?, ?) IF NOT EXISTS");
        var bound = insert.Bind(Guid.NewGuid(), "Ann");
        for (var i = 0; i < 3; i++)
        {
            var result = await session.ExecuteAsync(bound);
            Assert.Equal(i == 0, result.WasApplied);
            Assert.Equal(i == 0 ? 1 : 5, result.Columns.Count);
        }
    }

    [Fact]
    public async Task A_batch_takes_all_options_and_counts_its_statements()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var id = Guid.NewGuid();
        var batch = new BatchStatement(BatchType.Unlogged)
        {
            Options = new ExecutionOptions { IsIdempotent = true, Timestamp = 5, Tracing = true, SerialConsistency = ConsistencyLevel.LocalSerial },
            Keyspace = session.Keyspace,
        };
        batch.Add(new SimpleStatement("UPDATE users SET age = ? WHERE id = ?", 1, id));
        Assert.Single(batch);
        Assert.NotNull((await session.ExecuteAsync(batch)).Info.TracingId);
        Assert.Equal(5, (await session.ExecuteAsync($"SELECT writetime(age) FROM users WHERE id = {id}")).First().Get<long>(0));
    }

    [Fact]
    public async Task A_statement_without_rows_gives_an_empty_result()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        using var written = await session.ExecuteAsync($"INSERT INTO users (id) VALUES ({Guid.NewGuid()})");
        Assert.Empty(written);
        Assert.Empty(written.Columns);
        Assert.True(written.WasApplied);
        Assert.False(written.HasMorePages);
        Assert.False(written.TryGetFirst(out var _));
        using var read = await session.ExecuteAsync("SELECT name FROM users WHERE id = 00000000-0000-0000-0000-000000000000");
        Assert.Empty(read);
        Assert.Equal("name", Assert.Single(read.Columns).Name);
    }

    [Fact]
    public async Task A_paging_state_does_not_print_its_content()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        foreach (var name in new[] { "Ann", "Bob" })
        {
            await session.ExecuteAsync($"INSERT INTO users (id, name) VALUES ({Guid.NewGuid()}, {name})");
        }

        var state = (await session.ExecuteAsync("SELECT id FROM users", new ExecutionOptions { PageSize = 1 })).PagingState!;
        Assert.Matches(@"^PagingState\(\d+ bytes\)$", state.ToString());
        Assert.Equal(state, PagingState.FromBytes(state.ToBytes()));
    }

    [Fact]
    public async Task A_dropped_and_recreated_table_is_prepared_again()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var select = await session.PrepareAsync("SELECT * FROM users");
        await session.ExecuteAsync(select.Bind());
        await session.ExecuteAsync("DROP TABLE users");
        await Assert.ThrowsAsync<InvalidQueryException>(() => session.ExecuteAsync(select.Bind()).AsTask());
        await session.ExecuteAsync("CREATE TABLE users (id uuid PRIMARY KEY, nickname text)");
        Assert.Equal(["id", "nickname"], (await session.ExecuteAsync(select.Bind())).Columns.Select(column => column.Name));
    }
}
