using System.Net;

namespace Ilium.Embedded.Tests.Server;

/// <summary>Several nodes: what clients learn of them, and what is so of one copy of the data.</summary>
public class ClusterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Data_centers_racks_and_tokens_make_the_replicas(int version)
    {
        await using var nodes = await EmbeddedCluster.StartAsync(
        [
            new EmbeddedNodeOptions { Listen = false, Datacenter = "east", Rack = "r1", InitialTokens = [-100] },
            new EmbeddedNodeOptions { Listen = false, Datacenter = "east", Rack = "r2", InitialTokens = [100] },
            new EmbeddedNodeOptions { Listen = false, Datacenter = "west", Rack = "r1", InitialTokens = [0] },
            new EmbeddedNodeOptions { Listen = false, Datacenter = "west", Rack = "r1", InitialTokens = [200, 300] },
        ], Cancel);
        var names = nodes.Nodes.Zip(["east1", "east2", "west1", "west2"]).ToDictionary(node => node.First.HostId, node => node.Second);
        await using var cluster = new Cluster(nodes.Connect(new ClusterOptions
        {
            ContactPoints = ["replaced"],
            LocalDatacenter = "east",
            ProtocolVersion = (ProtocolVersion)version,
        }));
        var session = await cluster.ConnectAsync(Cancel);
        await session.ExecuteAsync("CREATE KEYSPACE one WITH replication = {'class': 'NetworkTopologyStrategy', 'east': 1, 'west': 1}", cancellationToken: Cancel);
        await session.ExecuteAsync("CREATE KEYSPACE two WITH replication = {'class': 'NetworkTopologyStrategy', 'east': 2}", cancellationToken: Cancel);
        await session.ExecuteAsync("CREATE KEYSPACE simple WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}", cancellationToken: Cancel);
        await cluster.RefreshMetadataAsync(Cancel);

        Assert.Equal(
            [("east", "r1"), ("east", "r2"), ("west", "r1"), ("west", "r1")],
            nodes.Nodes.Select(node => cluster.Metadata.FindNode(node.HostId)!).Select(node => (node.Datacenter, node.Rack)));
        Assert.Equal(nodes.Nodes.Select(node => node.EndPoint), nodes.Nodes.Select(node => (IPEndPoint)cluster.Metadata.FindNode(node.HostId)!.EndPoint));
        Assert.Equal(new long[] { -100, 0, 100, 200, 300 }.Select(Token.FromMurmur3), cluster.Metadata.TokenRanges.Select(range => range.End).Order());
        Assert.Equal("east1 west1", ReplicasOf("one", -150));
        Assert.Equal("east2 west1", ReplicasOf("one", -50));
        Assert.Equal("east2 west2", ReplicasOf("one", 50));
        Assert.Equal("east1 west2", ReplicasOf("one", 250));
        Assert.Equal("east1 west1", ReplicasOf("one", 350));
        Assert.Equal("east1 east2", ReplicasOf("two", 50));
        Assert.Equal("east1 west1 west2", ReplicasOf("simple", 150));

        string ReplicasOf(string keyspace, long token) =>
            string.Join(' ', cluster.Metadata.GetReplicas(keyspace, Token.FromMurmur3(token)).Select(node => names[node.HostId]).Order());
    }

    [Fact]
    public async Task Each_node_knows_the_others_as_its_peers()
    {
        await using var nodes = await EmbeddedCluster.StartAsync(3, Cancel);
        foreach (var node in nodes.Nodes)
        {
            await using var cluster = new Cluster(node.ContactPoint);
            var session = await cluster.ConnectAsync(Cancel);
            var here = new ExecutionOptions { Node = cluster.Metadata.FindNode(node.HostId) };

            var local = Assert.Single(await session.ExecuteAsync("SELECT host_id, rpc_port FROM system.local", here, Cancel));
            var peers = await session.ExecuteAsync("SELECT host_id, native_port FROM system.peers_v2", here, Cancel);

            Assert.Equal((node.HostId, node.EndPoint.Port), (local.Get<Guid>(0), local.Get<int>(1)));
            Assert.Equal(
                nodes.Nodes.Where(other => other != node).Select(other => (other.HostId, other.EndPoint.Port)).OrderBy(peer => peer.HostId),
                peers.Select(row => (row.Get<Guid>(0), row.Get<int>(1))).OrderBy(peer => peer.Item1));
        }
    }

    /// <summary>docs/embedded.md, "What differs": one copy that all nodes read and write.</summary>
    [Theory]
    [InlineData(ConsistencyLevel.One)]
    [InlineData(ConsistencyLevel.Quorum)]
    [InlineData(ConsistencyLevel.LocalQuorum)]
    [InlineData(ConsistencyLevel.EachQuorum)]
    [InlineData(ConsistencyLevel.All)]
    public async Task Every_consistency_is_met_by_one_node_while_the_others_are_gone(ConsistencyLevel consistency)
    {
        await using var nodes = await EmbeddedCluster.StartAsync([.. Enumerable.Repeat(new EmbeddedNodeOptions { Listen = false }, 3)], Cancel);
        await using var cluster = new Cluster(nodes.Nodes[0].Connect());
        var session = await cluster.ConnectAsync(Cancel);
        await session.ExecuteAsync("CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}", cancellationToken: Cancel);
        await session.ExecuteAsync("CREATE TABLE ks.t (k int PRIMARY KEY)", cancellationToken: Cancel);
        nodes.Nodes[1].Pause();
        nodes.Nodes[2].RefuseConnections();
        var here = new ExecutionOptions { Consistency = consistency, Node = cluster.Metadata.FindNode(nodes.Nodes[0].HostId) };

        await session.ExecuteAsync("INSERT INTO ks.t (k) VALUES (1)", here, Cancel);

        if (consistency != ConsistencyLevel.EachQuorum)
        {
            Assert.Single(await session.ExecuteAsync("SELECT k FROM ks.t", here, Cancel));
        }
    }

    [Fact]
    public async Task What_was_sent_to_a_paused_node_is_answered_when_it_goes_on()
    {
        await using var nodes = await EmbeddedCluster.StartAsync([new EmbeddedNodeOptions { Listen = false }], Cancel);
        var node = nodes.Nodes[0];
        await using var cluster = new Cluster(node.Connect(new ClusterOptions { ContactPoints = ["replaced"], RequestTimeout = TimeSpan.FromMinutes(5) }));
        var session = await cluster.ConnectAsync(Cancel);
        var asked = node.Faults.Add(Fault.Watch() with { Statement = "system.peers" });
        node.Pause();

        var asking = session.ExecuteAsync("SELECT peer FROM system.peers", cancellationToken: Cancel).AsTask();
        await Assert.ThrowsAsync<OperationTimedOutException>(
            async () => await session.ExecuteAsync("SELECT peer FROM system.peers", new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(100) }, Cancel));
        Assert.Equal((0, false), (asked.Met, asking.IsCompleted));
        node.Resume();

        Assert.Empty(await asking);
    }
}
