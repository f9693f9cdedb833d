using System.Net;
using Ilium.Connection;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>A driver whose connections are in-memory streams to a scripted server.</summary>
internal sealed class ScriptedCluster : IAsyncDisposable
{
    internal const string ByKey = "SELECT v FROM t WHERE k = ?";

    /// <summary>Reads are repeated when their connection ends, unless this is said.</summary>
    internal static readonly ExecutionOptions NotTwice = new() { IsIdempotent = false };

    internal static readonly ColumnSpec[] Key = [new("k", TypeBytes.Int)];

    internal static readonly ColumnSpec[] Value = [new("v", TypeBytes.Int)];

    internal ScriptedCluster(ClusterOptions? options = null, ScriptedServerOptions? server = null, DuplexOptions? streams = null)
    {
        Server = new ScriptedServer(server);
        // Apart, so that tests count the connections, logins and requests that they cause.
        Control = new ScriptedServer((server ?? new ScriptedServerOptions()) with { Credentials = null });
        Control.On(MirrorTables, static _ => { });
        Transports = new MemoryTransports(Server, streams, Control);
        Cluster = new Cluster((options ?? new ClusterOptions()) with { ContactPoints = ["127.0.0.1"], TransportFactory = Transports });
        Server.Define(ByKey, new ServerStatement { Bind = Key, Result = Value, PartitionKey = [0] });
        // Each answer carries its request's key, so that a mix-up shows.
        Server.On(IsRead, Echo);
    }

    internal ScriptedServer Server { get; }

    /// <summary>What the driver's control connection talks to: another server of the same name and with the same tables.</summary>
    internal ScriptedServer Control { get; }

    internal MemoryTransports Transports { get; }

    internal Cluster Cluster { get; }

    internal CqlConnection Connection => Cluster.Runtime.Connections.Single(connection => connection.IsOpen);

    internal static bool IsRead(ServerRequest request) => request.Is(WireOpcode.Execute) && request.Cql == ByKey;

    internal static void Echo(ServerRequest request) => request.Rows(Value, [[request.Values[0].Bytes]]);

    internal static int KeyOf(ServerRequest request) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(request.Values[0].Bytes);

    internal async Task<(Session Session, PreparedStatement Read)> ConnectAsync()
    {
        var session = await Cluster.ConnectAsync(TestContext.Current.CancellationToken);
        await SettleAsync(Cluster);
        return (session, await session.PrepareAsync(ByKey, TestContext.Current.CancellationToken));
    }

    /// <summary>Waits until the control connection is there and has read everything: from here on the driver does nothing by itself.</summary>
    internal static async Task SettleAsync(Cluster cluster)
    {
        await cluster.RefreshMetadataAsync(TestContext.Current.CancellationToken);
        // The first may have met the refresh with which the control connection begins, and have left it to run after.
        await cluster.RefreshMetadataAsync(TestContext.Current.CancellationToken);
    }

    private bool MirrorTables(ServerRequest request)
    {
        (Control.Peers, Control.Keyspaces) = (Server.Peers, Server.Keyspaces);
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await Server.DisposeAsync();
        await Control.DisposeAsync();
        // A thread that was just connecting closes what it has opened, and nobody waits for it.
        await ProcessCount.SettledAsync(() => Transports.Clients.Count(static client => !client.IsDisposed), 0);
        Assert.All(Transports.Clients, client => Assert.True(client.IsDisposed, "A transport was left open."));
    }
}

/// <summary>Connects to the server in memory, unless a test says otherwise, and remembers what it opened.</summary>
internal sealed class MemoryTransports(ScriptedServer server, DuplexOptions? options, ScriptedServer? control = null) : TransportFactory
{
    private readonly Lock _lock = new();
    private readonly List<DuplexStream> _clients = [];
    private int _attempts;

    /// <summary>The client's ends so far.</summary>
    internal IReadOnlyList<DuplexStream> Clients
    {
        get
        {
            lock (_lock)
            {
                return [.. _clients];
            }
        }
    }

    /// <summary>By a transport factory: true for the driver's control connection, each connection being opened on a thread named after its use.</summary>
    internal static bool IsForControl => Thread.CurrentThread.Name!.StartsWith("Ilium control", StringComparison.Ordinal);

    internal int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Given the number of the attempt, from 1, what it fails with; null to connect.</summary>
    internal Func<int, Exception?> Fault { get; set; } = _ => null;

    /// <summary>Waited for before each connect.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>What goes between the driver and the stream.</summary>
    internal Func<Transport, Transport> Wrap { get; set; } = transport => transport;

    internal override Transport Connect(EndPoint target, ClusterOptions options1, CancellationToken cancellationToken)
    {
        if (IsForControl)
        {
            return new StreamTransport((control ?? server).Connect());
        }

        var attempt = Interlocked.Increment(ref _attempts);
        Gate.Wait(cancellationToken);
        if (Fault(attempt) is { } fault)
        {
            throw fault;
        }

        var client = server.Connect(options);
        lock (_lock)
        {
            _clients.Add(client);
        }

        return Wrap(new StreamTransport(client));
    }

    internal static ConnectionFailedException Refused => new(new IPEndPoint(IPAddress.Loopback, 9042), ConnectionFailureReason.Refused, "refused by the test");
}
