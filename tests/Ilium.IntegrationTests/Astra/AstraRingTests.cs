using Ilium.IntegrationTests.Clusters;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Astra;

/// <summary>A database as Astra has them, of real nodes.</summary>
[Collection(AstraRingCollection.Name)]
public sealed class AstraRingTests(AstraRing astra)
{
    private static readonly ExecutionOptions All = new() { Consistency = ConsistencyLevel.All };
    private static readonly ExecutionOptions Quorum = new() { Consistency = ConsistencyLevel.LocalQuorum, IsIdempotent = true };

    [Fact]
    public async Task Writes_and_reads_go_to_real_nodes_through_the_proxy()
    {
        await astra.BehindProxyAsync();
        await using var cluster = new Cluster(astra.Options());
        var session = await PrepareAsync(cluster);
        Assert.Equal(astra.Nodes.Keys.ToHashSet(), cluster.Metadata.Nodes.Select(static node => node.HostId).ToHashSet());
        Assert.Equal("dc1", cluster.Metadata.LocalDatacenter);
        Assert.Equal(astra.Nodes.Keys.Select(static hostId => hostId.ToString()).ToHashSet(), astra.Proxy.ServerNames.ToHashSet());

        var insert = await session.PrepareAsync("INSERT INTO t (k, v) VALUES (?, ?)", CqlText.Cancelled);
        var read = await session.PrepareAsync("SELECT v FROM t WHERE k = ?", CqlText.Cancelled);
        var asked = new HashSet<Guid>();
        for (var key = 0; key < 100; key++)
        {
            await session.ExecuteAsync(insert.Bind(key, $"value {key}"), All, CqlText.Cancelled);
            using var rows = await session.ExecuteAsync(read.Bind(key), cancellationToken: CqlText.Cancelled);
            Assert.Equal($"value {key}", rows.Single().Get<string>(0));
            asked.Add(Assert.IsType<SniEndPoint>(rows.Info.Node).HostId);
        }

        // By their tokens: each node is the replica of some.
        Assert.Equal(astra.Nodes.Keys.ToHashSet(), asked);
        Assert.Equal("value 7", session.Execute(read.Bind(7)).Single().Get<string>(0));
    }

    [Fact]
    public async Task A_node_that_is_killed_is_missed_by_nobody_and_found_again()
    {
        var ring = await astra.BehindProxyAsync();
        await using var cluster = new Cluster(astra.Options());
        var session = await PrepareAsync(cluster);
        var address = ring.ContactPoints[2];
        var node = cluster.Metadata.Nodes.Single(node => astra.Nodes[node.HostId].Equals(address));

        await ring.KillNodeAsync(3, CqlText.Cancelled);
        await UntilAsync(() => node.State == NodeState.Down);
        for (var key = 0; key < 50; key++)
        {
            using var rows = await session.ExecuteAsync($"INSERT INTO t (k, v) VALUES ({key}, {"while one is away"})", Quorum, CqlText.Cancelled);
            Assert.NotEqual(node.EndPoint, rows.Info.Node);
        }

        await ring.StartNodeAsync(3, CqlText.Cancelled);
        await UntilAsync(() => node.State == NodeState.Up);
        using var answer = await session.ExecuteAsync("SELECT host_id FROM system.local", new ExecutionOptions { Node = node, IsIdempotent = true }, CqlText.Cancelled);
        Assert.Equal(node.HostId, answer.Single().Get<Guid>(0));
    }

    [Fact]
    public async Task A_proxy_that_begins_again_elsewhere_is_found()
    {
        await astra.BehindProxyAsync();
        await using var cluster = new Cluster(astra.Options());
        var session = await PrepareAsync(cluster);
        await session.ExecuteAsync("INSERT INTO t (k, v) VALUES (1, 'before')", Quorum, CqlText.Cancelled);
        var asked = astra.Service.Requests.Count;

        await astra.MoveProxyAsync();
        await UntilAsync(() => cluster.Metadata.Nodes.All(node => ((SniEndPoint)node.EndPoint).ProxyPort == astra.Proxy.EndPoint.Port));
        Assert.True(astra.Service.Requests.Count > asked, "The service was not asked again.");
        Assert.Empty(await cluster.WarmUpAsync(CqlText.Cancelled));
        using var rows = await session.ExecuteAsync("SELECT v FROM t WHERE k = 1", Quorum, CqlText.Cancelled);
        Assert.Equal("before", rows.Single().Get<string>(0));
    }

    [Fact]
    public async Task A_proxy_with_another_authority_or_another_name_is_refused()
    {
        await astra.BehindProxyAsync();
        using var strangers = new TestCertificates(name: "Strangers");
        foreach (var (certificate, reason) in new[]
        {
            (strangers.Server(), ConnectionFailureReason.TlsUntrustedCertificate), (astra.Certificates.WrongNameServer(), ConnectionFailureReason.TlsNameMismatch),
        })
        {
            await using var proxy = astra.NewProxy(astra.ListenerOptions with { Certificate = certificate });
            astra.LeadTo(proxy);
            try
            {
                await using var cluster = new Cluster(astra.Options());
                var error = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await cluster.ConnectAsync(CqlText.Cancelled));
                Assert.Equal(3, error.Errors.Count);
                Assert.All(error.Errors.Values, failure => Assert.Equal(reason, Assert.IsType<ConnectionFailedException>(failure).Reason));
                Assert.Empty(proxy.ServerNames);
            }
            finally
            {
                astra.LeadTo(astra.Proxy);
            }
        }
    }

    [Fact]
    public async Task A_client_without_a_certificate_of_the_authority_is_refused()
    {
        await astra.BehindProxyAsync();
        using var strangers = new TestCertificates(name: "Strangers");
        var bundle = new BundleMaker(astra.Certificates.Authority, strangers.Client(), "localhost", astra.Service.EndPoint.Port);
        await using var cluster = new Cluster(astra.Options() with { Astra = AstraBundle.Load(bundle.ToZip()) });
        var error = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await cluster.ConnectAsync(CqlText.Cancelled));
        Assert.Contains("client certificate", Assert.Single(error.Errors).Value.Message, StringComparison.Ordinal);
    }

    private static async Task<Session> PrepareAsync(Cluster cluster)
    {
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        Assert.Empty(await cluster.WarmUpAsync(CqlText.Cancelled));
        await session.RunAsync("CREATE KEYSPACE IF NOT EXISTS shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3}".AsCql());
        await session.RunAsync("CREATE TABLE IF NOT EXISTS shop.t (k int PRIMARY KEY, v text)".AsCql());
        await cluster.RefreshMetadataAsync(CqlText.Cancelled);
        return session.WithKeyspace("shop");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CqlText.Cancelled);
        }
    }
}
