using System.Net.Sockets;

namespace Ilium.TestKit;

/// <summary>One connection through a <see cref="FrameProxy"/>: two sockets and a pump for each direction.</summary>
internal sealed class ProxiedConnection(int number, Socket client, Socket server, Func<ProxyFrame, FrameFault> decide) : IDisposable
{
    /// <summary>Ends when both directions have.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(PumpAsync(client, server, toServer: true, cancellationToken), PumpAsync(server, client, toServer: false, cancellationToken));
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, bool toServer, CancellationToken cancellationToken)
    {
        var splitter = new FrameSplitter(number, toServer);
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, SocketFlags.None, cancellationToken)) > 0)
            {
                splitter.Append(buffer.AsSpan(0, read));
                while (splitter.TryTake() is { } frame)
                {
                    if (!await PassAsync(frame, to, cancellationToken))
                    {
                        return;
                    }
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e)
        {
            // One end has gone, and so does the other. What can't be split is a fault of the proxy, or of the node, and is told.
            Reset();
            if (e is not (SocketException or ObjectDisposedException or OperationCanceledException))
            {
                throw;
            }
        }
    }

    /// <returns>False when nothing more is to be passed on in this direction.</returns>
    private async Task<bool> PassAsync(ProxyFrame frame, Socket to, CancellationToken cancellationToken)
    {
        var fault = decide(frame);
        var bytes = frame.Bytes.ToArray();
        switch (fault.Kind)
        {
            case FrameFaultKind.Cut:
                await SendAsync(to, bytes.AsMemory(0, Math.Min(fault.At, bytes.Length)), cancellationToken);
                Reset();
                return false;
            case FrameFaultKind.HalfClose:
                await SendAsync(to, bytes, cancellationToken);
                to.Shutdown(SocketShutdown.Send);
                return false;
            case FrameFaultKind.Flip:
                bytes[fault.At / 8 % bytes.Length] ^= (byte)(1 << (fault.At % 8));
                break;
            default:
                await fault.Until.WaitAsync(cancellationToken);
                break;
        }

        await SendAsync(to, bytes, cancellationToken);
        return true;
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
        }
    }

    private void Reset()
    {
        foreach (var socket in new[] { client, server })
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            socket.Dispose();
        }
    }
}
