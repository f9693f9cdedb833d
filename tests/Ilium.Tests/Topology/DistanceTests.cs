using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>Which nodes are connected to and which get requests.</summary>
public class DistanceTests
{
    private static ClusterOptions Patient => new() { TimeProvider = new CountingTime(), ReconnectBaseDelay = TimeSpan.FromHours(1), ReconnectMaxDelay = TimeSpan.FromHours(1) };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_of_another_data_center_are_known_and_not_connected_to()
    {
        await using var ring = new ScriptedRing(4, new ClusterOptions(), TwoEach);
        var session = await ring.ConnectAsync();
        Assert.Equal([1, 2], await ring.AskAsync(session, 8));
        Assert.Equal((0, 0), (ring[3].Attempts, ring[4].Attempts));
        Assert.Equal([NodeDistance.Local, NodeDistance.Local, NodeDistance.Ignored, NodeDistance.Ignored], ByNumber(ring).Select(node => node.Distance));
        Assert.Equal([NodeState.Up, NodeState.Up, NodeState.Ignored, NodeState.Ignored], ByNumber(ring).Select(node => node.State));
    }

    [Fact]
    public async Task Remote_nodes_that_were_asked_for_are_connected_to_and_used_while_no_local_one_can_be()
    {
        await using var ring = new ScriptedRing(4, Patient with { NodesPerRemoteDatacenter = 1 }, TwoEach);
        var session = await ring.ConnectAsync();
        Assert.Equal([1, 2], await ring.AskAsync(session, 8));
        var remote = Assert.Single(ring.Cluster.Metadata.Nodes, node => node.Distance == NodeDistance.Remote);
        Assert.Equal(("dc2", 1), (remote.Datacenter, remote.OpenConnections));
        var spare = Assert.Single(ring.Cluster.Metadata.Nodes, node => node.Distance == NodeDistance.Ignored);
        Assert.Equal(0, spare.OpenConnections);
        ring[1].Stop();
        ring[2].Stop();
        await ring.Changes.NextAsync(NodeChange.Down, ring[1].HostId);
        await ring.Changes.NextAsync(NodeChange.Down, ring[2].HostId);
        Assert.Equal([NumberOf(remote)], await ring.AskAsync(session, 8));
        // It stays the one, however often the tables are read.
        await ScriptedCluster.SettleAsync(ring.Cluster);
        Assert.Equal(NodeDistance.Remote, remote.Distance);
        ring[2].Start();
        ring.Tell("STATUS_CHANGE", "UP", ring[2].Address);
        await ring.Changes.NextAsync(NodeChange.Up, ring[2].HostId);
        Assert.Equal([2], await ring.AskAsync(session, 8));
    }

    [Trait(Slow.Name, Slow.Value)]
    [Fact]
    public async Task When_a_remote_node_leaves_another_of_its_data_center_takes_its_place()
    {
        await using var ring = new ScriptedRing(4, new ClusterOptions { NodesPerRemoteDatacenter = 1 }, TwoEach);
        await ring.ConnectAsync();
        var remote = Assert.Single(ring.Cluster.Metadata.Nodes, node => node.Distance == NodeDistance.Remote);
        var spare = Assert.Single(ring.Cluster.Metadata.Nodes, node => node.Distance == NodeDistance.Ignored);
        var gone = ring[NumberOf(remote)];
        ring.Remove(gone);
        ring.Tell("TOPOLOGY_CHANGE", "REMOVED_NODE", gone.Address);
        Assert.Same(remote, await ring.Changes.NextAsync(NodeChange.Removed, gone.HostId));
        Assert.Same(spare, await ring.Changes.NextAsync(NodeChange.Up, spare.HostId));
        Assert.Equal((NodeDistance.Remote, NodeState.Up), (spare.Distance, spare.State));
    }

    [Fact]
    public async Task A_thousand_requests_at_a_node_that_is_down_open_nothing()
    {
        await using var ring = new ScriptedRing(1, Patient);
        var session = await ring.ConnectAsync();
        ring[1].Stop();
        await ring.Changes.NextAsync(NodeChange.Down, ring[1].HostId);
        // The control connection's own attempt may still be on its way.
        Assert.True(SpinWait.SpinUntil(() => ring.Logs.Of(109).Count > 0, TimeSpan.FromSeconds(10)));
        var attempts = ring[1].Attempts;
        for (var i = 0; i < 1_000; i++)
        {
            await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await session.ExecuteAsync("SELECT 1", cancellationToken: Cancelled));
        }

        Assert.Equal(attempts, ring[1].Attempts);
    }

    private static (string Datacenter, string Rack) TwoEach(int number) => (number <= 2 ? "dc1" : "dc2", $"r{number}");

    private static IEnumerable<Node> ByNumber(ScriptedRing ring) => ring.Cluster.Metadata.Nodes.OrderBy(NumberOf);

    private static int NumberOf(Node node) => node.HostId.ToByteArray()[0];
}
