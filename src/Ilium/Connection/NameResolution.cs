using System.Net;

namespace Ilium.Connection;

/// <summary>
/// A name lookup that can be given up. The system's resolver blocks, for many seconds when its name servers are away, and cannot be
/// interrupted; the asynchronous one does the same on a thread-pool thread, which may never come free. So each lookup has a thread of its
/// own, left behind to end by itself when nobody waits any more.
/// </summary>
internal static class NameResolution
{
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">There is no such name, or nobody to ask.</exception>
    internal static IPAddress[] Resolve(string host, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<IPAddress[]>();
        new Thread(() => LookUp(host, answer)) { IsBackground = true, Name = "Ilium name lookup" }.Start();
        try
        {
            answer.Task.Wait(cancellationToken);
        }
        catch (AggregateException)
        {
            // Thrown as itself below.
        }

        return answer.Task.GetAwaiter().GetResult();
    }

    private static void LookUp(string host, TaskCompletionSource<IPAddress[]> answer)
    {
        try
        {
            answer.SetResult(Dns.GetHostAddresses(host));
        }
        catch (Exception e)
        {
            // Nothing may escape on a thread that nobody joins.
            answer.SetException(e);
            // Nobody may be waiting any more.
            _ = answer.Task.Exception;
        }
    }
}
