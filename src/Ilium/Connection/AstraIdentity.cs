using System.Security.Cryptography.X509Certificates;

namespace Ilium.Connection;

/// <summary>
/// What one cluster shows to Astra, and trusts: the certificates made of its bundle, and of the next one when the bundle's file is replaced. Owns the certificates;
/// those of former bundles stay until the end too, since a handshake may be using them.
/// </summary>
/// <remarks>Threads: any; those that connect wait for each other while the file is read.</remarks>
internal sealed class AstraIdentity : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<X509Certificate2Collection> _made = [];
    private readonly Action<AstraBundle> _replaced;
    private readonly Action<Exception> _failed;
    private AstraBundle _bundle;
    private TlsOptions _tls;
    private string? _fault;
    private bool _disposed;

    /// <param name="bundle">To begin with.</param>
    /// <param name="replaced">Told of a new bundle.</param>
    /// <param name="failed">Told when the file can't be used any more: once, until that changes.</param>
    internal AstraIdentity(AstraBundle bundle, Action<AstraBundle> replaced, Action<Exception> failed)
    {
        _replaced = replaced;
        _failed = failed;
        _bundle = bundle;
        _tls = Make(bundle.Content);
    }

    /// <summary>The bundle that was used last.</summary>
    internal AstraBundle Bundle
    {
        get
        {
            lock (_gate)
            {
                return _bundle;
            }
        }
    }

    /// <summary>The user name and the password in the newest bundle that can be used.</summary>
    internal (string Username, string Password) Credentials()
    {
        var content = Bundle.Content;
        return content is { Username: { } username, Password: { } password }
            ? (username, password)
            : throw new InvalidOperationException("The Astra bundle that has replaced the former one holds no credentials: set ClusterOptions.AuthProvider.");
    }

    /// <summary>How connections are secured now, by the newest bundle that can be used.</summary>
    internal TlsOptions Tls() => Newest().Tls;

    internal (AstraBundle Bundle, TlsOptions Tls) Newest()
    {
        AstraBundle? replaced = null;
        Exception? failure = null;
        (AstraBundle, TlsOptions) newest;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Cluster));
            try
            {
                var bundle = _bundle.Reload();
                _fault = null;
                if (bundle != _bundle)
                {
                    _tls = Make(bundle.Content);
                    _bundle = replaced = bundle;
                }
            }
            catch (Exception e)
            {
                // A file that is being replaced may be half there, and secrets that are mounted at the start may go: what works goes on working.
                failure = e.Message == _fault ? null : e;
                _fault = e.Message;
            }

            newest = (_bundle, _tls);
        }

        if (replaced is not null)
        {
            _replaced(replaced);
        }

        if (failure is not null)
        {
            _failed(failure);
        }

        return newest;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var certificate in _made.SelectMany(static certificates => certificates))
            {
                certificate.Dispose();
            }

            _made.Clear();
        }
    }

    private TlsOptions Make(AstraBundleContent content)
    {
        var authorities = content.CreateAuthorities();
        _made.Add(authorities);
        var client = content.CreateClientCertificates();
        _made.Add(client);
        return new TlsOptions { CertificateAuthorities = authorities, ClientCertificates = client };
    }
}
