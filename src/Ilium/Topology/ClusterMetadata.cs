using System.Net;

namespace Ilium;

/// <summary>
/// What the driver knew about the cluster at one time: an immutable snapshot. <see cref="Cluster.Metadata"/> gives the newest one.
/// Thread-safe. Its <see cref="Node"/>s live: their state goes on changing.
/// </summary>
public sealed class ClusterMetadata
{
    internal ClusterMetadata(string clusterName, string localDatacenter, string partitioner, IReadOnlyList<Node> nodes)
    {
        ClusterName = clusterName;
        LocalDatacenter = localDatacenter;
        Partitioner = partitioner;
        Nodes = nodes;
    }

    /// <summary>The cluster's own name.</summary>
    public string ClusterName { get; }

    /// <summary>The data center whose nodes take the requests.</summary>
    public string LocalDatacenter { get; }

    /// <summary>
    /// The class that makes tokens of partition keys, such as <c>org.apache.cassandra.dht.Murmur3Partitioner</c>; empty when the server does
    /// not say.
    /// </summary>
    public string Partitioner { get; }

    /// <summary>Every node of the cluster, in all data centers, also those that are down or ignored.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The node with this host id; null when the cluster has none.</summary>
    /// <param name="hostId">The host id.</param>
    public Node? FindNode(Guid hostId) => Nodes.FirstOrDefault(node => node.HostId == hostId);

    /// <summary>The node that the driver reaches at this address; null when the cluster has none.</summary>
    /// <param name="endPoint">Address and port.</param>
    public Node? FindNode(EndPoint endPoint) => Nodes.FirstOrDefault(node => node.EndPoint.Equals(endPoint));
}
