using System.Net;
using Ilium.TestKit;
using Ilium.Tests.Execution;
using Ilium.Topology;
using Ilium.Topology.Schema;

namespace Ilium.Tests.Topology;

/// <summary>Statements that change the schema wait for the nodes to agree.</summary>
public class SchemaAgreementTests
{
    private const string Ddl = "CREATE TABLE ks.made (k int PRIMARY KEY)";

    private static readonly Guid Own = new ServerNode(new IPEndPoint(IPAddress.Loopback, 9042)).SchemaVersion;
    private static readonly Guid Other = Guid.NewGuid();
    private static readonly Guid Peer = Guid.NewGuid();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_ends_when_the_last_node_has_the_change()
    {
        await using var driver = Driver(out var looks, look => [(Peer, look < 3 ? Other : Own)]);
        var (session, _) = await driver.ConnectAsync();
        var result = await session.ExecuteAsync(Ddl, cancellationToken: Cancelled);
        Assert.True(result.Info.IsSchemaInAgreement);
        Assert.Equal(3, looks());
        Assert.NotNull(result.Info.Node);
        Assert.Empty(result);
    }

    [Fact]
    public async Task A_blocking_call_ends_so_too()
    {
        await using var driver = Driver(out var looks, look => [(Peer, look < 3 ? Other : Own)]);
        var (session, _) = await driver.ConnectAsync();
        Assert.True(session.Execute(Ddl).Info.IsSchemaInAgreement);
        Assert.Equal(3, looks());
    }

    [Fact]
    public async Task Nodes_that_never_agree_are_told_and_fail_nothing()
    {
        var log = new RecordingLog();
        await using var driver = Driver(out var looks, _ => [(Peer, Other)], new ClusterOptions
        {
            LoggerFactory = log,
            Schema = new SchemaOptions { AgreementTimeout = TimeSpan.FromMilliseconds(50), AgreementInterval = TimeSpan.FromMilliseconds(10) },
        });
        var (session, _) = await driver.ConnectAsync();
        Assert.False((await session.ExecuteAsync(Ddl, cancellationToken: Cancelled)).Info.IsSchemaInAgreement);
        Assert.InRange(looks(), 1, 6);
        Assert.Single(log.Lines, line => line.Id == 122);
        Assert.False(await driver.Cluster.WaitForSchemaAgreementAsync(Cancelled));
    }

    [Fact]
    public async Task The_time_of_the_request_bounds_the_wait_and_running_out_of_it_is_no_error()
    {
        await using var driver = Driver(out _, _ => [(Peer, Other)], new ClusterOptions { Schema = new SchemaOptions { AgreementInterval = TimeSpan.FromMilliseconds(10) } });
        var (session, _) = await driver.ConnectAsync();
        var options = new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(200) };
        Assert.False((await session.ExecuteAsync(Ddl, options, Cancelled)).Info.IsSchemaInAgreement);
        Assert.False(session.Execute(Ddl, options).Info.IsSchemaInAgreement);
    }

    [Fact]
    public async Task Zero_does_not_wait_and_statements_that_change_nothing_never_do()
    {
        await using var driver = Driver(out var looks, _ => [(Peer, Other)], new ClusterOptions { Schema = new SchemaOptions { AgreementTimeout = TimeSpan.Zero } });
        var (session, read) = await driver.ConnectAsync();
        Assert.Null((await session.ExecuteAsync(Ddl, cancellationToken: Cancelled)).Info.IsSchemaInAgreement);
        Assert.Null((await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled)).Info.IsSchemaInAgreement);
        Assert.Equal(0, looks());
        Assert.False(driver.Cluster.WaitForSchemaAgreement());
        Assert.Equal(1, looks());
    }

    [Fact]
    public async Task Nodes_that_are_down_joining_or_leaving_do_not_count()
    {
        await using var driver = Driver(out _, _ => [(Peer, Other), (null, Other), (Guid.NewGuid(), null), (Guid.NewGuid(), Own)]);
        await driver.ConnectAsync();
        var runtime = driver.Cluster.Runtime;
        var agreement = new SchemaAgreement(new TopologyReader(runtime.Codecs, driver.Cluster.Options), TimeSpan.FromMilliseconds(1), TimeProvider.System, runtime.Clock.After);
        Assert.True(await agreement.WaitAsync(driver.Connection, host => host == Peer, runtime.Clock.After(TimeSpan.FromSeconds(5))));
        Assert.False(await agreement.WaitAsync(driver.Connection, _ => false, runtime.Clock.After(TimeSpan.FromMilliseconds(20))));
    }

    [Fact]
    public async Task A_server_without_peers_v2_is_asked_for_its_peers()
    {
        var looks = 0;
        await using var driver = Driver(out _, null, server: new ScriptedServerOptions { HasPeersV2 = false });
        driver.Server.On(request => request.Mentions("host_id, schema_version FROM system.peers") && !request.Mentions("peers_v2"), request =>
            Answer(request, [(Peer, Interlocked.Increment(ref looks) < 2 ? Other : Own)]));
        var (session, _) = await driver.ConnectAsync();
        Assert.True((await session.ExecuteAsync(Ddl, cancellationToken: Cancelled)).Info.IsSchemaInAgreement);
        Assert.Equal(2, looks);
    }

    [Fact]
    public async Task A_connection_that_ends_meanwhile_leaves_the_agreement_unknown_and_the_statement_done()
    {
        var log = new RecordingLog();
        await using var driver = Driver(out _, null, new ClusterOptions { LoggerFactory = log });
        driver.Server.Once(request => request.Mentions("SELECT schema_version"), request => request.Connection.Reset());
        var (session, _) = await driver.ConnectAsync();
        Assert.Null((await session.ExecuteAsync(Ddl, cancellationToken: Cancelled)).Info.IsSchemaInAgreement);
        Assert.Single(log.Lines, line => line.Id == 123);
    }

    [Fact]
    public async Task The_wait_can_be_cancelled()
    {
        await using var driver = Driver(out _, null);
        var held = driver.Server.Hold(request => request.Mentions("SELECT schema_version"));
        var (session, _) = await driver.ConnectAsync();
        using var source = new CancellationTokenSource();
        var task = session.ExecuteAsync(Ddl, cancellationToken: source.Token).AsTask();
        await held.NextAsync(Cancelled);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
    }

    [Fact]
    public async Task Then_the_metadata_shows_the_change()
    {
        var schema = SchemaReadingTests.Small();
        await using var driver = Driver(out _, null);
        schema.Serve(driver.Control);
        var (session, _) = await driver.ConnectAsync();
        await driver.Cluster.GetSchemaAsync(Cancelled);
        schema.Table("ks", "made");
        await session.ExecuteAsync(Ddl, cancellationToken: Cancelled);
        Assert.NotNull(driver.Cluster.Metadata.FindTable("ks", "made"));
    }

    private static ScriptedCluster Driver(
        out Func<int> looks, Func<int, (Guid? Host, Guid? Version)[]>? peers, ClusterOptions? options = null, ScriptedServerOptions? server = null)
    {
        var count = 0;
        looks = () => Volatile.Read(ref count);
        var driver = new ScriptedCluster(options ?? new ClusterOptions { Schema = new SchemaOptions { AgreementInterval = TimeSpan.FromMilliseconds(1) } }, server);
        driver.Server.On(request => request.Cql == Ddl, request => request.SchemaChange("CREATED", "TABLE", "ks", "made"));
        if (peers is not null)
        {
            driver.Server.On(request => request.Mentions("host_id, schema_version FROM system.peers_v2"), request => Answer(request, peers(Interlocked.Increment(ref count))));
        }

        return driver;
    }

    private static void Answer(ServerRequest request, (Guid? Host, Guid? Version)[] peers) => request.Rows(
        [new ColumnSpec("host_id", TypeBytes.Uuid), new ColumnSpec("schema_version", TypeBytes.Uuid)],
        [.. peers.Select(peer => new[] { peer.Host is { } host ? ValueBytes.Uuid(host) : null, peer.Version is { } version ? ValueBytes.Uuid(version) : null })]);
}
