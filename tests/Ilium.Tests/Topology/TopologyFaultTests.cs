using System.Net;
using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>What can happen to a cluster's nodes, on scripted servers: joining, leaving, moving, lying, and going away all at once.</summary>
public class TopologyFaultTests
{
    private const string Topology = "TOPOLOGY_CHANGE";
    private const string Status = "STATUS_CHANGE";

    private static readonly ClusterOptions Quick = new() { ReconnectBaseDelay = TimeSpan.FromMilliseconds(20), MetadataRefreshPause = TimeSpan.FromMilliseconds(20) };

    // What brings a node back must be an event, not a pause that ends.
    private static ClusterOptions Patient => new() { TimeProvider = new CountingTime(), ReconnectBaseDelay = TimeSpan.FromHours(1), ReconnectMaxDelay = TimeSpan.FromHours(1) };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Trait(Slow.Name, Slow.Value)]
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_node_that_is_announced_is_connected_to_and_used(int version)
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var session = await ring.ConnectAsync();
        Assert.Equal([1], await ring.AskAsync(session, 4));
        var added = ring.Add(2);
        ring.Tell(Topology, "NEW_NODE", added.Address);
        var node = await ring.Changes.NextAsync(NodeChange.Added, added.HostId);
        Assert.Equal((added.Address, "dc1", "r1", "5.0.9"), (node.EndPoint, node.Datacenter, node.Rack, node.ReleaseVersion));
        Assert.Same(node, await ring.Changes.NextAsync(NodeChange.Up, added.HostId));
        Assert.Equal(NodeState.Up, node.State);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
        Assert.Equal([ring[1].HostId, added.HostId], ring.Cluster.Metadata.Nodes.Select(one => one.HostId));
    }

    [Fact]
    public async Task A_node_that_is_announced_before_the_tables_list_it_is_looked_for_again()
    {
        var time = new CountingTime();
        await using var ring = new ScriptedRing(1, new ClusterOptions { TimeProvider = time });
        var session = await ring.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        var readings = Readings(ring);
        var added = ring.Add(2, listed: false);
        ring.Tell(Topology, "NEW_NODE", added.Address);
        // The first look is at once, the next after the pause.
        var pause = await time.NextAsync(due => due <= TimeSpan.FromSeconds(1), Cancelled);
        Assert.Equal(readings + 1, Readings(ring));
        ring.List(added);
        time.Advance(pause);
        await ring.Changes.NextAsync(NodeChange.Up, added.HostId);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
    }

    [Trait(Slow.Name, Slow.Value)]
    [Fact]
    public async Task A_node_that_is_said_to_be_up_before_it_listens_is_tried_at_once_and_again_soon()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { ReconnectBaseDelay = TimeSpan.FromSeconds(1) });
        var session = await ring.ConnectAsync();
        ring[2].Stop();
        await ring.Changes.NextAsync(NodeChange.Down, ring[2].HostId);
        Assert.Equal([1], await ring.AskAsync(session, 4));
        var attempts = ring[2].Attempts;
        ring.Tell(Status, "UP", ring[2].Address);
        Assert.True(SpinWait.SpinUntil(() => ring[2].Attempts > attempts, TimeSpan.FromSeconds(10)));
        ring[2].Start();
        await ring.Changes.NextAsync(NodeChange.Up, ring[2].HostId);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
    }

    [Fact]
    public async Task A_node_that_is_said_to_be_up_during_an_attempt_that_fails_is_tried_again_at_once()
    {
        await using var ring = new ScriptedRing(2, Patient);
        var session = await ring.ConnectAsync();
        ring[2].Stop();
        await ring.Changes.NextAsync(NodeChange.Down, ring[2].HostId);
        var first = true;
        var held = ring[2].Server.Hold(request => request.Is(WireOpcode.Options) && Interlocked.Exchange(ref first, false));
        ring[2].Start();
        ring.Tell(Status, "UP", ring[2].Address);
        var begun = await held.NextAsync(Cancelled);
        ring.Tell(Status, "UP", ring[2].Address);
        // Events and the answers to these come over one connection, in order.
        await ScriptedCluster.SettleAsync(ring.Cluster);
        begun.Connection.Reset();
        await ring.Changes.NextAsync(NodeChange.Up, ring[2].HostId);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
    }

    [Fact]
    public async Task A_node_that_leaves_ends_what_it_has_begun_and_gets_nothing_more()
    {
        await using var ring = new ScriptedRing(2, Quick);
        var session = await ring.ConnectAsync();
        var held = ring[2].Server.Hold(request => request.Cql == "SELECT slowly");
        var there = new ExecutionOptions { Node = ring.Cluster.Metadata.FindNode(ring[2].HostId) };
        var running = new List<Task<RowSet>>();
        while (running.Count < 2)
        {
            running.Add(session.ExecuteAsync("SELECT slowly", there, Cancelled).AsTask());
        }

        var begun = await held.NextAsync(2, Cancelled);
        var gone = ring[2];
        ring.Remove(gone);
        ring.Tell(Topology, "REMOVED_NODE", gone.Address);
        var node = await ring.Changes.NextAsync(NodeChange.Removed, gone.HostId);
        Assert.Null(ring.Cluster.Metadata.FindNode(gone.HostId));
        Assert.Equal([1], await ring.AskAsync(session, 8));
        Assert.Equal(2, running.Count(request => !request.IsCompleted));
        foreach (var request in begun)
        {
            request.Void();
        }

        await Task.WhenAll(running);
        await begun[0].Connection.Closed.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        Assert.Equal(0, node.OpenConnections);
        Assert.Empty(ring.Logs.Of(202));
    }

    [Fact]
    public async Task Another_node_at_the_same_address_is_another_node()
    {
        await using var ring = new ScriptedRing(2, Quick);
        var session = await ring.ConnectAsync();
        var former = ring[2];
        var next = ring.Replace(former, former.Address, Guid.NewGuid());
        ring.Tell(Status, "UP", next.Address);
        var removed = await ring.Changes.NextAsync(NodeChange.Removed, former.HostId);
        await ring.Changes.NextAsync(NodeChange.Added, next.HostId);
        var added = await ring.Changes.NextAsync(NodeChange.Up, next.HostId);
        Assert.NotSame(removed, added);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
        Assert.Equal(2, ring.Cluster.Metadata.Nodes.Count);
    }

    [Fact]
    public async Task The_same_node_at_another_address_is_the_same_node()
    {
        await using var ring = new ScriptedRing(2, Quick);
        var session = await ring.ConnectAsync();
        var known = ring.Cluster.Metadata.FindNode(ring[2].HostId);
        var moved = ring.Replace(ring[2], ScriptedRing.Address(22), ring[2].HostId);
        ring.Tell(Topology, "NEW_NODE", moved.Address);
        var node = await ring.Changes.NextAsync(NodeChange.Moved, moved.HostId);
        Assert.Same(known, node);
        Assert.Equal(moved.Address, node.EndPoint);
        // It was down only if the end of its connections was seen before the tables were read.
        Assert.True(SpinWait.SpinUntil(() => node.OpenConnections > 0, TimeSpan.FromSeconds(10)), "Its new address is not connected to.");
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
    }

    [Fact]
    public async Task A_node_that_changes_its_data_center_and_rack_is_the_same_node_with_another_distance()
    {
        var moved = false;
        await using var ring = new ScriptedRing(2, Quick, number => number == 2 && moved ? ("dc2", "r7") : ("dc1", "r1"));
        var session = await ring.ConnectAsync();
        var node = ring.Cluster.Metadata.FindNode(ring[2].HostId)!;
        Assert.Equal(("dc1", "r1", NodeDistance.Local), (node.Datacenter, node.Rack, node.Distance));
        moved = true;
        ring.Replace(ring[2], ring[2].Address, ring[2].HostId);
        await ring.Cluster.RefreshMetadataAsync(Cancelled);
        Assert.Same(node, ring.Cluster.Metadata.FindNode(ring[2].HostId));
        Assert.Equal(("dc2", "r7", NodeDistance.Ignored, NodeState.Ignored), (node.Datacenter, node.Rack, node.Distance, node.State));
        Assert.Equal([1], await ring.AskAsync(session, 4));
    }

    [Fact]
    public async Task When_every_node_has_another_address_the_contact_points_name_is_resolved_anew()
    {
        await using var ring = new ScriptedRing(2, Quick with { ContactPoints = ["db.example"] });
        ring.Names["db.example"] = ScriptedRing.Address(1);
        var session = await ring.ConnectAsync();
        var (first, second) = (ring[1], ring[2]);
        first.Stop();
        second.Stop();
        await ring.Changes.NextAsync(NodeChange.Down, first.HostId);
        await ring.Changes.NextAsync(NodeChange.Down, second.HostId);
        await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await session.ExecuteAsync("SELECT 1", cancellationToken: Cancelled));
        ring.Replace(first, ScriptedRing.Address(11), first.HostId);
        ring.Replace(second, ScriptedRing.Address(12), second.HostId);
        ring.Names["db.example"] = ScriptedRing.Address(12);
        await ring.Changes.NextAsync(NodeChange.Moved, first.HostId);
        await ring.Changes.NextAsync(NodeChange.Moved, second.HostId);
        await ring.Changes.NextAsync(NodeChange.Up, first.HostId);
        await ring.Changes.NextAsync(NodeChange.Up, second.HostId);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
    }

    [Fact]
    public async Task A_node_that_comes_and_goes_is_told_of_in_order_and_not_hammered()
    {
        await using var ring = new ScriptedRing(2, Patient);
        var session = await ring.ConnectAsync();
        var attempts = ring[2].Attempts;
        for (var i = 0; i < 20; i++)
        {
            ring[2].Stop();
            await ring.Changes.NextAsync(NodeChange.Down, ring[2].HostId);
            ring[2].Start();
            ring.Tell(Status, "UP", ring[2].Address);
            await ring.Changes.NextAsync(NodeChange.Up, ring[2].HostId);
            ring.Age();
        }

        Assert.DoesNotContain(ring.Changes.Left, change => change.HostId == ring[2].HostId && change.Change is NodeChange.Up or NodeChange.Down);
        // At each turn the pool tries at most once when it loses its connection and once at the event; so does a control connection that was there.
        Assert.InRange(ring[2].Attempts - attempts, 20, 80);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
    }

    [Fact]
    public async Task A_thousand_events_while_the_tables_are_slow_are_one_reading_more()
    {
        var time = new CountingTime();
        await using var ring = new ScriptedRing(3, new ClusterOptions { TimeProvider = time });
        await ring.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        var readings = Readings(ring);
        var control = ring.Control;
        var held = control.Server.Hold(IsPeersQuery);
        // The first is acted on at once.
        ring.Tell(Status, "UP", ring[2].Address);
        var stalled = await held.NextAsync(Cancelled);
        for (var i = 0; i < 1_000; i++)
        {
            ring.Tell(i % 2 == 0 ? Topology : Status, i % 2 == 0 ? "MOVED_NODE" : "UP", ring[2].Address);
        }

        control.Server.On(IsPeersQuery, control.Server.AnswerByDefault);
        control.Server.AnswerByDefault(stalled);
        var pause = await time.NextAsync(due => due <= TimeSpan.FromSeconds(1), Cancelled);
        Assert.Equal(readings + 1, Readings(ring));
        time.Advance(pause);
        Assert.True(SpinWait.SpinUntil(() => Readings(ring) == readings + 2, TimeSpan.FromSeconds(10)));
        await ScriptedCluster.SettleAsync(ring.Cluster);
        // One for the first event, one for all the others, two that were asked for just now.
        Assert.Equal(readings + 4, Readings(ring));
    }

    [Fact]
    public async Task A_thousand_schema_changes_are_two_readings_the_first_of_them_at_once()
    {
        var time = new CountingTime();
        await using var ring = new ScriptedRing(2, new ClusterOptions { TimeProvider = time });
        await ring.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        var control = ring.Control;
        var before = KeyspaceReadings(ring);
        control.Server.Keyspaces = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["shop"] = new Dictionary<string, string> { ["class"] = "org.apache.cassandra.locator.SimpleStrategy", ["replication_factor"] = "2" },
        };
        for (var i = 0; i < 1_000; i++)
        {
            ring.Tell(ResponseBodies.SchemaChangeEvent("UPDATED", "KEYSPACE", "shop"));
        }

        var pause = await time.NextAsync(due => due <= TimeSpan.FromSeconds(1), Cancelled);
        Assert.Equal(before + 1, KeyspaceReadings(ring));
        Assert.Equal("2", ring.Cluster.Runtime.Snapshot.Replication["shop"].Options["replication_factor"]);
        time.Advance(pause);
        Assert.True(SpinWait.SpinUntil(() => KeyspaceReadings(ring) == before + 2, TimeSpan.FromSeconds(10)));
        await ScriptedCluster.SettleAsync(ring.Cluster);
        Assert.Equal(before + 4, KeyspaceReadings(ring));
    }

    [Fact]
    public async Task Bad_rows_of_the_peers_table_are_left_out_each_with_a_line_in_the_log()
    {
        await using var ring = new ScriptedRing(1);
        var (good, anyAddress) = (Guid.NewGuid(), Guid.NewGuid());
        ring[1].Server.On(IsPeersQuery, request => request.Rows(PeerColumns,
        [
            Peer("10.0.0.2", "10.0.0.2", good, "dc1"),
            Peer("10.0.0.3", null, Guid.NewGuid(), "dc1"),
            Peer("10.0.0.4", "10.0.0.4", null, "dc1"),
            Peer("10.0.0.5", "10.0.0.5", Guid.NewGuid(), null),
            // Listens everywhere: known by its own address.
            Peer("10.0.0.6", "0.0.0.0", anyAddress, "dc1"),
            // The address of another node, and a host id a second time.
            Peer("10.0.0.2", "10.0.0.2", Guid.NewGuid(), "dc1"),
            Peer("10.0.0.7", "10.0.0.7", good, "dc1"),
            Peer("10.0.0.8", "10.0.0.8", Guid.NewGuid(), "dc1", rack: null),
            Peer("10.0.0.9", "10.0.0.9", Guid.NewGuid(), "dc1", token: null),
        ]));
        await ring.Cluster.ConnectAsync(Cancelled);
        var nodes = ring.Cluster.Metadata.Nodes;
        Assert.Equal([ring[1].HostId, good, anyAddress], nodes.Select(node => node.HostId));
        Assert.Equal([ScriptedRing.Address(1), ScriptedRing.Address(2), ScriptedRing.Address(6)], nodes.Select(node => node.EndPoint));
        var lines = ring.Logs.Of(102);
        foreach (var address in new[] { "10.0.0.3 has no address", "10.0.0.4 has no host id", "10.0.0.5 has no data center", "10.0.0.2", "10.0.0.8 has no rack", "10.0.0.9 has no tokens" })
        {
            Assert.Contains(lines, line => line.Contains(address, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_row_that_is_half_empty_takes_nothing_from_a_node_that_is_known()
    {
        await using var ring = new ScriptedRing(1);
        var id = Guid.NewGuid();
        var isEmpty = false;
        ring[1].Server.On(IsPeersQuery, request => request.Rows(PeerColumns,
            [Volatile.Read(ref isEmpty) ? Peer("10.0.0.2", "10.0.0.2", id, null, null, null) : Peer("10.0.0.2", "10.0.0.2", id, "dc1", "r7", "5")]));
        await ring.Cluster.ConnectAsync(Cancelled);
        var node = ring.Cluster.Metadata.FindNode(id)!;
        Volatile.Write(ref isEmpty, true);
        await ring.Cluster.RefreshMetadataAsync(Cancelled);
        Assert.Same(node, ring.Cluster.Metadata.FindNode(id));
        Assert.Equal(("dc1", "r7", "5"), (node.Datacenter, node.Rack, node.Info.Tokens.Single()));
        Assert.Empty(ring.Logs.Of(102));
    }

    [Fact]
    public async Task A_node_of_an_older_version_is_left_alone_until_it_is_upgraded()
    {
        await using var ring = new ScriptedRing(1, Patient);
        var old = ring.Add(2, options: new ScriptedServerOptions { Versions = [3, 4] });
        var session = await ring.Cluster.ConnectAsync(Cancelled);
        Assert.Equal(ProtocolVersion.V5, ring.Cluster.ProtocolVersion);
        await ring.Changes.NextAsync(NodeChange.Down, old.HostId);
        await ScriptedCluster.SettleAsync(ring.Cluster);
        ring.Age();
        Assert.Equal([1], await ring.AskAsync(session, 4));
        var upgraded = ring.Replace(old, old.Address, old.HostId);
        ring.Tell(Status, "UP", upgraded.Address);
        await ring.Changes.NextAsync(NodeChange.Up, upgraded.HostId);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
    }

    private static bool IsPeersQuery(ServerRequest request) => request.Cql == "SELECT * FROM system.peers_v2";

    private static bool IsUser(ServerRequest request) => request.Cql == "SELECT 1";

    private static int PeersQueries(ScriptedNode node) => node.Server.Requests.Count(IsPeersQuery);

    /// <summary>How often the list of nodes was read.</summary>
    private static int Readings(ScriptedRing ring) => Enumerable.Range(1, 3).Where(i => ring[i] is not null).Sum(i => PeersQueries(ring[i]));

    private static int KeyspaceReadings(ScriptedRing ring) => Enumerable.Range(1, 2).Sum(
        i => ring[i].Server.Requests.Count(request => request.Cql?.Contains("system_schema.keyspaces", StringComparison.Ordinal) == true));

    private static ColumnSpec[] PeerColumns =>
    [
        new("peer", TypeBytes.Inet), new("native_address", TypeBytes.Inet), new("native_port", TypeBytes.Int), new("host_id", TypeBytes.Uuid),
        new("data_center", TypeBytes.Text), new("rack", TypeBytes.Text), new("tokens", TypeBytes.Set(TypeBytes.Text)),
    ];

    private static byte[]?[] Peer(string peer, string? address, Guid? hostId, string? datacenter, string? rack = "r1", string? token = "1") =>
    [
        ValueBytes.Inet(IPAddress.Parse(peer)), address is null ? null : ValueBytes.Inet(IPAddress.Parse(address)), ValueBytes.Int(9042),
        hostId is { } id ? ValueBytes.Uuid(id) : null, TextOf(datacenter), TextOf(rack), token is null ? null : ValueBytes.List(ValueBytes.Text(token)),
    ];

    private static byte[]? TextOf(string? value) => value is null ? null : ValueBytes.Text(value);
}
