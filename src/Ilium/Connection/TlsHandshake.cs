using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Ilium.Errors;

namespace Ilium.Connection;

/// <summary>Puts TLS on a connected transport, on the calling thread, and turns what goes wrong into words.</summary>
internal sealed class TlsHandshake
{
    private readonly Transport _transport;
    private readonly TlsOptions _options;
    private readonly EndPoint _target;
    private readonly CertificateVerdict _verdict;
    private readonly string _name;
    private bool _serverAsked;

    private TlsHandshake(Transport transport, TlsOptions options, EndPoint target)
    {
        _transport = transport;
        _options = options;
        _target = target;
        if (target is SniEndPoint node)
        {
            _name = node.ServerName;
            _verdict = CertificateVerdict.ForBundle(node.ProxyHost);
        }
        else
        {
            _name = NameOf(options, target);
            _verdict = new CertificateVerdict(_name, options.DangerousAcceptAnyServerCertificate);
        }
    }

    /// <param name="transport">Connected; closing it from another thread interrupts the handshake.</param>
    /// <param name="options">How to secure it.</param>
    /// <param name="target">What the user or the cluster calls the node: the certificate must be for that.</param>
    /// <exception cref="ConnectionFailedException">For whatever goes wrong.</exception>
    internal static TlsTransport Run(Transport transport, TlsOptions options, EndPoint target) =>
        new TlsHandshake(transport, options, target).Run();

    internal static ConnectionFailedException ClientCertificateRejected(EndPoint target, Exception? cause) => new(
        target,
        ConnectionFailureReason.TlsClientCertificateRejected,
        $"{EndPointText.Format(target)} refused this client's certificate" +
        (target is SniEndPoint
            ? ", which is that of the Astra bundle: download the bundle again, and see AstraBundle.CertificateExpires."
            : ", or wants one and none is set; see TlsOptions.ClientCertificates and the server's truststore."),
        cause);

    private static string NameOf(TlsOptions options, EndPoint target)
    {
        var given = options.TargetHostFor?.Invoke(target) ?? options.TargetHost;
        return given ?? target switch
        {
            DnsEndPoint name => name.Host.TrimEnd('.'),
            // Without its scope: certificates know no interfaces.
            IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip => new IPAddress(ip.Address.GetAddressBytes()).ToString(),
            IPEndPoint ip => ip.Address.ToString(),
            _ => "localhost",
        };
    }

    private TlsTransport Run()
    {
        var authentication = Authentication();
        var cipher = new CipherStream(_transport);
        var tls = new SslStream(cipher, leaveInnerStreamOpen: false);
        try
        {
            tls.AuthenticateAsClient(authentication);
            cipher.FlushAll();
            cipher.Handshaking = false;
            return new TlsTransport(_transport, cipher, tls, _target, _serverAsked);
        }
        catch (Exception e)
        {
            tls.Dispose();
            throw Failed(e);
        }
    }

    private SslClientAuthenticationOptions Authentication()
    {
        try
        {
            var authentication = TlsAuthentication.Create(_options.ReloadCertificates?.Invoke() ?? _options, _options, _verdict);
            authentication.TargetHost = _name;
            if (authentication.ClientCertificateContext is null)
            {
                authentication.LocalCertificateSelectionCallback = NoteThatServerAsks;
            }

            return authentication;
        }
        catch (Exception e)
        {
            // Files that are being replaced, a hook of the user's: later it may work.
            throw new ConnectionFailedException(
                _target,
                ConnectionFailureReason.TlsCertificatesNotLoaded,
                $"No TLS connection to {EndPointText.Format(_target)} was tried, because the driver's own certificates could not be " +
                $"read: {e.Message}",
                e);
        }
    }

    private X509Certificate NoteThatServerAsks(
        object sender,
        string targetHost,
        X509CertificateCollection localCertificates,
        X509Certificate? remoteCertificate,
        string[] acceptableIssuers)
    {
        // It is called at the start too, in case the client volunteers one; with the server's certificate at hand it is the
        // server that asks.
        _serverAsked |= remoteCertificate is not null || acceptableIssuers.Length > 0;
        return null!;
    }

    private ConnectionFailedException Failed(Exception error)
    {
        var node = EndPointText.Format(_target);
        if (_verdict.Refused is { } refused)
        {
            return new ConnectionFailedException(_target, refused, $"TLS with {node} was refused: {_verdict.Explanation}.", error);
        }

        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                var (reason, what) = SocketFault.Explain(socket.SocketErrorCode);
                return new ConnectionFailedException(
                    _target, reason, $"TLS with {node} failed: {what} during the handshake ({socket.Message}).", error);
            }
        }

        if (TlsAlert.IsAboutCertificate(error) || (_serverAsked && TlsAlert.IsFrom(error)))
        {
            return ClientCertificateRejected(_target, error);
        }

        return error is IOException
            ? new ConnectionFailedException(
                _target,
                ConnectionFailureReason.Closed,
                $"TLS with {node} failed: the server closed the connection during the handshake; does that port speak TLS? " +
                $"({error.Message})",
                error)
            : new ConnectionFailedException(
                _target,
                ConnectionFailureReason.TlsHandshake,
                $"TLS with {node} failed: that port does not speak TLS, or both sides have no version and cipher in common; check " +
                $"client_encryption_options on the server and TlsOptions.EnabledProtocols here ({error.Message}{Inner(error)}).",
                error);
    }

    private static string Inner(Exception error) => error.InnerException is { } inner ? $" {inner.Message}" : "";
}
