using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ilium.Tests.Connection;

public sealed class TlsPemTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ilium-tls");
    private readonly TlsTestCertificates _authority = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Authorities_and_a_client_certificate_with_its_chain_are_read()
    {
        using var client = _authority.Issue("app", [], []);
        var options = TlsOptions.FromPem(
            Write("ca.pem", _authority.AuthorityPem),
            Write("client.pem", client.ExportCertificatePem() + "\n" + _authority.AuthorityPem),
            Write("client.key", KeyOf(client)));
        Assert.Equal("CN=Ilium test authority", Assert.Single(options.CertificateAuthorities!).Subject);
        Assert.Equal(["CN=app", "CN=Ilium test authority"], options.ClientCertificates!.Select(certificate => certificate.Subject));
        Assert.True(options.ClientCertificates![0].HasPrivateKey);
        Assert.False(options.DangerousAcceptAnyServerCertificate);
    }

    [Fact]
    public void A_key_may_be_in_the_file_of_its_certificate_and_may_be_encrypted()
    {
        using var client = _authority.Issue("app", [], []);
        var together = TlsOptions.FromPem(null, Write("both.pem", client.ExportCertificatePem() + "\n" + KeyOf(client)));
        Assert.True(together.ClientCertificates![0].HasPrivateKey);

        using var key = client.GetECDsaPrivateKey()!;
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        var encrypted = Write("encrypted.key", key.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters));
        var certificate = Write("client.pem", client.ExportCertificatePem());
        Assert.True(TlsOptions.FromPem(null, certificate, encrypted, "secret").ClientCertificates![0].HasPrivateKey);

        var error = Assert.Throws<InvalidOptionsException>(() => TlsOptions.FromPem(null, certificate, encrypted, "hunter2"));
        Assert.Contains("client.pem' with the key in '", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Replaced_files_are_read_again()
    {
        var file = Write("ca.pem", _authority.AuthorityPem);
        var options = TlsOptions.FromPem(file);
        Write("ca.pem", new TlsTestCertificates("renewed").AuthorityPem);
        Assert.Equal("CN=renewed", Assert.Single(options.ReloadCertificates!().CertificateAuthorities!).Subject);
        File.Delete(file);
        var error = Assert.Throws<InvalidOptionsException>(() => options.ReloadCertificates!());
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_that_cannot_be_used_is_named()
    {
        var empty = Write("empty.pem", "no certificate here");
        var other = Write("other.pem", _authority.AuthorityPem);
        using var client = _authority.Issue("app", [], []);
        var wrongKey = Write("wrong.key", KeyOf(client));
        var error = Assert.Throws<InvalidOptionsException>(() => TlsOptions.FromPem(empty, other, wrongKey));
        Assert.Equal(2, error.Faults.Count);
        Assert.Equal(
            $"The certificate authorities in '{empty}' cannot be used: There is no certificate in PEM form (-----BEGIN " +
            "CERTIFICATE-----) in it.",
            error.Faults[0]);
        Assert.StartsWith(
            $"The client certificate in '{other}' with the key in '{wrongKey}' cannot be used: ",
            error.Faults[1],
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_without_a_certificate_is_a_fault()
    {
        var error = Assert.Throws<InvalidOptionsException>(() => TlsOptions.FromPem(keyFile: "client.key"));
        Assert.Equal(
            "A key file is given ('client.key') without the certificate it belongs to: give the certificate's file too.",
            Assert.Single(error.Faults));
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
