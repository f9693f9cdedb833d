using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Errors;

/// <summary>Statements that can't be carried out, on a real node: the type of the exception, and the words that tell what to mend.</summary>
[Collection(PlainRingCollection.Name)]
public class StatementErrorTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private const string Columns = "id int PRIMARY KEY, name text";

    [Theory, EachVersion]
    public async Task A_syntax_error_says_where_the_text_stops_being_cql(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var node = await keyspace.ContactPointAsync();
        foreach (var run in new Func<Task>[]
        {
            () => session.RunAsync("SELEC name FROM t"),
            async () => await session.PrepareAsync("SELEC name FROM t", CqlText.Cancelled),
        })
        {
            var failure = await Assert.ThrowsAsync<SyntaxErrorException>(run);
            AssertSays(failure, node, "not valid CQL", "line 1:0", "SELEC");
            Assert.False(failure.IsTransient || failure.MayHaveBeenApplied);
        }
    }

    [Theory, EachVersion]
    public async Task An_unknown_keyspace_is_named_when_connecting_and_when_a_view_is_used(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var connecting = await Assert.ThrowsAsync<InvalidQueryException>(async () => await session.Cluster.ConnectAsync("nowhere", CqlText.Cancelled));
        AssertSays(connecting, await keyspace.ContactPointAsync(), "nowhere", "create what it names");
        var used = await Assert.ThrowsAsync<InvalidQueryException>(() => session.WithKeyspace("nowhere").RunAsync("SELECT name FROM t"));
        AssertSays(used, "nowhere");
        AssertSays(await Assert.ThrowsAsync<InvalidQueryException>(() => session.RunAsync("SELECT name FROM nowhere.t")), "nowhere");
    }

    [Theory, EachVersion]
    public async Task An_unknown_table_or_column_is_named(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        AssertSays(await Assert.ThrowsAsync<InvalidQueryException>(() => session.RunAsync("SELECT name FROM no_such_table")), "no_such_table", "create what it names");
        AssertSays(await Assert.ThrowsAsync<InvalidQueryException>(() => session.RunAsync($"SELECT no_such_column FROM {table}")), "no_such_column");
        AssertSays(
            await Assert.ThrowsAsync<InvalidQueryException>(async () => await session.PrepareAsync("INSERT INTO no_such_table (id) VALUES (?)", CqlText.Cancelled)), "no_such_table");
    }

    [Theory, EachVersion]
    public async Task What_exists_already_is_named(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var failure = await Assert.ThrowsAsync<AlreadyExistsException>(() => session.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY)"));
        Assert.Equal((keyspace.Name, table), (failure.Keyspace, failure.Table));
    }

    [Theory, EachVersion]
    public async Task A_null_key_is_refused_with_its_column(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?)");
        AssertSays(Assert.Throws<InvalidValueException>(() => insert.Bind([null, "x"])), "'id'", "partition key", "null");
        AssertSays(Assert.Throws<InvalidValueException>(() => insert.Bind((int?)null, "x")), "'id'", "partition key", "null");
        if (version >= ProtocolVersion.V4)
        {
            AssertSays(Assert.Throws<InvalidValueException>(() => insert.Bind([Unset.Value, "x"])), "'id'", "partition key", "unset");
            AssertSays(Assert.Throws<InvalidValueException>(() => insert.CreateBuilder().Set("name", "x").Build()), "'id'", "partition key", "unset");
        }
        else
        {
            AssertSays(Assert.Throws<InvalidValueException>(() => insert.Bind([1, Unset.Value])), "'name'", "v4");
        }

        AssertSays(
            await Record.ExceptionAsync(() => session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", null, "x"))), "null", "id");
        AssertSays(
            await Assert.ThrowsAsync<InvalidValueException>(() => session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", Unset.Value, "x"))),
            "'id'", "unset");
        AssertSays(
            await Assert.ThrowsAsync<InvalidValueException>(
                () => session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (:id, :name)", new Dictionary<string, object?> { ["name"] = "x" }))),
            "'id'", "unset");
        Assert.Empty(await session.RunAsync($"SELECT id FROM {table}"));
    }

    [Theory, EachVersion]
    public async Task A_wrong_type_names_the_column_and_both_types(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var insert = session.Prepare($"INSERT INTO {table} (id, name) VALUES (?, ?)");
        AssertSays(Assert.Throws<InvalidTypeException>(() => insert.Bind("one", "x")), "'id'", "int", "string");
        AssertSays(
            await Assert.ThrowsAsync<InvalidTypeException>(() => session.RunAsync(new SimpleStatement($"INSERT INTO {table} (id, name) VALUES (?, ?)", "one", "x"))),
            "'id'", "int", "string");
        await session.RunAsync(insert.Bind(1, "x"));
        var row = (await session.RunAsync($"SELECT id, name FROM {table}")).First();
        AssertSays(Assert.Throws<InvalidTypeException>(() => row.Get<int>("name")), "'name'", "text", "int");
        AssertSays(Assert.Throws<InvalidTypeException>(() => row.Get<Guid>(0)), "'id'", "int", "Guid");
    }

    [Theory, EachVersion]
    public async Task A_wrong_count_and_an_unknown_name_say_what_the_statement_has(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var text = $"INSERT INTO {table} (id, name) VALUES (?, ?)";
        var insert = session.Prepare(text);
        AssertSays(Assert.Throws<ArgumentException>(() => insert.Bind(1)), "2 bind markers", "given 1 values", text);
        AssertSays(Assert.Throws<ArgumentException>(() => insert.Bind(1, "x", 2)), "2 bind markers", "given 3 values", text);
        AssertSays(Assert.Throws<ArgumentException>(() => insert.CreateBuilder().Set("nam", "x")), "'nam'", "id, name", text);
        AssertSays(Assert.Throws<ArgumentException>(() => insert.Bind(new Dictionary<string, object?> { ["id"] = 1, ["nam"] = "x" })), "'nam'");
        AssertSays(await Record.ExceptionAsync(() => session.RunAsync(new SimpleStatement(text, 1))), "2 bind markers", "1 values");
        await session.RunAsync(insert.Bind(1, "x"));
        var row = (await session.RunAsync($"SELECT id, name FROM {table}")).First();
        AssertSays(Record.Exception(() => { row.Get<string>("nam"); }), "nam", "name");
        AssertSays(Record.Exception(() => { row.Get<string>(2); }), "2");
    }

    internal static void AssertSays(Exception? failure, params string[] words)
    {
        Assert.NotNull(failure);
        Assert.All(words, word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
    }
}
