using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Errors;

/// <summary>TLS that can't be, with a real node that speaks it and has users.</summary>
[Collection(TlsRingCollection.Name)]
public class TlsErrorTests(TlsRing tls)
{
    [Theory, EachVersion]
    public async Task With_its_authority_and_a_password_everything_works(ProtocolVersion version)
    {
        var ring = await tls.StartedAsync();
        await using var cluster = new Cluster(Options(ring) with { ProtocolVersion = version });
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        Assert.StartsWith("5.0.", await session.ScalarAsync<string>("SELECT release_version FROM system.local"), StringComparison.Ordinal);
        // A large page over TLS, by a synchronous verb.
        Assert.True(session.Execute("SELECT * FROM system_schema.columns").Count > 100);
    }

    [Fact]
    public async Task A_wrong_authority_says_which_certificate_leads_nowhere()
    {
        var ring = await tls.StartedAsync();
        using var other = new TestCertificates(name: "somebody else");
        var wrong = new TlsOptions { CertificateAuthorities = new X509Certificate2Collection(other.Authority) };
        foreach (var options in new[] { wrong, new TlsOptions() })
        {
            var failure = await ConnectionErrorTests.FailureAsync(Options(ring) with { Tls = options }, ConnectionFailureReason.TlsUntrustedCertificate);
            StatementErrorTests.AssertSays(failure, $"{ring.ContactPoints[0]}", "CN=node", "CN=ring test CA", "TlsOptions.CertificateAuthorities");
            Assert.False(failure.IsTransient);
        }
    }

    [Fact]
    public async Task A_wrong_host_name_says_which_names_the_certificate_has()
    {
        var ring = await tls.StartedAsync();
        var failure = await ConnectionErrorTests.FailureAsync(
            Options(ring) with { Tls = Trusting(ring) with { TargetHost = "db.example" } }, ConnectionFailureReason.TlsNameMismatch);
        StatementErrorTests.AssertSays(failure, $"{ring.ContactPoints[0]}", "'db.example'", "'localhost'", "TlsOptions.TargetHost");
    }

    [Fact]
    public async Task An_expired_certificate_says_when_it_was_valid()
    {
        var ring = await tls.StartedAsync();
        var store = Path.Combine(ring.TlsFolder, "node.p12");
        var valid = await File.ReadAllBytesAsync(store, CqlText.Cancelled);
        try
        {
            await File.WriteAllBytesAsync(store, ExpiredStore(ring), CqlText.Cancelled);
            await ring.NodetoolAsync(1, ["reloadssl"], CqlText.Cancelled);
            var failure = await ConnectionErrorTests.FailureAsync(Options(ring), ConnectionFailureReason.TlsCertificateExpired);
            StatementErrorTests.AssertSays(failure, $"{ring.ContactPoints[0]}", "CN=expired node", "2020-01-01", "2020-02-01", "renew it");
        }
        finally
        {
            await File.WriteAllBytesAsync(store, valid, CancellationToken.None);
            await ring.NodetoolAsync(1, ["reloadssl"], CancellationToken.None);
        }

        await using var cluster = new Cluster(Options(ring));
        await cluster.ConnectAsync(CqlText.Cancelled);
    }

    [Fact]
    public async Task Speaking_plainly_to_a_tls_port_says_so()
    {
        var ring = await tls.StartedAsync();
        var failure = await ConnectionErrorTests.FailureAsync(Options(ring) with { Tls = null }, reason: null);
        StatementErrorTests.AssertSays(failure, $"{ring.ContactPoints[0]}", "TLS");
    }

    internal static TlsOptions Trusting(RingServer ring) => TlsOptions.FromPem(Path.Combine(ring.TlsFolder, "ca.pem"), null, null);

    private static ClusterOptions Options(RingServer ring) => new()
    {
        ContactPoints = [ring.ContactPoints[0]],
        AuthProvider = new PlainTextAuthProvider("cassandra", "cassandra"),
        Tls = Trusting(ring),
    };

    /// <summary>A key store as the node's own, with a certificate of the same authority that was valid in January 2020.</summary>
    private static byte[] ExpiredStore(RingServer ring)
    {
        using var authority = X509Certificate2.CreateFromPemFile(Path.Combine(ring.TlsFolder, "ca.pem"), Path.Combine(ring.TlsFolder, "ca.key"));
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=expired node", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(ring.ContactPoints[0].Address);
        request.CertificateExtensions.Add(names.Build());
        var generator = X509SignatureGenerator.CreateForRSA(authority.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1);
        using var certificate = request.Create(
            authority.SubjectName, generator, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2020, 2, 1, 0, 0, 0, TimeSpan.Zero), [1, 2, 3, 4]);
        using var complete = certificate.CopyWithPrivateKey(key);
        return complete.Export(X509ContentType.Pkcs12, "cassandra");
    }
}
