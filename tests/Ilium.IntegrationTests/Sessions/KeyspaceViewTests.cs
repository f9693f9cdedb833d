using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Sessions;

[Collection(PlainRingCollection.Name)]
public class KeyspaceViewTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    [Theory, EachVersion]
    public async Task Two_views_in_different_keyspaces_never_mix_their_tables(ProtocolVersion version)
    {
        var left = await keyspace.SessionAsync(version);
        var other = keyspace.Name + keyspace.NewName("other");
        await left.CreateKeyspaceAsync(other);
        var right = left.WithKeyspace(other);
        var table = keyspace.NewName("same");
        foreach (var (view, name) in new[] { (left, "left"), (right, "right") })
        {
            await view.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, name text)");
            await view.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", 1, name));
        }

        // Half of them prepared, half as text; in turns, and all at once.
        var requests = Enumerable.Range(0, 400).Select(async i =>
        {
            var (view, expected) = i % 2 == 0 ? (left, "left") : (right, "right");
            var rows = i % 4 < 2
                ? await view.RunAsync($"SELECT name FROM {table} WHERE id = 1")
                : await view.RunAsync(new SimpleStatement($"SELECT name FROM {table} WHERE id = ?", 1));
            Assert.Equal(expected, rows.First().Get<string>(0));
            Assert.Equal(expected == "left" ? keyspace.Name : other, rows.Columns[0].Keyspace);
        });
        await Task.WhenAll(requests);
        await left.RunAsync($"DROP KEYSPACE {other}");
    }

    [Theory, EachVersion]
    public async Task Keyspaces_used_for_the_first_time_at_once_get_connections_of_their_own(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var (table, names) = (keyspace.NewName("here"), Enumerable.Range(0, 4).Select(_ => keyspace.Name + keyspace.NewName("race")).ToArray());
        foreach (var name in names)
        {
            await session.CreateKeyspaceAsync(name);
            await session.RunAsync($"CREATE TABLE {name}.{table} (id int PRIMARY KEY, name text)");
            await session.RunAsync(new SimpleStatement($"INSERT INTO {name}.{table} (id, name) VALUES (1, ?)", name));
        }

        for (var round = 0; round < 5; round++)
        {
            // A cluster that has no connection in any of them yet.
            await using var fresh = new Cluster(session.Cluster.Options);
            var connected = await fresh.ConnectAsync(null, CqlText.Cancelled);
            await Task.WhenAll(Enumerable.Range(0, 80).Select(i => Task.Run(async () =>
            {
                var name = names[i % names.Length];
                var text = $"SELECT name FROM {table} WHERE id = ";
                var rows = await connected.WithKeyspace(name).RunAsync(i % 8 < 4 ? new SimpleStatement(text + "1") : new SimpleStatement(text + "?", 1));
                Assert.Equal((name, name), (rows.First().Get<string>(0), rows.Columns[0].Keyspace));
            })));
        }

        foreach (var name in names)
        {
            await session.RunAsync($"DROP KEYSPACE {name}");
        }
    }

    [Theory, EachVersion]
    public async Task What_only_begins_like_a_use_statement_is_refused_by_the_server_and_moves_nobody(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        foreach (var text in new[] { "USE system.local", "USE system local", "USE 'system'", "USE \"\"" })
        {
            var error = await Assert.ThrowsAnyAsync<ServerException>(() => session.RunAsync(text));
            Assert.True(error is SyntaxErrorException or InvalidQueryException, $"{text}: {error}");
            Assert.Equal(keyspace.Name, session.Keyspace);
        }
    }

    [Theory, EachVersion]
    public async Task A_prepared_statement_stays_in_the_keyspace_it_was_prepared_in(ProtocolVersion version)
    {
        var left = await keyspace.SessionAsync(version);
        var other = keyspace.Name + keyspace.NewName("other");
        await left.CreateKeyspaceAsync(other);
        var right = left.WithKeyspace(other);
        var table = keyspace.NewName("same");
        await left.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, name text)");
        await right.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, name text)");
        await left.RunAsync($"INSERT INTO {table} (id, name) VALUES (1, 'left')");
        await right.RunAsync($"INSERT INTO {table} (id, name) VALUES (1, 'right')");
        var prepared = await left.PrepareAsync($"SELECT name FROM {table} WHERE id = ?", CqlText.Cancelled);
        Assert.Equal("left", (await right.RunAsync(prepared.Bind(1))).First().Get<string>(0));

        // The node forgets it; the view that runs it now is in the other keyspace.
        await left.RunAsync($"ALTER TABLE {table} ADD extra int");
        var before = left.Cluster.Runtime.Diagnostics.RepreparedCount;
        Assert.Equal("left", (await right.RunAsync(prepared.Bind(1))).First().Get<string>(0));
        // By the node's UNPREPARED, by its word that the table changed, or by both.
        Assert.InRange(left.Cluster.Runtime.Diagnostics.RepreparedCount - before, 1, 2);
        Assert.Equal("left", (await left.RunAsync(prepared.Bind(1))).First().Get<string>(0));
        await left.RunAsync($"DROP KEYSPACE {other}");
    }

    [Theory, EachVersion]
    public async Task A_use_statement_moves_its_own_session_only(ProtocolVersion version)
    {
        var first = await keyspace.SessionAsync(version);
        var second = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(first, "id int PRIMARY KEY");

        await first.RunAsync("USE system");
        Assert.Equal("system", first.Keyspace);
        Assert.Equal(keyspace.Name, second.Keyspace);
        Assert.Equal("local", await first.ScalarAsync<string>("SELECT key FROM local"));
        Assert.Empty(await second.RunAsync($"SELECT id FROM {table}"));
        await Assert.ThrowsAsync<InvalidQueryException>(() => first.RunAsync($"SELECT id FROM {table}"));

        first.Execute($" use\t{keyspace.Name.ToUpperInvariant()} ;".AsCql());
        Assert.Equal(keyspace.Name, first.Keyspace);
        Assert.Empty(await first.RunAsync($"SELECT id FROM {table}"));
    }

    [Theory, EachVersion]
    public async Task A_use_statement_keeps_the_case_of_a_quoted_name(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var name = $"K\"{keyspace.Name[..8]}{keyspace.NewName("Case")}".Replace("\"", "_", StringComparison.Ordinal);
        await session.CreateKeyspaceAsync($"\"{name}\"");
        await session.RunAsync($"USE \"{name}\"");
        Assert.Equal(name, session.Keyspace);
        await session.RunAsync("CREATE TABLE t (id int PRIMARY KEY)");
        Assert.Equal(name, (await session.RunAsync("SELECT id FROM t")).Columns[0].Keyspace);
        Assert.Empty(await session.RunAsync(new SimpleStatement("SELECT id FROM t WHERE id = ?", 1)));
        await session.RunAsync($"DROP KEYSPACE \"{name}\"");
    }

    [Theory, EachVersion]
    public async Task A_use_statement_of_an_unknown_keyspace_fails_and_moves_nothing(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        await Assert.ThrowsAsync<InvalidQueryException>(() => session.RunAsync("USE no_such_keyspace"));
        Assert.Equal(keyspace.Name, session.Keyspace);
        Assert.Equal("local", await session.ScalarAsync<string>("SELECT key FROM system.local"));
    }

    [Theory, EachVersion]
    public async Task An_unknown_keyspace_is_told_when_connecting(ProtocolVersion version)
    {
        var cluster = (await keyspace.SessionAsync(version)).Cluster;
        var failure = await Assert.ThrowsAsync<InvalidQueryException>(async () => await cluster.ConnectAsync("no_such_keyspace", CqlText.Cancelled));
        Assert.Contains("no_such_keyspace", failure.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidQueryException>(() => cluster.Connect("no_such_keyspace"));
    }

    [Theory, EachVersion]
    public async Task An_unknown_keyspace_of_a_view_is_told_by_its_first_request(ProtocolVersion version)
    {
        var view = (await keyspace.SessionAsync(version)).WithKeyspace("no_such_keyspace");
        await Assert.ThrowsAsync<InvalidQueryException>(() => view.RunAsync("SELECT id FROM t"));
        await Assert.ThrowsAsync<InvalidQueryException>(() => view.RunAsync(new SimpleStatement("SELECT id FROM t WHERE id = ?", 1)));
        Assert.Throws<InvalidQueryException>(() => view.Prepare("SELECT id FROM t"));
    }

    [Theory, EachVersion]
    public async Task A_keyspace_that_was_missing_is_found_once_it_is_made(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var name = keyspace.Name + keyspace.NewName("later");
        var view = session.WithKeyspace(name);
        await Assert.ThrowsAsync<InvalidQueryException>(() => view.RunAsync("CREATE TABLE t (id int PRIMARY KEY)"));
        await session.CreateKeyspaceAsync(name);
        await view.RunAsync("CREATE TABLE t (id int PRIMARY KEY)");
        Assert.Empty(await view.RunAsync("SELECT id FROM t"));
        await session.RunAsync($"DROP KEYSPACE {name}");
    }

    [Theory, EachVersion]
    public async Task The_keyspace_of_a_statement_comes_before_the_sessions(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY");
        var system = session.WithKeyspace("system");
        var text = new SimpleStatement($"INSERT INTO {table} (id) VALUES (1)") { Keyspace = keyspace.Name };
        var valued = new SimpleStatement($"INSERT INTO {table} (id) VALUES (?)", 2) { Keyspace = keyspace.Name };
        var batch = new BatchStatement { Keyspace = keyspace.Name };
        batch.Add($"INSERT INTO {table} (id) VALUES (3)".AsCql());
        batch.Add(new SimpleStatement($"INSERT INTO {table} (id) VALUES (?)", 4));
        await system.RunAsync(text);
        await system.RunAsync(valued);
        await system.RunAsync(batch);
        var ids = (await session.RunAsync($"SELECT id FROM {table}")).Select(row => row.Get<int>(0)).Order();
        Assert.Equal([1, 2, 3, 4], ids);
        Assert.Equal("system", system.Keyspace);
    }
}
