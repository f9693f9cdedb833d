using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Ilium.TestKit;

/// <summary>
/// A proxy as Astra has one: TLS with a client certificate in front of nodes that are told apart by the server name, which is a host id. Nodes are real ones at their
/// addresses, or scripted servers.
/// </summary>
public sealed class NodeProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Action<SslStream>> _nodes = new(StringComparer.Ordinal);
    private readonly TlsListener _listener;

    public NodeProxy(TlsListenerOptions options)
    {
        _listener = new TlsListener(options, Serve);
    }

    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>The server names of all connections so far, of unknown nodes too.</summary>
    public IReadOnlyList<string> ServerNames => _listener.ServerNames;

    public Task<Exception> WaitForFailureAsync(CancellationToken cancellationToken = default) => _listener.WaitForFailureAsync(cancellationToken);

    public Task WaitForConnectionsAsync(int count, CancellationToken cancellationToken = default) => _listener.WaitForConnectionsAsync(count, cancellationToken);

    /// <summary>Leads to a real node.</summary>
    public void Route(Guid hostId, IPEndPoint node) => _nodes[hostId.ToString()] = tls => Pump(tls, node);

    /// <summary>Leads to a scripted one.</summary>
    public void Route(Guid hostId, ScriptedServer node) => _nodes[hostId.ToString()] = tls =>
    {
        var connection = node.Serve(tls, tls.Dispose);
        connection.Closed.Wait();
    };

    /// <summary>There is no such node any more: connections to it are closed as soon as they are made.</summary>
    public void Forget(Guid hostId) => _nodes.TryRemove(hostId.ToString(), out _);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private void Serve(SslStream tls, string serverName)
    {
        if (_nodes.TryGetValue(serverName, out var serve))
        {
            serve(tls);
        }
    }

    private static void Pump(SslStream client, IPEndPoint address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(address);
        using var node = new NetworkStream(socket);
        var answers = new Thread(() =>
        {
            Copy(node, client);
            client.Dispose();
        })
        { IsBackground = true, Name = "node proxy answers" };
        answers.Start();
        Copy(client, node);
        socket.Dispose();
        answers.Join();
    }

    private static void Copy(Stream from, Stream to)
    {
        try
        {
            from.CopyTo(to);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // One of the two is gone; so is the connection.
        }
    }
}
