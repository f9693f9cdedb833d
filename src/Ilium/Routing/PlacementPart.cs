namespace Ilium.Routing;

/// <summary>The replicas that one data center, or the ring as a whole, has of each token.</summary>
/// <remarks>Threads: any. Finding replicas allocates nothing once the section has computed them.</remarks>
internal sealed class PlacementPart(TokenMap map, string? datacenter, RingSection? ring, ReplicationFactor factor)
{
    private ReplicaLists? _lists;

    /// <summary>null where replicas are chosen without regard to data centers.</summary>
    internal string? Datacenter => datacenter;

    internal ReplicationFactor Factor => factor;

    internal RingSection Ring => ring ?? map.Whole;

    /// <summary>How many replicas have all data of a token.</summary>
    internal int FullReplicas => factor.FullOf(Ring.OwningMembers);

    /// <summary>The replicas of all tokens, transient ones at the end.</summary>
    internal ReplicaLists Lists => _lists ??= Ring.Lists(factor.All);

    /// <summary>The numbers, in <see cref="Ring"/>, of the members that have all data of a token, the one that owns the token first. Transient replicas, which
    /// only have what is not repaired yet, are not among them.</summary>
    internal ReadOnlySpan<ushort> Replicas(scoped in Token token)
    {
        var section = Ring;
        return section.Tokens.Count == 0 ? default : Lists.At(section.Tokens.Find(token), FullReplicas);
    }
}
