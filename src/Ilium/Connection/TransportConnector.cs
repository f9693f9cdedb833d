using System.Net;
using System.Net.Sockets;

namespace Ilium.Connection;

/// <summary>Draft.</summary>
internal sealed class TransportConnector : TransportFactory
{
    internal static TransportConnector Instance { get; } = new();

    internal override Transport Connect(EndPoint target, ClusterOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(target);
        return new SocketTransport(socket);
    }
}
