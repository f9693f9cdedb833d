using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;
using Ilium.Tests.Topology;

namespace Ilium.IntegrationTests.Routing;

/// <summary>Two nodes in each of two data centers.</summary>
public sealed class DatacenterRing() : RingFixture(new RingOptions { Subnet = Subnets.Datacenters, Nodes = 4, DataCenters = ["dc1", "dc1", "dc2", "dc2"], Heap = "400m" });

[CollectionDefinition(Name)]
public sealed class DatacenterRingCollection : ICollectionFixture<DatacenterRing>
{
    public const string Name = "four nodes in two data centers";
}

[Collection(DatacenterRingCollection.Name)]
public class DatacenterTests(DatacenterRing datacenters)
{
    [Fact]
    public async Task Requests_stay_in_the_local_data_center_and_leave_it_only_where_that_was_asked_for()
    {
        var ring = await datacenters.StartedAsync();
        var options = new ClusterOptions
        {
            // The first contact point is in the other data center.
            ContactPoints = [ring.ContactPoints[0], ring.ContactPoints[2]],
            LocalDatacenter = "dc2",
            RequestTimeout = TimeSpan.FromSeconds(90),
            Schema = new SchemaOptions { AgreementTimeout = TimeSpan.FromSeconds(80) },
            ReconnectBaseDelay = TimeSpan.FromHours(1),
            ReconnectMaxDelay = TimeSpan.FromHours(1),
        };
        await using var cluster = new Cluster(options);
        var session = await ConnectAsync(cluster);
        await session.RunAsync("CREATE KEYSPACE both WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1, 'dc2': 1}");
        await session.RunAsync("CREATE TABLE both.t (id int PRIMARY KEY, v int)");
        await using var remote = new Cluster(options with { NodesPerRemoteDatacenter = 2 });
        var crossing = await ConnectAsync(remote);
        await using var profiled = new Cluster(options with
        {
            Profiles = new Dictionary<string, ExecutionProfile> { ["other"] = new() { LoadBalancingPolicy = new DefaultLoadBalancingPolicy { LocalDatacenter = "dc1" } } },
        });
        var other = (await ConnectAsync(profiled)).WithProfile("other");
        await cluster.RefreshMetadataAsync(CqlText.Cancelled);
        const string Write = "INSERT INTO both.t (id, v) VALUES (?, ?)";
        var (write, writeCrossing, writeOther) = (
            await session.PrepareAsync(Write, CqlText.Cancelled), await crossing.PrepareAsync(Write, CqlText.Cancelled), await other.PrepareAsync(Write, CqlText.Cancelled));
        var asked = new HashSet<Node>();
        for (var id = 0; id < 40; id++)
        {
            var replicas = cluster.Metadata.GetReplicas(write.Bind(id, 1));
            Assert.Equal(["dc2", "dc1"], replicas.Select(static node => node.Datacenter));
            asked.Add(replicas[0]);
            Assert.Equal(replicas[0].EndPoint, (await session.RunAsync(write.Bind(id, 1))).Info.Node);
            Assert.Equal(replicas[0].EndPoint, (await crossing.RunAsync(writeCrossing.Bind(id, 1))).Info.Node);
            Assert.Equal(replicas[1].EndPoint, (await other.RunAsync(writeOther.Bind(id, 1))).Info.Node);
        }

        Assert.Equal(2, asked.Count);
        Assert.All(cluster.Metadata.Nodes, static node => Assert.Equal(node.Datacenter == "dc2" ? NodeState.Up : NodeState.Ignored, node.State));

        var (changes, crossingChanges) = (new NodeChangeLog(cluster), new NodeChangeLog(remote));
        await Task.WhenAll(ring.KillNodeAsync(3, CqlText.Cancelled), ring.KillNodeAsync(4, CqlText.Cancelled));
        foreach (var node in cluster.Metadata.Nodes.Where(static node => node.Datacenter == "dc2"))
        {
            await changes.NextAsync(NodeChange.Down, node.HostId);
            await crossingChanges.NextAsync(NodeChange.Down, node.HostId);
        }

        var error = await Assert.ThrowsAsync<NoNodeAvailableException>(() => session.RunAsync(write.Bind(1, 1)));
        Assert.Equal(2, error.Errors.Count);
        var answered = (await crossing.RunAsync(writeCrossing.Bind(1, 1), new ExecutionOptions { Consistency = ConsistencyLevel.One })).Info.Node!;
        Assert.Equal("dc1", remote.Metadata.FindNode(answered)!.Datacenter);
    }

    private static async Task<Session> ConnectAsync(Cluster cluster)
    {
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        while (cluster.Metadata.Nodes.Any(static node => node.State is NodeState.Unknown or NodeState.Down))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CqlText.Cancelled);
        }

        return session;
    }
}
