using Ilium.Tests.Topology;
using Microsoft.Extensions.Time.Testing;

namespace Ilium.Embedded.Tests.Driver;

/// <summary>Nodes that go away and come back, and what is said of them.</summary>
public class NodeStateTests
{
    // What brings a node back must be an event, not a pause that ends.
    private static ClusterOptions Patient => new()
    {
        TimeProvider = new FakeTimeProvider(),
        ReconnectBaseDelay = TimeSpan.FromHours(1),
        ReconnectMaxDelay = TimeSpan.FromHours(1),
        MetadataRefreshPause = TimeSpan.Zero,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_is_said_to_be_up_is_tried_at_once_however_long_the_pause()
    {
        await using var nodes = await DrivenNodes.StartAsync(2, Patient);
        var changes = new NodeChangeLog(nodes.Cluster);
        ((FakeTimeProvider)nodes.Cluster.Options.TimeProvider).Advance(TimeSpan.FromSeconds(2));
        var node = nodes.Nodes.Nodes.First(node => node.HostId != nodes.Cluster.ControlNode!.HostId);
        node.RefuseConnections();
        var known = await changes.NextAsync(NodeChange.Down, node.HostId);
        Assert.Equal((NodeState.Down, 0), (known.State, known.OpenConnections));

        node.AcceptConnections();

        Assert.Same(known, await changes.NextAsync(NodeChange.Up, node.HostId));
        await UntilAllAreAskedAsync(nodes);
    }

    [Fact]
    public async Task That_another_server_takes_a_node_for_down_is_not_believed()
    {
        await using var nodes = await DrivenNodes.StartAsync(2, Patient);
        var changes = new NodeChangeLog(nodes.Cluster);
        foreach (var node in nodes.Nodes.Nodes)
        {
            node.AnnounceStatus(isUp: false, nodes.Nodes.Nodes[1]);
        }

        // Events and the answers to this come over one connection, in order.
        await nodes.Cluster.RefreshMetadataAsync(Cancel);

        await UntilAllAreAskedAsync(nodes);
        Assert.DoesNotContain(changes.Left, change => change.Change == NodeChange.Down);
        Assert.All(nodes.Cluster.Metadata.Nodes, node => Assert.Equal(NodeState.Up, node.State));
    }

    [Fact]
    public async Task When_a_data_center_is_lost_each_of_its_nodes_is_named_and_it_is_used_again_when_it_is_back()
    {
        EmbeddedNodeOptions east = new() { Listen = false, Datacenter = "east" };
        EmbeddedNodeOptions west = new() { Listen = false, Datacenter = "west" };
        await using var nodes = await EmbeddedCluster.StartAsync([east, east, west, west], Cancel);
        await using var cluster = new Cluster(nodes.Connect(new ClusterOptions
        {
            ContactPoints = ["replaced"],
            LocalDatacenter = "east",
            ReconnectBaseDelay = TimeSpan.FromMilliseconds(20),
            MetadataRefreshPause = TimeSpan.FromMilliseconds(20),
        }));
        var changes = new NodeChangeLog(cluster);
        var session = await cluster.ConnectAsync(Cancel);
        var asked = nodes.Nodes.Select(node => node.Faults.Add(Fault.Watch() with { Statement = "system.compaction_history" })).ToArray();
        foreach (var node in nodes.Nodes[..2])
        {
            await changes.NextAsync(NodeChange.Up, node.HostId);
            node.RefuseConnections();
            await changes.NextAsync(NodeChange.Down, node.HostId);
        }

        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(AskAsync);

        Assert.Equal(nodes.Nodes[..2].Select(node => $"{node.EndPoint}").Order(), failure.Errors.Keys.Select(address => $"{address}").Order());
        Assert.Equal([NodeState.Ignored, NodeState.Ignored], nodes.Nodes[2..].Select(node => cluster.Metadata.FindNode(node.HostId)!.State));
        foreach (var node in nodes.Nodes[..2])
        {
            node.AcceptConnections();
            await changes.NextAsync(NodeChange.Up, node.HostId);
        }

        while (asked[0].Met == 0 || asked[1].Met == 0)
        {
            await AskAsync();
        }

        Assert.Equal((0, 0), (asked[2].Met, asked[3].Met));

        async Task AskAsync() => await session.ExecuteAsync("SELECT id FROM system.compaction_history", cancellationToken: Cancel);
    }

    private static async Task UntilAllAreAskedAsync(DrivenNodes nodes)
    {
        var before = nodes.Asked;
        for (var i = 0; nodes.Asked.Zip(before).Any(asked => asked.First == asked.Second); i = (i + 1) % 10)
        {
            // Each number has its replica.
            Assert.Equal(i, DrivenNodes.Number(await nodes.Session.ExecuteAsync(nodes.Read.Bind(i), cancellationToken: Cancel)));
        }
    }
}
