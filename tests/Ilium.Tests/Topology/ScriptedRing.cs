using System.Net;
using Ilium.Connection;
using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>A driver and scripted servers, each at an address of its own, that list each other in their tables.</summary>
internal sealed class ScriptedRing : TransportFactory, IAsyncDisposable
{
    internal const int Port = 9042;

    private readonly Lock _lock = new();
    private readonly List<ScriptedNode> _all = [];
    private readonly List<ScriptedNode> _members = [];

    /// <param name="nodes">How many there are from the start, numbered from 1.</param>
    /// <param name="options">Without contact points the first node is the one.</param>
    /// <param name="place">Data center and rack of a node, by its number.</param>
    /// <param name="tokens">The tokens of a node, by its number.</param>
    internal ScriptedRing(
        int nodes, ClusterOptions? options = null, Func<int, (string Datacenter, string Rack)>? place = null, Func<int, IReadOnlyList<string>>? tokens = null)
    {
        Tokens = tokens ?? (number => [$"{number * 1000}"]);
        Place = place ?? (_ => ("dc1", "r1"));
        for (var i = 1; i <= nodes; i++)
        {
            Add(i);
        }

        options ??= new ClusterOptions();
        Cluster = new Cluster(options with
        {
            ContactPoints = options.ContactPoints.Count > 0 ? options.ContactPoints : [Address(1)],
            TransportFactory = this,
            LoggerFactory = Logs,
        });
        Changes = new NodeChangeLog(Cluster);
    }

    internal Cluster Cluster { get; }

    internal NodeChangeLog Changes { get; }

    internal RecordingLog Logs { get; } = new();

    /// <summary>What names mean, for contact points that are names.</summary>
    internal Dictionary<string, IPEndPoint> Names { get; } = [];

    internal Func<int, (string Datacenter, string Rack)> Place { get; }

    internal Func<int, IReadOnlyList<string>> Tokens { get; }

    /// <summary>Where an address leads, as a NAT has it.</summary>
    internal Func<IPEndPoint, IPEndPoint> Forward { get; init; } = address => address;

    /// <summary>By its number, from 1: the newest with this number.</summary>
    internal ScriptedNode this[int number]
    {
        get
        {
            lock (_lock)
            {
                return _all.FindLast(node => node.Number == number)!;
            }
        }
    }

    internal static IPEndPoint Address(int number) => new(new IPAddress([10, 0, 0, (byte)number]), Port);

    /// <summary>The node that the control connection is on.</summary>
    internal ScriptedNode Control => Everyone.Single(node => node.Server.Connections.Any(connection => !connection.Closed.IsCompleted && connection.RegisteredEvents.Count > 0));

    private ScriptedNode[] Everyone
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>A new node, which the others list from now on, unless it is not to be listed yet.</summary>
    internal ScriptedNode Add(int number, IPEndPoint? address = null, Guid? hostId = null, bool listed = true, ScriptedServerOptions? options = null)
    {
        var (datacenter, rack) = Place(number);
        var description = new ServerNode(address ?? Address(number))
        {
            HostId = hostId ?? new Guid(number, 0, 0, new byte[8]),
            DataCenter = datacenter,
            Rack = rack,
            Tokens = Tokens(number),
        };
        var node = new ScriptedNode(number, description, new ScriptedServer((options ?? new ScriptedServerOptions()) with { Local = description }));
        lock (_lock)
        {
            _all.Add(node);
        }

        if (listed)
        {
            List(node);
        }

        return node;
    }

    internal void List(ScriptedNode node)
    {
        lock (_lock)
        {
            _members.Add(node);
            UpdateTables();
        }
    }

    /// <summary>The others do not list it any more. It goes on answering.</summary>
    internal void Remove(ScriptedNode node)
    {
        lock (_lock)
        {
            _members.Remove(node);
            UpdateTables();
        }
    }

    /// <summary>The node leaves its address for good; the same one (by its host id), or another, has the new address.</summary>
    internal ScriptedNode Replace(ScriptedNode node, IPEndPoint address, Guid hostId)
    {
        node.Stop();
        Remove(node);
        return Add(node.Number, address, hostId);
    }

    /// <summary>Gives a held request the answer its server would have given.</summary>
    internal void AnswerByDefault(ServerRequest request) =>
        Everyone.Single(node => node.Server.Connections.Contains(request.Connection)).Server.AnswerByDefault(request);

    internal void Tell(string type, string change, IPEndPoint address)
    {
        foreach (var node in Everyone)
        {
            node.Server.SendEvent(ResponseBodies.NodeEvent(type, change, address));
        }
    }

    internal void Tell(byte[] body)
    {
        foreach (var node in Everyone)
        {
            node.Server.SendEvent(body);
        }
    }

    /// <summary>Connected, the control connection is there, everything is read, and all nodes that can be are up.</summary>
    internal async Task<Session> ConnectAsync()
    {
        var session = await Cluster.ConnectAsync(TestContext.Current.CancellationToken);
        await ScriptedCluster.SettleAsync(Cluster);
        foreach (var node in Cluster.Metadata.Nodes.Where(node => node.Distance != NodeDistance.Ignored))
        {
            await Changes.NextAsync(NodeChange.Up, node.HostId);
        }

        Age();
        return session;
    }

    /// <summary>Where a test moves the clock: from here on connections are old enough that their end is no sign of a server that drops them at once.</summary>
    internal void Age() => (Cluster.Options.TimeProvider as CountingTime)?.Advance(TimeSpan.FromSeconds(2));

    /// <summary>The numbers of the nodes that answered so many requests.</summary>
    internal async Task<IReadOnlyList<int>> AskAsync(Session session, int requests)
    {
        var answered = new SortedSet<int>();
        for (var i = 0; i < requests; i++)
        {
            var rows = await session.ExecuteAsync("SELECT 1", new ExecutionOptions { IsIdempotent = true }, TestContext.Current.CancellationToken);
            answered.Add(Everyone.Last(node => node.Address.Equals(Forward((IPEndPoint)rows.Info.Node!))).Number);
        }

        return [.. answered];
    }

    /// <summary>Told of each new connection: where to, from which ports (null for any), and the server's side of it.</summary>
    internal Action<IPEndPoint, SourcePorts?, ScriptedConnection>? Accepted { get; init; }

    internal override Transport Connect(EndPoint target, ClusterOptions options, CancellationToken cancellationToken) => Connect(target, null);

    internal override Transport Connect(EndPoint target, SourcePorts ports, ClusterOptions options, CancellationToken cancellationToken) => Connect(target, (SourcePorts?)ports);

    private AddressedTransport Connect(EndPoint target, SourcePorts? ports)
    {
        var address = target as IPEndPoint ?? Names.GetValueOrDefault(((DnsEndPoint)target).Host)
            ?? throw new ConnectionFailedException(target, ConnectionFailureReason.NameNotResolved, "There is no such name.");
        var dialled = address;
        address = Forward(address);
        if (Everyone.LastOrDefault(node => node.Address.Equals(address)) is not { } node)
        {
            throw new ConnectionFailedException(target, ConnectionFailureReason.Refused, "Nobody is there.");
        }

        lock (_lock)
        {
            var stream = node.Accept();
            Accepted?.Invoke(dialled, ports, node.Server.Connections[^1]);
            return new AddressedTransport(stream, address);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        foreach (var node in Everyone)
        {
            await node.Server.DisposeAsync();
            node.Server.ThrowIfViolated();
        }
    }

    private void UpdateTables()
    {
        foreach (var node in _all)
        {
            node.Server.Peers = [.. _members.Where(other => other != node).Select(other => other.Description)];
        }
    }

    /// <summary>A stream that knows where it leads, as sockets do.</summary>
    private sealed class AddressedTransport(Stream stream, IPEndPoint address) : Transport
    {
        private readonly StreamTransport _inner = new(stream);

        internal override EndPoint RemoteEndPoint => address;

        internal override int Receive(Span<byte> buffer, bool likely) => _inner.Receive(buffer, likely);

        internal override int TrySend(ReadOnlySpan<byte> bytes) => _inner.TrySend(bytes);

        internal override void WaitWritable() => _inner.WaitWritable();

        internal override void Close() => _inner.Close();
    }
}

/// <summary>One server of a <see cref="ScriptedRing"/>.</summary>
internal sealed class ScriptedNode(int number, ServerNode description, ScriptedServer server)
{
    private readonly Lock _lock = new();
    private bool _isDown;
    private int _attempts;

    internal int Number => number;

    internal ServerNode Description => description;

    internal ScriptedServer Server => server;

    internal IPEndPoint Address => description.Address;

    internal Guid HostId => description.HostId;

    /// <summary>How often a connection was tried to be opened.</summary>
    internal int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Ends every connection and refuses new ones.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _isDown = true;
        }

        foreach (var connection in server.Connections)
        {
            connection.Reset();
        }
    }

    internal void Start()
    {
        lock (_lock)
        {
            _isDown = false;
        }
    }

    internal Stream Accept()
    {
        Interlocked.Increment(ref _attempts);
        lock (_lock)
        {
            return _isDown ? throw new ConnectionFailedException(description.Address, ConnectionFailureReason.Refused, "refused by the test") : server.Connect();
        }
    }
}
