using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Embedded.Execution;

namespace Ilium.Embedded.Server;

/// <summary>One node's door: the listener and the connections that came through it.</summary>
/// <remarks>
/// Threads: one accepts, one serves each connection; all are background threads of their own, so that the node answers even when the thread pool of the
/// process is exhausted, as it is in programs under test.
/// </remarks>
internal sealed class NodeServer : IDisposable
{
    private const int StackSize = 1024 * 1024;
    private const int Backlog = 512;

    private readonly Lock _lock = new();
    private readonly HashSet<ClientConnection> _connections = [];
    private readonly HashSet<Socket> _arriving = [];
    private readonly HashSet<ITimer> _timers = [];
    private readonly ManualResetEventSlim _running = new(initialState: true);
    private Socket? _listener;
    private bool _refuses;
    private bool _stopped;

    internal NodeServer(EmbeddedNodeOptions options, NodeEngine engine, EmbeddedFaults faults)
    {
        Options = options;
        Engine = engine;
        Faults = faults;
        EndPoint = new IPEndPoint(options.Address, options.Port);
    }

    internal EmbeddedNodeOptions Options { get; }

    internal NodeEngine Engine { get; }

    internal EmbeddedFaults Faults { get; }

    /// <summary>Where clients connect, once it has started.</summary>
    internal IPEndPoint EndPoint { get; private set; }

    /// <summary>True while new connections are taken and answers given.</summary>
    internal bool IsUp => _running.IsSet && !_refuses && !_stopped;

    internal int ConnectionCount
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Binds the port, so that <see cref="EndPoint"/> is known; takes connections from <see cref="Start"/> on.</summary>
    internal void Bind()
    {
        if (!Options.Listen)
        {
            return;
        }

        var listener = new Socket(Options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(EndPoint);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _listener = listener;
    }

    /// <summary>Gives a node without a socket the port it shows.</summary>
    internal void Place(int port) => EndPoint = new IPEndPoint(EndPoint.Address, port);

    internal void PushNodeEvent(string type, string change, IPEndPoint node) => Push(type, (writer, _) =>
    {
        writer.WriteString(change);
        var address = node.Address.GetAddressBytes();
        writer.WriteByte((byte)address.Length);
        writer.WriteRaw(address);
        writer.WriteInt32(node.Port);
    });

    internal void Start()
    {
        if (_listener is { } listener)
        {
            listener.Listen(Backlog);
            Run(() => Accept(listener), "Ilium.Embedded accept");
        }
    }

    /// <summary>Closes all connections; with <paramref name="refuse"/> new ones are turned away until it is called with false.</summary>
    internal void Refuse(bool refuse)
    {
        lock (_lock)
        {
            if (_refuses == refuse || _stopped)
            {
                return;
            }

            _refuses = refuse;
            if (refuse)
            {
                _listener?.Dispose();
                _listener = null;
            }
        }

        if (refuse)
        {
            CloseConnections();
            return;
        }

        Bind();
        Start();
    }

    internal void Pause() => _running.Reset();

    internal void Resume() => _running.Set();

    internal void WaitWhilePaused()
    {
        if (!_running.IsSet)
        {
            _running.Wait();
        }
    }

    internal Transport ConnectInMemory(EndPoint target)
    {
        var requests = new MemoryPipe();
        var answers = new MemoryPipe();
        var stream = new MemoryServerStream(requests, answers);
        if (_refuses || _stopped)
        {
            throw new ConnectionFailedException(target, ConnectionFailureReason.Refused, $"The embedded node {target} takes no connections: it was stopped, or told to refuse them.");
        }

        Run(() => Serve(stream, null), "Ilium.Embedded connection");
        return new MemoryTransport(requests, answers, target);
    }

    internal void Forget(ClientConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }

    /// <summary>Sends an event to all clients that registered for its kind.</summary>
    internal void Push(string type, Action<CqlWriter, ProtocolVersion> writeBody)
    {
        ClientConnection[] connections;
        lock (_lock)
        {
            connections = [.. _connections];
        }

        foreach (var connection in connections)
        {
            connection.Push(type, writeBody);
        }
    }

    /// <summary>Runs something once, by the node's clock; not at all if the node stops before.</summary>
    internal void Later(TimeSpan delay, Action action)
    {
        ITimer? timer = null;
        lock (_lock)
        {
            if (_stopped)
            {
                return;
            }

            timer = Options.TimeProvider.CreateTimer(
                _ =>
                {
                    lock (_lock)
                    {
                        // The timer may fire before its creation has returned; the lock makes it wait for that.
                        _timers.Remove(timer!);
                    }

                    timer!.Dispose();
                    action();
                },
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
            _timers.Add(timer);
        }

        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopped)
            {
                return;
            }

            _stopped = true;
            _listener?.Dispose();
            foreach (var timer in _timers)
            {
                timer.Dispose();
            }

            _timers.Clear();
        }

        _running.Set();
        CloseConnections();
    }

    internal void CloseConnections()
    {
        ClientConnection[] connections;
        Socket[] arriving;
        lock (_lock)
        {
            connections = [.. _connections];
            arriving = [.. _arriving];
        }

        foreach (var connection in connections)
        {
            connection.Close();
        }

        // Those that are still agreeing on TLS.
        foreach (var socket in arriving)
        {
            socket.Dispose();
        }
    }

    private static void Run(ThreadStart start, string name) => new Thread(start, StackSize) { IsBackground = true, Name = name }.Start();

    private void Accept(Socket listener)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The listener was closed. Anything else that accept reports is about one connection that went before it was taken.
                if (_stopped || _refuses || !listener.IsBound)
                {
                    return;
                }

                continue;
            }

            Run(() => ServeSocket(socket), "Ilium.Embedded connection");
        }
    }

    private void ServeSocket(Socket socket)
    {
        lock (_lock)
        {
            if (_stopped || _refuses)
            {
                socket.Dispose();
                return;
            }

            _arriving.Add(socket);
        }

        try
        {
            socket.NoDelay = true;
            var address = socket.RemoteEndPoint;
            var stream = Secure(new SocketStream(socket));
            lock (_lock)
            {
                _arriving.Remove(socket);
            }

            Serve(stream, address);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The client went, or did not agree on TLS: it has seen that at its end. The same goes for TLS options that are of no use, whose callbacks are
            // the user's and may throw anything: this is a thread of ours, and nothing may end the process.
            lock (_lock)
            {
                _arriving.Remove(socket);
            }

            socket.Dispose();
        }
    }

    private Stream Secure(SocketStream stream)
    {
        if (Options.Tls is not { } tls)
        {
            return stream;
        }

        WaitWhilePaused();
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        secure.AuthenticateAsServer(tls);
        return secure;
    }

    private void Serve(Stream stream, EndPoint? address)
    {
        var connection = new ClientConnection(stream, address, this);
        lock (_lock)
        {
            if (_stopped || _refuses)
            {
                stream.Dispose();
                return;
            }

            _connections.Add(connection);
        }

        connection.Run();
    }
}
