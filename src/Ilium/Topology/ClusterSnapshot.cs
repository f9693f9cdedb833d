using System.Collections.Immutable;

namespace Ilium.Topology;

/// <summary>What is known about the cluster at one time. Immutable; replaced by one reference write.</summary>
/// <param name="Name">The cluster's own name.</param>
/// <param name="LocalDataCenter">Where requests go.</param>
/// <param name="Nodes">The nodes of the local data center.</param>
internal sealed record ClusterSnapshot(string Name, string LocalDataCenter, ImmutableArray<Node> Nodes);
