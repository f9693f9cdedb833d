using System.Globalization;
using System.Net;
using Ilium.IntegrationTests.Clusters;
using Ilium.TestKit;
using Ilium.Tests.Topology;

namespace Ilium.IntegrationTests.Topology;

/// <summary>A driver on three real nodes that are stopped, killed and started under it.</summary>
public class TopologyTests(TopologyRing topology) : IClassFixture<TopologyRing>
{
    [Theory]
    [InlineData(ProtocolVersion.V3)]
    [InlineData(ProtocolVersion.V5)]
    public async Task Every_node_is_found_with_what_the_cluster_says_of_it(ProtocolVersion version)
    {
        var ring = await topology.StartedAsync();
        await using var cluster = new Cluster(Options(ring) with { ProtocolVersion = version });
        var changes = new NodeChangeLog(cluster);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        await AllUpAsync(cluster, changes);
        Assert.Equal("dc1", cluster.Metadata.LocalDatacenter);
        Assert.Equal("org.apache.cassandra.dht.Murmur3Partitioner", cluster.Metadata.Partitioner);
        // "UN  127.0.30.1  110.5 KiB  8  100.0%  <host id>  r1"
        var status = (await ring.NodetoolAsync(1, ["status"], CqlText.Cancelled)).Split('\n')
            .Where(line => line.StartsWith("UN", StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(3, status.Length);
        foreach (var line in status)
        {
            var node = cluster.Metadata.FindNode(new IPEndPoint(IPAddress.Parse(line[1]), 9042))!;
            Assert.Equal((Guid.Parse(line[^2]), line[^1], "dc1"), (node.HostId, node.Rack, node.Datacenter));
            Assert.Equal(NodeDistance.Local, node.Distance);
            Assert.StartsWith("5.0.", node.ReleaseVersion, StringComparison.Ordinal);
            Assert.Equal(int.Parse(line[^4], CultureInfo.InvariantCulture), node.Info.Tokens.Length);
        }

        Assert.Equal(24, cluster.Metadata.Nodes.SelectMany(node => node.Info.Tokens).Select(token => long.Parse(token, CultureInfo.InvariantCulture)).Distinct().Count());
        await EachAnswersAsync(cluster, session);
    }

    [Fact]
    public async Task When_the_control_connections_node_is_killed_another_is_asked()
    {
        var ring = await topology.StartedAsync();
        await using var cluster = new Cluster(Options(ring));
        var changes = new NodeChangeLog(cluster);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        await AllUpAsync(cluster, changes);
        await cluster.RefreshMetadataAsync(CqlText.Cancelled);
        var former = cluster.ControlNode!;
        await ring.KillNodeAsync(NumberOf(former), CqlText.Cancelled);
        Assert.Same(former, await changes.NextAsync(NodeChange.Down, former.HostId));
        await cluster.RefreshMetadataAsync(CqlText.Cancelled);
        Assert.NotSame(former, cluster.ControlNode);
        // It hears of what happens now: the node's return is told by the others.
        await ring.StartNodeAsync(NumberOf(former), CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Up, former.HostId);
        await EachAnswersAsync(cluster, session);
    }

    [Fact]
    public async Task A_node_that_is_stopped_is_down_and_used_again_once_it_is_started_and_no_request_fails()
    {
        var ring = await topology.StartedAsync();
        await using var cluster = new Cluster(Options(ring));
        var changes = new NodeChangeLog(cluster);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        await AllUpAsync(cluster, changes);
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 16).Select(_ => LoadAsync(session, stop.Token)));
        var node = cluster.Metadata.FindNode(ring.ContactPoints[1])!;
        await ring.StopNodeAsync(2, CqlText.Cancelled);
        Assert.Same(node, await changes.NextAsync(NodeChange.Down, node.HostId));
        Assert.Equal((NodeState.Down, 0), (node.State, node.OpenConnections));
        await ring.StartNodeAsync(2, CqlText.Cancelled);
        Assert.Same(node, await changes.NextAsync(NodeChange.Up, node.HostId));
        Assert.Equal(NodeState.Up, node.State);
        await EachAnswersAsync(cluster, session);
        await stop.CancelAsync();
        Assert.True((await load).Sum() > 0);
    }

    [Fact]
    public async Task When_all_nodes_are_killed_and_started_again_the_driver_recovers_by_itself()
    {
        var ring = await topology.StartedAsync();
        await using var cluster = new Cluster(Options(ring));
        var changes = new NodeChangeLog(cluster);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        await AllUpAsync(cluster, changes);
        var before = cluster.Metadata.Nodes.ToDictionary(node => node.HostId);
        for (var i = 1; i <= 3; i++)
        {
            await ring.KillNodeAsync(i, CqlText.Cancelled);
        }

        foreach (var id in before.Keys)
        {
            await changes.NextAsync(NodeChange.Down, id);
        }

        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(() => session.RunAsync("SELECT key FROM system.local"));
        Assert.Equal(3, failure.Errors.Count);
        for (var i = 1; i <= 3; i++)
        {
            await ring.StartNodeAsync(i, CqlText.Cancelled);
        }

        foreach (var (id, node) in before)
        {
            Assert.Same(node, await changes.NextAsync(NodeChange.Up, id));
        }

        await EachAnswersAsync(cluster, session);
        await RefreshedAsync(cluster);
        Assert.Equal(before.Keys.Order(), cluster.Metadata.Nodes.Select(node => node.HostId).Order());
    }

    [Fact]
    public async Task Contact_points_may_be_down_wrong_and_given_twice()
    {
        var ring = await topology.StartedAsync();
        await using var cluster = new Cluster(Options(ring) with
        {
            ContactPoints = ["no-such-name.invalid", ScriptedListener.RefusingEndPoint(), ring.ContactPoints[2], ring.ContactPoints[2], $"{ring.ContactPoints[2]}"],
        });
        var changes = new NodeChangeLog(cluster);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        await AllUpAsync(cluster, changes);
        await EachAnswersAsync(cluster, session);
        Assert.Equal(3, cluster.Metadata.Nodes.Count);
    }

    [Fact]
    public async Task A_prepared_statement_is_known_to_a_node_that_was_restarted_before_it_is_asked()
    {
        var ring = await topology.StartedAsync();
        await using var cluster = new Cluster(Options(ring));
        var changes = new NodeChangeLog(cluster);
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        await AllUpAsync(cluster, changes);
        var keys = await session.PrepareAsync("SELECT key FROM system.local WHERE key = ?", CqlText.Cancelled);
        var node = cluster.Metadata.FindNode(ring.ContactPoints[2])!;
        await ring.KillNodeAsync(3, CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Down, node.HostId);
        await ring.StartNodeAsync(3, CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Up, node.HostId);
        var answered = new HashSet<EndPoint>();
        for (var i = 0; i < 30; i++)
        {
            var rows = await session.RunAsync(keys.Bind("local"));
            Assert.Equal("local", rows.First().Get<string>(0));
            answered.Add(rows.Info.Node!);
        }

        Assert.Equal(3, answered.Count);
    }

    internal static ClusterOptions Options(RingServer ring) => new()
    {
        ContactPoints = [ring.ContactPoints[0]], RequestTimeout = TimeSpan.FromSeconds(30), ReconnectBaseDelay = TimeSpan.FromMilliseconds(200), ReconnectMaxDelay = TimeSpan.FromSeconds(2),
    };

    internal static async Task AllUpAsync(Cluster cluster, NodeChangeLog changes)
    {
        foreach (var node in cluster.Metadata.Nodes)
        {
            await changes.NextAsync(NodeChange.Up, node.HostId);
        }
    }

    /// <summary>Requests go to all nodes in turn.</summary>
    internal static async Task EachAnswersAsync(Cluster cluster, Session session)
    {
        var answered = new HashSet<EndPoint>();
        for (var i = 0; i < 10 * cluster.Metadata.Nodes.Count; i++)
        {
            answered.Add((await session.RunAsync("SELECT key FROM system.local", new ExecutionOptions { IsIdempotent = true })).Info.Node!);
        }

        Assert.Equal(cluster.Metadata.Nodes.Select(node => $"{node.EndPoint}").Order(), answered.Select(node => $"{node}").Order());
    }

    /// <summary>Asks without end; no request may fail.</summary>
    internal static async Task<int> LoadAsync(Session session, CancellationToken stop)
    {
        var count = 0;
        while (!stop.IsCancellationRequested)
        {
            await session.RunAsync("SELECT key FROM system.local", new ExecutionOptions { IsIdempotent = true });
            count++;
        }

        return count;
    }

    /// <summary>The control connection may still be looking for a node when the first requests get through.</summary>
    internal static async Task RefreshedAsync(Cluster cluster)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(CqlText.Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await cluster.RefreshMetadataAsync(patience.Token);
                return;
            }
            catch (NoNodeAvailableException)
            {
                await Task.Yield();
            }
        }
    }

    private static int NumberOf(Node node) => ((IPEndPoint)node.EndPoint).Address.GetAddressBytes()[3];
}
