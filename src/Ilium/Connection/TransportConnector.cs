using System.Net;

namespace Ilium.Connection;

/// <summary>Opens TCP and Unix sockets, with TLS where the options say so.</summary>
internal sealed class TransportConnector : TransportFactory
{
    private TransportConnector()
    {
    }

    /// <summary>It has no state: one is enough.</summary>
    internal static TransportConnector Instance { get; } = new();

    internal override Transport Connect(EndPoint target, ClusterOptions options, CancellationToken cancellationToken) =>
        new ConnectAttempt(target, options, cancellationToken).Run();
}
