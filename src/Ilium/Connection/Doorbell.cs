using System.Net;
using System.Net.Sockets;

namespace Ilium.Connection;

/// <summary>
/// A socket that becomes readable when it is rung, for a thread that sleeps on sockets: a datagram socket of this machine that is connected to itself.
/// </summary>
/// <remarks>Threads: <see cref="Ring"/> from any; the rest by the thread that sleeps.</remarks>
internal sealed class Doorbell : IDisposable
{
    private readonly byte[] _heard = new byte[16];

    internal Doorbell()
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Socket.Connect(Socket.LocalEndPoint!);
            Socket.Blocking = false;
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    internal Socket Socket { get; }

    internal void Ring()
    {
        try
        {
            // That it has no room means that it has rung already.
            Socket.Send([1], SocketFlags.None, out _);
        }
        catch (ObjectDisposedException)
        {
            // Nobody sleeps on it any more.
        }
    }

    /// <summary>Makes it silent again.</summary>
    internal void Silence()
    {
        while (Socket.Receive(_heard, SocketFlags.None, out var error) > 0 && error == SocketError.Success)
        {
        }
    }

    public void Dispose() => Socket.Dispose();
}
