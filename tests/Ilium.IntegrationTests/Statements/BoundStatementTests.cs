using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Statements;

[Collection(PlainRingCollection.Name)]
public class BoundStatementTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private const string Columns = "id int PRIMARY KEY, a text, b bigint, c double, d boolean, e uuid, f smallint";

    [Theory, EachVersion]
    public async Task Typed_values_of_every_count_arrive(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var id = Guid.NewGuid();
        var names = new[] { "id", "a", "b", "c", "d" };
        var inserts = new List<PreparedStatement>();
        for (var count = 1; count <= 5; count++)
        {
            inserts.Add(await session.PrepareAsync(
                $"INSERT INTO {table} ({string.Join(", ", names[..count])}) VALUES ({string.Join(", ", Enumerable.Repeat("?", count))})", CqlText.Cancelled));
        }

        await session.RunAsync(inserts[0].Bind(1));
        await session.RunAsync(inserts[1].Bind(2, "two"));
        await session.RunAsync(inserts[2].Bind(3, "three", 3L));
        await session.RunAsync(inserts[3].Bind(4, "four", 4L, 4.5));
        await session.RunAsync(inserts[4].Bind(5, "five", 5L, 5.5, true));
        var all = session.Prepare($"INSERT INTO {table} (id, a, b, c, d, e, f) VALUES (?, ?, ?, ?, ?, ?, ?)");
        session.Execute(all.Bind(6, "six", 6L, 6.5, false, id, (short)6));
        var builder = all.CreateBuilder().Set(0, 7).Set("f", (short)7).Set("e", id).Set("d", true).Set("c", 7.5).Set("b", 7L).Set("a", "seven");
        await session.RunAsync(builder.Build());
        await session.RunAsync(all.Bind(new Dictionary<string, object?>
        {
            ["id"] = 8,
            ["a"] = "eight",
            ["b"] = 8L,
            ["c"] = null,
            ["d"] = null,
            ["e"] = id,
            ["f"] = (short)8,
        }));

        var rows = (await session.RunAsync($"SELECT id, a, b, c, d, e, f FROM {table}")).ToDictionary(
            row => row.Get<int>(0),
            row => (row.Get<string?>(1), row.Get<long?>(2), row.Get<double?>(3), row.Get<bool?>(4), row.Get<Guid?>(5), row.Get<short?>(6)));
        Assert.Equal(8, rows.Count);
        Assert.Equal((null, null, null, null, null, null), rows[1]);
        Assert.Equal(("two", null, null, null, null, null), rows[2]);
        Assert.Equal(("three", 3L, null, null, null, null), rows[3]);
        Assert.Equal(("four", 4L, 4.5, null, null, null), rows[4]);
        Assert.Equal(("five", 5L, 5.5, true, null, null), rows[5]);
        Assert.Equal(("six", 6L, 6.5, false, id, (short)6), rows[6]);
        Assert.Equal(("seven", 7L, 7.5, true, id, (short)7), rows[7]);
        Assert.Equal(("eight", 8L, null, null, id, (short)8), rows[8]);
    }

    [Theory, EachVersion]
    public async Task Markers_and_columns_are_described(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var select = await session.PrepareAsync($"SELECT a, b AS big FROM {table} WHERE id = :who", CqlText.Cancelled);
        Assert.Equal([(keyspace.Name, table, "who", CqlType.Int, 0)], select.Variables.Select(Parts));
        Assert.Equal(
            [(keyspace.Name, table, "a", CqlType.Text, 0), (keyspace.Name, table, "big", CqlType.Bigint, 1)], select.ResultColumns.Select(Parts));
        Assert.Equal(keyspace.Name, select.Keyspace);

        static (string, string, string, CqlType, int) Parts(ColumnDefinition column) =>
            (column.Keyspace, column.Table, column.Name, column.Type, column.Ordinal);
    }

    [Theory, EachVersion]
    public async Task Preparing_the_same_text_again_gives_the_same_handle(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var cql = $"SELECT a FROM {table} WHERE id = ?";
        var handles = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => session.PrepareAsync(cql, CqlText.Cancelled).AsTask()));
        Assert.All(handles, handle => Assert.Same(handles[0], handle));
        Assert.Same(handles[0], session.Prepare(cql));
    }

    [Theory, EachVersion]
    public async Task A_hundred_first_executions_prepare_once(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var before = session.Cluster.Runtime.Prepared.Count;
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => session.RunAsync(
            new SimpleStatement($"INSERT INTO {table} (id, b) VALUES (?, ?)", i, (long)i * i))));
        Assert.Equal(100, results.Length);
        Assert.Equal(before + 1, session.Cluster.Runtime.Prepared.Count);
        Assert.Equal(100L, await session.ScalarAsync<long>($"SELECT count(*) FROM {table}"));
    }

    [Fact]
    public async Task The_statements_a_cluster_remembers_are_bounded_and_forgotten_ones_work_again()
    {
        await keyspace.SessionAsync(ProtocolVersion.V5);
        var options = await keyspace.OptionsAsync(ProtocolVersion.V5);
        await using var cluster = new Cluster(options with { PreparedCacheSize = 5, Keyspace = keyspace.Name });
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        var table = await keyspace.TableAsync(session, Columns);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                var rows = await session.RunAsync(new SimpleStatement($"SELECT a AS a{i} FROM {table} WHERE id = ?", i));
                Assert.Equal($"a{i}", rows.Columns[0].Name);
                Assert.InRange(cluster.Runtime.Prepared.Count, 1, 5);
            }
        }
    }

    [Theory, EachVersion]
    public async Task A_bound_statement_runs_any_number_of_times_from_any_number_of_threads(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        await session.RunAsync($"INSERT INTO {table} (id, a) VALUES (1, 'one')");
        var bound = session.Prepare($"SELECT a FROM {table} WHERE id = ?").Bind(1);
        var texts = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () => (await session.RunAsync(bound)).First().Get<string>(0))));
        Assert.All(texts, text => Assert.Equal("one", text));
    }

    [Theory, EachVersion]
    public async Task Wrong_counts_types_names_and_positions_are_refused_when_binding(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, Columns);
        var insert = session.Prepare($"INSERT INTO {table} (id, a, b) VALUES (?, ?, ?)");
        Assert.Throws<ArgumentException>(() => insert.Bind(1));
        Assert.Throws<ArgumentException>(() => insert.Bind(1, "a", 1L, 2));
        var typed = Assert.Throws<InvalidTypeException>(() => insert.Bind(1, "a", 1.5));
        Assert.Equal(("b", CqlType.Bigint, typeof(double)), (typed.Column, typed.CqlType, typed.ClrType));
        var boxed = Assert.Throws<InvalidTypeException>(() => insert.Bind([1, 2, 3L]));
        Assert.Equal(("a", CqlType.Text, typeof(int)), (boxed.Column, boxed.CqlType, boxed.ClrType));
        Assert.Throws<ArgumentException>(() => insert.Bind(new Dictionary<string, object?> { ["id"] = 1, ["nope"] = 2 }));
        Assert.Throws<ArgumentException>(() => insert.CreateBuilder().Set("nope", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => insert.CreateBuilder().Set(3, 1));
        if (version >= ProtocolVersion.V4)
        {
            Assert.Equal("id", Assert.Throws<InvalidValueException>(() => insert.Bind([null, "a", 1L])).Column);
            Assert.Equal("id", Assert.Throws<InvalidValueException>(() => insert.CreateBuilder().Set("a", "a").Build()).Column);
        }
        else
        {
            Assert.Equal("b", Assert.Throws<InvalidValueException>(() => insert.CreateBuilder().Set("id", 1).Set("a", "a").Build()).Column);
        }

        // What failed has left nothing behind.
        await session.RunAsync(insert.Bind(1, "a", 1L));
        Assert.Equal(1L, await session.ScalarAsync<long>($"SELECT b FROM {table}"));
    }
}
