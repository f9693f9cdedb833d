using System.Net.Sockets;

namespace Ilium;

/// <summary>How the driver's sockets are set up. Immutable; may be shared. Does not matter for Unix sockets, except the buffers.</summary>
public sealed record TcpOptions
{
    /// <summary>
    /// Sends at once instead of waiting to fill a packet. Default true: the driver gathers requests itself, so waiting would only add time.
    /// </summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>Lets the kernel probe silent connections. Default true; the driver's own heartbeats come on top.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>How long a connection is silent before it is probed, in whole seconds. Default null: as the system is set up.</summary>
    public TimeSpan? KeepAliveTime { get; init; }

    /// <summary>Time between two probes, in whole seconds. Default null: as the system is set up.</summary>
    public TimeSpan? KeepAliveInterval { get; init; }

    /// <summary>Bytes the kernel holds for sending. Default null: as the system is set up, which on most adapts by itself.</summary>
    public int? SendBufferSize { get; init; }

    /// <summary>Bytes the kernel holds for reading. Default null: as the system is set up, which on most adapts by itself.</summary>
    public int? ReceiveBufferSize { get; init; }

    /// <summary>
    /// Seconds that closing waits for unsent bytes; 0 resets the connection at once. Default null: the kernel sends them in the background.
    /// </summary>
    public int? LingerSeconds { get; init; }

    /// <summary>
    /// Called with each new socket after the options above were set and before it connects, on the thread that connects; for what is not
    /// here. An exception fails that connection. Do not keep the socket and leave it in blocking mode. Default null.
    /// </summary>
    public Action<Socket>? Configure { get; init; }
}
