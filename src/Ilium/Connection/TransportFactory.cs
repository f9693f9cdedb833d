using System.Net;

namespace Ilium.Connection;

/// <summary>What opens the bytes below a connection. Safe to share by threads.</summary>
internal abstract class TransportFactory
{
    /// <summary>
    /// Connects on the calling thread and holds it until the transport is ready, TLS included. It needs no thread-pool thread, so it works
    /// when all of them are blocked.
    /// </summary>
    /// <param name="target">
    /// A <see cref="DnsEndPoint"/> (its name is resolved now, and is what TLS verifies), an <see cref="IPEndPoint"/> or a
    /// <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>.
    /// </param>
    /// <param name="options">Its Tcp, Tls, ConnectTimeout and TimeProvider.</param>
    /// <param name="cancellationToken">The deadline: interrupts at any stage.</param>
    /// <exception cref="ConnectionFailedException">
    /// For whatever goes wrong; when the token fired, with <see cref="ConnectionFailureReason.TimedOut"/>.
    /// </exception>
    internal abstract Transport Connect(EndPoint target, ClusterOptions options, CancellationToken cancellationToken);

    /// <summary>As the other, from one of the client's ports that are named.</summary>
    internal virtual Transport Connect(EndPoint target, SourcePorts ports, ClusterOptions options, CancellationToken cancellationToken) =>
        Connect(target, options, cancellationToken);
}
