using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Ilium.Connection;

/// <summary>
/// Judges the server's certificate once, in the middle of a handshake, and remembers why it was refused: the exception that TLS throws
/// afterwards no longer says so.
/// </summary>
internal sealed class CertificateVerdict
{
    private const X509ChainStatusFlags RevocationFlags =
        X509ChainStatusFlags.Revoked | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    private readonly bool _acceptAnything;
    private readonly bool _isForBundle;
    private readonly string _name;

    /// <param name="name">What certificates must be for; the server name that was sent.</param>
    /// <param name="acceptAnything">Whatever is shown is good.</param>
    internal CertificateVerdict(string name, bool acceptAnything)
    {
        _name = name;
        _acceptAnything = acceptAnything;
    }

    private CertificateVerdict(string name)
    {
        _name = name;
        _isForBundle = true;
    }

    /// <summary>
    /// For a server whose name is not the one that is sent: behind a proxy that is told the node by the server name, that is a host id, which no certificate is for.
    /// Certificates must be for the proxy. The Java driver does so by giving its TLS engine the proxy's name as that of the peer (SniSslEngineFactory, which also keeps TLS
    /// sessions of nodes apart; .NET keys them by the server name), the Node.js driver by a check of its own (lib/datastax/cloud). The Python driver does not check.
    /// </summary>
    /// <param name="name">The proxy's, or the metadata service's.</param>
    internal static CertificateVerdict ForBundle(string name) => new(name);

    /// <summary>Null as long as nothing was refused.</summary>
    internal ConnectionFailureReason? Refused { get; private set; }

    /// <summary>What was wrong and what to do, without a full stop at the end.</summary>
    internal string Explanation { get; private set; } = "";

    /// <summary>A <see cref="RemoteCertificateValidationCallback"/>.</summary>
    internal bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_isForBundle)
        {
            errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
            errors |= certificate is X509Certificate2 named && IsFor(named) ? 0 : SslPolicyErrors.RemoteCertificateNameMismatch;
        }

        if (errors == SslPolicyErrors.None || _acceptAnything)
        {
            return true;
        }

        if (certificate is not X509Certificate2 shown)
        {
            (Refused, Explanation) = (ConnectionFailureReason.TlsHandshake, "the server showed no certificate");
            return false;
        }

        var flags = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);
        var others = flags & ~(RevocationFlags | X509ChainStatusFlags.NotTimeValid);
        var reasons = new List<(ConnectionFailureReason Reason, string What)>();
        if (others != 0)
        {
            reasons.Add((ConnectionFailureReason.TlsUntrustedCertificate, Untrusted(shown, others)));
        }

        if ((flags & RevocationFlags) != 0)
        {
            reasons.Add((
                ConnectionFailureReason.TlsCertificateRevoked,
                $"its certificate was revoked, or the revocation lists cannot be read ({flags & RevocationFlags}); see " +
                "TlsOptions.RevocationMode"));
        }

        if ((flags & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            reasons.Add((ConnectionFailureReason.TlsCertificateExpired, Expired(shown, chain!)));
        }

        if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
        {
            reasons.Add((
                ConnectionFailureReason.TlsNameMismatch,
                $"its certificate is for {Names(shown)} and not for '{_name}'" +
                (_isForBundle ? ", where the Astra bundle or its metadata service leads" : "; connect by a name in the certificate or set TlsOptions.TargetHost")));
        }

        if (reasons.Count == 0)
        {
            reasons.Add((ConnectionFailureReason.TlsUntrustedCertificate, $"its certificate was refused ({errors})"));
        }

        Refused = reasons[0].Reason;
        Explanation = string.Join("; moreover, ", reasons.Select(static reason => reason.What));
        return false;
    }

    private bool IsFor(X509Certificate2 shown)
    {
        try
        {
            return shown.MatchesHostname(_name);
        }
        catch (ArgumentException)
        {
            // No certificate is for what is no name.
            return false;
        }
    }

    private string Untrusted(X509Certificate2 shown, X509ChainStatusFlags flags) =>
        $"its certificate ('{shown.Subject}', issued by '{shown.Issuer}') does not lead to a trusted authority ({flags}); " +
        (_isForBundle
            ? "is the Astra bundle that of this database, and not replaced by a newer one?"
            : "give the authority's certificate to TlsOptions.CertificateAuthorities or TlsOptions.FromPem");

    private static string Expired(X509Certificate2 shown, X509Chain chain)
    {
        var outOfTime = chain.ChainElements
            .FirstOrDefault(static element => element.ChainElementStatus.Any(
                static status => status.Status == X509ChainStatusFlags.NotTimeValid))
            ?.Certificate ?? shown;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the certificate '{outOfTime.Subject}' is valid from {outOfTime.NotBefore.ToUniversalTime():u} to " +
            $"{outOfTime.NotAfter.ToUniversalTime():u} only; renew it, or set this machine's clock");
    }

    private static string Names(X509Certificate2 shown)
    {
        var alternatives = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        var names = alternatives is null
            ? []
            : alternatives.EnumerateDnsNames().Concat(alternatives.EnumerateIPAddresses().Select(static ip => ip.ToString())).ToArray();
        return names.Length > 0
            ? string.Join(", ", names.Select(static name => $"'{name}'"))
            : $"'{shown.GetNameInfo(X509NameType.DnsName, forIssuer: false)}'";
    }
}
