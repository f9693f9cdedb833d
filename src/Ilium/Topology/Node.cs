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
    private readonly Func<Node, EndPoint, string?, NodePool> _createPool;
    private readonly Lock _gate = new();
    private NodeInfo _info;
    private NodePools _pools;
    private int _distance;
    private int _state;
    private bool _hasLeft;

    /// <summary>Ignored, until its distance is set.</summary>
    internal Node(NodeInfo info, Func<Node, EndPoint, string?, NodePool> createPool)
    {
        _info = info;
        _distance = (int)NodeDistance.Ignored;
        _state = (int)NodeState.Ignored;
        _createPool = createPool;
        HostId = info.HostId;
        _pools = CreatePools(info.EndPoint);
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

    /// <summary><see cref="ReleaseVersion"/> as it can be compared; null when it is no version.</summary>
    public CassandraVersion? Version => CassandraVersion.TryParse(ReleaseVersion, out var version) ? version : null;

    /// <summary>How far away the node is, as the load balancing sees it.</summary>
    public NodeDistance Distance => (NodeDistance)Volatile.Read(ref _distance);

    /// <summary>What the driver's connections say about the node.</summary>
    public NodeState State => (NodeState)Volatile.Read(ref _state);

    /// <summary>Requests sent to the node that wait for their answers. A sample.</summary>
    public int InFlight => Pools.InFlight;

    /// <summary>Connections to the node that are open. A sample.</summary>
    public int OpenConnections => Pools.OpenConnections;

    /// <summary>What the system tables said last; replaced as a whole.</summary>
    internal NodeInfo Info => Volatile.Read(ref _info);

    /// <summary>What its connections say about how it does.</summary>
    internal NodeHealth Health { get; } = new();

    /// <summary>The connections; replaced when the node's address changes.</summary>
    internal NodePools Pools => Volatile.Read(ref _pools);

    /// <summary>Address, data center and rack, for people.</summary>
    public override string ToString() => $"{EndPointText.Format(EndPoint)} ({Datacenter}, {Rack})";

    /// <summary>An open connection in the keyspace (null for none) with the fewest requests in flight; null when there is none: then one is opened, if that was never tried.</summary>
    internal CqlConnection? Pick(string? keyspace)
    {
        var pool = Pools.For(keyspace);
        return pool.Pick() ?? BeginAt(pool);
    }

    /// <summary>As <see cref="Pick(string?)"/>, to the shard that has a token, where the node has shards.</summary>
    /// <param name="keyspace">The keyspace.</param>
    /// <param name="token">The token.</param>
    /// <param name="shard">The shard, where it is known otherwise; -1 where not.</param>
    internal CqlConnection? Pick(string? keyspace, in Token token, int shard)
    {
        var pool = Pools.For(keyspace);
        return (pool.Sharding is { } sharding ? pool.Pick(shard >= 0 ? shard : sharding.ShardOf(token)) : pool.Pick()) ?? BeginAt(pool);
    }

    /// <summary>True when the connection is one of this node's.</summary>
    internal bool Has(CqlConnection connection) => Pools.All.Any(pool => pool.Connections.Contains(connection));

    /// <summary>Opens connections at once where there are none, however long the pause that was due: the node is said to be up.</summary>
    internal void Reconnect()
    {
        if (Distance != NodeDistance.Ignored)
        {
            foreach (var pool in Pools.All)
            {
                pool.OpenNow();
            }
        }
    }

    /// <summary>By the upkeep, now and then.</summary>
    internal void Look(long now)
    {
        var pools = Pools;
        Health.Look(now, pools.InFlight, pools.Received);
    }

    /// <summary>By the writer of snapshots: adopts what was read. True when the node has moved to another address.</summary>
    internal bool Update(NodeInfo info)
    {
        NodePools? former = null;
        lock (_gate)
        {
            if (!info.EndPoint.Equals(_info.EndPoint))
            {
                former = _pools;
            }

            Volatile.Write(ref _info, info);
            if (former is not null)
            {
                Volatile.Write(ref _pools, CreatePools(info.EndPoint));
            }
        }

        former?.Drain();
        return former is not null;
    }

    /// <summary>By the writer of snapshots: whether the node is to be connected to, and how near it is.</summary>
    internal void SetDistance(NodeDistance distance)
    {
        NodePools? former = null;
        lock (_gate)
        {
            var ignored = distance == NodeDistance.Ignored;
            var wasIgnored = _distance == (int)NodeDistance.Ignored;
            Volatile.Write(ref _distance, (int)distance);
            if (ignored != wasIgnored)
            {
                Volatile.Write(ref _state, (int)(ignored ? NodeState.Ignored : NodeState.Unknown));
            }

            if (ignored && !wasIgnored)
            {
                former = _pools;
                Volatile.Write(ref _pools, CreatePools(_info.EndPoint));
            }
        }

        former?.Drain();
    }

    /// <summary>By the writer of snapshots: the node is no member any more. What is in flight ends; nothing more is sent.</summary>
    internal void Leave()
    {
        lock (_gate)
        {
            _hasLeft = true;
        }

        Pools.Drain();
    }

    /// <summary>By its pools, whenever a connection was opened, lost or could not be opened: tells when the node came up or went down.</summary>
    /// <returns>True when it came up.</returns>
    internal bool Reassess(TopologyEvents events)
    {
        lock (_gate)
        {
            var state = (NodeState)_state;
            if (state == NodeState.Ignored || _hasLeft)
            {
                return false;
            }

            var pools = Pools;
            var now = pools.OpenConnections > 0 ? NodeState.Up : pools.Plain.LastFailure is null ? state : NodeState.Down;
            if (now == state)
            {
                return false;
            }

            if (now == NodeState.Up)
            {
                Health.CameUp();
            }

            Volatile.Write(ref _state, (int)now);
            // Inside the lock, so that changes are told in their order.
            events.NodeChanged(this, now == NodeState.Up ? NodeChange.Up : NodeChange.Down);
            return now == NodeState.Up;
        }
    }

    /// <summary>
    /// The first request in a keyspace comes by every node on its way to the first that takes it: each opens its connection then, or all requests in that keyspace would
    /// stay at one node.
    /// </summary>
    private CqlConnection? BeginAt(NodePool pool)
    {
        if (!pool.HasBegun && Distance != NodeDistance.Ignored)
        {
            pool.Begin();
        }

        return null;
    }

    private NodePools CreatePools(EndPoint target) => new(target, (address, keyspace) => _createPool(this, address, keyspace));
}
