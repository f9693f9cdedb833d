using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Statements;

[Collection(PlainRingCollection.Name)]
public class SimpleStatementTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private const string Columns = "id int PRIMARY KEY, name text, age int";
    private const string Injection = "x'; DROP TABLE users; -- ? :name {0} \"\u0000 é漢😀";

    [Theory, EachVersion]
    public async Task Values_by_position_by_name_and_by_interpolation_arrive(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        await session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name, age) VALUES (?, ?, ?)", 1, "position", 11));
        await session.RunAsync(new SimpleStatement(
            $"INSERT INTO {table} (id, name, age) VALUES (:id, :name, :age)",
            new Dictionary<string, object?> { ["age"] = 12, ["id"] = 2, ["name"] = "name" }));
        await session.RunAsync($"CREATE TABLE IF NOT EXISTS holes ({Columns})");
        await session.ExecuteAsync($"INSERT INTO holes (id, name, age) VALUES ({3}, {"hole"}, {13})", cancellationToken: CqlText.Cancelled);
        session.Execute(new SimpleStatement($"INSERT INTO {table} (id, name, age) VALUES (?, ?, ?)", 4, "blocking", 14));

        var rows = await session.RunAsync($"SELECT id, name, age FROM {table}");
        Assert.Equal(
            [(1, "position", 11), (2, "name", 12), (4, "blocking", 14)],
            rows.Select(row => (row.Get<int>(0), row.Get<string>(1), row.Get<int>(2))).Order());
        var hole = (await session.RunAsync("SELECT id, name, age FROM holes")).First();
        Assert.Equal((3, "hole", 13), (hole.Get<int>(0), hole.Get<string>(1), hole.Get<int>(2)));
    }

    [Theory, EachVersion]
    public async Task A_value_with_quotes_and_cql_in_it_stays_a_value(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        await session.RunAsync("CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text)");
        var (id, name) = ((int)version, Injection);
        await session.ExecuteAsync($"INSERT INTO users (id, name) VALUES ({id}, {name})", cancellationToken: CqlText.Cancelled);
        Assert.Equal(Injection, session.Execute($"SELECT name FROM users WHERE id = {id}").First().Get<string>(0));
        Assert.Equal(
            Injection,
            (await session.RunAsync(new SimpleStatement("SELECT name FROM users WHERE name = ? ALLOW FILTERING", Injection))).First().Get<string>(0));
    }

    [Theory, EachVersion(From = ProtocolVersion.V4)]
    public async Task An_unset_value_leaves_the_column_alone_and_null_deletes_it(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var insert = $"INSERT INTO {table} (id, name, age) VALUES (?, ?, ?)";
        await session.RunAsync(new SimpleStatement(insert, 1, "kept", 30), new ExecutionOptions { Timestamp = 1_000 });
        await session.RunAsync(new SimpleStatement(insert, 1, Unset.Value, null), new ExecutionOptions { Timestamp = 2_000 });
        var row = (await session.RunAsync($"SELECT name, age, writetime(name) FROM {table} WHERE id = 1")).First();
        Assert.Equal(("kept", null, 1_000L), (row.Get<string>(0), row.Get<int?>(1), row.Get<long>(2)));

        // An unset column has no tombstone: a write of before still shows. A deleted one has.
        await session.RunAsync(new SimpleStatement(insert, 2, Unset.Value, null), new ExecutionOptions { Timestamp = 2_000 });
        await session.RunAsync(new SimpleStatement(insert, 2, "older", 20), new ExecutionOptions { Timestamp = 1_000 });
        row = (await session.RunAsync($"SELECT name, age FROM {table} WHERE id = 2")).First();
        Assert.Equal(("older", null), (row.Get<string>(0), row.Get<int?>(1)));
    }

    [Theory, EachVersion(From = ProtocolVersion.V4)]
    public async Task A_named_marker_without_a_value_is_left_unset(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var insert = $"INSERT INTO {table} (id, name, age) VALUES (:id, :name, :age)";
        await session.RunAsync(new SimpleStatement(insert, new Dictionary<string, object?> { ["id"] = 1, ["name"] = "kept", ["age"] = 30 }));
        await session.RunAsync(new SimpleStatement(insert, new Dictionary<string, object?> { ["id"] = 1, ["age"] = 31 }));
        var row = (await session.RunAsync($"SELECT name, age FROM {table}")).First();
        Assert.Equal(("kept", 31), (row.Get<string>(0), row.Get<int>(1)));
    }

    [Fact]
    public async Task On_version_3_an_unset_value_is_refused_before_it_is_sent()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V3);
        var table = await keyspace.TableAsync(session, Columns);
        var failure = await Assert.ThrowsAsync<InvalidValueException>(
            () => session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", 1, Unset.Value)));
        Assert.Equal("name", failure.Column);
        Assert.Contains("v4", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await session.RunAsync($"SELECT id FROM {table}"));
    }

    [Theory, EachVersion]
    public async Task A_wrong_count_of_values_says_how_many_are_wanted(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        foreach (var values in new object?[][] { [1], [1, "two", 3] })
        {
            var failure = await Assert.ThrowsAsync<ArgumentException>(
                () => session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", values)));
            Assert.Contains($"2 bind markers and was given {values.Length} values", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory, EachVersion]
    public async Task A_value_of_a_wrong_type_names_the_column_its_cql_type_and_the_clr_type(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var failure = await Assert.ThrowsAsync<InvalidTypeException>(
            () => session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name, age) VALUES (?, ?, ?)", 1, "name", "thirty")));
        Assert.Equal(("age", CqlType.Int, typeof(string)), (failure.Column, failure.CqlType, failure.ClrType));
        Assert.Contains("age", failure.Message, StringComparison.Ordinal);
        Assert.Contains("int", failure.Message, StringComparison.Ordinal);
        Assert.Contains("string", failure.Message, StringComparison.Ordinal);
    }

    [Theory, EachVersion]
    public async Task An_unknown_name_is_told_with_those_there_are(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => session.RunAsync(new SimpleStatement(
            $"INSERT INTO {table} (id, name) VALUES (:id, :name)",
            new Dictionary<string, object?> { ["id"] = 1, ["nmae"] = "x" })));
        Assert.Contains("'nmae'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("id, name", failure.Message, StringComparison.Ordinal);
    }

    [Theory, EachVersion]
    public async Task A_null_in_the_partition_key_is_refused(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var failure = await Record.ExceptionAsync(
            () => session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", null, "x")));
        Assert.Equal("id", Assert.IsType<InvalidValueException>(failure).Column);
    }

    [Theory, EachVersion]
    public async Task A_name_used_twice_takes_one_value(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, a int, b int");
        await session.RunAsync(new SimpleStatement(
            $"INSERT INTO {table} (id, a, b) VALUES (:id, :both, :both)", new Dictionary<string, object?> { ["id"] = 1, ["both"] = 7 }));
        var row = (await session.RunAsync($"SELECT a, b FROM {table}")).First();
        Assert.Equal((7, 7), (row.Get<int>(0), row.Get<int>(1)));
    }

    [Theory, EachVersion]
    public async Task Errors_of_the_server_have_types_of_their_own(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        await Assert.ThrowsAsync<SyntaxErrorException>(() => session.RunAsync("SELEKT 1"));
        await Assert.ThrowsAsync<SyntaxErrorException>(() => session.RunAsync(new SimpleStatement("SELEKT ?", 1)));
        Assert.Throws<SyntaxErrorException>(() => session.Prepare("SELEKT ?"));
        await Assert.ThrowsAsync<InvalidQueryException>(() => session.RunAsync("SELECT id FROM no_such_table"));
        var exists = await Assert.ThrowsAsync<AlreadyExistsException>(() => session.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY)"));
        Assert.Contains(table, exists.Message, StringComparison.Ordinal);
        var unavailable = await Assert.ThrowsAsync<UnavailableException>(
            () => session.RunAsync($"SELECT id FROM {table} WHERE id = 1", new ExecutionOptions { Consistency = ConsistencyLevel.Three }));
        Assert.False(unavailable.MayHaveBeenApplied);
    }
}
