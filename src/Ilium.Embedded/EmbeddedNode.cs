using System.Net;
using Ilium.Connection;
using Ilium.Embedded.Server;

namespace Ilium.Embedded;

/// <summary>
/// A Cassandra node in this process: any CQL client can connect to it (native protocol v3, v4 and v5), and it answers as Cassandra 5.0 does. Its data lives
/// in memory. Safe for all threads.
/// </summary>
/// <remarks>Disposing it closes all connections and gives up the port.</remarks>
public sealed class EmbeddedNode : IAsyncDisposable
{
    private readonly EmbeddedCluster _cluster;
    private readonly bool _ownsCluster;

    internal EmbeddedNode(EmbeddedCluster cluster, NodeServer server, bool ownsCluster)
    {
        _cluster = cluster;
        _ownsCluster = ownsCluster;
        Server = server;
    }

    /// <summary>What to give to a client as its contact point.</summary>
    public ContactPoint ContactPoint => Server.EndPoint;

    /// <summary>The address and port it listens on.</summary>
    public IPEndPoint EndPoint => Server.EndPoint;

    /// <summary>The node's identity in <c>system.local</c>.</summary>
    public Guid HostId => Server.Engine.Info.HostId;

    /// <summary>What is to go wrong at this node, by name.</summary>
    public EmbeddedFaults Faults => Server.Faults;

    /// <summary>How many clients are connected.</summary>
    public int ConnectionCount => Server.ConnectionCount;

    internal NodeServer Server { get; }

    /// <summary>Starts a node of its own cluster.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">A setting can't be.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken, or the address is not one of this machine.</exception>
    public static async ValueTask<EmbeddedNode> StartAsync(EmbeddedNodeOptions? options = null, CancellationToken cancellationToken = default)
    {
        var cluster = await EmbeddedCluster.StartAsync([options ?? new EmbeddedNodeOptions()], ownedByNode: true, cancellationToken).ConfigureAwait(false);
        return cluster.Nodes[0];
    }

    /// <summary>
    /// Options for a driver's cluster that reaches this node, and the others of its cluster, without sockets: its contact point, and connections in memory.
    /// </summary>
    /// <param name="options">What else to set; its contact points are replaced. Null for the defaults.</param>
    /// <exception cref="ArgumentException">The options ask for TLS.</exception>
    public ClusterOptions Connect(ClusterOptions? options = null) => _cluster.Connect(options, ContactPoint);

    /// <summary>Stops answering, as a process that is suspended: connections stay, nothing is read from them. Other nodes are told that it is down.</summary>
    public void Pause()
    {
        Server.Pause();
        _cluster.Announce(this, "STATUS_CHANGE", "DOWN");
    }

    /// <summary>Goes on after <see cref="Pause"/>; what was sent meanwhile is answered.</summary>
    public void Resume()
    {
        Server.Resume();
        _cluster.Announce(this, "STATUS_CHANGE", "UP");
    }

    /// <summary>Closes all connections and refuses new ones. Other nodes are told that it is down.</summary>
    public void RefuseConnections()
    {
        Server.Refuse(refuse: true);
        _cluster.Announce(this, "STATUS_CHANGE", "DOWN");
    }

    /// <summary>Takes connections again after <see cref="RefuseConnections"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">Somebody else has taken the port meanwhile.</exception>
    public void AcceptConnections()
    {
        Server.Refuse(refuse: false);
        _cluster.Announce(this, "STATUS_CHANGE", "UP");
    }

    /// <summary>Closes all connections; new ones are welcome.</summary>
    public void DropConnections() => Server.CloseConnections();

    /// <summary>Forgets all prepared statements, as a node that was restarted.</summary>
    public void ForgetPreparedStatements() => Server.Engine.ForgetAll();

    /// <summary>Tells all clients of this node that a node came up or went down, whether or not that is so.</summary>
    /// <param name="isUp">Which of the two.</param>
    /// <param name="node">The node; null for this one.</param>
    public void AnnounceStatus(bool isUp, EmbeddedNode? node = null) =>
        Server.PushNodeEvent("STATUS_CHANGE", isUp ? "UP" : "DOWN", (node ?? this).EndPoint);

    /// <summary>Tells all clients of this node that a node joined or left, whether or not that is so.</summary>
    /// <param name="isNew">True for "joined".</param>
    /// <param name="endPoint">The node's address.</param>
    public void AnnounceTopology(bool isNew, IPEndPoint endPoint) =>
        Server.PushNodeEvent("TOPOLOGY_CHANGE", isNew ? "NEW_NODE" : "REMOVED_NODE", endPoint);

    /// <summary>Makes this node claim a schema version of its own, as while schemas disagree, or ends that.</summary>
    /// <param name="disagrees">True to disagree.</param>
    public void DisagreeOnSchema(bool disagrees) => Server.Engine.Info.SchemaVersion = disagrees ? Guid.NewGuid() : null;

    /// <summary>Stops the node.</summary>
    public async ValueTask DisposeAsync()
    {
        Server.Dispose();
        if (_ownsCluster)
        {
            await _cluster.DisposeAsync().ConfigureAwait(false);
        }
    }
}
