using Ilium.TestKit;

namespace Ilium.Tests.Topology;

public class WarmUpTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Warming_up_connects_to_every_node_with_as_many_connections_as_were_asked_for()
    {
        await using var ring = new ScriptedRing(3, new ClusterOptions { MinConnectionsPerNode = 3 });
        Assert.Empty(await ring.Cluster.WarmUpAsync(Cancelled));
        Assert.All(ring.Cluster.Metadata.Nodes, static node => Assert.Equal((NodeState.Up, 3), (node.State, node.OpenConnections)));
        // Again, and blocking: there is nothing left to do.
        Assert.Empty(ring.Cluster.WarmUp());
        Assert.All(ring.Cluster.Metadata.Nodes, static node => Assert.Equal(3, node.OpenConnections));
    }

    [Fact]
    public async Task A_node_that_cannot_be_connected_to_is_named_with_its_reason_and_not_waited_for()
    {
        await using var ring = new ScriptedRing(3);
        ring[2].Stop();
        var failed = Assert.Single(await ring.Cluster.WarmUpAsync(Cancelled));
        Assert.Equal((ring[2].HostId, NodeState.Down), (failed.Key.HostId, failed.Key.State));
        Assert.Equal(ring[2].Address, Assert.IsType<ConnectionFailedException>(failed.Value).EndPoint);
        Assert.Equal(2, ring.Cluster.Metadata.Nodes.Count(static node => node.State == NodeState.Up));
    }

    [Fact]
    public async Task Below_version_5_the_connections_are_in_the_clusters_keyspace()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { ProtocolVersion = ProtocolVersion.V4, Keyspace = "shop" });
        Assert.Empty(await ring.Cluster.WarmUpAsync(Cancelled));
        for (var number = 1; number <= 2; number++)
        {
            Assert.Single(ring[number].Server.Requests, static request => request.Mentions("USE \"shop\"") || request.Mentions("USE shop"));
        }

        var session = await ring.Cluster.ConnectAsync(Cancelled);
        var before = Enumerable.Range(1, 2).Sum(number => ring[number].Server.Connections.Count);
        Assert.Equal([1, 2], await ring.AskAsync(session, 8));
        Assert.Equal(before, Enumerable.Range(1, 2).Sum(number => ring[number].Server.Connections.Count));
    }

    [Fact]
    public async Task Nodes_of_other_data_centers_are_left_alone_and_giving_up_ends_the_wait_only()
    {
        await using var ring = new ScriptedRing(2, place: static number => ($"dc{number}", "r1"));
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ring.Cluster.WarmUpAsync(given.Token));
        Assert.Empty(await ring.Cluster.WarmUpAsync(Cancelled));
        Assert.Equal([(1, NodeState.Up), (0, NodeState.Ignored)], ring.Cluster.Metadata.Nodes.OrderBy(static node => node.Datacenter).Select(static node => (node.OpenConnections, node.State)));
    }
}
