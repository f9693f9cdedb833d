using System.Collections.Immutable;

namespace Ilium.Routing;

/// <summary>Where the data is that is replicated in one way: a part for each data center, or one for all.</summary>
internal sealed class Placement
{
    internal Placement(TokenMap map, Replication replication)
    {
        Replication = replication;
        Parts = replication.Strategy switch
        {
            ReplicationStrategy.Simple => [new PlacementPart(map, null, null, replication.Factor)],
            ReplicationStrategy.NetworkTopology =>
            [
                .. replication.Datacenters
                    .Select(datacenter => (datacenter.Datacenter, datacenter.Factor, Ring: map.FindDatacenter(datacenter.Datacenter)))
                    .Where(part => part.Ring is not null)
                    .Select(part => new PlacementPart(map, part.Datacenter, part.Ring, part.Factor)),
            ],
            _ => [],
        };
    }

    internal Replication Replication { get; }

    /// <summary>Empty where no node is nearer to a key than another.</summary>
    internal ImmutableArray<PlacementPart> Parts { get; }

    /// <summary>The part with the replicas of a data center, among others perhaps; null when it has none.</summary>
    internal PlacementPart? In(string? datacenter)
    {
        foreach (var part in Parts)
        {
            if (part.Datacenter is null || part.Datacenter == datacenter)
            {
                return part;
            }
        }

        return null;
    }
}
