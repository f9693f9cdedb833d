using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ilium.Topology;

/// <summary>What is known about the cluster at one time. Immutable; replaced by one reference write.</summary>
internal sealed class ClusterSnapshot
{
    /// <param name="name">The cluster's own name.</param>
    /// <param name="localDatacenter">Where requests go.</param>
    /// <param name="partitioner">The class that makes tokens of keys.</param>
    /// <param name="nodes">Every node of every data center.</param>
    /// <param name="balancing">The nodes as policies are shown them.</param>
    /// <param name="replication">How each keyspace is replicated.</param>
    internal ClusterSnapshot(
        string name, string localDatacenter, string partitioner, ImmutableArray<Node> nodes, LoadBalancingContext balancing,
        FrozenDictionary<string, ReplicationSetting> replication)
    {
        Nodes = nodes;
        Balancing = balancing;
        Targets = [.. nodes.Where(static node => node.Distance == NodeDistance.Local)];
        Remotes = [.. nodes.Where(static node => node.Distance == NodeDistance.Remote)];
        Used = [.. Targets, .. Remotes];
        Replication = replication;
        Metadata = new ClusterMetadata(name, localDatacenter, partitioner, nodes);
    }

    /// <summary>Every node, of all data centers.</summary>
    internal ImmutableArray<Node> Nodes { get; }

    internal LoadBalancingContext Balancing { get; }

    /// <summary>The nodes that get the requests: those that a policy calls local.</summary>
    internal ImmutableArray<Node> Targets { get; }

    /// <summary>The nodes that get a request when no target can take it.</summary>
    internal ImmutableArray<Node> Remotes { get; }

    /// <summary>Every node that is connected to: <see cref="Targets"/>, then <see cref="Remotes"/>.</summary>
    internal ImmutableArray<Node> Used { get; }

    /// <summary>How each keyspace is replicated, by its name. Known whether or not schema metadata is.</summary>
    internal FrozenDictionary<string, ReplicationSetting> Replication { get; }

    /// <summary>What users see of this.</summary>
    internal ClusterMetadata Metadata { get; }

    /// <summary>True when the servers are DataStax Enterprise.</summary>
    internal bool IsDse { get; init; }

    internal string Name => Metadata.ClusterName;

    internal string LocalDatacenter => Metadata.LocalDatacenter;

    internal string Partitioner => Metadata.Partitioner;
}
