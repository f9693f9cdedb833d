using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

/// <summary>One node with users (cassandra/cassandra) that speaks TLS and wants no client certificate.</summary>
public sealed class TlsRing() : RingFixture(new RingOptions { Subnet = Subnets.Tls, Auth = true, Tls = true });

[CollectionDefinition(Name)]
public sealed class TlsRingCollection : ICollectionFixture<TlsRing>
{
    public const string Name = "one node with users and TLS";
}
