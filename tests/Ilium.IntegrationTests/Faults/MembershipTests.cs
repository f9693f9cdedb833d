using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Faults;

[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class MembershipTests(FaultRing faults)
{
    // As much as leaves a node that starts or streams enough of a small machine.
    private const int WritesPerSecond = 300;

    [Fact]
    public async Task Nodes_that_join_leave_and_are_replaced_at_their_address_cost_no_request_and_no_write()
    {
        var ring = await faults.WholeAsync();
        await using var cluster = new Cluster(FaultRing.Options(ring) with { MaxRequestsPerSecond = WritesPerSecond });
        var (session, changes) = await FaultRing.ConnectAsync(cluster);
        var ledger = await WriteLedger.CreateAsync(session, faults.NewTable());
        await using var load = await WriteLoad.StartAsync(session, ledger, flows: 128);

        // Joined: it gets its share of the partitions, and is asked for them.
        var address = await ring.AddNodeAsync(rack: "r1", cancellationToken: CqlText.Cancelled);
        var added = await changes.NextAsync(NodeChange.Added);
        Assert.Equal(address, added.EndPoint);
        await changes.NextAsync(NodeChange.Up, added.HostId);
        Assert.Equal(4, cluster.Metadata.Nodes.Count);
        await FaultRing.UntilWholeAsync(session, nodes: 4);
        var joined = WriteLoad.After(TimeSpan.Zero);
        await load.RunForAsync(TimeSpan.FromSeconds(1));

        // Left for good.
        await ring.DecommissionAsync(4, CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Removed, added.HostId);
        var left = WriteLoad.After(TimeSpan.Zero);
        Assert.Equal(3, cluster.Metadata.Nodes.Count);
        Assert.Equal(0, added.OpenConnections);

        // Replaced by a machine with nothing on its disk. A server that takes the place of one at its own address takes its host id, too: it is the same node.
        var replaces = cluster.Metadata.FindNode(ring.ContactPoints[2])!;
        await ring.StopNodeAsync(3, CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Down, replaces.HostId);
        await ring.ReplaceNodeAsync(3, CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Up, replaces.HostId);
        await FaultRing.UntilWholeAsync(session);
        var replaced = WriteLoad.After(TimeSpan.Zero);
        await load.RunForAsync(TimeSpan.FromSeconds(1));
        await load.StopAsync();

        Assert.Empty(load.Failures);
        Assert.NotEqual(0, WriteLoad.CountOf(load.Between(joined, left), added.EndPoint));
        Assert.Equal(0, WriteLoad.CountOf(load.Between(left, long.MaxValue), added.EndPoint));
        Assert.NotEqual(0, WriteLoad.CountOf(load.Between(replaced, long.MaxValue), replaces.EndPoint));
        Assert.Same(replaces, cluster.Metadata.FindNode(ring.ContactPoints[2]));
        Assert.Empty(changes.Left);
        Assert.Equal(load.All().Length, ledger.Acknowledged);
        (await ledger.CompareAsync(session)).AssertWhole();
    }
}
