using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Ilium.TestKit;

/// <summary>How a <see cref="TlsListener"/> listens.</summary>
public sealed record TlsListenerOptions
{
    /// <summary>Port 0 for one that the system chooses.</summary>
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 0);

    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Clients must show a certificate that this authority issued; null for any or none.</summary>
    public X509Certificate2? ClientAuthority { get; init; }
}

/// <summary>A TLS port on loopback that hands each connection, with the server name that the client sent, to its owner. Threads of its own, never the pool's.</summary>
public sealed class TlsListener : IAsyncDisposable
{
    private readonly TlsListenerOptions _options;
    private readonly Action<SslStream, string> _serve;
    private readonly Socket _socket;
    private readonly Thread _acceptor;
    private readonly Lock _lock = new();
    private readonly List<(Socket Socket, Thread Thread)> _connections = [];
    private readonly WaitableLog<Exception> _failures = new();
    private readonly WaitableLog<string> _serverNames = new();
    private bool _disposed;

    /// <param name="options">Where, and with which certificate.</param>
    /// <param name="serve">Called on a thread of the connection's own; the connection is closed when it returns. What it throws ends the connection.</param>
    public TlsListener(TlsListenerOptions options, Action<SslStream, string> serve)
    {
        _options = options;
        _serve = serve;
        _socket = new Socket(options.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _socket.Bind(options.EndPoint);
        _socket.Listen(128);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _acceptor = new Thread(Accept) { IsBackground = true, Name = "TLS listener" };
        _acceptor.Start();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>The server names of the handshakes that succeeded, in their order.</summary>
    public IReadOnlyList<string> ServerNames => _serverNames.Snapshot();

    /// <summary>The first failed handshake, now or when it comes.</summary>
    public async Task<Exception> WaitForFailureAsync(CancellationToken cancellationToken = default) =>
        (await _failures.WaitForAsync(_ => true, 1, TimeSpan.FromSeconds(30), cancellationToken))[0];

    /// <summary>Completes once so many handshakes have succeeded.</summary>
    public Task WaitForConnectionsAsync(int count, CancellationToken cancellationToken = default) =>
        _serverNames.WaitForAsync(_ => true, count, TimeSpan.FromSeconds(30), cancellationToken);

    /// <summary>Stops listening and ends every connection.</summary>
    public ValueTask DisposeAsync()
    {
        List<(Socket Socket, Thread Thread)> connections;
        lock (_lock)
        {
            _disposed = true;
            connections = [.. _connections];
        }

        _socket.Dispose();
        _acceptor.Join();
        foreach (var (socket, _) in connections)
        {
            socket.Dispose();
        }

        foreach (var (_, thread) in connections)
        {
            thread.Join();
        }

        return ValueTask.CompletedTask;
    }

    private void Accept()
    {
        while (true)
        {
            try
            {
                var socket = _socket.Accept();
                socket.NoDelay = true;
                var thread = new Thread(() => Begin(socket)) { IsBackground = true, Name = "TLS listener connection" };
                lock (_lock)
                {
                    if (_disposed)
                    {
                        socket.Dispose();
                        return;
                    }

                    _connections.Add((socket, thread));
                    thread.Start();
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Begin(Socket socket)
    {
        using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            tls.AuthenticateAsServer(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(_options.Certificate, null, offline: true),
                ClientCertificateRequired = _options.ClientAuthority is not null,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, presented, _, _) => IsWelcome(presented),
            });
        }
        catch (Exception e)
        {
            _failures.Add(e);
            return;
        }

        _serverNames.Add(tls.TargetHostName);
        try
        {
            _serve(tls, tls.TargetHostName);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side is gone, or this listener is.
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
        using var loaded = X509CertificateLoader.LoadCertificate(presented.GetRawCertData());
        return chain.Build(loaded);
    }
}
