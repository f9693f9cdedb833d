using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Prepared;

[Collection(PlainRingCollection.Name)]
public class SchemaChangeTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private const int Requests = 200;

    [Theory, EachVersion]
    public async Task Select_star_is_never_misread_while_columns_come_and_go(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, a int, z text");
        await session.RunAsync($"INSERT INTO {table} (id, a, z) VALUES (1, 77, 'last')");
        var select = session.Prepare($"SELECT * FROM {table} WHERE id = ?");
        string[] narrow = ["id", "a", "z"];
        string[] wide = ["id", "a", "m", "z"];
        Assert.Equal(narrow, select.ResultColumns.Select(column => column.Name));
        await WhileRunning(session.RunAsync($"ALTER TABLE {table} ADD m bigint"), Execute);
        await session.RunAsync($"UPDATE {table} SET m = 5 WHERE id = 1");
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Execute()));
        Assert.Equal(wide, (await session.RunAsync(select.Bind(1))).Columns.Select(column => column.Name));
        AssertCurrent(wide);

        await WhileRunning(session.RunAsync($"ALTER TABLE {table} DROP m"), Execute);
        Assert.Equal(narrow, (await session.RunAsync(select.Bind(1))).Columns.Select(column => column.Name));
        AssertCurrent(narrow);

        async Task Execute()
        {
            var rows = await session.RunAsync(select.Bind(1));
            var row = Assert.Single((IEnumerable<Row>)rows);
            var names = rows.Columns.Select(column => column.Name).ToArray();
            Assert.Equal(names.Length == 3 ? narrow : wide, names);
            Assert.Equal((1, 77, "last"), (row.Get<int>(0), row.Get<int>(1), row.Get<string>(names.Length - 1)));
            if (names.Length == 4)
            {
                Assert.True(row.Get<long?>(2) is null or 5);
            }
        }

        void AssertCurrent(string[] names)
        {
            if (version == ProtocolVersion.V5)
            {
                Assert.Equal(names, select.ResultColumns.Select(column => column.Name));
            }
        }
    }

    [Theory, EachVersion]
    public async Task A_user_type_in_the_result_is_never_misread_while_it_gets_a_field(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var type = keyspace.NewName("address");
        await session.RunAsync($"CREATE TYPE {type} (street text, number int)");
        var table = await keyspace.TableAsync(session, $"id int PRIMARY KEY, a frozen<{type}>, b int");
        await session.RunAsync($"INSERT INTO {table} (id, a, b) VALUES (1, {{street: 'Main', number: 7}}, 9)");
        var select = session.Prepare($"SELECT * FROM {table} WHERE id = ?");
        await WhileRunning(session.RunAsync($"ALTER TYPE {type} ADD city text"), Execute);
        await session.RunAsync($"INSERT INTO {table} (id, a, b) VALUES (1, {{street: 'Main', number: 7, city: 'Ulm'}}, 9)");
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Execute()));
        var value = (await session.RunAsync(select.Bind(1))).First().Get<UdtValue>("a");
        Assert.Equal("Ulm", value.Get<string>("city"));

        async Task Execute()
        {
            var row = (await session.RunAsync(select.Bind(1))).First();
            var address = row.Get<UdtValue>("a");
            Assert.Equal((1, "Main", 7, 9), (row.Get<int>("id"), address.Get<string>("street"), address.Get<int>("number"), row.Get<int>("b")));
        }
    }

    [Theory, EachVersion]
    public async Task Columns_changed_behind_the_handle_by_another_client_are_adopted(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, a int, z text");
        await session.RunAsync($"INSERT INTO {table} (id, a, z) VALUES (1, 77, 'last')");
        var cql = $"SELECT * FROM {table} WHERE id = ?";
        var select = session.Prepare(cql);
        await session.RunAsync($"ALTER TABLE {table} ADD m bigint");

        // The other client prepares it first: the node knows the id, so nobody is told UNPREPARED.
        await using var neighbour = new Cluster(await keyspace.OptionsAsync(version) with { Keyspace = keyspace.Name });
        (await neighbour.ConnectAsync(CqlText.Cancelled)).Prepare(cql);
        var before = session.Cluster.Runtime.Diagnostics.RepreparedCount;
        for (var i = 0; i < 3; i++)
        {
            var row = (await session.RunAsync(select.Bind(1))).First();
            Assert.Equal((1, 77, null, "last"), (row.Get<int>("id"), row.Get<int>("a"), row.Get<long?>("m"), row.Get<string>("z")));
        }

        // No node says UNPREPARED; one says, sooner or later, that the table changed.
        Assert.InRange(session.Cluster.Runtime.Diagnostics.RepreparedCount - before, 0, 1);
        if (version == ProtocolVersion.V5)
        {
            Assert.Equal(["id", "a", "m", "z"], select.ResultColumns.Select(column => column.Name));
        }
    }

    [Theory, EachVersion]
    public async Task A_table_dropped_and_made_again_is_found_again(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, name text");
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?)");
        var bound = insert.Bind(1, "one");
        await session.RunAsync(bound);
        await session.RunAsync($"DROP TABLE {table}");
        await Assert.ThrowsAsync<InvalidQueryException>(() => session.RunAsync(bound));
        await session.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, name text)");
        await session.RunAsync(bound);
        await session.RunAsync(insert.Bind(2, "two"));
        Assert.Equal([(1, "one"), (2, "two")], (await session.RunAsync($"SELECT id, name FROM {table}")).Select(row => (row.Get<int>(0), row.Get<string>(1))).Order());
    }

    [Theory, EachVersion]
    public async Task A_table_made_again_with_another_type_asks_to_bind_again_and_then_takes_it(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, value int");
        var insert = session.Prepare($"INSERT INTO {table} (id, value) VALUES (?, ?)");
        var bound = insert.Bind(1, 1);
        await session.RunAsync(bound);
        await session.RunAsync($"DROP TABLE {table}");
        await session.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, value text)");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => session.RunAsync(bound));
        Assert.Contains("bind it again", failure.Message, StringComparison.Ordinal);
        Assert.Contains(insert.Cql, failure.Message, StringComparison.Ordinal);
        await session.RunAsync(insert.Bind(1, "one"));
        Assert.Equal("one", await session.ScalarAsync<string>($"SELECT value FROM {table}"));
    }

    [Theory, EachVersion]
    public async Task Values_of_the_same_size_are_not_taken_for_another_type_after_another_client_prepared_the_statement_first(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, value bigint");
        var cql = $"INSERT INTO {table} (id, value) VALUES (?, ?)";
        var insert = session.Prepare(cql);
        var bound = insert.Bind(1, 1L);
        await session.RunAsync(bound);
        await session.RunAsync(new BatchStatement { bound });
        await session.RunAsync(new SimpleStatement(cql.Replace("id, value", "value, id", StringComparison.Ordinal), 1L, 2));

        // The node knows the statement's id by the time this client sends it: it would take the eight bytes of a bigint for a double.
        await using var neighbour = new Cluster(await keyspace.OptionsAsync(version) with { Keyspace = keyspace.Name });
        var other = await neighbour.ConnectAsync(CqlText.Cancelled);
        var doubts = session.Cluster.Runtime.Doubts;
        await session.Cluster.RefreshMetadataAsync(CqlText.Cancelled);
        var seen = doubts.Latest;
        await other.RunAsync($"DROP TABLE {table}");
        await other.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, value double)");
        other.Prepare(cql);
        Assert.True(SpinWait.SpinUntil(() => doubts.Latest >= seen + 2, TimeSpan.FromSeconds(10)), "The events did not come.");

        foreach (var statement in new Statement[] { bound, new BatchStatement { bound } })
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => session.RunAsync(statement));
            Assert.Contains("bind it again", failure.Message, StringComparison.Ordinal);
        }

        Assert.Empty(await session.RunAsync($"SELECT id FROM {table}"));
        await session.RunAsync(insert.Bind(1, 1.5));
        await session.RunAsync(new SimpleStatement(cql, 2, 2.5));
        Assert.Equal([(1, 1.5), (2, 2.5)], (await session.RunAsync($"SELECT id, value FROM {table}")).Select(row => (row.Get<int>(0), row.Get<double>(1))).Order());

        // Asked once: what comes after finds nothing to ask about.
        var before = session.Cluster.Runtime.Diagnostics.RepreparedCount;
        await session.RunAsync(insert.Bind(3, 3.5));
        Assert.Equal(before, session.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

    [Fact]
    public async Task A_column_is_not_made_again_with_a_type_that_means_something_else()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, value bigint");
        await session.RunAsync($"ALTER TABLE {table} DROP value");
        // The server sees to that, for a table that goes on.
        var failure = await Assert.ThrowsAsync<InvalidQueryException>(() => session.RunAsync($"ALTER TABLE {table} ADD value double"));
        Assert.Contains("incompatible", failure.Message, StringComparison.Ordinal);
    }

    [Theory, EachVersion]
    public async Task A_simple_statement_takes_values_of_the_new_type_after_its_table_was_made_again(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, value int");
        var insert = $"INSERT INTO {table} (id, value) VALUES (?, ?)";
        await session.RunAsync(new SimpleStatement(insert, 1, 1));
        await session.RunAsync($"DROP TABLE {table}");
        await session.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, value text)");
        await session.RunAsync(new SimpleStatement(insert, 1, "one"));
        Assert.Equal("one", await session.ScalarAsync<string>($"SELECT value FROM {table}"));
        await Assert.ThrowsAsync<InvalidTypeException>(() => session.RunAsync(new SimpleStatement(insert, 1, 1)));
    }

    [Theory, EachVersion]
    public async Task A_keyspace_dropped_and_made_again_is_found_again(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var name = keyspace.Name + keyspace.NewName("again");
        var view = session.WithKeyspace(name);
        PreparedStatement? insert = null;
        for (var round = 0; round < 2; round++)
        {
            await session.CreateKeyspaceAsync(name);
            await view.RunAsync("CREATE TABLE t (id int PRIMARY KEY)");
            insert ??= view.Prepare("INSERT INTO t (id) VALUES (?)");
            await view.RunAsync(insert.Bind(round));
            await view.RunAsync(new SimpleStatement("INSERT INTO t (id) VALUES (?)", 10 + round));
            Assert.Equal([round, 10 + round], (await view.RunAsync("SELECT id FROM t")).Select(row => row.Get<int>(0)).Order());
            // On v3 and v4 the connection it is dropped over ends with it.
            Assert.True((await view.RunAsync($"DROP KEYSPACE {name}")).Info.IsSchemaInAgreement);
        }
    }

    [Theory, EachVersion]
    public async Task A_keyspace_dropped_while_it_is_used_fails_its_requests_as_the_server_says_until_it_is_made_again(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var name = keyspace.Name + keyspace.NewName("dropped");
        await MakeAsync();
        var view = session.WithKeyspace(name);
        var insert = view.Prepare("INSERT INTO t (id) VALUES (?)");
        Func<int, Statement>[] makers =
        [
            insert.Bind, static id => new SimpleStatement("INSERT INTO t (id) VALUES (?)", id), static id => new SimpleStatement($"INSERT INTO t (id) VALUES ({id})"),
            id => new BatchStatement { insert.Bind(id) },
        ];
        using var stop = new CancellationTokenSource();
        var refused = 0;
        var flows = Enumerable.Range(0, 16).Select(flow => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                try
                {
                    await view.RunAsync(makers[flow % makers.Length](i));
                }
                catch (ServerException)
                {
                    // That there is no such keyspace or table, or that its end came in the midst of the write.
                    Interlocked.Increment(ref refused);
                }
            }
        })).ToArray();
        await session.RunAsync($"DROP KEYSPACE {name}");
        foreach (var make in makers)
        {
            await Assert.ThrowsAsync<InvalidQueryException>(() => view.RunAsync(make(1)));
        }

        await MakeAsync();
        await stop.CancelAsync();
        await Task.WhenAll(flows);
        Assert.NotEqual(0, refused);
        foreach (var make in makers)
        {
            await view.RunAsync(make(7));
        }

        Assert.Contains(7, (await view.RunAsync("SELECT id FROM t")).Select(static row => row.Get<int>(0)));
        await session.RunAsync($"DROP KEYSPACE {name}");

        async Task MakeAsync()
        {
            await session.CreateKeyspaceAsync(name);
            await session.RunAsync($"CREATE TABLE {name}.t (id int PRIMARY KEY)");
        }
    }

    [Theory, EachVersion]
    public async Task Statements_forgotten_inside_a_batch_are_prepared_again_and_counted(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var other = keyspace.Name + keyspace.NewName("other");
        await session.CreateKeyspaceAsync(other);
        var elsewhere = session.WithKeyspace(other);
        var table = keyspace.NewName("batched");
        foreach (var view in new[] { session, elsewhere })
        {
            await view.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, name text)");
        }

        // The same text in two keyspaces, and a simple statement.
        var cql = $"INSERT INTO {table} (id, name) VALUES (?, ?)";
        var here = session.Prepare(cql);
        var there = elsewhere.Prepare(cql);
        var valued = new SimpleStatement($"INSERT INTO {table} (name, id) VALUES (?, ?)", "simple", 3);
        var batch = new BatchStatement { here.Bind(1, "here"), there.Bind(2, "there"), valued };
        await session.RunAsync(batch);
        foreach (var view in new[] { session, elsewhere })
        {
            await view.RunAsync($"TRUNCATE {table}");
            await view.RunAsync($"ALTER TABLE {table} ADD extra int");
        }

        var before = session.Cluster.Runtime.Diagnostics.RepreparedCount;
        await session.RunAsync(batch);
        // By the node's UNPREPARED, by its word that the table changed, or by both.
        Assert.InRange(session.Cluster.Runtime.Diagnostics.RepreparedCount - before, 3, 6);
        Assert.Equal([(1, "here"), (3, "simple")], await Contents(session));
        Assert.Equal([(2, "there")], await Contents(elsewhere));
        await session.RunAsync($"DROP KEYSPACE {other}");

        async Task<(int, string)[]> Contents(Session view) =>
            [.. (await view.RunAsync($"SELECT id, name FROM {table}")).Select(row => (row.Get<int>(0), row.Get<string>(1))).Order()];
    }

    [Theory, EachVersion]
    public async Task Many_requests_that_find_a_statement_forgotten_prepare_it_again_together(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, name text");
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?)");
        await session.RunAsync($"ALTER TABLE {table} ADD extra int");
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(i => session.RunAsync(insert.Bind(i, $"name {i}"))));
        Assert.Equal(Requests, await session.ScalarAsync<long>($"SELECT count(*) FROM {table}"));
    }

    [Theory, EachVersion]
    public async Task A_conditional_statement_is_read_right_whether_it_applies_or_not_before_and_after_a_change(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, a int, z text");
        var insert = session.Prepare($"INSERT INTO {table} (id, a, z) VALUES (?, ?, ?) IF NOT EXISTS");
        Assert.True((await session.RunAsync(insert.Bind(1, 1, "z"))).WasApplied);
        var refused = await session.RunAsync(insert.Bind(1, 2, "y"));
        Assert.Equal((false, 1, "z"), (refused.WasApplied, refused.First().Get<int>("a"), refused.First().Get<string>("z")));
        await session.RunAsync($"ALTER TABLE {table} ADD m int");
        refused = await session.RunAsync(insert.Bind(1, 2, "y"));
        Assert.Equal((false, 1, null, "z"), (refused.WasApplied, refused.First().Get<int>("a"), refused.First().Get<int?>("m"), refused.First().Get<string>("z")));
        Assert.True((await session.RunAsync(insert.Bind(2, 2, "y"))).WasApplied);
    }

    /// <summary>Wave after wave of requests at once, until the change is through, and one more.</summary>
    private static async Task WhileRunning(Task change, Func<Task> execute)
    {
        bool done;
        do
        {
            done = change.IsCompleted;
            await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => execute()));
        }
        while (!done);
        await change;
    }
}
