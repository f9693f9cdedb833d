using System.Net;

namespace Ilium.Connection;

/// <summary>Opens TCP and Unix sockets, with TLS where the options say so.</summary>
internal sealed class TransportConnector : TransportFactory
{
    private readonly Func<string, CancellationToken, IPAddress[]> _resolve;

    /// <param name="resolve">How names become addresses.</param>
    internal TransportConnector(Func<string, CancellationToken, IPAddress[]> resolve)
    {
        _resolve = resolve;
    }

    /// <summary>It has no state: one is enough.</summary>
    internal static TransportConnector Instance { get; } = new(NameResolution.Resolve);

    internal override Transport Connect(EndPoint target, ClusterOptions options, CancellationToken cancellationToken) =>
        new ConnectAttempt(target, options, _resolve, cancellationToken).Run();

    internal override Transport Connect(EndPoint target, SourcePorts ports, ClusterOptions options, CancellationToken cancellationToken) =>
        new ConnectAttempt(target, options, _resolve, cancellationToken) { Ports = ports }.Run();
}
