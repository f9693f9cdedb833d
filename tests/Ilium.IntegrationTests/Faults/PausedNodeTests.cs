using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Faults;

/// <summary>A node that stands still: its sockets stay open, connections to it are accepted, and nothing answers.</summary>
[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class PausedNodeTests(FaultRing faults)
{
    [Fact]
    public async Task With_speculation_no_request_waits_until_the_node_is_found_to_stand_still()
    {
        var ring = await faults.WholeAsync();
        await using var cluster = new Cluster(FaultRing.Options(ring) with { SpeculativeExecutionPolicy = SpeculativeExecutionPolicy.Constant(TimeSpan.FromMilliseconds(500)) });
        var (session, changes) = await FaultRing.ConnectAsync(cluster);
        var paused = cluster.Metadata.FindNode(ring.ContactPoints[1])!;
        var ledger = await WriteLedger.CreateAsync(session, faults.NewTable());
        await using var load = await WriteLoad.StartAsync(session, ledger);
        await load.RunForAsync(TimeSpan.FromSeconds(2));
        await ring.PauseAsync(2, CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Down, paused.HostId);
        await load.RunForAsync(TimeSpan.FromSeconds(1));
        await load.StopAsync();
        await ring.ResumeAsync(2, CqlText.Cancelled);

        Assert.Empty(load.Failures);
        Assert.Equal(load.All().Length, ledger.Acknowledged);
        Assert.Contains(load.All(), static sample => sample.Attempts > 0);
        var options = cluster.Options;
        Assert.InRange(load.All().Max(static sample => sample.Elapsed), TimeSpan.Zero, options.StallInterval + options.HeartbeatTimeout);
        await changes.NextAsync(NodeChange.Up, paused.HostId);
        await FaultRing.UntilWholeAsync(session);
        (await ledger.CompareAsync(session)).AssertWhole();
    }

    [Fact]
    public async Task Requests_leave_a_node_that_stands_still_and_everything_is_normal_within_five_seconds()
    {
        var normalAfter = TimeSpan.FromSeconds(5);
        var ring = await faults.WholeAsync();
        await using var cluster = new Cluster(FaultRing.Options(ring));
        var (session, changes) = await FaultRing.ConnectAsync(cluster);
        var paused = cluster.Metadata.FindNode(ring.ContactPoints[1])!;
        var ledger = await WriteLedger.CreateAsync(session, faults.NewTable());
        await using var load = await WriteLoad.StartAsync(session, ledger);
        await load.RunForAsync(TimeSpan.FromSeconds(2));
        var fault = WriteLoad.After(TimeSpan.Zero);
        await ring.PauseAsync(2, CqlText.Cancelled);
        var normal = WriteLoad.After(normalAfter);
        await changes.NextAsync(NodeChange.Down, paused.HostId);
        await load.RunForAsync(normalAfter + TimeSpan.FromSeconds(2));
        await load.StopAsync();
        await ring.ResumeAsync(2, CqlText.Cancelled);

        Assert.Empty(load.Failures);
        Assert.Equal(load.All().Length, ledger.Acknowledged);
        Assert.Contains(load.All(), static sample => sample.Attempts > 0);
        load.AssertNormal(fault, normal, long.MaxValue);
        // Those that were under way, too: none took longer than that.
        Assert.InRange(load.All().Max(static sample => sample.Elapsed), TimeSpan.Zero, normalAfter);
        await changes.NextAsync(NodeChange.Up, paused.HostId);
        await FaultRing.UntilWholeAsync(session);
        (await ledger.CompareAsync(session)).AssertWhole();
    }
}
