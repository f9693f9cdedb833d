using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Faults;

[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class ControlNodeTests(FaultRing faults)
{
    [Fact]
    public async Task When_the_control_connections_node_is_killed_another_is_listened_to_and_contact_points_that_do_not_answer_do_no_harm()
    {
        var ring = await faults.WholeAsync();
        await using var cluster = new Cluster(FaultRing.Options(ring));
        var (session, changes) = await FaultRing.ConnectAsync(cluster);
        await cluster.RefreshMetadataAsync(CqlText.Cancelled);
        var control = cluster.ControlNode!;
        var number = ring.ContactPoints.ToList().IndexOf((System.Net.IPEndPoint)control.EndPoint) + 1;

        await ring.KillNodeAsync(number, CqlText.Cancelled);
        await changes.NextAsync(NodeChange.Down, control.HostId);
        // Ends over the next control connection.
        await cluster.RefreshMetadataAsync(CqlText.Cancelled);
        Assert.NotEqual(control.HostId, cluster.ControlNode!.HostId);
        Assert.Equal(3, cluster.Metadata.Nodes.Count);

        // Events come over it.
        var table = faults.NewTable();
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.SchemaChanged += (_, change) =>
        {
            if ($"{change.Keyspace}.{change.Name}" == table)
            {
                changed.TrySetResult();
            }
        };
        await using (var late = new Cluster(FaultRing.Options(ring) with
        {
            // Down, of no node, of no port, of no host, and the same twice: one that works is enough.
            ContactPoints =
            [
                (ContactPoint)ring.ContactPoints[number - 1], $"{Unused(ring)}", $"{ring.ContactPoints[number % 3].Address}:1", "no-such-host.invalid",
                (ContactPoint)ring.ContactPoints[number % 3], $"{ring.ContactPoints[number % 3]}",
            ],
        }))
        {
            var (lateSession, lateChanges) = await FaultRing.ConnectAsync(late, nodes: 2);
            await lateChanges.NextAsync(NodeChange.Down, control.HostId);
            Assert.Equal(3, late.Metadata.Nodes.Count);
            await lateSession.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY)".AsCql(), new ExecutionOptions { Timeout = TimeSpan.FromSeconds(30) });
            await changed.Task.WaitAsync(TimeSpan.FromSeconds(30), CqlText.Cancelled);

            await ring.StartNodeAsync(number, CqlText.Cancelled);
            await changes.NextAsync(NodeChange.Up, control.HostId);
            await lateChanges.NextAsync(NodeChange.Up, control.HostId);
            Assert.Same(control, cluster.Metadata.FindNode(control.HostId));
        }

        await FaultRing.UntilWholeAsync(session);
    }

    [Fact]
    public async Task When_all_nodes_are_killed_requests_fail_at_once_and_everything_works_again_when_they_are_back()
    {
        var ring = await faults.WholeAsync();
        await using var cluster = new Cluster(FaultRing.Options(ring) with { MaxRequestsPerSecond = 100 });
        var (session, changes) = await FaultRing.ConnectAsync(cluster);
        var nodes = cluster.Metadata.Nodes.ToArray();
        var ledger = await WriteLedger.CreateAsync(session, faults.NewTable());
        await using (var former = await WriteLoad.StartAsync(session, ledger, flows: 16))
        {
            await former.RunForAsync(TimeSpan.FromSeconds(1));
            await former.StopAsync();
            Assert.Empty(former.Failures);
        }

        // These servers write their logs to disk once a second: what they acknowledged in the last one is theirs to lose when all are killed.
        var late = await WriteLedger.CreateAsync(session, faults.NewTable());
        await using var load = await WriteLoad.StartAsync(session, late, flows: 16);
        await load.RunForAsync(TimeSpan.FromSeconds(3));

        await ring.KillNodesAsync(CqlText.Cancelled);
        foreach (var node in nodes)
        {
            await changes.NextAsync(NodeChange.Down, node.HostId);
        }

        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(() => session.RunAsync("SELECT key FROM system.local"));
        Assert.Equal(nodes.Select(static node => node.EndPoint).ToHashSet(), failure.Errors.Keys.ToHashSet());

        await ring.StartNodesAsync(CqlText.Cancelled);
        foreach (var node in nodes)
        {
            await changes.NextAsync(NodeChange.Up, node.HostId);
        }

        await FaultRing.UntilWholeAsync(session);
        var back = WriteLoad.After(TimeSpan.Zero);
        await load.RunForAsync(TimeSpan.FromSeconds(1));
        await load.StopAsync();
        Assert.DoesNotContain(load.Between(back, long.MaxValue), static sample => sample.Node is null);
        Assert.All(nodes, node => Assert.NotEqual(0, WriteLoad.CountOf(load.Between(back, long.MaxValue), node.EndPoint)));
        Assert.NotEmpty(load.Failures);
        Assert.Equal(load.All().Length, late.Acknowledged + load.Failures.Count);
        (await ledger.CompareAsync(session)).AssertWhole();
        Assert.Equal((0, 0), (await late.CompareAsync(session)) is var held ? (held.Wrong, held.Strange) : default);
        await cluster.RefreshMetadataAsync(CqlText.Cancelled);
        Assert.NotNull(cluster.ControlNode);
        Assert.Equal(nodes, cluster.Metadata.Nodes.OrderBy(node => Array.IndexOf(nodes, node)));
    }

    private static System.Net.IPEndPoint Unused(TestKit.RingServer ring)
    {
        var address = ring.ContactPoints[0].Address.GetAddressBytes();
        address[3] = 99;
        return new System.Net.IPEndPoint(new System.Net.IPAddress(address), 9042);
    }
}
