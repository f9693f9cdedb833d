using System.Net.Sockets;

namespace Ilium.Embedded.Server;

/// <summary>A socket as a stream. Closing it ends both directions first, which wakes a thread that waits in a read.</summary>
internal sealed class SocketStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private int _closed;

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            try
            {
                Socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Not connected any more.
            }
        }

        base.Dispose(disposing);
    }
}
