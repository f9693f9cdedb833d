using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

/// <summary>One node, no authentication, no TLS: what most tests need. Tests make keyspaces of their own in it.</summary>
public sealed class PlainRing() : RingFixture(new RingOptions { Subnet = Subnets.Plain, Settings = ["dynamic_data_masking_enabled: true"] });

[CollectionDefinition(Name)]
public sealed class PlainRingCollection : ICollectionFixture<PlainRing>
{
    public const string Name = "one plain node";
}
