using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Faults;

[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class KilledNodeTests(FaultRing faults)
{
    [Fact]
    public async Task One_of_three_nodes_killed_under_load_costs_no_request_and_no_write_and_is_used_when_it_is_back()
    {
        var ring = await faults.WholeAsync();
        await using var cluster = new Cluster(FaultRing.Options(ring));
        var (session, changes) = await FaultRing.ConnectAsync(cluster);
        var killed = cluster.Metadata.FindNode(ring.ContactPoints[1])!;
        var ledger = await WriteLedger.CreateAsync(session, faults.NewTable());
        await using (var load = await WriteLoad.StartAsync(session, ledger))
        {
            await load.RunForAsync(TimeSpan.FromSeconds(2));
            var fault = WriteLoad.After(TimeSpan.Zero);
            await ring.KillNodeAsync(2, CqlText.Cancelled);
            var normal = WriteLoad.After(TimeSpan.FromSeconds(5));
            await changes.NextAsync(NodeChange.Down, killed.HostId);
            await load.RunForAsync(TimeSpan.FromSeconds(7));
            await load.StopAsync();

            Assert.Empty(load.Failures);
            var all = load.All();
            Assert.Equal(all.Length, ledger.Acknowledged);
            Assert.Contains(all, static sample => sample.Attempts > 0);
            Assert.Equal(0, WriteLoad.CountOf(load.Between(normal, long.MaxValue), killed.EndPoint));
            load.AssertNormal(fault, normal, long.MaxValue);
        }

        await ring.StartNodeAsync(2, CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Up, killed.HostId);
        await using (var load = await WriteLoad.StartAsync(session, ledger))
        {
            await load.RunForAsync(TimeSpan.FromSeconds(1));
            await load.StopAsync();
            Assert.Empty(load.Failures);
            Assert.NotEqual(0, WriteLoad.CountOf(load.All(), killed.EndPoint));
        }

        // Of the first load, the node that was away has what the others kept for it, or is told by the reading: all replicas are asked.
        (await ledger.CompareAsync(session)).AssertWhole();
    }
}
