using System.Collections.Immutable;
using System.Net;

namespace Ilium.Topology;

/// <summary>What a server's system tables say about one node.</summary>
/// <param name="HostId">Which node this is, whatever its address.</param>
/// <param name="EndPoint">Where to connect to.</param>
/// <param name="Reported">What the cluster itself calls its address, as events do; null when unknown.</param>
/// <param name="Datacenter">Its data center.</param>
/// <param name="Rack">Its rack.</param>
/// <param name="ReleaseVersion">The server's version.</param>
/// <param name="Tokens">The tokens it owns, as text; the same instance as long as they are the same.</param>
internal sealed record NodeInfo(
    Guid HostId, EndPoint EndPoint, IPEndPoint? Reported, string Datacenter, string Rack, string ReleaseVersion, ImmutableArray<string> Tokens);
