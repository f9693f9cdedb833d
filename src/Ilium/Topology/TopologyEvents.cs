using System.Net;
using Ilium.Protocol;

namespace Ilium.Topology;

/// <summary>What the cluster hears of its topology. Members are called from any thread and must not block.</summary>
internal abstract class TopologyEvents
{
    /// <summary>A new snapshot is to be seen by all.</summary>
    internal abstract void Publish(ClusterSnapshot snapshot);

    /// <summary>In the order in which it happened, for each node. Called inside locks: only takes note.</summary>
    internal abstract void NodeChanged(Node node, NodeChange change);

    /// <summary>After <see cref="NodeChanged"/> has told that a node came up.</summary>
    internal abstract void NodeUp(Node node);

    internal abstract void ControlConnected(EndPoint node);

    internal abstract void ControlLost(EndPoint node, Exception reason);

    /// <summary>No node could be reached; another round follows after a pause.</summary>
    internal abstract void ControlFailed(Exception reason);

    internal abstract void RefreshFailed(Exception reason);

    internal abstract void Refreshed();

    /// <summary>The server said so; events repeat and come in any order.</summary>
    internal abstract void SchemaChanged(SchemaChange change);
}
