using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Rows;

[Collection(PlainRingCollection.Name)]
public class RowTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    [Theory, EachVersion]
    public async Task Values_are_found_by_ordinal_and_by_name_and_nulls_never_become_defaults(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, age int, name text, \"MiXed\" bigint");
        await session.RunAsync($"INSERT INTO {table} (id, age, name, \"MiXed\") VALUES (1, 30, 'John', 5)");
        await session.RunAsync($"INSERT INTO {table} (id) VALUES (2)");

        var full = (await session.RunAsync($"SELECT id, age, name, \"MiXed\", age AS years FROM {table} WHERE id = 1")).First();
        Assert.Equal(["id", "age", "name", "MiXed", "years"], full.Columns.Select(column => column.Name));
        Assert.Equal((1, 30, "John", 5L), (full.Get<int>(0), full.Get<int>("age"), full.Get<string>("name"), full.Get<long>("MiXed")));
        Assert.Equal((30, 30), (full.Get<int?>("years"), (int)full[4]!));
        Assert.Equal("John", full["name"]);
        Assert.True(full.TryGet<int>("age", out var age));
        Assert.Equal(30, age);
        Assert.Contains("'mixed'", Assert.Throws<ArgumentException>(() => full.Get<long>("mixed")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => full.Get<int>(5));
        var wrong = Assert.Throws<InvalidTypeException>(() => full.Get<string>("age"));
        Assert.Equal(("age", CqlType.Int, typeof(string)), (wrong.Column, wrong.CqlType, wrong.ClrType));

        var empty = (await session.RunAsync($"SELECT age, name FROM {table} WHERE id = 2")).First();
        var missing = Assert.Throws<InvalidValueException>(() => empty.Get<int>("age"));
        Assert.Equal("age", missing.Column);
        Assert.Contains("age", missing.Message, StringComparison.Ordinal);
        Assert.Null(empty.Get<int?>("age"));
        Assert.Null(empty.Get<string?>("name"));
        Assert.Null(empty[0]);
        Assert.False(empty.TryGet("age", out age));
        Assert.Equal(0, age);
        Assert.True(empty.IsNull(0));
        Assert.True(empty.IsNull("name"));
    }

    [Theory, EachVersion]
    public async Task An_empty_text_and_an_empty_value_of_another_type_are_not_null(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, name text, age int");
        await session.RunAsync($"INSERT INTO {table} (id, name, age) VALUES (1, '', blobAsInt(0x))");
        var row = (await session.RunAsync($"SELECT name, age FROM {table}")).First();
        Assert.Equal("", row.Get<string>(0));
        Assert.True(row.IsEmpty(0));
        Assert.False(row.IsNull(0));
        Assert.True(row.IsEmpty(1));
        Assert.False(row.IsNull(1));
        Assert.Equal("age", Assert.Throws<InvalidValueException>(() => row.Get<int>(1)).Column);
        Assert.Null(row.Get<int?>(1));
    }

    [Theory, EachVersion]
    public async Task Rows_stay_valid_while_they_are_held_and_end_with_their_set(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, name text");
        for (var i = 0; i < 10; i++)
        {
            await session.RunAsync($"INSERT INTO {table} (id, name) VALUES ({i}, 'name {i}')");
        }

        var rows = (await session.RunAsync($"SELECT id, name FROM {table}")).ToArray();
        for (var i = 0; i < 100; i++)
        {
            using var other = await session.RunAsync($"SELECT name, id FROM {table}");
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (i, $"name {i}")), rows.Select(row => (row.Get<int>("id"), row.Get<string>("name"))).Order());
        var set = await session.RunAsync($"SELECT id FROM {table}");
        var first = set.First();
        set.Dispose();
        set.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Get<int>(0));
    }

    [Theory, EachVersion]
    public async Task Static_columns_are_read_with_and_without_rows_of_their_partition(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int, part int, shared text STATIC, name text, PRIMARY KEY (id, part)");
        await session.RunAsync($"INSERT INTO {table} (id, shared) VALUES (1, 'alone')");
        await session.RunAsync($"INSERT INTO {table} (id, part, shared, name) VALUES (2, 1, 'two', 'a')");
        await session.RunAsync($"INSERT INTO {table} (id, part, name) VALUES (2, 2, 'b')");
        var rows = (await session.RunAsync($"SELECT id, part, shared, name FROM {table}"))
            .Select(row => (row.Get<int>(0), row.Get<int?>(1), row.Get<string?>(2), row.Get<string?>(3))).Order();
        Assert.Equal([(1, null, "alone", null), (2, 1, "two", "a"), (2, 2, "two", "b")], rows);
    }

    [Theory, EachVersion]
    public async Task Results_that_are_no_tables_are_read_like_all_others(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY, name text");

        // Qualified: on v5 the server does not look at the request's keyspace here.
        var described = (await session.RunAsync($"DESCRIBE TABLE {keyspace.Name}.{table}")).First();
        Assert.Equal((keyspace.Name, "table", table), (described.Get<string>("keyspace_name"), described.Get<string>("type"), described.Get<string>("name")));
        Assert.StartsWith($"CREATE TABLE {keyspace.Name}.{table}", described.Get<string>("create_statement"), StringComparison.Ordinal);

        await session.RunAsync($"INSERT INTO {table} (id, name) VALUES (1, 'a\"b')");
        Assert.Equal("{\"id\": 1, \"name\": \"a\\\"b\"}", await session.ScalarAsync<string>($"SELECT JSON id, name FROM {table}"));
        Assert.Equal(1L, await session.ScalarAsync<long>($"SELECT count(*) FROM {table}"));

        var nothing = await session.RunAsync($"SELECT id, name FROM {table} WHERE id = 2");
        Assert.Empty(nothing);
        Assert.Equal(["id", "name"], nothing.Columns.Select(column => column.Name));
        Assert.False(nothing.TryGetFirst(out _));
        Assert.Throws<InvalidOperationException>(() => nothing.First());
        Assert.False(nothing.HasMorePages);

        var written = await session.RunAsync($"INSERT INTO {table} (id) VALUES (3)");
        Assert.Empty(written.Columns);
        Assert.Empty(written);
        Assert.NotNull(written.Info.Node);
    }

    [Theory, EachVersion]
    public async Task A_result_of_many_columns_finds_each_by_name(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var columns = Enumerable.Range(0, 100).Select(i => $"c{i}").ToArray();
        var table = await keyspace.TableAsync(session, $"id int PRIMARY KEY, {string.Join(", ", columns.Select(column => $"{column} int"))}");
        var insert = session.Prepare($"INSERT INTO {table} (id, {string.Join(", ", columns)}) VALUES ({string.Join(", ", Enumerable.Repeat("?", 101))})");
        await session.RunAsync(insert.Bind([1, .. Enumerable.Range(0, 100).Select(i => i % 3 == 0 ? (object?)null : i)]));
        var row = (await session.RunAsync($"SELECT * FROM {table}")).First();
        for (var i = 99; i >= 0; i--)
        {
            Assert.Equal(i % 3 == 0 ? null : i, row.Get<int?>($"c{i}"));
        }
    }
}
