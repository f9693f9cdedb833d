using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Faults;

[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class RollingRestartTests(FaultRing faults)
{
    /// <summary>As much as leaves a starting node enough of a small machine.</summary>
    private const int WritesPerSecond = 500;

    [Fact]
    public async Task Restarting_one_node_after_the_other_costs_no_request_and_no_write_and_prepared_statements_go_on()
    {
        var ring = await faults.WholeAsync();
        await using var five = new Cluster(FaultRing.Options(ring) with { MaxRequestsPerSecond = WritesPerSecond });
        await using var four = new Cluster(FaultRing.Options(ring) with { MaxRequestsPerSecond = WritesPerSecond, ProtocolVersion = ProtocolVersion.V4 });
        var (session, changes) = await FaultRing.ConnectAsync(five);
        var ledger = await WriteLedger.CreateAsync(session, faults.NewTable());
        await using var load = await WriteLoad.StartAsync(session, ledger, flows: 128);
        await using var other = await WriteLoad.StartAsync(await four.ConnectAsync(CqlText.Cancelled), ledger, flows: 128);

        for (var i = 1; i <= 3; i++)
        {
            var node = five.Metadata.FindNode(ring.ContactPoints[i - 1])!;
            await ring.StopNodeAsync(i, CqlText.Cancelled);
            await changes.NextAsync(NodeChange.Down, node.HostId);
            await ring.StartNodeAsync(i, CqlText.Cancelled);
            await changes.NextAsync(NodeChange.Up, node.HostId);
            // A quorum needs the others: the next one goes when all take this one for up.
            await FaultRing.UntilWholeAsync(session);
        }

        var restarted = WriteLoad.After(TimeSpan.Zero);
        await load.RunForAsync(TimeSpan.FromSeconds(1));
        await other.RunForAsync(TimeSpan.FromSeconds(1));
        await load.StopAsync();
        await other.StopAsync();
        Assert.Empty(load.Failures);
        Assert.Empty(other.Failures);
        Assert.All(ring.ContactPoints, node => Assert.NotEqual(0, WriteLoad.CountOf(load.Between(restarted, long.MaxValue), node)));
        Assert.Equal(load.All().Length + other.All().Length, ledger.Acknowledged);
        (await ledger.CompareAsync(session)).AssertWhole();
        Assert.Empty(changes.Left);
    }
}
