using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Schema;

[Collection(PlainRingCollection.Name)]
public class SchemaTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    [Fact]
    public async Task The_schema_is_read_when_it_is_first_asked_for()
    {
        await using var cluster = new Cluster(await keyspace.OptionsAsync(ProtocolVersion.V5));
        Assert.Contains("not connected", Assert.Throws<InvalidOperationException>(() => cluster.GetSchema()).Message, StringComparison.Ordinal);
        await cluster.ConnectAsync(CqlText.Cancelled);
        Assert.False(cluster.Metadata.IsSchemaRead);
        var failure = Assert.Throws<InvalidOperationException>(() => cluster.Metadata.Keyspaces);
        Assert.Contains("GetSchemaAsync", failure.Message, StringComparison.Ordinal);

        var metadata = await cluster.GetSchemaAsync(CqlText.Cancelled);
        Assert.Same(metadata, cluster.Metadata);
        Assert.Same(metadata, await cluster.GetSchemaAsync(CqlText.Cancelled));
        Assert.Same(metadata, cluster.GetSchema());
        Assert.NotNull(metadata.SchemaVersion);
        Assert.Equal(["key"], metadata.FindTable("system", "local")!.PartitionKey.Select(column => column.Name));
    }

    [Fact]
    public async Task Virtual_keyspaces_are_there_and_exported_as_comments()
    {
        var metadata = await (await keyspace.SessionAsync(ProtocolVersion.V5)).Cluster.GetSchemaAsync(CqlText.Cancelled);
        var views = metadata.FindKeyspace("system_views")!;
        Assert.True(views.IsVirtual);
        Assert.Empty(views.Replication);
        var clients = views.FindTable("clients")!;
        Assert.True(clients.IsVirtual);
        Assert.Equal(["address", "port"], clients.PrimaryKey.Select(column => column.Name));
        Assert.Equal(["port"], clients.ClusteringKey.Select(column => column.Name));
        Assert.Equal(CqlType.Inet, clients.FindColumn("address")!.Type);
        Assert.Empty(views.ToCqlStatements());
        Assert.Contains("VIRTUAL TABLE system_views.clients", views.ToCql(), StringComparison.Ordinal);
        Assert.DoesNotContain("system", metadata.ToCqlStatements().Where(statement => statement.StartsWith("CREATE KEYSPACE", StringComparison.Ordinal)).Select(statement => statement.Split(' ')[2]));
    }

    [Fact]
    public async Task Everything_is_the_same_on_every_version_of_the_protocol()
    {
        var texts = new List<string>();
        foreach (var version in new[] { ProtocolVersion.V3, ProtocolVersion.V4, ProtocolVersion.V5 })
        {
            await using var cluster = new Cluster(await keyspace.OptionsAsync(version) with { Schema = new SchemaOptions { Loading = SchemaLoading.OnConnect } });
            await cluster.ConnectAsync(CqlText.Cancelled);
            texts.Add(string.Join('\n', new[] { "system", "system_schema", "system_auth", "system_views" }.SelectMany(name => SchemaText.Of(cluster.Metadata.Keyspaces[name]))));
        }

        Assert.Single(texts.Distinct());
    }

    [Theory, EachVersion]
    public async Task A_statement_that_changes_the_schema_ends_when_all_nodes_have_the_change_and_the_metadata_shows_it(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var cluster = session.Cluster;
        await cluster.GetSchemaAsync(CqlText.Cancelled);
        var (table, view, type) = (keyspace.NewName("t"), keyspace.NewName("v"), keyspace.NewName("u"));
        var (function, aggregate) = (keyspace.NewName("f"), keyspace.NewName("a"));
        Assert.Null((await session.RunAsync("SELECT * FROM system.local")).Info.IsSchemaInAgreement);

        await Change($"CREATE TYPE {type} (a int)", known => Assert.Equal(["a"], known.FindType(type)!.Fields.Select(field => field.Name)));
        await Change($"CREATE TABLE {table} (k int PRIMARY KEY, v int, u {type})", known => Assert.Equal(CqlType.Int, known.FindTable(table)!.FindColumn("v")!.Type));
        await Change($"ALTER TABLE {table} ADD w text", known => Assert.Equal(["k", "u", "v", "w"], known.FindTable(table)!.Columns.Select(column => column.Name)));
        await Change($"ALTER TYPE {type} ADD b text", known => Assert.Equal(2, ((CqlUserType)known.FindTable(table)!.FindColumn("u")!.Type).Fields.Length));
        await Change($"CREATE INDEX {table}_i ON {table} (v)", known => Assert.Equal("v", known.FindTable(table)!.FindIndex($"{table}_i")!.Target));
        await Change($"CREATE MATERIALIZED VIEW {view} AS SELECT * FROM {table} WHERE v IS NOT NULL AND k IS NOT NULL PRIMARY KEY (v, k)", known =>
        {
            Assert.Equal(table, known.FindView(view)!.BaseTable);
            Assert.Equal([view], known.FindTable(table)!.Views.Select(found => found.Name));
        });
        await Change($"ALTER TABLE {table} WITH comment = 'new'", known =>
        {
            Assert.Equal("new", known.FindTable(table)!.Options.Comment);
            Assert.Equal([view], known.FindTable(table)!.Views.Select(found => found.Name));
        });
        await Change(
            $"CREATE FUNCTION {function}(a int, b int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS 'return a;'",
            known => Assert.Equal("return a;", known.FindFunction(function, "int", "int")!.Body));
        await Change(
            $"CREATE FUNCTION {function}(a text) CALLED ON NULL INPUT RETURNS text LANGUAGE java AS 'return a;'",
            known => Assert.Equal(2, known.Functions.Values.Count(found => found.Name == function)));
        await Change($"CREATE AGGREGATE {aggregate}(int) SFUNC {function} STYPE int", known => Assert.Equal(function, known.FindAggregate(aggregate, "int")!.StateFunction));

        await Change($"DROP AGGREGATE {aggregate}(int)", known => Assert.Null(known.FindAggregate(aggregate, "int")));
        await Change($"DROP FUNCTION {function}(text)", known => Assert.Equal([$"{function}(int, int)"], known.Functions.Keys.Where(key => key.StartsWith(function + "(", StringComparison.Ordinal))));
        await Change($"DROP MATERIALIZED VIEW {view}", known =>
        {
            Assert.Null(known.FindView(view));
            Assert.Empty(known.FindTable(table)!.Views);
        });
        await Change($"DROP INDEX {table}_i", known => Assert.Empty(known.FindTable(table)!.Indexes));
        await Change($"DROP TABLE {table}", known => Assert.Null(known.FindTable(table)));
        await Change($"DROP TYPE {type}", known => Assert.Null(known.FindType(type)));

        async Task Change(string cql, Action<KeyspaceMetadata> assert)
        {
            var result = await session.RunAsync(cql);
            Assert.True(result.Info.IsSchemaInAgreement);
            assert(cluster.Metadata.FindKeyspace(keyspace.Name)!);
        }
    }

    [Fact]
    public async Task Keyspaces_come_change_and_go()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        await session.Cluster.GetSchemaAsync(CqlText.Cancelled);
        var name = keyspace.Name + keyspace.NewName("ks");
        session.Execute($"CREATE KEYSPACE {name} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}".AsCql());
        var known = session.Cluster.Metadata.FindKeyspace(name)!;
        Assert.Equal(("SimpleStrategy", true), (known.ReplicationStrategy, known.DurableWrites));
        session.Execute($"CREATE TABLE {name}.t (k int PRIMARY KEY)".AsCql());
        session.Execute($"ALTER KEYSPACE {name} WITH durable_writes = false".AsCql());
        known = session.Cluster.Metadata.FindKeyspace(name)!;
        Assert.False(known.DurableWrites);
        Assert.NotNull(known.FindTable("t"));
        session.Execute($"DROP KEYSPACE {name}".AsCql());
        Assert.Null(session.Cluster.Metadata.FindKeyspace(name));
    }

    [Fact]
    public async Task Only_the_keyspaces_asked_for_are_read()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        var table = await keyspace.TableAsync(session, "k int PRIMARY KEY");
        var options = await keyspace.OptionsAsync(ProtocolVersion.V5) with { Schema = new SchemaOptions { Loading = SchemaLoading.OnConnect, Keyspaces = [keyspace.Name, "not_there_yet"] } };
        await using var cluster = new Cluster(options);
        var own = await cluster.ConnectAsync(CqlText.Cancelled);
        Assert.Equal([keyspace.Name], cluster.Metadata.Keyspaces.Keys);
        Assert.NotNull(cluster.Metadata.FindTable(keyspace.Name, table));
        var other = keyspace.Name + keyspace.NewName("other");
        await own.CreateKeyspaceAsync(other);
        Assert.Equal([keyspace.Name], cluster.Metadata.Keyspaces.Keys);
        await own.RunAsync($"DROP KEYSPACE {other}");
    }

    [Fact]
    public async Task Switched_off_nothing_is_read_and_asking_says_so()
    {
        await using var cluster = new Cluster(await keyspace.OptionsAsync(ProtocolVersion.V5) with { Schema = new SchemaOptions { Loading = SchemaLoading.Off, AgreementTimeout = TimeSpan.Zero } });
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        foreach (var ask in new Action[] { () => cluster.GetSchema(), () => cluster.RefreshSchema(), () => _ = cluster.Metadata.Keyspaces })
        {
            Assert.Throws<InvalidOperationException>(ask);
        }

        var name = keyspace.Name + keyspace.NewName("off");
        var created = await session.RunAsync($"CREATE KEYSPACE {name} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}");
        Assert.Null(created.Info.IsSchemaInAgreement);
        Assert.True(cluster.WaitForSchemaAgreement());
        Assert.True(await cluster.WaitForSchemaAgreementAsync(CqlText.Cancelled));
        await session.RunAsync($"DROP KEYSPACE {name}");
    }

    [Fact]
    public async Task A_part_can_be_read_again()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        await using var cluster = new Cluster(await keyspace.OptionsAsync(ProtocolVersion.V5) with { Schema = new SchemaOptions { Loading = SchemaLoading.OnConnect } });
        await cluster.ConnectAsync(CqlText.Cancelled);
        var table = await keyspace.TableAsync(session, "k int PRIMARY KEY");
        Assert.NotNull((await cluster.RefreshSchemaAsync(keyspace.Name, table, CqlText.Cancelled)).FindTable(keyspace.Name, table));
        await session.RunAsync($"ALTER TABLE {table} ADD v int");
        Assert.NotNull(cluster.RefreshSchema(keyspace.Name, table).FindTable(keyspace.Name, table)!.FindColumn("v"));
        await session.RunAsync($"ALTER TABLE {table} ADD w int");
        Assert.NotNull(cluster.RefreshSchema(keyspace.Name).FindTable(keyspace.Name, table)!.FindColumn("w"));
        await session.RunAsync($"DROP TABLE {table}");
        Assert.Null(cluster.RefreshSchema().FindTable(keyspace.Name, table));
        Assert.Throws<ArgumentException>(() => cluster.RefreshSchema(null, table));
    }

    [Fact]
    public async Task Many_statements_at_once_each_end_with_their_change_in_the_metadata()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        await session.Cluster.GetSchemaAsync(CqlText.Cancelled);
        var names = Enumerable.Range(0, 40).Select(_ => keyspace.NewName("many")).ToArray();
        await Task.WhenAll(names.Select(async name =>
        {
            Assert.True((await session.RunAsync($"CREATE TABLE {name} (k int PRIMARY KEY)")).Info.IsSchemaInAgreement);
            Assert.NotNull(session.Cluster.Metadata.FindTable(keyspace.Name, name));
        }));
        await Task.WhenAll(names.Select(async name =>
        {
            await session.RunAsync($"DROP TABLE {name}");
            Assert.Null(session.Cluster.Metadata.FindTable(keyspace.Name, name));
        }));
    }

    [Fact]
    public async Task A_thousand_changes_by_another_client_are_followed_in_a_few_readings_while_requests_go_on()
    {
        const int Types = 500;
        const int Lanes = 10;
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        var table = await keyspace.TableAsync(session, "k int PRIMARY KEY, v int");
        await using var watcher = new Cluster(await keyspace.OptionsAsync(ProtocolVersion.V5));
        var watching = await watcher.ConnectAsync(keyspace.Name, CqlText.Cancelled);
        await watcher.GetSchemaAsync(CqlText.Cancelled);
        var insert = watching.Prepare($"INSERT INTO {table} (k, v) VALUES (?, ?)");
        var told = 0;
        watcher.SchemaChanged += (_, change) => Interlocked.Increment(ref told);
        var before = watcher.Runtime.Schema.Readings;
        var began = TimeProvider.System.GetTimestamp();
        await using var changer = new Cluster(await keyspace.OptionsAsync(ProtocolVersion.V5) with { Schema = new SchemaOptions { Loading = SchemaLoading.Off, AgreementTimeout = TimeSpan.Zero } });
        var changing = await changer.ConnectAsync(CqlText.Cancelled);
        var name = keyspace.Name + keyspace.NewName("storm");

        // One change each, and as many at once when their keyspace goes.
        await changing.CreateKeyspaceAsync(name);
        var storm = Task.WhenAll(Enumerable.Range(0, Lanes).Select(async lane =>
        {
            for (var i = lane; i < Types; i += Lanes)
            {
                await changing.RunAsync($"CREATE TYPE {name}.t{i} (a int)");
            }
        }));
        var written = 0;
        for (; !storm.IsCompleted; written++)
        {
            await watching.RunAsync(insert.Bind(written, written));
        }

        await storm;
        Assert.True(SpinWait.SpinUntil(() => watcher.Metadata.FindKeyspace(name)?.Types.Count == Types, TimeSpan.FromSeconds(30)));
        await changing.RunAsync($"DROP KEYSPACE {name}");
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref told) >= 2 * Types && watcher.Metadata.FindKeyspace(name) is null, TimeSpan.FromSeconds(30)), $"{told} changes told.");
        Assert.Equal(written, await watching.ScalarAsync<long>($"SELECT count(*) FROM {table}"));
        // One at once, then at most one for each second, and one after the last.
        Assert.InRange(watcher.Runtime.Schema.Readings - before, 1, (int)TimeProvider.System.GetElapsedTime(began).TotalSeconds + 3);
    }
}
