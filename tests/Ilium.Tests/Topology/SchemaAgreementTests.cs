using System.Net;
using Ilium.TestKit;
using Ilium.Tests.Execution;
using Ilium.Topology;
using Ilium.Topology.Schema;

namespace Ilium.Tests.Topology;

/// <summary>Which nodes have to agree on the schema, and where their versions are read.</summary>
public class SchemaAgreementTests
{
    private const string Ddl = "CREATE TABLE ks.made (k int PRIMARY KEY)";

    private static readonly Guid Own = new ServerNode(new IPEndPoint(IPAddress.Loopback, 9042)).SchemaVersion;
    private static readonly Guid Other = Guid.NewGuid();
    private static readonly Guid Peer = Guid.NewGuid();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_are_down_joining_or_leaving_do_not_count()
    {
        await using var driver = new ScriptedCluster();
        driver.Server.On(
            request => request.Mentions("host_id, schema_version FROM system.peers_v2"),
            request => Answer(request, [(Peer, Other), (null, Other), (Guid.NewGuid(), null), (Guid.NewGuid(), Own)]));
        await driver.ConnectAsync();
        var runtime = driver.Cluster.Runtime;
        var agreement = new SchemaAgreement(new TopologyReader(runtime.Codecs, driver.Cluster.Options, ContactSource.For(driver.Cluster.Options, null)), TimeSpan.FromMilliseconds(1), TimeProvider.System, runtime.Clock.After);
        Assert.True(await agreement.WaitAsync(driver.Connection, host => host == Peer, runtime.Clock.After(TimeSpan.FromSeconds(5))));
        Assert.False(await agreement.WaitAsync(driver.Connection, _ => false, runtime.Clock.After(TimeSpan.FromMilliseconds(20))));
    }

    [Fact]
    public async Task A_server_without_peers_v2_is_asked_for_its_peers()
    {
        var looks = 0;
        await using var driver = new ScriptedCluster(
            new ClusterOptions { Schema = new SchemaOptions { AgreementInterval = TimeSpan.FromMilliseconds(1) } }, new ScriptedServerOptions { HasPeersV2 = false });
        driver.Server.On(request => request.Cql == Ddl, request => request.SchemaChange("CREATED", "TABLE", "ks", "made"));
        driver.Server.On(request => request.Mentions("host_id, schema_version FROM system.peers") && !request.Mentions("peers_v2"), request =>
            Answer(request, [(Peer, Interlocked.Increment(ref looks) < 2 ? Other : Own)]));
        var (session, _) = await driver.ConnectAsync();
        Assert.True((await session.ExecuteAsync(Ddl, cancellationToken: Cancelled)).Info.IsSchemaInAgreement);
        Assert.Equal(2, looks);
    }

    private static void Answer(ServerRequest request, (Guid? Host, Guid? Version)[] peers) => request.Rows(
        [new ColumnSpec("host_id", TypeBytes.Uuid), new ColumnSpec("schema_version", TypeBytes.Uuid)],
        [.. peers.Select(peer => new[] { peer.Host is { } host ? ValueBytes.Uuid(host) : null, peer.Version is { } version ? ValueBytes.Uuid(version) : null })]);
}
