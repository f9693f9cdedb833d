using System.Collections.Immutable;

namespace Ilium.Routing;

/// <summary>A node as the ring sees it. Members are equal when nothing about them that matters to replicas has changed.</summary>
/// <param name="Node">The node itself; null where only the ring is looked at.</param>
/// <param name="Datacenter">Its data center.</param>
/// <param name="Rack">Its rack there.</param>
/// <param name="Tokens">Its tokens as the system tables spell them, in no order; equal only when they are the same instance.</param>
internal sealed record RingMember(Node? Node, string Datacenter, string Rack, ImmutableArray<string> Tokens);
