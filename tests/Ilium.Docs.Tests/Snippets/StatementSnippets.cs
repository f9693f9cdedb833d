namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class StatementSnippets(DocsRing ring)
{
    [Fact]
    public async Task Simple_statements_carry_values_by_position_or_by_name()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: statement-simple
        var id = Guid.NewGuid();
        await session.ExecuteAsync(new SimpleStatement("INSERT INTO users (id, name, age) VALUES (?, ?, ?)", id, "Ann", 41));

        var values = new Dictionary<string, object?> { ["id"] = id, ["age"] = 42 };
        await session.ExecuteAsync(new SimpleStatement("UPDATE users SET age = :age WHERE id = :id", values));
        // end
        var row = (await session.ExecuteAsync($"SELECT name, age FROM users WHERE id = {id}")).First();
        Assert.Equal("Ann", row.Get<string>("name"));
        Assert.Equal(42, row.Get<int>("age"));
    }

    [Fact]
    public async Task Holes_of_interpolated_strings_are_bind_markers()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: statement-interpolated
        var id = Guid.NewGuid();
        var name = "Robert'); DROP TABLE users; --";
        int? age = null;
        await session.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({id}, {name}, {age})");

        Guid[] ids = [id, Guid.NewGuid()];
        var found = await session.ExecuteAsync($"SELECT name FROM users WHERE id IN {ids}");
        // end
        Assert.Equal(name, found.First().Get<string>("name"));
    }

    [Fact]
    public async Task A_hole_with_a_constant_is_a_bind_marker_too()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        const string Name = "O'Neill";
        await session.ExecuteAsync($"INSERT INTO users (id, name) VALUES ({Guid.NewGuid()}, {Name})");
        Assert.Equal(Name, (await session.ExecuteAsync($"SELECT name FROM users WHERE name = {Name} ALLOW FILTERING")).First().Get<string>(0));
        Assert.Equal(Name, session.Execute($"SELECT name FROM users WHERE name = {Name} ALLOW FILTERING").First().Get<string>(0));
        Assert.Equal(Name, session.Query($"SELECT name FROM users WHERE name = {Name} ALLOW FILTERING").Single().Get<string>(0));
        await foreach (var row in session.QueryAsync($"SELECT name FROM users WHERE name = {Name} ALLOW FILTERING"))
        {
            Assert.Equal(Name, row.Get<string>(0));
        }

        var batch = new BatchStatement { $"UPDATE users SET name = {Name}" };
        Assert.Equal("UPDATE users SET name = ?", batch.Single().ToString());
    }

    [Fact]
    public async Task Prepared_statements_bind_by_position_by_name_and_one_by_one()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: statement-prepared
        var insert = await session.PrepareAsync("INSERT INTO users (id, name, age, email) VALUES (?, ?, ?, ?)");

        // By position: one to five values without boxing, any number as objects.
        await session.ExecuteAsync(insert.Bind(Guid.NewGuid(), "Ann", 41, "ann@shop.example"));

        // By name: what is not named stays unset.
        await session.ExecuteAsync(insert.Bind(new Dictionary<string, object?> { ["id"] = Guid.NewGuid(), ["name"] = "Bob" }));

        // One by one, without boxing.
        var bound = insert.CreateBuilder().Set("id", Guid.NewGuid()).Set("name", "Cid").Set("age", 3).Build();
        await session.ExecuteAsync(bound);
        // end
        Assert.Equal(3, (await session.ExecuteAsync("SELECT count(*) FROM users")).First().Get<long>(0));
    }

    [Fact]
    public async Task Null_deletes_and_unset_leaves_alone()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: statement-unset
        var id = Guid.NewGuid();
        var write = await session.PrepareAsync("INSERT INTO users (id, name, age) VALUES (?, ?, ?)");
        await session.ExecuteAsync(write.Bind(id, "Ann", 41));

        await session.ExecuteAsync(write.Bind(id, Unset.Value, 42));        // name stays Ann
        await session.ExecuteAsync(write.Bind<Guid, string?, int>(id, null, 43));   // name is deleted
        // end
        var row = (await session.ExecuteAsync($"SELECT name, age FROM users WHERE id = {id}")).First();
        Assert.True(row.IsNull("name"));
        Assert.Equal(43, row.Get<int>("age"));
    }

    [Fact]
    public async Task A_wrong_value_is_refused_before_it_is_sent()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var insert = await session.PrepareAsync("INSERT INTO users (id, name, age) VALUES (?, ?, ?)");
        // snippet: statement-wrong-type
        try
        {
            insert.Bind(Guid.NewGuid(), "Ann", "forty-one");
        }
        catch (InvalidTypeException e)
        {
            Console.WriteLine($"{e.Column} is {e.CqlType}, not {e.ClrType}");
        }

        // end
        var error = Assert.Throws<InvalidTypeException>(() => insert.Bind(Guid.NewGuid(), "Ann", "forty-one"));
        Assert.Equal("age", error.Column);
        Assert.Equal(CqlType.Int, error.CqlType);
        Assert.Equal(typeof(string), error.ClrType);
    }

    [Fact]
    public async Task Batches_mix_statements()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: statement-batch
        var insert = await session.PrepareAsync("INSERT INTO users (id, name, age) VALUES (?, ?, ?)");
        var id = Guid.NewGuid();
        var batch = new BatchStatement(BatchType.Logged)
        {
            insert.Bind(id, "Ann", 41),
            $"UPDATE users SET email = {"ann@shop.example"} WHERE id = {id}",
            "DELETE FROM users WHERE id = 00000000-0000-0000-0000-000000000000",
        };
        await session.ExecuteAsync(batch, new ExecutionOptions { Consistency = ConsistencyLevel.LocalQuorum });
        // end
        Assert.Equal("ann@shop.example", (await session.ExecuteAsync($"SELECT email FROM users WHERE id = {id}")).First().Get<string>(0));
    }

    [Fact]
    public async Task Conditional_statements_say_whether_they_were_applied()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var id = Guid.NewGuid();
        await session.ExecuteAsync($"INSERT INTO users (id, name) VALUES ({id}, {"Ann"})");
        // snippet: statement-conditional
        var options = new ExecutionOptions { SerialConsistency = ConsistencyLevel.LocalSerial };
        var result = await session.ExecuteAsync($"INSERT INTO users (id, name) VALUES ({id}, {"Bob"}) IF NOT EXISTS", options);
        if (!result.WasApplied)
        {
            Console.WriteLine($"there is {result.First().Get<string>("name")} already");
        }

        // end
        Assert.False(result.WasApplied);
        Assert.Equal("Ann", result.First().Get<string>("name"));
    }

    [Fact]
    public async Task Options_of_the_call_come_before_those_of_the_statement()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var id = Guid.NewGuid();
        // snippet: statement-options
        var update = new SimpleStatement("UPDATE users SET age = ? WHERE id = ?", 41, id)
        {
            Options = new ExecutionOptions { IsIdempotent = true, Timestamp = 1_700_000_000_000_000 },
        };
        await session.ExecuteAsync(update);
        await session.ExecuteAsync(update, new ExecutionOptions { Timestamp = 1_700_000_000_000_001, Timeout = TimeSpan.FromSeconds(2) });
        // end
        Assert.Equal(1_700_000_000_000_001, (await session.ExecuteAsync($"SELECT writetime(age) FROM users WHERE id = {id}")).First().Get<long>(0));
    }

    [Fact]
    public async Task Tracing_shows_what_the_server_did()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: statement-trace
        var rows = await session.ExecuteAsync("SELECT name FROM users", new ExecutionOptions { Tracing = true });
        if (rows.Info.TracingId is { } id)
        {
            var trace = await session.GetQueryTraceAsync(id);
            Console.WriteLine($"{trace.RequestType} took {trace.Duration.TotalMilliseconds} ms on {trace.Coordinator}");
            foreach (var step in trace.Events)
            {
                Console.WriteLine($"{step.SourceElapsed?.TotalMilliseconds,8} ms  {step.Activity}");
            }
        }

        // end
        Assert.NotNull(rows.Info.TracingId);
    }
}
