using System.Net;
using Ilium.Connection;
using Ilium.Errors;
using Ilium.Pool;
using Ilium.Topology;

namespace Ilium;

/// <summary>
/// One node of the cluster, identified by its host id: the same object as long as the node is a member, whatever its address. Thread-safe;
/// everything but <see cref="HostId"/> may change.
/// </summary>
public sealed class Node
{
    private readonly Func<EndPoint, string?, NodePool> _createPool;
    private NodeInfo _info;
    private NodePools _pools;
    private int _distance;

    internal Node(NodeInfo info, NodeDistance distance, Func<EndPoint, string?, NodePool> createPool)
    {
        _info = info;
        _distance = (int)distance;
        _createPool = createPool;
        _pools = new NodePools(info.EndPoint, _createPool);
        HostId = info.HostId;
    }

    /// <summary>The id the node gave itself when it was first started. Never changes.</summary>
    public Guid HostId { get; }

    /// <summary>Where the driver connects to.</summary>
    public EndPoint EndPoint => Info.EndPoint;

    /// <summary>The data center the node is in.</summary>
    public string Datacenter => Info.Datacenter;

    /// <summary>The rack the node is in.</summary>
    public string Rack => Info.Rack;

    /// <summary>The version of the server, such as <c>5.0.9</c>; empty when it does not say.</summary>
    public string ReleaseVersion => Info.ReleaseVersion;

    /// <summary>How far away the node is, as the load balancing sees it.</summary>
    public NodeDistance Distance => (NodeDistance)Volatile.Read(ref _distance);

    /// <summary>What the driver's connections say about the node.</summary>
    public NodeState State
    {
        get
        {
            if (Distance == NodeDistance.Ignored)
            {
                return NodeState.Ignored;
            }

            var pools = Pools;
            return pools.OpenConnections > 0 ? NodeState.Up : pools.Plain.LastFailure is null ? NodeState.Unknown : NodeState.Down;
        }
    }

    /// <summary>Requests sent to the node that wait for their answers. A sample.</summary>
    public int InFlight => Pools.InFlight;

    /// <summary>Connections to the node that are open. A sample.</summary>
    public int OpenConnections => Pools.OpenConnections;

    /// <summary>What the system tables said last; replaced as a whole.</summary>
    internal NodeInfo Info => Volatile.Read(ref _info);

    /// <summary>The connections; replaced when the node's address changes.</summary>
    internal NodePools Pools => Volatile.Read(ref _pools);

    /// <summary>Address, data center and rack, for people.</summary>
    public override string ToString() => $"{EndPointText.Format(EndPoint)} ({Datacenter}, {Rack})";

    /// <summary>An open connection in the keyspace (null for none) with the fewest requests in flight; null when there is none.</summary>
    internal CqlConnection? Pick(string? keyspace) => Pools.Pick(keyspace);
}
