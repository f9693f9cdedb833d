using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ilium.TestKit;

/// <summary>
/// An authority made for one test, and the certificates, good and bad, that it issues. Disposing disposes all of them. Keys are ECDSA P-256, in memory only.
/// </summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly List<X509Certificate2> _issued = [];
    private readonly DateTimeOffset _now;

    /// <param name="timeProvider">Decides what "now" means for validity; the system's time by default, as the verifier uses.</param>
    /// <param name="name">Common name of the authority.</param>
    public TestCertificates(TimeProvider? timeProvider = null, string name = "Ilium test authority")
    {
        _now = (timeProvider ?? TimeProvider.System).GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Authority = request.CreateSelfSigned(_now.AddYears(-5), _now.AddYears(5));
    }

    /// <summary>The authority, with its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>Good for <c>localhost</c>, 127.0.0.1 and ::1, a day old, a year to go.</summary>
    public X509Certificate2 Server() => Issue("CN=localhost", ServerUsage, Loopback(), _now.AddDays(-1), _now.AddYears(1));

    /// <summary>As <see cref="Server"/>, for one name (or <c>*.name</c>) only.</summary>
    public X509Certificate2 ServerFor(string name)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        return Issue($"CN={name}", ServerUsage, names, _now.AddDays(-1), _now.AddYears(1));
    }

    /// <summary>As <see cref="Server"/>, but its last day was yesterday.</summary>
    public X509Certificate2 ExpiredServer() => Issue("CN=localhost", ServerUsage, Loopback(), _now.AddDays(-30), _now.AddDays(-1));

    /// <summary>As <see cref="Server"/>, but valid from tomorrow.</summary>
    public X509Certificate2 NotYetValidServer() => Issue("CN=localhost", ServerUsage, Loopback(), _now.AddDays(1), _now.AddDays(30));

    /// <summary>Valid, but for <c>elsewhere.example</c> only.</summary>
    public X509Certificate2 WrongNameServer() => ServerFor("elsewhere.example");

    /// <summary>Right names and dates, issued by itself instead of the authority.</summary>
    public X509Certificate2 SelfSignedServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Keep(Leaf("CN=localhost", key, ServerUsage, Loopback()).CreateSelfSigned(_now.AddDays(-1), _now.AddYears(1)));
    }

    /// <summary>For client authentication.</summary>
    public X509Certificate2 Client(string name = "client") => Issue($"CN={name}", ClientUsage, null, _now.AddDays(-1), _now.AddYears(1));

    /// <summary>For client authentication, and over since yesterday.</summary>
    public X509Certificate2 ExpiredClient() => Issue("CN=client", ClientUsage, null, _now.AddDays(-30), _now.AddDays(-1));

    public void Dispose()
    {
        foreach (var certificate in _issued)
        {
            certificate.Dispose();
        }

        Authority.Dispose();
    }

    private static SubjectAlternativeNameBuilder Loopback()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        return names;
    }

    private static CertificateRequest Leaf(string subject, ECDsa key, string usage, SubjectAlternativeNameBuilder? names)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        return request;
    }

    private X509Certificate2 Issue(string subject, string usage, SubjectAlternativeNameBuilder? names, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Leaf(subject, key, usage, names).Create(Authority, from, to, RandomNumberGenerator.GetBytes(16));
        return Keep(issued.CopyWithPrivateKey(key));
    }

    private X509Certificate2 Keep(X509Certificate2 certificate)
    {
        _issued.Add(certificate);
        return certificate;
    }
}
