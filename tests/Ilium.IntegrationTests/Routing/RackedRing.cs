using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Routing;

/// <summary>Three nodes in three racks with their own tokens.</summary>
public sealed class RackedRing() : RingFixture(new RingOptions { Subnet = Subnets.Racks, Nodes = 3, Racks = ["r1", "r2", "r3"] })
{
    /// <summary>All three nodes as contact points.</summary>
    public async Task<ClusterOptions> OptionsAsync()
    {
        var ring = await StartedAsync();
        return new ClusterOptions
        {
            ContactPoints = [.. ring.ContactPoints.Select(static node => (ContactPoint)node)],
            RequestTimeout = TimeSpan.FromSeconds(90),
            // A node that has missed a change asks for it after a minute.
            Schema = new SchemaOptions { AgreementTimeout = TimeSpan.FromSeconds(80) },
        };
    }

    /// <summary>A cluster that is connected to every node, so that no request goes elsewhere for want of a connection.</summary>
    public static async Task<Session> ConnectAsync(Cluster cluster)
    {
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        while (cluster.Metadata.Nodes.Any(static node => node.State is NodeState.Unknown or NodeState.Down))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CqlText.Cancelled);
        }

        return session;
    }

    /// <summary>Makes a keyspace with so many replicas of each row, once.</summary>
    public static async Task<string> KeyspaceAsync(Session session, int replicas)
    {
        var name = $"k{replicas}_{Guid.NewGuid():N}";
        await session.RunAsync($"CREATE KEYSPACE {name} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': {replicas}}}".AsCql());
        // Routing knows it once the tables are read after the event.
        await session.Cluster.RefreshMetadataAsync(CqlText.Cancelled);
        return name;
    }
}

[CollectionDefinition(Name)]
public sealed class RackedRingCollection : ICollectionFixture<RackedRing>
{
    public const string Name = "three nodes in three racks";
}
