using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Ilium.Connection;
using Ilium.Embedded.Execution;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;

namespace Ilium.Embedded;

/// <summary>Several embedded nodes that share schema and data, as replicas without delay. Safe for all threads.</summary>
public sealed class EmbeddedCluster : IAsyncDisposable
{
    private const int DefaultPort = 9042;

    private readonly Database _database;

    private EmbeddedCluster(Database database, ImmutableArray<EmbeddedNodeOptions> options, bool ownedByNode)
    {
        _database = database;
        Faults = new EmbeddedFaults();
        Nodes = [.. options.Select(o => new EmbeddedNode(this, new NodeServer(o, new NodeEngine(database, new NodeInfo(o)), new EmbeddedFaults(Faults)), ownedByNode))];
    }

    /// <summary>The nodes, in the order they were asked for.</summary>
    public ImmutableArray<EmbeddedNode> Nodes { get; }

    /// <summary>What is to go wrong, at whichever node.</summary>
    public EmbeddedFaults Faults { get; }

    /// <summary>The contact points of all nodes.</summary>
    public IReadOnlyList<ContactPoint> ContactPoints => [.. Nodes.Select(node => node.ContactPoint)];

    /// <summary>Starts as many nodes as there are options. Cluster name, clock and directory are those of the first.</summary>
    /// <param name="nodes">One for each node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">There are none, one has a setting that can't be, or two have the same address, identity or token.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">A port is taken, or an address is not one of this machine.</exception>
    public static ValueTask<EmbeddedCluster> StartAsync(IEnumerable<EmbeddedNodeOptions> nodes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return StartAsync([.. nodes], ownedByNode: false, cancellationToken);
    }

    /// <summary>Starts nodes in one data center with default options.</summary>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static ValueTask<EmbeddedCluster> StartAsync(int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return StartAsync([.. Enumerable.Repeat(new EmbeddedNodeOptions(), count)], ownedByNode: false, cancellationToken);
    }

    /// <summary>Options for a driver's cluster that reaches all nodes without sockets.</summary>
    /// <param name="options">What else to set; its contact points are replaced. Null for the defaults.</param>
    /// <exception cref="ArgumentException">The options ask for TLS.</exception>
    public ClusterOptions Connect(ClusterOptions? options = null) => Connect(options, [.. ContactPoints]);

    /// <summary>Stops all nodes; with a directory, saves what they hold.</summary>
    public ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            node.Server.Dispose();
        }

        _database.Save();
        return ValueTask.CompletedTask;
    }

    internal static ValueTask<EmbeddedCluster> StartAsync(ImmutableArray<EmbeddedNodeOptions> options, bool ownedByNode, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.IsEmpty)
        {
            throw new ArgumentException("A cluster has at least one node.", nameof(options));
        }

        foreach (var node in options)
        {
            node.Check();
        }

        var database = new Database(options[0]);
        var cluster = new EmbeddedCluster(database, options, ownedByNode);
        try
        {
            foreach (var node in cluster.Nodes)
            {
                node.Server.Bind();
            }

            cluster.SpreadTokens();
            cluster.CheckIdentities();
            database.Join(cluster.Nodes);
            database.Load();
            foreach (var node in cluster.Nodes)
            {
                node.Server.Start();
            }

            return ValueTask.FromResult(cluster);
        }
        catch
        {
            foreach (var node in cluster.Nodes)
            {
                node.Server.Dispose();
            }

            throw;
        }
    }

    internal ClusterOptions Connect(ClusterOptions? options, params ContactPoint[] contactPoints)
    {
        options ??= new ClusterOptions { ContactPoints = contactPoints };
        if (options.Tls is not null)
        {
            throw new ArgumentException("Connections without a socket have no TLS; use the contact point of a node that has.", nameof(options));
        }

        return options with
        {
            ContactPoints = contactPoints,
            TransportFactory = new MemoryTransportFactory(Find, options.TransportFactory),
        };
    }

    /// <summary>Tells the clients of the other nodes.</summary>
    internal void Announce(EmbeddedNode about, string type, string change)
    {
        foreach (var node in Nodes)
        {
            if (node != about && node.Server.IsUp)
            {
                node.Server.PushNodeEvent(type, change, about.EndPoint);
            }
        }
    }

    private NodeServer? Find(EndPoint target)
    {
        foreach (var node in Nodes)
        {
            if (target.Equals(node.EndPoint) || (target is DnsEndPoint name && name.Host == node.EndPoint.Address.ToString() && name.Port == node.EndPoint.Port))
            {
                return node.Server;
            }
        }

        return null;
    }

    /// <exception cref="ArgumentException">Two nodes have the same address, identity or token.</exception>
    private void CheckIdentities()
    {
        var taken = new HashSet<object>();
        foreach (var node in Nodes)
        {
            var info = node.Server.Engine.Info;
            Take(info.EndPoint, "address");
            Take(info.HostId, "host id");
            foreach (var token in info.Tokens)
            {
                Take(token, "token");
            }
        }

        void Take(object what, string kind)
        {
            if (!taken.Add(what))
            {
                throw new ArgumentException($"Two nodes have the {kind} {what}; each needs one of its own.");
            }
        }
    }

    /// <summary>Gives each node its address, and tokens that take turns around the ring.</summary>
    /// <remarks>Plain loops: queries over tuples would be a third of what the first start in a process costs, all of it compiling.</remarks>
    private void SpreadTokens()
    {
        var total = 0;
        var counts = new int[Nodes.Length];
        var tokens = new long[Nodes.Length][];
        for (var i = 0; i < Nodes.Length; i++)
        {
            var options = Nodes[i].Server.Options;
            counts[i] = options.InitialTokens is null ? options.Tokens : 0;
            tokens[i] = options.InitialTokens is null ? new long[options.Tokens] : [.. options.InitialTokens];
            total += counts[i];
        }

        var step = total == 0 ? 0 : ulong.MaxValue / (ulong)total;
        var next = 0ul;
        for (var round = 0; total > 0; round++)
        {
            for (var i = 0; i < counts.Length; i++)
            {
                if (round < counts[i])
                {
                    tokens[i][round] = unchecked((long)(next + (1ul << 63) + 1));
                    next += step;
                    total--;
                }
            }
        }

        for (var i = 0; i < Nodes.Length; i++)
        {
            var server = Nodes[i].Server;
            server.Place(server.EndPoint.Port == 0 ? DefaultPort + i : server.EndPoint.Port);
            server.Engine.Info.EndPoint = server.EndPoint;
            server.Engine.Info.Tokens = ImmutableCollectionsMarshal.AsImmutableArray(tokens[i]);
        }
    }
}
