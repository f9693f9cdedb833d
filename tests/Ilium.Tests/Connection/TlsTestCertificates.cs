using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ilium.Tests.Connection;

/// <summary>A certificate authority of its own, and what it issues.</summary>
internal sealed class TlsTestCertificates
{
    private static readonly DateTimeOffset Beginning = TimeProvider.System.GetUtcNow().AddDays(-10);
    private readonly X509Certificate2 _authority;

    internal TlsTestCertificates(string name = "Ilium test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _authority = request.CreateSelfSigned(Beginning, Beginning.AddDays(100));
    }

    internal X509Certificate2Collection Authorities => [X509CertificateLoader.LoadCertificate(_authority.RawData)];

    internal string AuthorityPem => _authority.ExportCertificatePem();

    internal X509Certificate2 Issue(string name, string[] dnsNames, IPAddress[] addresses, int validDays = 90)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var dnsName in dnsNames)
        {
            alternatives.AddDnsName(dnsName);
        }

        foreach (var address in addresses)
        {
            alternatives.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using var bare = request.Create(_authority, Beginning, Beginning.AddDays(validDays), RandomNumberGenerator.GetBytes(8));
        return bare.CopyWithPrivateKey(key);
    }

    internal X509Certificate2 IssueForLoopback() => Issue("localhost", ["localhost"], [IPAddress.Loopback, IPAddress.IPv6Loopback]);
}
