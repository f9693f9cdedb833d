using System.Net;
using Ilium.Connection;
using Ilium.Pool;

namespace Ilium.Topology;

/// <summary>Hears of the pools of one node, tells the cluster, and has the node look whether it came up or went down.</summary>
internal sealed class NodePoolEvents(Node node, PoolEvents pools, TopologyEvents topology) : PoolEvents
{
    internal override void Opened(NodePool pool, CqlConnection connection) => pools.Opened(pool, connection);

    internal override void OpenFailed(NodePool pool, Exception reason) => pools.OpenFailed(pool, reason);

    internal override void Retired(NodePool pool, CqlConnection connection, string reason) => pools.Retired(pool, connection, reason);

    internal override void Closed(NodePool pool, CqlConnection connection, Exception reason) => pools.Closed(pool, connection, reason);

    internal override void PeerIgnored(string why) => pools.PeerIgnored(why);

    internal override void VersionRefused(EndPoint target, ProtocolVersion version, string reason) => pools.VersionRefused(target, version, reason);

    internal override void Freed(int requests) => pools.Freed(requests);

    internal override void Changed()
    {
        if (node.Reassess(topology))
        {
            topology.NodeUp(node);
        }

        pools.Changed();
    }
}
