using System.Net;
using System.Security.Cryptography.X509Certificates;
using Ilium.TestKit;

namespace Ilium.Docs.Tests.Snippets;

public sealed class SecuritySnippets
{
    [Fact]
    public void Kerberos_takes_the_ticket_there_is()
    {
        // snippet: auth-kerberos
        var options = new ClusterOptions
        {
            ContactPoints = ["node1.example"],
            Tls = new TlsOptions(),
            AuthProvider = new GssapiAuthProvider
            {
                Service = "dse",
                // Nodes are listed by their addresses, principals are made of names.
                HostNameFor = static endPoint => endPoint is IPEndPoint ip ? $"node{ip.Address.GetAddressBytes()[^1]}.example" : null,
            },
        };
        // end
        Assert.Equal("node7.example", ((GssapiAuthProvider)options.AuthProvider).HostNameFor!(new IPEndPoint(IPAddress.Parse("10.0.0.7"), 9042)));
    }

    [Fact]
    public void Tls_verifies_unless_told_otherwise()
    {
        using var certificates = new TestCertificates();
        var folder = Directory.CreateTempSubdirectory("ilium-docs").FullName;
        var (authorityFile, certificateFile, keyFile) = (Path.Combine(folder, "ca.pem"), Path.Combine(folder, "client.pem"), Path.Combine(folder, "client.key"));
        var client = certificates.Client();
        File.WriteAllText(authorityFile, certificates.Authority.ExportCertificatePem());
        File.WriteAllText(certificateFile, client.ExportCertificatePem());
        using (var key = client.GetECDsaPrivateKey())
        {
            File.WriteAllText(keyFile, key is not null ? key.ExportPkcs8PrivateKeyPem() : client.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }

        // snippet: tls
        // Against the system's authorities:
        var plain = new ClusterOptions { ContactPoints = ["node1.example"], Tls = new TlsOptions() };

        // Against an authority of your own, with a client certificate, from PEM files:
        var mutual = new ClusterOptions
        {
            ContactPoints = ["node1.example"],
            Tls = TlsOptions.FromPem(authorityFile, certificateFile, keyFile),
        };
        // end
        Directory.Delete(folder, recursive: true);
        Assert.False(plain.Tls.DangerousAcceptAnyServerCertificate);
        Assert.Equal("CN=client", mutual.Tls.ClientCertificates![0].Subject);
        Assert.True(mutual.Tls.ClientCertificates[0].HasPrivateKey);
        Assert.NotNull(mutual.Tls.ReloadCertificates);
        Assert.Throws<InvalidOptionsException>(() => TlsOptions.FromPem(authorityFile));
    }

    [Fact]
    public async Task Passwords_are_fixed_or_asked_for()
    {
        // snippet: auth-plain
        var fixedPassword = new PlainTextAuthProvider("app", "secret");

        var rotating = new PlainTextAuthProvider(async cancellationToken =>
        {
            var password = await File.ReadAllTextAsync("/run/secrets/cassandra", cancellationToken);
            return ("app", password.Trim());
        });
        // end
        var node = new IPEndPoint(IPAddress.Loopback, 9042);
        Assert.Equal("\0app\0secret"u8.ToArray(), (await fixedPassword.CreateAuthenticator(node, "PasswordAuthenticator").InitialResponseAsync())!.Value.ToArray());
        Assert.DoesNotContain("secret", fixedPassword.ToString(), StringComparison.Ordinal);
        Assert.NotNull(rotating);
    }

    [Fact]
    public async Task Other_methods_derive_from_the_provider()
    {
        var authenticator = new TokenAuthProvider(_ => new("token")).CreateAuthenticator(new IPEndPoint(IPAddress.Loopback, 9042), "TokenAuthenticator");
        Assert.Equal("token"u8.ToArray(), (await authenticator.InitialResponseAsync())!.Value.ToArray());
    }

    // snippet: auth-custom
    private sealed class TokenAuthProvider(Func<CancellationToken, ValueTask<string>> getToken) : AuthProvider
    {
        public override Authenticator CreateAuthenticator(EndPoint endPoint, string serverAuthenticator) => new TokenAuthenticator(getToken);
    }

    private sealed class TokenAuthenticator(Func<CancellationToken, ValueTask<string>> getToken) : Authenticator
    {
        public override async ValueTask<ReadOnlyMemory<byte>?> InitialResponseAsync(CancellationToken cancellationToken = default) =>
            System.Text.Encoding.UTF8.GetBytes(await getToken(cancellationToken));
    }

    // end
}
