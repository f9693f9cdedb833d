using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ilium.Errors;

namespace Ilium.Connection;

/// <summary>
/// One try to reach one target: its name resolved, its addresses tried in the resolver's order, each with TCP and then TLS. The first that
/// is ready wins; if none is, the failures of all go into one exception. Runs on one thread, which it blocks.
/// </summary>
internal sealed class ConnectAttempt
{
    // Poll cannot be woken through a token. This is the longest a cancelled connect lingers; twenty wake-ups a second cost nothing.
    private const int PollMicroseconds = 50_000;

    private readonly EndPoint _target;
    private readonly ClusterOptions _options;
    private readonly Func<string, CancellationToken, IPAddress[]> _resolve;
    private readonly CancellationToken _cancellationToken;
    private readonly long _started;
    private readonly List<ConnectionFailedException> _failures = [];

    internal ConnectAttempt(
        EndPoint target,
        ClusterOptions options,
        Func<string, CancellationToken, IPAddress[]> resolve,
        CancellationToken cancellationToken)
    {
        _target = target;
        _options = options;
        _resolve = resolve;
        _cancellationToken = cancellationToken;
        _started = options.TimeProvider.GetTimestamp();
    }

    /// <summary>The client's ports to connect from; null for any.</summary>
    internal SourcePorts? Ports { get; init; }

    private string Target => EndPointText.Format(_target);

    /// <exception cref="ConnectionFailedException">When no address could be used, or the token fired.</exception>
    internal Transport Run()
    {
        var addresses = Addresses();
        for (var index = 0; index < addresses.Count; index++)
        {
            try
            {
                // A dead first address must not eat the time of the living second one.
                return Open(addresses[index], _options.ConnectTimeout / addresses.Count);
            }
            catch (ConnectionFailedException failure)
            {
                _failures.Add(failure);
            }
            catch (Exception e) when (!_cancellationToken.IsCancellationRequested)
            {
                // What a user's hook throws (TcpOptions.Configure, TlsOptions.TargetHostFor) or a socket option that the system refuses.
                _failures.Add(new ConnectionFailedException(
                    _target, ConnectionFailureReason.Network, $"Connecting to {Target} failed: {e.Message}", e));
            }
            catch (Exception e)
            {
                _failures.Add(GivenUp($"while connecting to {EndPointText.Format(addresses[index])}", e));
            }

            if (_cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        throw Summary();
    }

    private IReadOnlyList<EndPoint> Addresses()
    {
        var (host, port) = _target switch
        {
            DnsEndPoint name => (name.Host, name.Port),
            SniEndPoint node => (node.ProxyHost, node.ProxyPort),
            _ => (null, 0),
        };
        if (host is null)
        {
            return [_target];
        }

        try
        {
            IReadOnlyList<IPAddress> addresses = _target switch
            {
                SniEndPoint when IPAddress.TryParse(host, out var literal) => [literal],
                SniEndPoint node => node.Proxy.InTurn(_resolve(host, _cancellationToken)),
                _ => _resolve(host, _cancellationToken),
            };
            if (addresses.Count > 0)
            {
                return [.. addresses.Select(address => new IPEndPoint(address, port))];
            }

            throw NotResolved(null);
        }
        catch (OperationCanceledException e)
        {
            throw GivenUp("while its name was being resolved", e);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw NotResolved(e);
        }

        ConnectionFailedException NotResolved(Exception? cause) => new(
            _target,
            ConnectionFailureReason.NameNotResolved,
            $"The name '{host}' has no address ({cause?.Message ?? "the answer was empty"}): " +
            (_target is SniEndPoint ? "check " : "check how the contact point is spelled and ") + "which name server this machine asks.",
            cause);
    }

    private Transport Open(EndPoint address, TimeSpan budget)
    {
        Socket socket;
        try
        {
            socket = OpenSocket(address, budget);
        }
        catch (SocketException e)
        {
            throw Failed(address, e);
        }

        var transport = new SocketTransport(socket, address);
        if (_options.Tls is not { } tls)
        {
            return transport;
        }

        try
        {
            // Closing wakes the handshake out of its wait.
            using var registration = _cancellationToken.UnsafeRegister(static state => ((Transport)state!).Close(), transport);
            var secured = TlsHandshake.Run(transport, tls, _target);
            _cancellationToken.ThrowIfCancellationRequested();
            return secured;
        }
        catch (Exception e)
        {
            transport.Close();
            if (_cancellationToken.IsCancellationRequested)
            {
                throw GivenUp($"during the TLS handshake with {EndPointText.Format(address)}; does that port speak TLS?", e);
            }

            throw;
        }
    }

    private Socket OpenSocket(EndPoint address, TimeSpan budget)
    {
        var unix = address is UnixDomainSocketEndPoint;
        var socket = unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SocketSetup.Apply(_options.Tcp, socket, unix);
            if (unix)
            {
                ConnectUnix(socket, address);
            }
            else
            {
                Bind(socket);
                ConnectTcp(socket, address, budget);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Bind(Socket socket)
    {
        if (Ports is not { } ports)
        {
            return;
        }

        var any = socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        SocketException? refused = null;
        foreach (var port in ports.InTurn(Random.Shared.Next()))
        {
            try
            {
                socket.Bind(new IPEndPoint(any, port));
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                refused = e;
            }
        }

        throw refused ?? new SocketException((int)SocketError.AddressNotAvailable);
    }

    private void ConnectTcp(Socket socket, EndPoint address, TimeSpan budget)
    {
        var began = _options.TimeProvider.GetTimestamp();
        socket.Blocking = false;
        try
        {
            socket.Connect(address);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // As it should be: the answer is awaited below.
        }

        // Windows reports a refusal as an error, everything else as writable.
        while (!socket.Poll(PollMicroseconds, SelectMode.SelectWrite) && !socket.Poll(0, SelectMode.SelectError))
        {
            if (_cancellationToken.IsCancellationRequested)
            {
                throw GivenUp($"while {EndPointText.Format(address)} did not answer", null);
            }

            if (_options.TimeProvider.GetElapsedTime(began) > budget)
            {
                throw new SocketException((int)SocketError.TimedOut);
            }
        }

        var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != 0)
        {
            throw new SocketException(error);
        }

        // The runtime notices the end of a non-blocking connect when it is asked.
        if (!socket.Connected)
        {
            throw new SocketException((int)SocketError.NotConnected);
        }
    }

    private void ConnectUnix(Socket socket, EndPoint address)
    {
        // Blocking: a Unix socket whose queue is full has no "in progress" to wait for. Disposing it wakes the connect.
        using var registration = _cancellationToken.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
        socket.Connect(address);
    }

    private ConnectionFailedException Failed(EndPoint address, SocketException error)
    {
        var (reason, what) = SocketFault.Explain(error.SocketErrorCode);
        return new ConnectionFailedException(_target, reason, $"Connecting to {Where(address)} failed: {what} ({error.Message}).", error);
    }

    private ConnectionFailedException GivenUp(string stage, Exception? cause)
    {
        var elapsed = _options.TimeProvider.GetElapsedTime(_started).TotalMilliseconds;
        return new ConnectionFailedException(
            _target,
            ConnectionFailureReason.TimedOut,
            string.Create(CultureInfo.InvariantCulture, $"Connecting to {Target} was given up after {elapsed:0} ms, {stage}."),
            cause);
    }

    private string Where(EndPoint address) =>
        _target is DnsEndPoint or SniEndPoint ? $"{Target} ({EndPointText.Format(address)})" : Target;

    private ConnectionFailedException Summary()
    {
        if (_failures.Count == 1)
        {
            return _failures[0];
        }

        // The address that got furthest tells most: a certificate that does not fit says more than a port nobody listens at.
        var telling = _cancellationToken.IsCancellationRequested
            ? _failures[^1]
            : _failures.MaxBy(static failure => Progress(failure.Reason))!;
        var each = string.Join("\n- ", _failures.Select(static failure => failure.Message));
        return new ConnectionFailedException(
            _target,
            telling.Reason,
            $"None of the {_failures.Count} addresses of {Target} could be used:\n- {each}",
            telling);
    }

    private static int Progress(ConnectionFailureReason reason) => reason switch
    {
        >= ConnectionFailureReason.TlsUntrustedCertificate => 4,
        ConnectionFailureReason.Closed => 3,
        ConnectionFailureReason.TimedOut => 2,
        ConnectionFailureReason.Refused => 1,
        _ => 0,
    };
}
