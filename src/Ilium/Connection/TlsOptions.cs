using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Ilium.Connection;

namespace Ilium;

/// <summary>
/// How connections are encrypted. <c>new TlsOptions()</c> verifies that the server's certificate leads to an authority the system trusts
/// <b>and</b> is for the host connected to. Immutable; do not change the collections given to it.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>
    /// The authorities that may have issued the servers' certificates, instead of the system's; may hold intermediate ones too. Default
    /// null: the system's.
    /// </summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>
    /// What the driver shows to servers that ask for it (<c>require_client_auth</c>): a certificate with its private key, and any
    /// intermediate ones between it and the authority. Default null: nothing.
    /// </summary>
    public X509Certificate2Collection? ClientCertificates { get; init; }

    /// <summary>
    /// The name that certificates must be for, whatever the address connected to; for clusters whose nodes share a name. Default null: the
    /// contact point as given, or the address under which the cluster lists the node.
    /// </summary>
    public string? TargetHost { get; init; }

    /// <summary>
    /// Finds the name a node's certificate must be for; returns null for <see cref="TargetHost"/>. Called on the thread that connects.
    /// Default null.
    /// </summary>
    public Func<EndPoint, string?>? TargetHostFor { get; init; }

    /// <summary>The versions allowed. Default <see cref="SslProtocols.None"/>: what the system considers safe.</summary>
    public SslProtocols EnabledProtocols { get; init; }

    /// <summary>
    /// Whether certificates are looked up in revocation lists, which may need the network. Default
    /// <see cref="X509RevocationMode.NoCheck"/>.
    /// </summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.NoCheck;

    /// <summary>
    /// <b>Dangerous.</b> Accepts every certificate, so that anybody between can read and change everything, passwords included.
    /// Default false.
    /// </summary>
    public bool DangerousAcceptAnyServerCertificate { get; init; }

    /// <summary>
    /// Called for each new connection, on the thread that connects, so that certificates can be replaced without a restart; the
    /// <see cref="CertificateAuthorities"/> and <see cref="ClientCertificates"/> of what it returns take the place of these. What it throws
    /// fails that connection, which is tried again later. Default null; <see cref="FromPem"/> sets it.
    /// </summary>
    public Func<TlsOptions>? ReloadCertificates { get; init; }

    /// <summary>
    /// Options from PEM files. They are read now, to find faults early, and again for each new connection, so that replacing the files is
    /// enough to rotate certificates.
    /// </summary>
    /// <param name="certificateAuthorityFile">The authorities to trust; null for the system's.</param>
    /// <param name="certificateFile">The client's certificate, and after it any intermediate ones; null for none.</param>
    /// <param name="keyFile">The client's private key; null when it is in the certificate's file. Needs the certificate's file.</param>
    /// <param name="keyPassword">The password of an encrypted key; null when it is not encrypted.</param>
    /// <exception cref="InvalidOptionsException">A file is missing or does not hold what it should; names each such file.</exception>
    public static TlsOptions FromPem(
        string? certificateAuthorityFile = null,
        string? certificateFile = null,
        string? keyFile = null,
        string? keyPassword = null)
    {
        var files = new PemFiles(certificateAuthorityFile, certificateFile, keyFile, keyPassword);
        return files.Load() with { ReloadCertificates = files.Load };
    }
}
