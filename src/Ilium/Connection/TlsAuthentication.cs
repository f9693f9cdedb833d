using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Ilium.Connection;

/// <summary>What the runtime's TLS is told.</summary>
internal static class TlsAuthentication
{
    /// <param name="certificates">Whom to trust and what to show.</param>
    /// <param name="options">Everything else.</param>
    /// <param name="verdict">Judges the server's certificate.</param>
    internal static SslClientAuthenticationOptions Create(TlsOptions certificates, TlsOptions options, CertificateVerdict verdict)
    {
        var authentication = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = options.EnabledProtocols,
            CertificateRevocationCheckMode = options.RevocationMode,
            RemoteCertificateValidationCallback = verdict.Judge,
            AllowRenegotiation = false,
        };
        if (certificates.CertificateAuthorities is { Count: > 0 } authorities)
        {
            authentication.CertificateChainPolicy = PolicyFor(authorities, options.RevocationMode);
        }

        if (certificates.ClientCertificates?.FirstOrDefault(static certificate => certificate.HasPrivateKey) is { } leaf)
        {
            var others = new X509Certificate2Collection(
                certificates.ClientCertificates.Where(certificate => !ReferenceEquals(certificate, leaf)).ToArray());
            authentication.ClientCertificateContext = SslStreamCertificateContext.Create(leaf, others, offline: true);
        }

        return authentication;
    }

    private static X509ChainPolicy PolicyFor(X509Certificate2Collection authorities, X509RevocationMode revocationMode)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = revocationMode,
            // Nothing but what the server showed and the user trusts; a lookup over the network would hold up the handshake.
            DisableCertificateDownloads = revocationMode == X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
