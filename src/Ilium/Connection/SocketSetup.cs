using System.Net.Sockets;

namespace Ilium.Connection;

/// <summary>Puts <see cref="TcpOptions"/> on a socket.</summary>
internal static class SocketSetup
{
    internal static void Apply(TcpOptions options, Socket socket, bool unix)
    {
        if (options.SendBufferSize is { } sendBuffer)
        {
            socket.SendBufferSize = sendBuffer;
        }

        if (options.ReceiveBufferSize is { } receiveBuffer)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        if (!unix)
        {
            ApplyTcp(options, socket);
        }

        options.Configure?.Invoke(socket);
    }

    private static void ApplyTcp(TcpOptions options, Socket socket)
    {
        socket.NoDelay = options.NoDelay;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, options.KeepAlive);
        if (options.KeepAliveTime is { } time)
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)time.TotalSeconds);
        }

        if (options.KeepAliveInterval is { } interval)
        {
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)interval.TotalSeconds);
        }

        if (options.LingerSeconds is { } linger)
        {
            socket.LingerState = new LingerOption(enable: true, linger);
        }
    }
}
