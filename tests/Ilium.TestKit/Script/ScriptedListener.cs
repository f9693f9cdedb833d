using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Ilium.TestKit;

/// <summary>What a <see cref="ScriptedListener"/> does with a connection it has accepted.</summary>
public enum AcceptBehavior
{
    /// <summary>The server speaks.</summary>
    Serve = 0,

    /// <summary>The connection stays open and nothing is ever read or written, not even a TLS handshake.</summary>
    Silence = 1,

    /// <summary>The connection is reset at once; the client may see it as early as in its connect call.</summary>
    Reset = 2,
}

/// <summary>How a <see cref="ScriptedListener"/> listens.</summary>
public sealed record ScriptedListenerOptions
{
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>With a certificate the listener speaks TLS only; see <see cref="TestCertificates"/>.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Intermediate certificates to send after <see cref="Certificate"/>.</summary>
    public X509Certificate2Collection? Chain { get; init; }

    /// <summary>The handshake fails unless the client presents a certificate that this authority issued.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    public SslProtocols Protocols { get; init; } = SslProtocols.None;
}

/// <summary>A TCP port on loopback behind which a <see cref="ScriptedServer"/> answers, with or without TLS. Threads of its own, as the server.</summary>
public sealed class ScriptedListener : IAsyncDisposable
{
    private readonly ScriptedServer _server;
    private readonly ScriptedListenerOptions _options;
    private readonly Socket _socket;
    private readonly Thread _acceptor;
    private readonly Lock _lock = new();
    private readonly WaitableLog<Socket> _accepted = new();
    private readonly TaskCompletionSource _disposing = new();
    private readonly WaitableLog<Exception> _tlsFailures = new();
    private bool _disposed;

    public ScriptedListener(ScriptedServer server, ScriptedListenerOptions? options = null)
    {
        _server = server;
        _options = options ?? new ScriptedListenerOptions();
        _socket = new Socket(_options.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _socket.Bind(_options.EndPoint);
        _socket.Listen(128);
        _acceptor = new Thread(Accept) { IsBackground = true, Name = "scripted listener" };
        _acceptor.Start();
    }

    /// <summary>Where it listens, with the port that the system chose.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>For connections accepted from now on.</summary>
    public AcceptBehavior Behavior { get; set; }

    /// <summary>
    /// Slow accept: connections get no service before this completes. The system itself still completes their TCP handshakes, as long as its backlog has room.
    /// </summary>
    public Task AcceptGate { get; set; } = Task.CompletedTask;

    /// <summary>Handshakes that failed, on this side.</summary>
    public IReadOnlyList<Exception> TlsFailures => _tlsFailures.Snapshot();

    /// <summary>An end point of loopback that refuses connections (until somebody else takes the port).</summary>
    public static IPEndPoint RefusingEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>The first failed handshake, now or when it comes.</summary>
    public async Task<Exception> WaitForTlsFailureAsync(CancellationToken cancellationToken = default) =>
        (await _tlsFailures.WaitForAsync(_ => true, 1, _server.Options.Patience, cancellationToken))[0];

    /// <summary>Completes once so many connections have been accepted, whatever became of them.</summary>
    public Task WaitForAcceptedAsync(int count, CancellationToken cancellationToken = default) =>
        _accepted.WaitForAsync(_ => true, count, _server.Options.Patience, cancellationToken);

    /// <summary>Stops listening and closes what was accepted, served or not. The server's connections end with it.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed = true;
            _disposing.SetResult();
            foreach (var socket in _accepted.Snapshot())
            {
                socket.Dispose();
            }
        }

        _socket.Dispose();
        _acceptor.Join();
        return ValueTask.CompletedTask;
    }

    private static void Break(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is broken already.
        }

        socket.Dispose();
    }

    private void Accept()
    {
        while (true)
        {
            Socket socket;
            AcceptBehavior behavior;
            try
            {
                socket = _socket.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            lock (_lock)
            {
                if (_disposed)
                {
                    socket.Dispose();
                    return;
                }

                behavior = Behavior;
                _accepted.Add(socket);
            }

            socket.NoDelay = true;
            if (behavior == AcceptBehavior.Reset)
            {
                Break(socket);
            }
            else if (behavior == AcceptBehavior.Serve)
            {
                new Thread(() => Begin(socket)) { IsBackground = true, Name = "scripted listener handshake" }.Start();
            }
        }
    }

    private void Begin(Socket socket)
    {
        try
        {
            Task.WaitAny(AcceptGate, _disposing.Task);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            X509Certificate? clientCertificate = null;
            if (_options.Certificate is { } certificate)
            {
                var tls = new SslStream(stream);
                stream = tls;
                tls.AuthenticateAsServer(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(certificate, _options.Chain, offline: true),
                    ClientCertificateRequired = _options.ClientAuthority is not null,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    RemoteCertificateValidationCallback = (_, presented, _, _) => IsWelcome(presented),
                    EnabledSslProtocols = _options.Protocols,
                });
                clientCertificate = tls.RemoteCertificate;
            }

            _server.Serve(new ScriptedConnection(_server, stream, () => Break(socket)) { ClientCertificate = clientCertificate });
        }
        catch (Exception e)
        {
            _tlsFailures.Add(e);
            socket.Dispose();
        }
    }

    private bool IsWelcome(X509Certificate? presented)
    {
        if (_options.ClientAuthority is not { } authority)
        {
            return true;
        }

        if (presented is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(X509CertificateLoader.LoadCertificate(presented.GetRawCertData()));
    }
}
