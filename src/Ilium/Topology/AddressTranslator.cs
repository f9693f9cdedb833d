using System.Net;

namespace Ilium;

/// <summary>
/// Gives the address at which this client reaches a node, where that is another than the cluster's own for it: behind a NAT, through port
/// forwarding, or by public instead of private addresses. Set <see cref="ClusterOptions.AddressTranslator"/>.
/// </summary>
/// <remarks>Called from any thread, each time the nodes are read. Must not block. Contact points are not translated.</remarks>
public abstract class AddressTranslator
{
    /// <summary>
    /// Where to connect to. An exception, or null, leaves a node that is new out until the nodes are read again, and a node that is known where it was; both with a log line.
    /// </summary>
    /// <param name="address">The address and the port that the cluster's system tables hold for a node.</param>
    public abstract EndPoint Translate(IPEndPoint address);
}
