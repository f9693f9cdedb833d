using System.Collections.Concurrent;
using Ilium.TestKit;
using Ilium.Tests.Execution;
using Microsoft.Extensions.Time.Testing;

namespace Ilium.Tests.Topology;

/// <summary>How the schema follows the servers' events.</summary>
public class SchemaFollowingTests
{
    // Queries for one table, and for a keyspace or everything.
    private const int OneRelation = 6;
    private const int Whole = 13;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Trait(Slow.Name, Slow.Value)]
    [Fact]
    public async Task An_event_has_what_it_names_read_again_and_nothing_else()
    {
        var schema = SchemaReadingTests.Small();
        await using var driver = await KeptAsync(schema);
        var told = Listen(driver.Cluster);
        var before = driver.Cluster.Metadata.FindTable("ks", "t");
        schema.Table("ks", "new", ("v", "int"));
        Tell(driver, "CREATED", "TABLE", "ks", "new");
        Assert.Equal("Table ks.new: Created", await Next(told));
        Assert.NotNull(driver.Cluster.Metadata.FindTable("ks", "new"));
        Assert.Same(before, driver.Cluster.Metadata.FindTable("ks", "t"));
        Assert.Equal(Whole + OneRelation, schema.Reads);
    }

    [Fact]
    public async Task A_storm_of_events_is_one_reading_at_once_and_one_after_the_pause()
    {
        var schema = SchemaReadingTests.Small();
        var time = new FakeTimeProvider();
        await using var driver = await KeptAsync(schema, time);
        var told = Listen(driver.Cluster);
        time.Advance(Pause);
        for (var i = 0; i < 1_000; i++)
        {
            schema.Table("ks", $"t{i}");
            Tell(driver, "CREATED", "TABLE", "ks", $"t{i}");
        }

        Assert.Equal("Table ks.t0: Created", await Next(told));
        // An answer on the same connection: every event has been heard.
        await ScriptedCluster.SettleAsync(driver.Cluster);
        Assert.Equal(Whole + OneRelation, schema.Reads);

        time.Advance(Pause);
        for (var i = 1; i < 1_000; i++)
        {
            Assert.Equal($"Table ks.t{i}: Created", await Next(told));
        }

        // So many tables of one keyspace are read as one.
        Assert.Equal(Whole + OneRelation + Whole, schema.Reads);
        Assert.Equal(1_001, driver.Cluster.Metadata.FindKeyspace("ks")!.Tables.Count);
    }

    [Fact]
    public async Task Events_about_many_keyspaces_have_everything_read_once()
    {
        var schema = SchemaReadingTests.Small();
        var time = new FakeTimeProvider();
        await using var driver = await KeptAsync(schema, time);
        var told = Listen(driver.Cluster);
        for (var i = 0; i < 100; i++)
        {
            schema.Keyspace($"ks{i}");
            Tell(driver, "CREATED", "KEYSPACE", $"ks{i}");
        }

        await ScriptedCluster.SettleAsync(driver.Cluster);
        time.Advance(Pause);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"Keyspace ks{i}: Created", await Next(told));
        }

        // The first keyspace at once, then all.
        Assert.Equal(Whole + Whole + Whole, schema.Reads);
        Assert.Equal(101, driver.Cluster.Metadata.Keyspaces.Count);
    }

    [Fact]
    public async Task Whatever_order_events_come_in_the_tables_decide()
    {
        var schema = SchemaReadingTests.Small();
        await using var driver = await KeptAsync(schema, pause: TimeSpan.Zero);
        var told = Listen(driver.Cluster);
        // Dropped and made again, told the other way round, and a table that never was.
        Tell(driver, "CREATED", "TABLE", "ks", "t");
        Tell(driver, "DROPPED", "TABLE", "ks", "t");
        Tell(driver, "CREATED", "TABLE", "ks", "never");
        Tell(driver, "UPDATED", "TABLE", "nowhere", "never");
        Tell(driver, "SPLIT", "GRAPH", "ks", "g");
        for (var i = 0; i < 5; i++)
        {
            await Next(told);
        }

        Assert.Equal(["ks"], driver.Cluster.Metadata.Keyspaces.Keys);
        Assert.Equal(["t"], driver.Cluster.Metadata.FindKeyspace("ks")!.Tables.Keys);
        schema.Drop("keyspaces", "ks");
        Tell(driver, "DROPPED", "KEYSPACE", "ks");
        Assert.Equal("Keyspace ks: Dropped", await Next(told));
        Assert.Empty(driver.Cluster.Metadata.Keyspaces);
    }

    [Fact]
    public async Task Other_types_change_the_columns_that_have_them_and_leave_other_tables_alone()
    {
        var schema = SchemaReadingTests.Small();
        schema.Add("types", ScriptedSchema.Text("ks"), ScriptedSchema.Text("u"), ValueBytes.List(ScriptedSchema.Text("a")), ValueBytes.List(ScriptedSchema.Text("int")));
        schema.Table("ks", "holder", ("v", "frozen<u>"));
        await using var driver = await KeptAsync(schema, pause: TimeSpan.Zero);
        var told = Listen(driver.Cluster);
        var before = driver.Cluster.Metadata;
        schema.Drop("types", "ks", "u");
        schema.Add("types", ScriptedSchema.Text("ks"), ScriptedSchema.Text("u"), ValueBytes.List(ScriptedSchema.Text("a"), ScriptedSchema.Text("b")), ValueBytes.List(ScriptedSchema.Text("int"), ScriptedSchema.Text("text")));
        Tell(driver, "UPDATED", "TYPE", "ks", "u");
        await Next(told);
        Assert.Equal(Whole + 1, schema.Reads);
        Assert.Equal(2, ((CqlUserType)driver.Cluster.Metadata.FindTable("ks", "holder")!.FindColumn("v")!.Type).Fields.Length);
        Assert.Same(before.FindTable("ks", "t")!.Columns, driver.Cluster.Metadata.FindTable("ks", "t")!.Columns);
        // The snapshot that somebody holds stays as it was.
        Assert.Single(((CqlUserType)before.FindTable("ks", "holder")!.FindColumn("v")!.Type).Fields);
    }

    [Fact]
    public async Task A_cluster_whose_schema_nobody_asked_for_passes_events_on_and_reads_nothing()
    {
        var schema = SchemaReadingTests.Small();
        await using var driver = SchemaReadingTests.Driver(schema);
        await driver.ConnectAsync();
        var told = Listen(driver.Cluster);
        Tell(driver, "DROPPED", "TABLE", "ks", "t");
        Assert.Equal("Table ks.t: Dropped", await Next(told));
        Assert.Equal(0, schema.Reads);
        Assert.False(driver.Cluster.Metadata.IsSchemaRead);
    }

    [Fact]
    public async Task Events_about_keyspaces_that_are_left_out_are_passed_on_and_not_followed()
    {
        var schema = SchemaReadingTests.Small();
        schema.Keyspace("other");
        await using var driver = SchemaReadingTests.Driver(schema, new ClusterOptions { Schema = new SchemaOptions { Keyspaces = ["ks"] } });
        await driver.ConnectAsync();
        await driver.Cluster.GetSchemaAsync(Cancelled);
        var told = Listen(driver.Cluster);
        var reads = schema.Reads;
        Tell(driver, "UPDATED", "TABLE", "other", "t");
        Assert.Equal("Table other.t: Updated", await Next(told));
        Assert.Equal(reads, schema.Reads);
        Assert.Equal(["ks"], driver.Cluster.Metadata.Keyspaces.Keys);
    }

    [Trait(Slow.Name, Slow.Value)]
    [Fact]
    public async Task What_was_missed_while_nobody_listened_is_read_when_the_version_says_so()
    {
        var schema = SchemaReadingTests.Small();
        var version = Guid.NewGuid();
        await using var driver = SchemaReadingTests.Driver(schema, new ClusterOptions { ReconnectBaseDelay = TimeSpan.FromMilliseconds(1), ReconnectMaxDelay = TimeSpan.FromMilliseconds(2) });
        driver.Control.On(request => request.Mentions("SELECT schema_version"), request => request.Rows([new ColumnSpec("schema_version", TypeBytes.Uuid)], [[ValueBytes.Uuid(version)]]));
        await driver.ConnectAsync();
        Assert.Equal(version, (await driver.Cluster.GetSchemaAsync(Cancelled)).SchemaVersion);
        await LoseControlAsync(driver, 2);
        Assert.Equal(Whole, schema.Reads);

        version = Guid.NewGuid();
        schema.Table("ks", "missed");
        await LoseControlAsync(driver, 3);
        Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Metadata.FindTable("ks", "missed") is not null, TimeSpan.FromSeconds(10)));
        Assert.Equal(Whole + Whole, schema.Reads);
        Assert.Equal(version, driver.Cluster.Metadata.SchemaVersion);

        // After a part was read the version proves nothing about the rest: all of it is read.
        schema.Table("ks", "told");
        var told = Listen(driver.Cluster);
        Tell(driver, "CREATED", "TABLE", "ks", "told");
        await Next(told);
        schema.Table("ks", "not_told");
        await LoseControlAsync(driver, 4);
        Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Metadata.FindTable("ks", "not_told") is not null, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_reading_that_fails_is_repeated_and_loses_no_change()
    {
        var schema = SchemaReadingTests.Small();
        await using var driver = await KeptAsync(schema, pause: TimeSpan.FromMilliseconds(1));
        var told = Listen(driver.Cluster);
        driver.Control.Once(request => request.Mentions("system_schema.columns"), request => request.Error(WireError.Overloaded, "too much"));
        schema.Table("ks", "new");
        Tell(driver, "CREATED", "TABLE", "ks", "new");
        Assert.Equal("Table ks.new: Created", await Next(told));
        Assert.NotNull(driver.Cluster.Metadata.FindTable("ks", "new"));
    }

    [Trait(Slow.Name, Slow.Value)]
    [Fact]
    public async Task A_handler_that_throws_costs_the_others_nothing()
    {
        var schema = SchemaReadingTests.Small();
        await using var driver = await KeptAsync(schema);
        driver.Cluster.SchemaChanged += static (_, _) => throw new InvalidOperationException("a handler's fault");
        var told = Listen(driver.Cluster);
        Tell(driver, "UPDATED", "TABLE", "ks", "t");
        Assert.Equal("Table ks.t: Updated", await Next(told));
    }

    private static async Task<ScriptedCluster> KeptAsync(ScriptedSchema schema, TimeProvider? time = null, TimeSpan? pause = null)
    {
        var driver = SchemaReadingTests.Driver(schema, new ClusterOptions { TimeProvider = time ?? TimeProvider.System, MetadataRefreshPause = pause ?? Pause });
        await driver.ConnectAsync();
        await driver.Cluster.GetSchemaAsync(Cancelled);
        if (time is FakeTimeProvider fake)
        {
            fake.Advance(Pause);
        }

        return driver;
    }

    private static BlockingCollection<string> Listen(Cluster cluster)
    {
        var told = new BlockingCollection<string>();
        cluster.SchemaChanged += (_, change) => told.Add(change.ToString());
        return told;
    }

    private static Task<string> Next(BlockingCollection<string> told) =>
        Task.Run(() => told.TryTake(out var change, TimeSpan.FromSeconds(10)) ? change : throw new TimeoutException("No event was told."), Cancelled);

    private static void Tell(ScriptedCluster driver, string change, string target, string keyspace, string? name = null)
    {
        var body = new WireWriter().String("SCHEMA_CHANGE").String(change).String(target).String(keyspace);
        driver.Control.SendEvent((name is null ? body : body.String(name)).ToArray());
    }

    private static async Task LoseControlAsync(ScriptedCluster driver, int connections)
    {
        driver.Control.Connections[^1].Reset();
        await driver.Control.WaitForConnectionsAsync(connections, Cancelled);
        await driver.Control.WaitForAsync(request => request.Is(WireOpcode.Register), connections, Cancelled);
        await ScriptedCluster.SettleAsync(driver.Cluster);
    }
}
