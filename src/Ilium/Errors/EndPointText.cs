using System.Net;
using System.Net.Sockets;

namespace Ilium.Errors;

/// <summary>An end point as a person writes it: <see cref="DnsEndPoint"/> would print its address family first.</summary>
internal static class EndPointText
{
    internal static string Format(EndPoint? endPoint) => endPoint switch
    {
        null => "(no node)",
        DnsEndPoint { Host: var host, Port: var port } => $"{host}:{port}",
        UnixDomainSocketEndPoint unix => $"unix:{unix}",
        _ => endPoint.ToString() ?? endPoint.GetType().Name,
    };
}
