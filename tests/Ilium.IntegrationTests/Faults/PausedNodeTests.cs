using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Faults;

/// <summary>A node that stands still: its sockets stay open, connections to it are accepted, and nothing answers.</summary>
[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class PausedNodeTests(FaultRing faults)
{
    [Fact]
    public async Task With_the_defaults_requests_leave_a_node_that_stands_still_before_their_time_is_up()
    {
        var ring = await faults.WholeAsync();
        await using var cluster = new Cluster(FaultRing.Options(ring));
        await PauseUnderLoadAsync(ring, cluster, normalAfter: TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task With_shorter_heartbeats_everything_is_normal_within_five_seconds()
    {
        var ring = await faults.WholeAsync();
        await using var cluster = new Cluster(FaultRing.Options(ring) with { StallInterval = TimeSpan.FromMilliseconds(500), HeartbeatTimeout = TimeSpan.FromSeconds(2) });
        await PauseUnderLoadAsync(ring, cluster, normalAfter: TimeSpan.FromSeconds(5));
    }

    private async Task PauseUnderLoadAsync(TestKit.RingServer ring, Cluster cluster, TimeSpan normalAfter)
    {
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
        await changes.NextAsync(NodeChange.Up, paused.HostId);
        await FaultRing.UntilWholeAsync(session);
        (await ledger.CompareAsync(session)).AssertWhole();
    }
}
