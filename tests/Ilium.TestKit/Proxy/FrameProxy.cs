using System.Net;
using System.Net.Sockets;

namespace Ilium.TestKit;

/// <summary>
/// Stands between clients and one node on a port of loopback and passes on what goes either way, frame by frame, with the faults that a test decides on. Knows the
/// envelopes of v3 and v4 and the segments of v5, without compression and TLS.
/// </summary>
public sealed class FrameProxy : IAsyncDisposable
{
    private readonly IPEndPoint _node;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _lock = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    private FrameProxy(IPEndPoint node)
    {
        _node = node;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>What befalls each frame; called by one thread for each direction of a connection. Nothing befalls any until a test sets it.</summary>
    public Func<ProxyFrame, FrameFault> Decide { get; set; } = static _ => FrameFault.None;

    public static FrameProxy Start(IPEndPoint node) => new(node);

    /// <summary>Closes everything. A pump that failed on its own account fails here.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] connections;
        lock (_lock)
        {
            connections = [.. _connections];
        }

        await Task.WhenAll(connections);
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var number = 0; ; number++)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync(_stopped.Token);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }

            lock (_lock)
            {
                _connections.Add(ServeAsync(number, client));
            }
        }
    }

    private async Task ServeAsync(int number, Socket client)
    {
        client.NoDelay = true;
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await server.ConnectAsync(_node, _stopped.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            server.Dispose();
            client.Dispose();
            return;
        }

        await new ProxiedConnection(number, client, server, frame => Decide(frame)).RunAsync(_stopped.Token);
    }
}
