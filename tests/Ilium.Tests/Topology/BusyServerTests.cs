using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>Servers that have no time to answer the driver's own questions.</summary>
public class BusyServerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reading_that_is_refused_is_repeated_and_loses_no_node()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { MetadataRefreshPause = TimeSpan.Zero });
        await ring.ConnectAsync();
        var control = ring.Control;
        control.Server.Once(IsPeersQuery, Refuse);
        var joined = ring.Add(3);
        ring.Tell("TOPOLOGY_CHANGE", "NEW_NODE", joined.Address);
        await ring.Changes.NextAsync(NodeChange.Added, joined.HostId);
        Assert.Single(ring.Logs.Of(110));
        // It is the same connection, and the table without ports was left alone.
        Assert.Same(control, ring.Control);
        Assert.DoesNotContain(control.Server.Requests, request => request.Cql == "SELECT * FROM system.peers");
    }

    [Fact]
    public async Task A_server_that_goes_on_refusing_is_left_for_another()
    {
        // Chance may ask the same server again, several times.
        var soon = TimeSpan.FromMilliseconds(1);
        await using var ring = new ScriptedRing(2, new ClusterOptions { MetadataRefreshPause = TimeSpan.Zero, ReconnectBaseDelay = soon, ReconnectMaxDelay = soon });
        var session = await ring.ConnectAsync();
        var control = ring.Control;
        control.Server.On(IsPeersQuery, Refuse);
        var joined = ring.Add(3);
        ring.Tell("TOPOLOGY_CHANGE", "NEW_NODE", joined.Address);
        await ring.Changes.NextAsync(NodeChange.Added, joined.HostId);
        Assert.NotEqual(control.HostId, ring.Cluster.ControlNode?.HostId);
        Assert.Contains(ring.Logs.Of(108), line => line.Contains(control.Address.ToString(), StringComparison.Ordinal));
        await ring.Changes.NextAsync(NodeChange.Up, joined.HostId);
        Assert.Equal([1, 2, 3], await ring.AskAsync(session, 9));
    }

    [Fact]
    public async Task Replicas_are_not_forgotten_when_keyspaces_cannot_be_read()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { MetadataRefreshPause = TimeSpan.FromHours(1) });
        foreach (var number in new[] { 1, 2 })
        {
            ring[number].Server.Keyspaces = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["shop"] = new Dictionary<string, string> { ["class"] = "NetworkTopologyStrategy", ["dc1"] = "1" },
            };
        }

        await ring.ConnectAsync();
        var key = RoutingKey.FromComponents(new byte[] { 0, 0, 0, 1 });
        var replicas = ring.Cluster.Metadata.GetReplicas("shop", key).ToArray();
        Assert.Single(replicas);
        ring.Control.Server.Once(request => request.Mentions("system_schema.keyspaces"), Refuse);
        await Assert.ThrowsAsync<OverloadedException>(async () => await ring.Cluster.RefreshMetadataAsync(Cancelled));
        Assert.Equal(replicas, ring.Cluster.Metadata.GetReplicas("shop", key));
    }

    [Fact]
    public async Task Statements_are_prepared_where_a_connection_is_open_and_nobody_waits_for_a_node_that_does_not_answer()
    {
        // Nobody moves the clock: who waits for the node waits for ever.
        await using var ring = new ScriptedRing(3, new ClusterOptions { TimeProvider = new CountingTime(), PrepareOnAllNodes = false });
        var silent = ring[2].Server.Hold(request => request.Is(WireOpcode.Options));
        var session = await ring.Cluster.ConnectAsync(Cancelled);
        await ring.Changes.NextAsync(NodeChange.Up, ring[3].HostId);
        await silent.NextAsync(Cancelled);
        for (var i = 0; i < 20; i++)
        {
            await session.PrepareAsync($"SELECT {i} FROM t", Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        }

        Assert.Equal(NodeState.Unknown, ring.Cluster.Metadata.FindNode(ring[2].HostId)!.State);
    }

    private static bool IsPeersQuery(ServerRequest request) => request.Cql == "SELECT * FROM system.peers_v2";

    private static void Refuse(ServerRequest request) => request.Error(WireError.Overloaded, "too much to do");
}
