namespace Ilium.Routing;

/// <summary>The replication strategies the driver can compute.</summary>
internal enum ReplicationStrategy
{
    /// <summary>Any other: its keyspaces' requests go to all nodes alike.</summary>
    Unknown,

    /// <summary>The next nodes around the ring, wherever they are.</summary>
    Simple,

    /// <summary>So many nodes of each data center, in different racks as far as there are any.</summary>
    NetworkTopology,

    /// <summary>Every node has its own data.</summary>
    Local,

    /// <summary>Every node has all of the data.</summary>
    Everywhere,
}
