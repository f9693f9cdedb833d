using System.Security.Cryptography.X509Certificates;

namespace Ilium.Connection;

/// <summary>What was read from a bundle. Not a record: its text would show secrets.</summary>
internal sealed class AstraBundleContent
{
    internal required string Host { get; init; }

    internal required int Port { get; init; }

    internal string? Username { get; init; }

    internal string? Password { get; init; }

    /// <summary>The authorities, as PEM.</summary>
    internal required string Authorities { get; init; }

    /// <summary>The client's certificate, and any between it and its authority, as PEM.</summary>
    internal required string Certificate { get; init; }

    /// <summary>The client's private key, as PEM.</summary>
    internal required string Key { get; init; }

    internal DateTimeOffset Expires { get; init; }

    /// <summary>Certificates whose key lives in this process only. Whoever makes them disposes them.</summary>
    internal X509Certificate2Collection CreateClientCertificates()
    {
        var withKey = X509Certificate2.CreateFromPem(Certificate, Key);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // Windows' TLS can't use a key that lives in this process only: this one lives in the user's key store until it is disposed.
                using var ephemeral = withKey;
                withKey = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), password: null);
            }

            var others = new X509Certificate2Collection();
            others.ImportFromPem(Certificate);
            var certificates = new X509Certificate2Collection(withKey);
            foreach (var other in others)
            {
                if (other.RawDataMemory.Span.SequenceEqual(withKey.RawDataMemory.Span))
                {
                    other.Dispose();
                }
                else
                {
                    certificates.Add(other);
                }
            }

            return certificates;
        }
        catch
        {
            withKey.Dispose();
            throw;
        }
    }

    /// <summary>Whoever makes them disposes them.</summary>
    internal X509Certificate2Collection CreateAuthorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(Authorities);
        return authorities;
    }
}
