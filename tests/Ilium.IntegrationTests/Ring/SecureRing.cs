using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

/// <summary>One node with users (cassandra/cassandra) that speaks TLS and wants a client certificate.</summary>
public sealed class SecureRing() : RingFixture(new RingOptions { Subnet = Subnets.Secure, Auth = true, Mtls = true });

[CollectionDefinition(Name)]
public sealed class SecureRingCollection : ICollectionFixture<SecureRing>
{
    public const string Name = "one node with users and client certificates";
}
