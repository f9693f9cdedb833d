using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ilium.Connection;

/// <summary>Certificates in PEM files, read whenever asked; a fault names the file it is in.</summary>
internal sealed class PemFiles
{
    private readonly string? _authorityFile;
    private readonly string? _certificateFile;
    private readonly string? _keyFile;
    private readonly string? _keyPassword;

    internal PemFiles(string? authorityFile, string? certificateFile, string? keyFile, string? keyPassword)
    {
        _authorityFile = authorityFile;
        _certificateFile = certificateFile;
        _keyFile = keyFile;
        _keyPassword = keyPassword;
    }

    /// <exception cref="InvalidOptionsException">With a fault for each file that cannot be used.</exception>
    internal TlsOptions Load()
    {
        var faults = new List<string>();
        Exception? first = null;
        var authorities = _authorityFile is null ? null : Try(LoadAuthorities, "certificate authorities", _authorityFile);
        var client = _certificateFile is null ? null : Try(LoadClient, "client certificate", _certificateFile);
        if (_certificateFile is null && _keyFile is not null)
        {
            faults.Add($"A key file is given ('{_keyFile}') without the certificate it belongs to: give the certificate's file too.");
        }

        return faults.Count == 0
            ? new TlsOptions { CertificateAuthorities = authorities, ClientCertificates = client }
            : throw new InvalidOptionsException(faults, first);

        X509Certificate2Collection? Try(Func<string, X509Certificate2Collection> load, string what, string file)
        {
            try
            {
                return load(file);
            }
            catch (Exception e) when (e
                is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException)
            {
                first ??= e;
                faults.Add($"The {what} in '{file}'{KeyNote(file)} cannot be used: {e.Message}");
                return null;
            }
        }
    }

    private static X509Certificate2Collection LoadAuthorities(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates.Count > 0
            ? certificates
            : throw new CryptographicException("There is no certificate in PEM form (-----BEGIN CERTIFICATE-----) in it.");
    }

    private X509Certificate2Collection LoadClient(string file)
    {
        var withKey = _keyPassword is null
            ? X509Certificate2.CreateFromPemFile(file, _keyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(file, _keyPassword, _keyFile);
        if (OperatingSystem.IsWindows())
        {
            // Windows' TLS cannot use a key that lives in this process only.
            using var ephemeral = withKey;
            withKey = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), password: null);
        }

        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(file);
        var certificates = new X509Certificate2Collection(withKey);
        certificates.AddRange(all.Where(certificate => certificate.Thumbprint != withKey.Thumbprint).ToArray());
        return certificates;
    }

    private string KeyNote(string file) => file == _certificateFile && _keyFile is not null ? $" with the key in '{_keyFile}'" : "";
}
