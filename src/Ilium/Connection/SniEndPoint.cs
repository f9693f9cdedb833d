using System.Globalization;
using System.Net;
using Ilium.Connection;

namespace Ilium;

/// <summary>
/// A node behind a proxy that is shared by all nodes, as in DataStax Astra: connections go to the proxy, whose name is resolved anew for each, and say by the server
/// name in TLS which node they mean. The proxy's certificate is for the proxy's name. Immutable.
/// </summary>
public sealed class SniEndPoint : EndPoint
{
    internal SniEndPoint(SniProxy proxy, Guid hostId)
    {
        Proxy = proxy;
        HostId = hostId;
        ServerName = hostId.ToString();
    }

    /// <summary>The name or the address of the proxy.</summary>
    public string ProxyHost => Proxy.Host;

    /// <summary>The port of the proxy.</summary>
    public int ProxyPort => Proxy.Port;

    /// <summary>Which node is meant: its host id.</summary>
    public Guid HostId { get; }

    /// <summary>What is sent as the server name.</summary>
    internal string ServerName { get; }

    internal SniProxy Proxy { get; }

    /// <summary>The same node behind the same proxy.</summary>
    /// <param name="obj">Anything.</param>
    public override bool Equals(object? obj) => obj is SniEndPoint other && other.HostId == HostId && other.Proxy.IsAt(ProxyHost, ProxyPort);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(HostId, ProxyPort);

    /// <summary>Such as <c>proxy.example:29042/2f4b…</c>.</summary>
    public override string ToString() => ProxyHost.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{ProxyHost}]:{ProxyPort}/{ServerName}")
        : string.Create(CultureInfo.InvariantCulture, $"{ProxyHost}:{ProxyPort}/{ServerName}");
}
