using System.Net;
using System.Net.Sockets;
using Ilium.Connection;

namespace Ilium.Tests.Connection;

public sealed class TransportConnectorTests
{
    // All of 127.0.0.0/8 is loopback.
    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.2");

    [Fact]
    public void A_listening_port_is_connected_to_and_knows_its_address()
    {
        using var listener = Listen(IPAddress.Loopback);
        using var transport = Connect(listener.LocalEndPoint!);
        Assert.IsType<SocketTransport>(transport);
        Assert.Equal(listener.LocalEndPoint, transport.RemoteEndPoint);
        using var peer = listener.Accept();
        Assert.Equal(3, transport.TrySend([1, 2, 3]));
        var received = new byte[3];
        Assert.Equal(3, peer.Receive(received));
        Assert.Equal([1, 2, 3], received);
        peer.Send([4]);
        Assert.Equal(1, transport.Receive(received, likely: false));
        Assert.Equal(4, received[0]);
    }

    [Fact]
    public void A_name_is_resolved_and_its_addresses_are_tried_in_turn()
    {
        // "localhost" is often ::1 first, where nothing listens.
        using var listener = Listen(IPAddress.Loopback);
        using var transport = Connect(new DnsEndPoint("localhost", Port(listener)));
        Assert.Equal(listener.LocalEndPoint, transport.RemoteEndPoint);
    }

    [Fact]
    public void IPv6_works_where_the_machine_has_it()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var listener = Listen(IPAddress.IPv6Loopback);
        using var transport = Connect(listener.LocalEndPoint!);
        Assert.Equal(listener.LocalEndPoint, transport.RemoteEndPoint);
    }

    [Fact]
    public void A_unix_socket_is_connected_to()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var transport = Connect(((ContactPoint)$"unix:{path}").ToEndPoint(9042));
        using var peer = listener.Accept();
        peer.Send([7]);
        var received = new byte[1];
        Assert.Equal(1, transport.Receive(received, likely: false));
        Assert.Equal(7, received[0]);
    }

    [Fact]
    public void A_unix_socket_that_is_not_there_is_a_typed_error()
    {
        var error = Fails(new UnixDomainSocketEndPoint("/nowhere/cassandra.sock"));
        Assert.Equal("unix:/nowhere/cassandra.sock", error.Target);
    }

    [Fact]
    public void A_port_where_nothing_listens_is_refused_with_advice()
    {
        IPEndPoint target;
        using (var listener = Listen(IPAddress.Loopback))
        {
            target = (IPEndPoint)listener.LocalEndPoint!;
        }

        var error = Fails(target);
        Assert.Equal(ConnectionFailureReason.Refused, error.Reason);
        Assert.Equal(target, error.EndPoint);
        Assert.True(error.IsTransient);
        Assert.False(error.MayHaveBeenApplied);
        Assert.StartsWith(
            $"Connecting to 127.0.0.1:{target.Port} failed: nothing listens there; check the port (native_transport_port)",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_without_addresses_is_named()
    {
        var error = Fails(new DnsEndPoint("no-such-node.invalid", 9042));
        Assert.Equal(ConnectionFailureReason.NameNotResolved, error.Reason);
        Assert.StartsWith("The name 'no-such-node.invalid' has no address (", error.Message, StringComparison.Ordinal);
        Assert.Equal("no-such-node.invalid:9042", error.Target);
    }

    [Fact]
    public void A_connect_that_nobody_answers_ends_when_the_token_fires()
    {
        using var full = new FullListener();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(60));
        var error = Fails(full.Address, deadline.Token);
        Assert.Equal(ConnectionFailureReason.TimedOut, error.Reason);
        Assert.Contains($"while {full.Address} did not answer.", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public void A_connect_that_nobody_answers_ends_after_the_connect_timeout_without_a_token()
    {
        using var full = new FullListener();
        var options = new ClusterOptions { ConnectTimeout = TimeSpan.FromMilliseconds(60) };
        var error = Assert.Throws<ConnectionFailedException>(
            () => TransportConnector.Instance.Connect(full.Address, options, TestContext.Current.CancellationToken));
        Assert.Equal(ConnectionFailureReason.TimedOut, error.Reason);
    }

    [Fact]
    public void A_handshake_that_nobody_answers_ends_when_the_token_fires()
    {
        using var silent = Listen(IPAddress.Loopback);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(60));
        var options = new ClusterOptions { Tls = new TlsOptions() };
        var error = Assert.Throws<ConnectionFailedException>(
            () => TransportConnector.Instance.Connect(silent.LocalEndPoint!, options, deadline.Token));
        Assert.Equal(ConnectionFailureReason.TimedOut, error.Reason);
        Assert.Contains("during the TLS handshake", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConnectionFailureReason.Closed, new byte[0])]
    [InlineData(ConnectionFailureReason.TlsHandshake, new byte[] { 0x84, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public async Task A_server_without_tls_is_told_from_one_with_it(ConnectionFailureReason reason, byte[] answer)
    {
        using var listener = Listen(IPAddress.Loopback);
        var served = Task.Run(
            async () =>
            {
                using var peer = await listener.AcceptAsync();
                await peer.ReceiveAsync(new byte[4096]);
                await peer.SendAsync(answer);
            },
            TestContext.Current.CancellationToken);
        var options = new ClusterOptions { Tls = new TlsOptions() };
        var error = Assert.Throws<ConnectionFailedException>(
            () => TransportConnector.Instance.Connect(listener.LocalEndPoint!, options, TestContext.Current.CancellationToken));
        Assert.Equal(reason, error.Reason);
        Assert.Contains("speak TLS", error.Message, StringComparison.Ordinal);
        await served;
    }

    [Fact]
    public void A_token_that_has_fired_already_ends_a_name_lookup()
    {
        var error = Fails(new DnsEndPoint("no-such-node.invalid", 9042), new CancellationToken(canceled: true));
        Assert.Equal(ConnectionFailureReason.TimedOut, error.Reason);
        Assert.Contains("while its name was being resolved", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Socket_options_reach_the_socket_and_the_hook_has_the_last_word()
    {
        using var listener = Listen(IPAddress.Loopback);
        Socket? seen = null;
        var options = new ClusterOptions
        {
            Tcp = new TcpOptions
            {
                NoDelay = false,
                KeepAliveTime = TimeSpan.FromSeconds(17),
                KeepAliveInterval = TimeSpan.FromSeconds(3),
                LingerSeconds = 0,
                Configure = socket =>
                {
                    seen = socket;
                    socket.NoDelay = true;
                },
            },
        };
        using var transport = TransportConnector.Instance.Connect(listener.LocalEndPoint!, options, TestContext.Current.CancellationToken);
        Assert.NotNull(seen);
        Assert.True(seen.NoDelay);
        Assert.Equal(17, seen.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(3, seen.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.NotEqual(0, seen.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.True(seen.LingerState!.Enabled);
    }

    [Fact]
    public void What_a_hook_throws_is_a_typed_error_and_the_socket_is_not_left_open()
    {
        using var listener = Listen(IPAddress.Loopback);
        Socket? seen = null;
        var options = new ClusterOptions
        {
            Tcp = new TcpOptions
            {
                Configure = socket =>
                {
                    seen = socket;
                    throw new InvalidOperationException("no such option");
                },
            },
        };
        var error = Assert.Throws<ConnectionFailedException>(
            () => TransportConnector.Instance.Connect(listener.LocalEndPoint!, options, TestContext.Current.CancellationToken));
        Assert.Contains("no such option", error.Message, StringComparison.Ordinal);
        Assert.True(seen!.SafeHandle.IsClosed);
    }

    [Fact]
    public void The_next_address_of_a_name_is_tried_when_one_refuses_and_when_one_is_silent()
    {
        using var listener = Listen(IPAddress.Loopback);
        using var refused = Connect(ResolvingTo(Elsewhere, IPAddress.Loopback), Port(listener));
        Assert.Equal(listener.LocalEndPoint, refused.RemoteEndPoint);

        using var full = new FullListener(Elsewhere, Port(listener));
        using var silent = Connect(ResolvingTo(Elsewhere, IPAddress.Loopback), Port(listener));
        Assert.Equal(listener.LocalEndPoint, silent.RemoteEndPoint);
    }

    [Fact]
    public void When_all_addresses_of_a_name_fail_the_message_has_each_and_the_reason_is_that_of_the_one_that_got_furthest()
    {
        using var full = new FullListener();
        var port = full.Address.Port;
        var error = Assert.Throws<ConnectionFailedException>(() => Connect(ResolvingTo(IPAddress.Loopback, Elsewhere), port));
        Assert.Equal(ConnectionFailureReason.TimedOut, error.Reason);
        Assert.StartsWith($"None of the 2 addresses of node.example:{port} could be used:\n", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"\n- Connecting to node.example:{port} (127.0.0.1:{port}) failed: it did not answer", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"- Connecting to node.example:{port} (127.0.0.2:{port}) failed: nothing listens there",
            error.Message,
            StringComparison.Ordinal);
        Assert.Equal($"node.example:{port}", error.Target);
    }

    [Fact]
    public void A_name_is_resolved_anew_for_each_connection()
    {
        using var listener = Listen(IPAddress.Loopback);
        var lookups = 0;
        var connector = new TransportConnector((name, _) =>
        {
            Assert.Equal("node.example", name);
            lookups++;
            return [IPAddress.Loopback];
        });
        using var first = Connect(connector, Port(listener));
        using var second = Connect(connector, Port(listener));
        Assert.Equal(2, lookups);
    }

    [Fact]
    public void A_name_that_resolves_to_nothing_is_a_typed_error()
    {
        var error = Assert.Throws<ConnectionFailedException>(() => Connect(ResolvingTo(), 9042));
        Assert.Equal(ConnectionFailureReason.NameNotResolved, error.Reason);
    }

    [Fact]
    public async Task Close_wakes_a_reader()
    {
        using var listener = Listen(IPAddress.Loopback);
        using var transport = Connect(listener.LocalEndPoint!);
        var reader = Task.Factory.StartNew(
            () => Record.Exception(() => transport.Receive(new byte[1], likely: false)),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        transport.Close();
        await reader.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    private static TransportConnector ResolvingTo(params IPAddress[] addresses) => new((_, _) => addresses);

    private static Transport Connect(TransportConnector connector, int port) => connector.Connect(
        new DnsEndPoint("node.example", port),
        new ClusterOptions { ConnectTimeout = TimeSpan.FromMilliseconds(120) },
        TestContext.Current.CancellationToken);

    private static Transport Connect(EndPoint target) =>
        TransportConnector.Instance.Connect(target, new ClusterOptions(), TestContext.Current.CancellationToken);

    private static ConnectionFailedException Fails(EndPoint target, CancellationToken? cancellationToken = null) =>
        Assert.Throws<ConnectionFailedException>(() => TransportConnector.Instance.Connect(
            target, new ClusterOptions(), cancellationToken ?? TestContext.Current.CancellationToken));

    private static int Port(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private static Socket Listen(IPAddress address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        return listener;
    }

    /// <summary>A listener whose queue is full: the kernel drops further attempts in silence, as a firewall would.</summary>
    private sealed class FullListener : IDisposable
    {
        private readonly Socket _listener;
        private readonly List<Socket> _clients = [];

        internal FullListener()
            : this(IPAddress.Loopback, 0)
        {
        }

        internal FullListener(IPAddress address, int port)
        {
            _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(new IPEndPoint(address, port));
            _listener.Listen(1);

            // A queue of one takes two; a third says that it waits, and goes on waiting.
            for (var index = 0; index < 3; index++)
            {
                var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _clients.Add(client);
                try
                {
                    client.Connect(Address);
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
                {
                }
            }
        }

        internal IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

        public void Dispose()
        {
            _clients.ForEach(static client => client.Dispose());
            _listener.Dispose();
        }
    }
}
