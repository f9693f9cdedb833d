using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Ilium.Tests.Connection;

/// <summary>A TLS server on loopback that takes one connection and hands it to a script.</summary>
internal sealed class TlsTestServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    internal TlsTestServer(
        X509Certificate2 certificate,
        Func<SslStream, Task> script,
        X509Certificate2Collection? clientAuthorities = null,
        SslProtocols protocols = SslProtocols.None)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Served = Task.Run(() => ServeAsync(certificate, script, clientAuthorities, protocols));
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    internal IPEndPoint Address => new(IPAddress.Loopback, Port);

    /// <summary>Ends with the script, and with what the script or the handshake threw.</summary>
    internal Task Served { get; }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(
        X509Certificate2 certificate,
        Func<SslStream, Task> script,
        X509Certificate2Collection? clientAuthorities,
        SslProtocols protocols)
    {
        using var socket = await _listener.AcceptAsync();
        await using var tls = new SslStream(new NetworkStream(socket));
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            EnabledSslProtocols = protocols,
            ClientCertificateRequired = clientAuthorities is not null,
        };
        if (clientAuthorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(clientAuthorities);
        }

        await tls.AuthenticateAsServerAsync(options);
        await script(tls);
    }
}
