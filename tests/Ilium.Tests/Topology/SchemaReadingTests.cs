using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>What is made of schema tables that are not as Cassandra 5.0 has them.</summary>
[Collection(QuietCollection.Name)]
[Trait(Slow.Name, Slow.Value)]
public class SchemaReadingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connecting_reads_no_schema_and_asking_reads_it_once_for_all()
    {
        var schema = Small();
        await using var driver = Driver(schema);
        await driver.ConnectAsync();
        Assert.Equal(0, schema.Reads);
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => driver.Cluster.GetSchemaAsync(Cancelled).AsTask()));
        Assert.Equal(13, schema.Reads);
        Assert.Equal(["k", "v"], all[0].FindTable("ks", "t")!.Columns.Select(column => column.Name));
        Assert.All(all, metadata => Assert.Same(all[0], metadata));
        await driver.Cluster.GetSchemaAsync(Cancelled);
        Assert.Equal(13, schema.Reads);
    }

    [Fact]
    public async Task Asked_for_on_connecting_it_is_there_when_connecting_ends()
    {
        await using var driver = Driver(Small(), new ClusterOptions { Schema = new SchemaOptions { Loading = SchemaLoading.OnConnect } });
        await driver.Cluster.ConnectAsync(Cancelled);
        Assert.NotNull(driver.Cluster.Metadata.FindTable("ks", "t"));
    }

    [Fact]
    public async Task A_server_with_few_schema_tables_and_few_columns_shows_what_it_has()
    {
        // As a service that emulates a part of Cassandra may be.
        var schema = new ScriptedSchema();
        foreach (var table in new[] { "types", "triggers", "indexes" })
        {
            schema.Remove(table);
        }

        schema.Define("keyspaces", ("keyspace_name", TypeBytes.Text));
        schema.Define("tables", ("keyspace_name", TypeBytes.Text), ("table_name", TypeBytes.Text));
        schema.Define("columns", ("keyspace_name", TypeBytes.Text), ("table_name", TypeBytes.Text), ("column_name", TypeBytes.Text), ("kind", TypeBytes.Text), ("type", TypeBytes.Text));
        schema.Add("keyspaces", ScriptedSchema.Text("ks"));
        schema.Add("tables", ScriptedSchema.Text("ks"), ScriptedSchema.Text("t"));
        schema.Add("columns", ScriptedSchema.Text("ks"), ScriptedSchema.Text("t"), ScriptedSchema.Text("k"), ScriptedSchema.Text("partition_key"), ScriptedSchema.Text("uuid"));
        await using var driver = Driver(schema);
        await driver.ConnectAsync();
        var keyspace = (await driver.Cluster.GetSchemaAsync(Cancelled)).FindKeyspace("ks")!;
        var known = keyspace.FindTable("t")!;
        Assert.Equal("CREATE TABLE ks.t (\n    k uuid PRIMARY KEY\n);", known.ToCql());
        Assert.Equal(("", true, null), (keyspace.ReplicationStrategy, keyspace.DurableWrites, known.Id));
        Assert.False(known.IsCompactStorage);
    }

    [Fact]
    public async Task Columns_of_other_types_than_expected_read_as_missing_and_new_ones_are_options()
    {
        var schema = new ScriptedSchema();
        schema.Define("keyspaces", ("keyspace_name", TypeBytes.Text), ("durable_writes", TypeBytes.Int), ("replication", TypeBytes.Text));
        schema.Define(
            "tables", ("keyspace_name", TypeBytes.Text), ("table_name", TypeBytes.Text), ("flags", TypeBytes.Int), ("id", TypeBytes.Text), ("shards", TypeBytes.Int),
            ("tags", TypeBytes.Set(TypeBytes.Text)), ("nothing", TypeBytes.Text));
        schema.Add("keyspaces", ScriptedSchema.Text("ks"), ValueBytes.Int(1), ScriptedSchema.Text("odd"));
        schema.Add("tables", ScriptedSchema.Text("ks"), ScriptedSchema.Text("t"), ValueBytes.Int(7), ScriptedSchema.Text("x"), ValueBytes.Int(5), ValueBytes.List(ScriptedSchema.Text("a")), null);
        schema.Column("ks", "t", "k", "partition_key", 0, "int");
        await using var driver = Driver(schema);
        await driver.ConnectAsync();
        var keyspace = (await driver.Cluster.GetSchemaAsync(Cancelled)).FindKeyspace("ks")!;
        Assert.Equal((true, 0), (keyspace.DurableWrites, keyspace.Replication.Count));
        Assert.Equal("shards = 5\n    AND tags = {'a'}", keyspace.FindTable("t")!.Options.ToString());
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_told_and_costs_nothing_but_itself()
    {
        var schema = Small();
        schema.Table("ks", "broken", ("v", "int"));
        // A column without a name, in a table of its own.
        schema.Add("columns", ScriptedSchema.Text("ks"), ScriptedSchema.Text("broken"), null, null, null, null, null);
        // A map that promises more than there is.
        schema.Add("indexes", ScriptedSchema.Text("ks"), ScriptedSchema.Text("worse"), ScriptedSchema.Text("i"), ScriptedSchema.Text("CUSTOM"), [0, 0, 0, 9]);
        schema.Table("ks", "worse");
        // Rows of what has been dropped meanwhile.
        schema.Column("ks", "gone", "k", "partition_key", 0, "int");
        schema.Add("tables", ScriptedSchema.Text("ks"), ScriptedSchema.Text("without_columns"), null, null, null, null, null);
        schema.Table("gone_too", "t");
        var log = new RecordingLog();
        await using var driver = Driver(schema, new ClusterOptions { LoggerFactory = log });
        await driver.ConnectAsync();
        var metadata = await driver.Cluster.GetSchemaAsync(Cancelled);
        Assert.Equal(["t"], metadata.FindKeyspace("ks")!.Tables.Keys);
        Assert.Null(metadata.FindKeyspace("gone_too"));
        Assert.Equal(2, log.Lines.Count(line => line.Id == 120));
        Assert.Contains(log.Lines, line => line.Text.Contains("table ks.broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Long_tables_come_in_pages()
    {
        var schema = Small();
        for (var i = 0; i < 600; i++)
        {
            schema.Table("ks", $"wide{i}", [.. Enumerable.Range(0, 20).Select(c => ($"c{c}", "text"))]);
        }

        await using var driver = Driver(schema);
        await driver.ConnectAsync();
        var keyspace = (await driver.Cluster.GetSchemaAsync(Cancelled)).FindKeyspace("ks")!;
        Assert.Equal(601, keyspace.Tables.Count);
        Assert.All(keyspace.Tables.Values.Where(table => table.Name != "t"), table => Assert.Equal(21, table.Columns.Count));
        // 12,602 columns are three pages.
        Assert.Equal(13 + 2, schema.Reads);
        // Equal options are one object: most tables of a cluster have the same.
        Assert.Single(keyspace.Tables.Values.Select(table => table.Options).Distinct(ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public async Task Ten_thousand_tables_are_held_in_little_memory()
    {
        var schema = Small();
        for (var i = 0; i < 10_000; i++)
        {
            schema.Table("ks", $"table_number_{i}", [.. Enumerable.Range(0, 9).Select(c => ($"column_{c}", c % 2 == 0 ? "text" : "frozen<list<int>>"))]);
        }

        var held = await HeldAsync(schema);
        for (var i = 0; i < 4 && held is < 1 or > 40_000_000; i++)
        {
            // What others left in pools was freed meanwhile.
            held = await HeldAsync(schema);
        }

        // 100,000 columns and 10,000 tables: measured 15 MB.
        Assert.InRange(held, 1, 40_000_000);
    }

    private static async Task<long> HeldAsync(ScriptedSchema schema)
    {
        var readBefore = schema.Reads;
        await using var driver = Driver(schema);
        var connecting = TimeProvider.System.GetTimestamp();
        await driver.ConnectAsync();
        var connected = TimeProvider.System.GetElapsedTime(connecting);
        Assert.Equal(readBefore, schema.Reads);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var reading = TimeProvider.System.GetTimestamp();
        var metadata = await driver.Cluster.GetSchemaAsync(Cancelled);
        var read = TimeProvider.System.GetElapsedTime(reading);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(10_001, metadata.FindKeyspace("ks")!.Tables.Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"connected in {connected}, read in {read}, {held / 1024} KB");
        return held;
    }

    [Fact]
    public async Task Triggers_are_read_and_exported()
    {
        var schema = Small();
        schema.Add("triggers", ScriptedSchema.Text("ks"), ScriptedSchema.Text("t"), ScriptedSchema.Text("Audit"), ScriptedSchema.Map(("class", "com.example.Audit")));
        await using var driver = Driver(schema);
        await driver.ConnectAsync();
        var table = (await driver.Cluster.GetSchemaAsync(Cancelled)).FindTable("ks", "t")!;
        Assert.Equal(("Audit", "com.example.Audit"), (Assert.Single(table.Triggers).Name, table.Triggers[0].ClassName));
        Assert.EndsWith("CREATE TRIGGER \"Audit\" ON ks.t USING 'com.example.Audit';", table.ToCql(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_types_that_hold_each_other_or_nothing_known_do_no_harm()
    {
        var schema = Small();
        schema.Add("types", ScriptedSchema.Text("ks"), ScriptedSchema.Text("a"), ValueBytes.List(ScriptedSchema.Text("b")), ValueBytes.List(ScriptedSchema.Text("frozen<b>")));
        schema.Add("types", ScriptedSchema.Text("ks"), ScriptedSchema.Text("b"), ValueBytes.List(ScriptedSchema.Text("a")), ValueBytes.List(ScriptedSchema.Text("frozen<a>")));
        schema.Table("ks", "u", ("v", "frozen<a>"), ("w", "frozen<unknown_type>"));
        await using var driver = Driver(schema);
        await driver.ConnectAsync();
        var keyspace = (await driver.Cluster.GetSchemaAsync(Cancelled)).FindKeyspace("ks")!;
        Assert.Equal(["a", "b"], keyspace.Types.Keys);
        Assert.Equal(new CqlCustomType("unknown_type"), keyspace.FindTable("u")!.FindColumn("w")!.Type);
        Assert.Equal(2, keyspace.ToCqlStatements().Count(statement => statement.StartsWith("CREATE TYPE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Super_columns_and_the_hidden_columns_of_compact_tables()
    {
        var schema = Small();
        Compact("static_compact", []);
        schema.Column("ks", "static_compact", "a", "static", -1, "text");
        schema.Column("ks", "static_compact", "column1", "clustering", 0, "text");
        schema.Column("ks", "static_compact", "value", "regular", -1, "blob");
        Compact("dense", ["dense"]);
        schema.Column("ks", "dense", "c", "clustering", 0, "int");
        schema.Column("ks", "dense", "value", "regular", -1, "empty");
        Compact("super", ["super", "dense"]);
        await using var driver = Driver(schema);
        await driver.ConnectAsync();
        var keyspace = (await driver.Cluster.GetSchemaAsync(Cancelled)).FindKeyspace("ks")!;
        Assert.Equal(["k", "a"], keyspace.FindTable("static_compact")!.Columns.Select(column => column.Name));
        Assert.Contains(") WITH COMPACT STORAGE", keyspace.FindTable("static_compact")!.ToCql(), StringComparison.Ordinal);
        Assert.Equal(["k", "c"], keyspace.FindTable("dense")!.Columns.Select(column => column.Name));
        Assert.False(keyspace.FindTable("super")!.CanBeCreated);
        Assert.StartsWith("/*", keyspace.FindTable("super")!.ToCql(), StringComparison.Ordinal);
        Assert.DoesNotContain(keyspace.ToCqlStatements(), statement => statement.Contains("super", StringComparison.Ordinal));
        Assert.Contains("super", keyspace.ToCql(), StringComparison.Ordinal);

        void Compact(string name, string[] flags)
        {
            schema.Add("tables", ScriptedSchema.Text("ks"), ScriptedSchema.Text(name), ValueBytes.List([.. flags.Select(ScriptedSchema.Text)]), null, null, null, null);
            schema.Column("ks", name, "k", "partition_key", 0, "int");
        }
    }

    [Fact]
    public async Task A_reading_that_fails_is_told_and_the_next_one_tries_again()
    {
        var schema = Small();
        await using var driver = Driver(schema);
        await driver.ConnectAsync();
        driver.Control.Once(request => request.Mentions("system_schema.columns"), request => request.Error(WireError.Overloaded, "too much"));
        await Assert.ThrowsAnyAsync<ServerException>(async () => await driver.Cluster.GetSchemaAsync(Cancelled));
        Assert.False(driver.Cluster.Metadata.IsSchemaRead);
        Assert.NotNull((await driver.Cluster.GetSchemaAsync(Cancelled)).FindTable("ks", "t"));

        // Nor does a later failure take away what was known.
        driver.Control.Once(request => request.Mentions("system_schema.columns"), request => request.Error(WireError.Overloaded, "too much"));
        await Assert.ThrowsAnyAsync<ServerException>(async () => await driver.Cluster.RefreshSchemaAsync(cancellationToken: Cancelled));
        Assert.NotNull(driver.Cluster.Metadata.FindTable("ks", "t"));
    }

    [Fact]
    public async Task Who_waits_for_the_schema_is_told_when_the_cluster_is_disposed()
    {
        var schema = Small();
        await using var driver = Driver(schema);
        await driver.ConnectAsync();
        var held = driver.Control.Hold(request => request.Mentions("system_schema.columns"));
        var first = driver.Cluster.GetSchemaAsync(Cancelled).AsTask();
        var second = driver.Cluster.RefreshSchemaAsync(cancellationToken: Cancelled).AsTask();
        await held.NextAsync(Cancelled);
        await driver.Cluster.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => first);
        await Assert.ThrowsAnyAsync<Exception>(() => second);
    }

    internal static ScriptedSchema Small()
    {
        var schema = new ScriptedSchema();
        schema.Keyspace("ks");
        schema.Table("ks", "t", ("v", "text"));
        return schema;
    }

    internal static ScriptedCluster Driver(ScriptedSchema schema, ClusterOptions? options = null, ScriptedServerOptions? server = null)
    {
        var driver = new ScriptedCluster(options, server);
        schema.Serve(driver.Server);
        schema.Serve(driver.Control);
        return driver;
    }
}
