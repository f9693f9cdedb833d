using System.Net;
using Ilium.Connection;
using Ilium.Pool;
using Ilium.Protocol;
using Ilium.Topology;

namespace Ilium.Execution;

/// <summary>What follows from what the nodes, their pools and the schema report: all of it on the threads that found it, none of it a user's code.</summary>
internal sealed partial class ClusterRuntime
{
    private sealed class RuntimeTopologyEvents(ClusterRuntime runtime) : TopologyEvents
    {
        private volatile bool _lost;

        internal override void Publish(ClusterSnapshot snapshot)
        {
            runtime.Publish(snapshot);
            // Whoever waits for a connection may have one in the new nodes.
            runtime.Capacity.WakeAll();
        }

        internal override void NodeChanged(Node node, NodeChange change) => runtime.Changes.Add(new NodeChangedEventArgs(node, change));

        internal override void NodeUp(Node node)
        {
            runtime.Topology.OnNodeUp();
            runtime._background.CatchUp(node);
        }

        internal override void ControlConnected(EndPoint node)
        {
            runtime.Diagnostics.ControlConnected(node);
            if (runtime.Topology.Control.Current is { } connection)
            {
                runtime.Schema.OnConnected(connection);
            }

            if (_lost)
            {
                // Nobody has listened for a while.
                runtime.Doubts.NoteEverything();
            }
        }

        internal override void ControlLost(EndPoint node, Exception reason)
        {
            _lost = true;
            runtime.Diagnostics.ControlLost(node, reason);
        }

        internal override void ControlFailed(Exception reason) => runtime.Diagnostics.ControlFailed(reason);

        internal override void RefreshFailed(Exception reason) => runtime.Diagnostics.RefreshFailed(reason);

        internal override void Refreshed() => runtime.Diagnostics.Refreshed();

        internal override void SchemaChanged(SchemaChange change)
        {
            runtime.Doubts.Note(change);
            if (change.Target is "TABLE" or "KEYSPACE")
            {
                runtime.Tablets.Forget(change.Keyspace, change.Name);
            }

            if (change is { Target: "KEYSPACE", ChangeType: "DROPPED" })
            {
                foreach (var node in runtime.Snapshot.Nodes)
                {
                    node.Pools.Forget(change.Keyspace);
                }
            }

            runtime.Schema.OnEvent(change);
        }
    }

    private sealed class RuntimePoolEvents(ClusterRuntime runtime) : PoolEvents
    {
        internal override void Opened(NodePool pool, CqlConnection connection)
        {
            runtime.HasShards |= pool.Sharding is not null;
            runtime.Diagnostics.ConnectionOpened(pool, connection);
            foreach (var other in PoolsOf(pool.Keyspace))
            {
                other.RetryKeyspace();
            }
        }

        internal override void OpenFailed(NodePool pool, Exception reason)
        {
            runtime.Diagnostics.ConnectionFailed(pool, reason);
            if (reason is InvalidQueryException && PoolsOf(pool.Keyspace).Any(static other => other.Connections.Count > 0))
            {
                pool.RetryKeyspace();
            }
        }

        /// <summary>The pools of all nodes for a keyspace; none where there is no keyspace.</summary>
        private IEnumerable<NodePool> PoolsOf(string? keyspace) => keyspace is null ? [] : runtime.Pools.Where(pool => pool.Keyspace == keyspace);

        internal override void Retired(NodePool pool, CqlConnection connection, string reason) =>
            runtime.Diagnostics.ConnectionRetired(connection, reason);

        internal override void Closed(NodePool pool, CqlConnection connection, Exception reason) =>
            runtime.Diagnostics.ConnectionClosed(connection, reason);

        internal override void PeerIgnored(string why) => runtime.Diagnostics.PeerIgnored(why);

        internal override void VersionRefused(EndPoint node, ProtocolVersion version, string reason) =>
            runtime.Diagnostics.VersionRefused(node, version, reason);

        internal override void Freed(int requests) => runtime.Capacity.Wake(requests);

        internal override void Changed() => runtime.Capacity.WakeAll();
    }
}
