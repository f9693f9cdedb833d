using System.Net;
using System.Net.Sockets;

namespace Ilium.Connection;

/// <summary>
/// A TCP (or Unix) socket in non-blocking mode, waited on with poll: the reader sleeps in the kernel without a thread-pool thread, and a
/// sender is never held by a peer that stopped reading.
/// </summary>
internal sealed class SocketTransport : Transport
{
    private const int Forever = -1;

    // What TryReceive says when nothing is there.
    internal const int Nothing = -1;

    private readonly Socket _socket;
    private int _closed;

    /// <param name="socket">A connected socket; owned from here on.</param>
    /// <param name="remoteEndPoint">What it is connected to.</param>
    internal SocketTransport(Socket socket, EndPoint? remoteEndPoint = null)
    {
        _socket = socket;
        _socket.Blocking = false;
        RemoteEndPoint = remoteEndPoint;
    }

    internal override EndPoint? RemoteEndPoint { get; }

    internal override Socket Socket => _socket;

    internal override int Receive(Span<byte> buffer, bool likely)
    {
        if (!likely)
        {
            _socket.Poll(Forever, SelectMode.SelectRead);
        }

        int count;
        while ((count = TryReceive(buffer)) == Nothing)
        {
            _socket.Poll(Forever, SelectMode.SelectRead);
        }

        return count;
    }

    internal override int TryReceive(Span<byte> buffer)
    {
        while (true)
        {
            var count = _socket.Receive(buffer, SocketFlags.None, out var error);
            switch (error)
            {
                case SocketError.Success:
                    return count;
                case SocketError.WouldBlock:
                    return Nothing;
                case SocketError.Interrupted:
                    break;
                default:
                    throw new SocketException((int)error);
            }
        }
    }

    internal override int TrySend(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var count = _socket.Send(bytes, SocketFlags.None, out var error);
            switch (error)
            {
                case SocketError.Success:
                    return count;
                case SocketError.WouldBlock:
                case SocketError.NoBufferSpaceAvailable:
                    return count;
                case SocketError.Interrupted:
                    break;
                default:
                    throw new SocketException((int)error);
            }
        }
    }

    internal override void WaitWritable() => _socket.Poll(Forever, SelectMode.SelectWrite);

    internal override void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        try
        {
            // Wakes a thread that sleeps in poll; disposing alone leaves that to the runtime's own retries.
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // Not connected any more: nothing sleeps on it.
        }

        _socket.Dispose();
    }
}
