using Ilium.TestKit;

namespace Ilium.IntegrationTests.Ring;

/// <summary>One node with users (cassandra/cassandra) that speaks TLS and wants a client certificate.</summary>
public sealed class SecureRing() : RingFixture(new RingOptions { Subnet = Subnets.Secure, Auth = true, Mtls = true })
{
    /// <summary>The superuser's, with a client certificate; for any ring with users, which all speak TLS.</summary>
    internal static ClusterOptions Options(RingServer ring) => new()
    {
        ContactPoints = [ring.ContactPoints[0]],
        AuthProvider = new PlainTextAuthProvider("cassandra", "cassandra"),
        Tls = TlsOptions.FromPem(Path.Combine(ring.TlsFolder, "ca.pem"), Path.Combine(ring.TlsFolder, "client.pem"), Path.Combine(ring.TlsFolder, "client.key")),
    };
}

[CollectionDefinition(Name)]
public sealed class SecureRingCollection : ICollectionFixture<SecureRing>
{
    public const string Name = "one node with users and client certificates";
}
