using System.Net;

namespace Ilium.Connection;

/// <summary>A proxy that leads to the nodes of a cluster, told apart by the server name in TLS. Shared by the end points of its nodes. Thread-safe.</summary>
internal sealed class SniProxy(string host, int port)
{
    // Clients begin anywhere, so that not all of them crowd on the first address.
    private uint _turn = (uint)Random.Shared.Next();

    internal string Host => host;

    internal int Port => port;

    internal bool IsAt(string otherHost, int otherPort) => port == otherPort && string.Equals(host, otherHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>The addresses in the order in which the next connection tries them: each connection begins with another. The family that the system prefers stays first.</summary>
    /// <param name="addresses">As the resolver gave them; name servers shuffle them, which would undo the turns.</param>
    internal IReadOnlyList<IPAddress> InTurn(IPAddress[] addresses)
    {
        var turn = Interlocked.Increment(ref _turn);
        return
        [
            .. addresses.Distinct().GroupBy(static address => address.AddressFamily).SelectMany(family =>
            {
                var sorted = family.OrderBy(static address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal).ToArray();
                var first = (int)(turn % (uint)sorted.Length);
                return sorted[first..].Concat(sorted[..first]);
            }),
        ];
    }
}
