using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>The connection over which the driver hears of changes.</summary>
public class ControlConnectionTests
{
    private static readonly ClusterOptions Quick = new() { ReconnectBaseDelay = TimeSpan.FromMilliseconds(20) };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_connection_registers_for_all_three_kinds_of_events_and_carries_no_requests()
    {
        await using var ring = new ScriptedRing(3);
        var session = await ring.ConnectAsync();
        await ring.AskAsync(session, 9);
        var registered = Enumerable.Range(1, 3).SelectMany(i => ring[i].Server.Requests).Where(request => request.Is(WireOpcode.Register)).ToArray();
        Assert.Equal(["TOPOLOGY_CHANGE", "STATUS_CHANGE", "SCHEMA_CHANGE"], Assert.Single(registered).Parts.EventTypes);
        Assert.DoesNotContain(ring.Control.Server.Requests, request => request.Cql == "SELECT 1" && request.Connection == registered[0].Connection);
        Assert.Equal(ring.Control.HostId, ring.Cluster.ControlNode!.HostId);
    }

    [Fact]
    public async Task When_its_node_goes_another_is_asked_and_what_was_missed_is_read()
    {
        await using var ring = new ScriptedRing(3, Quick);
        await ring.ConnectAsync();
        var former = ring.Control;
        // Nobody tells of it.
        var added = ring.Add(4);
        former.Stop();
        await ring.Changes.NextAsync(NodeChange.Added, added.HostId);
        Assert.NotEqual(former.HostId, ring.Cluster.ControlNode!.HostId);
        Assert.Single(ring.Logs.Of(108));
    }

    [Fact]
    public async Task When_all_nodes_go_it_keeps_looking_and_finds_the_first_that_is_back()
    {
        await using var ring = new ScriptedRing(2, Quick);
        var session = await ring.ConnectAsync();
        ring[1].Stop();
        ring[2].Stop();
        await ring.Changes.NextAsync(NodeChange.Down, ring[1].HostId);
        await ring.Changes.NextAsync(NodeChange.Down, ring[2].HostId);
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await ring.Cluster.RefreshMetadataAsync(Cancelled));
        Assert.Equal(2, failure.Errors.Count);
        Assert.Null(ring.Cluster.ControlNode);
        Assert.NotEmpty(ring.Logs.Of(109));
        ring[2].Start();
        await ring.Changes.NextAsync(NodeChange.Up, ring[2].HostId);
        Assert.Equal([2], await ring.AskAsync(session, 4));
        await UntilRefreshed(ring.Cluster);
        Assert.Equal(ring[2].HostId, ring.Cluster.ControlNode!.HostId);
        ring[1].Start();
        await ring.Changes.NextAsync(NodeChange.Up, ring[1].HostId);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
    }

    [Fact]
    public async Task A_node_that_comes_up_ends_the_pause_in_which_nobody_is_looked_for()
    {
        var time = new CountingTime();
        await using var ring = new ScriptedRing(1, new ClusterOptions { TimeProvider = time, ReconnectBaseDelay = TimeSpan.FromSeconds(10), ReconnectMaxDelay = TimeSpan.FromDays(1) });
        await ring.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        ring[1].Stop();
        await ring.Changes.NextAsync(NodeChange.Down, ring[1].HostId);
        // The pool's pause and the control connection's, twice each: of which the pool's ends first here, whatever the other's.
        for (var i = 0; i < 2; i++)
        {
            time.Advance(await time.NextAsync(due => due.TotalSeconds > 6, Cancelled));
        }

        ring[1].Start();
        time.Advance(TimeSpan.FromMinutes(1));
        await ring.Changes.NextAsync(NodeChange.Up, ring[1].HostId);
        await UntilRefreshed(ring.Cluster);
        Assert.Equal(ring[1].HostId, ring.Cluster.ControlNode!.HostId);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_its_own_tables_loses_the_control_connection_and_nothing_else()
    {
        var time = new CountingTime();
        await using var ring = new ScriptedRing(2, new ClusterOptions { TimeProvider = time });
        var session = await ring.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        var silent = ring.Control;
        var held = silent.Server.Hold(request => request.Cql == "SELECT * FROM system.local WHERE key='local'");
        var other = ring[3 - silent.Number];
        ring.Tell("STATUS_CHANGE", "UP", other.Address);
        await held.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(6));
        // It may be asked first again, and is given up again.
        while (true)
        {
            var found = other.Server.WaitForAsync(request => request.Is(WireOpcode.Register), Cancelled);
            if (await Task.WhenAny(found, held.NextAsync(Cancelled)) == found)
            {
                break;
            }

            time.Advance(TimeSpan.FromSeconds(6));
        }

        await ScriptedCluster.SettleAsync(ring.Cluster);
        Assert.Equal(other.HostId, ring.Cluster.ControlNode!.HostId);
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
        Assert.DoesNotContain(ring.Changes.Left, change => change.Change == NodeChange.Down);
    }

    [Fact]
    public async Task Without_peers_v2_the_peers_table_is_read()
    {
        var options = new ScriptedServerOptions { HasPeersV2 = false };
        await using var ring = new ScriptedRing(0, new ClusterOptions { Port = 9042 });
        ring.Add(1, options: options);
        ring.Add(2, options: options);
        ring.Add(3, options: options);
        var session = await ring.ConnectAsync();
        Assert.Equal([1, 2, 3], await ring.AskAsync(session, 6));
        Assert.Equal([1, 2, 3], ring.Cluster.Metadata.Nodes.Select(node => node.HostId.ToByteArray()[0]).Select(number => (int)number).Order());
    }

    [Fact]
    public async Task Contact_points_that_are_down_wrong_or_given_twice_do_no_harm()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { ContactPoints = ["no-such-name.example", "10.0.0.99", "10.0.0.1", "10.0.0.1:9042", "10.0.0.1"] });
        var session = await ring.ConnectAsync();
        Assert.Equal([1, 2], await ring.AskAsync(session, 4));
        Assert.Equal(2, ring.Cluster.Metadata.Nodes.Count);
        // One that carries requests, and the control connection on one of the two.
        Assert.Equal(3, ring[1].Attempts + ring[2].Attempts);
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_or_is_of_no_known_kind_has_everything_read()
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions { MetadataRefreshPause = TimeSpan.Zero });
        await ring.ConnectAsync();
        var added = ring.Add(2);
        // A word, and then not enough for an address.
        ring.Tell(new WireWriter().String("STATUS_CHANGE").String("UP").Raw([4, 10]).ToArray());
        await ring.Changes.NextAsync(NodeChange.Up, added.HostId);
        Assert.False(ring.Control.Server.Connections[0].Closed.IsCompleted);
    }

    [Fact]
    public async Task A_handler_that_throws_takes_nothing_from_the_others()
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions { MetadataRefreshPause = TimeSpan.Zero });
        ring.Cluster.NodeChanged += (_, _) => throw new InvalidOperationException("a fault of the user's");
        var last = new NodeChangeLog(ring.Cluster);
        await ring.ConnectAsync();
        await last.NextAsync(NodeChange.Up, ring[1].HostId);
        var added = ring.Add(2);
        ring.Tell("TOPOLOGY_CHANGE", "NEW_NODE", added.Address);
        await last.NextAsync(NodeChange.Up, added.HostId);
        Assert.NotEmpty(ring.Logs.Of(112));
    }

    /// <summary>Rounds of looking for a node may still be under way when the first of them is up.</summary>
    private static async Task UntilRefreshed(Cluster cluster)
    {
        while (true)
        {
            try
            {
                await cluster.RefreshMetadataAsync(Cancelled);
                return;
            }
            catch (NoNodeAvailableException)
            {
                await Task.Yield();
            }
        }
    }
}
