namespace Ilium.Routing;

/// <summary>A data center's part of the ring.</summary>
internal sealed record DatacenterRing(string Name, RingSection Ring);
