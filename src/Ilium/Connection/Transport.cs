using System.Net;
using System.Net.Sockets;

namespace Ilium.Connection;

/// <summary>
/// The bytes below one connection. Reading blocks the thread that reads; sending never does.
/// </summary>
/// <remarks>
/// Threads: one reader (<see cref="Receive"/>) and one sender (<see cref="TrySend"/>, <see cref="WaitWritable"/>) at a time, which may
/// be different threads; <see cref="Close"/> from anywhere, any number of times, and it wakes both.
/// </remarks>
internal abstract class Transport : IDisposable
{
    /// <summary>The address that answered, of those a name may have; null where there is none.</summary>
    internal virtual EndPoint? RemoteEndPoint => null;

    /// <summary>What several of which one thread can wait for; null where reading is the only way to find out.</summary>
    internal virtual Socket? Socket => null;

    /// <summary>Waits for bytes and returns how many came; 0 when the peer has ended the stream.</summary>
    /// <param name="buffer">Where they go; not empty.</param>
    /// <param name="likely">True when bytes are probably there already: then it reads first and waits after.</param>
    internal abstract int Receive(Span<byte> buffer, bool likely);

    /// <summary>Receives what is there and returns how much that was: 0 at the end of the stream, -1 when nothing is there. Where there is a <see cref="Socket"/>.</summary>
    internal virtual int TryReceive(Span<byte> buffer) => throw new NotSupportedException();

    /// <summary>Sends what the peer takes right now and returns how much that was; 0 when it takes nothing.</summary>
    internal abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Blocks until <see cref="TrySend"/> would take something, or the transport is closed.</summary>
    internal abstract void WaitWritable();

    internal abstract void Close();

    public void Dispose() => Close();
}
