using Ilium.IntegrationTests.Clusters;
using Ilium.Tests.Topology;

namespace Ilium.IntegrationTests.Topology;

/// <summary>A real node that joins, is replaced at its address, and leaves for good, under a driver with requests in flight.</summary>
public class MembershipTests(GrowingRing growing) : IClassFixture<GrowingRing>
{
    [Fact]
    public async Task A_node_is_added_replaced_at_the_same_address_and_decommissioned_and_no_request_fails()
    {
        var ring = await growing.StartedAsync();
        await using var cluster = new Cluster(TopologyTests.Options(ring));
        var changes = new NodeChangeLog(cluster);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        await TopologyTests.AllUpAsync(cluster, changes);
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 16).Select(_ => TopologyTests.LoadAsync(session, stop.Token)));

        var address = await ring.AddNodeAsync(rack: "r2", cancellationToken: CqlText.Cancelled);
        var added = await changes.NextAsync(NodeChange.Added);
        Assert.Equal((address, "r2"), (added.EndPoint, added.Rack));
        await changes.NextAsync(NodeChange.Up, added.HostId);
        await TopologyTests.EachAnswersAsync(cluster, session);
        // It was told when it began to join; its tokens are there at the latest once it has.
        await cluster.RefreshMetadataAsync(CqlText.Cancelled);
        Assert.Equal(8, added.Info.Tokens.Length);

        await ring.StopNodeAsync(2, CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Down, added.HostId);
        await ring.ReplaceNodeAsync(2, CqlText.Cancelled);
        Assert.Same(added, await changes.NextAsync(NodeChange.Removed, added.HostId));
        var replacement = await changes.NextAsync(NodeChange.Added);
        Assert.NotEqual(added.HostId, replacement.HostId);
        Assert.Equal(address, replacement.EndPoint);
        await changes.NextAsync(NodeChange.Up, replacement.HostId);
        await TopologyTests.EachAnswersAsync(cluster, session);
        Assert.Equal(2, cluster.Metadata.Nodes.Count);

        await ring.DecommissionAsync(2, CqlText.Cancelled);
        Assert.Same(replacement, await changes.NextAsync(NodeChange.Removed, replacement.HostId));
        await TopologyTests.EachAnswersAsync(cluster, session);
        Assert.Single(cluster.Metadata.Nodes);
        await stop.CancelAsync();
        Assert.True((await load).Sum() > 0);
    }
}
