using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Ilium.Connection;

namespace Ilium.Tests.Connection;

[SuppressMessage("Security", "CA5398", Justification = "Both versions have their own way to refuse; each is tried.")]
public sealed class TlsTransportTests
{
    private static readonly TlsTestCertificates Authority = new();
    private static readonly TlsTestCertificates OtherAuthority = new("another authority");

    private static TlsOptions Trusting => new() { CertificateAuthorities = Authority.Authorities };

    [Fact]
    public async Task A_trusted_certificate_for_the_address_is_accepted_and_bytes_pass_both_ways()
    {
        using var server = new TlsTestServer(Authority.IssueForLoopback(), EchoAsync);
        using var transport = Connect(server.Address, Trusting);
        Assert.IsType<TlsTransport>(transport);
        Assert.Equal(server.Address, transport.RemoteEndPoint);
        SendAll(transport, "hello"u8);
        Assert.Equal("hello"u8.ToArray(), ReadExactly(transport, 5));
        transport.Close();
        await server.Served;
    }

    [Fact]
    public void The_name_as_configured_is_verified_not_the_address_it_resolves_to()
    {
        using var server = new TlsTestServer(Authority.Issue("node", ["localhost"], []), EchoAsync);
        using var transport = Connect(new DnsEndPoint("localhost", server.Port), Trusting);
        SendAll(transport, "x"u8);
        Assert.Equal("x"u8.ToArray(), ReadExactly(transport, 1));
    }

    [Fact]
    public void A_certificate_for_another_name_is_refused_and_the_message_has_both_names()
    {
        using var server = new TlsTestServer(Authority.Issue("node", ["other.example"], []), EchoAsync);
        var error = Refused(server.Address, Trusting);
        Assert.Equal(ConnectionFailureReason.TlsNameMismatch, error.Reason);
        Assert.Equal(
            $"TLS with 127.0.0.1:{server.Port} was refused: its certificate is for 'other.example' and not for '127.0.0.1'; connect by " +
            "a name in the certificate or set TlsOptions.TargetHost.",
            error.Message);
        Assert.False(error.IsTransient);
        Assert.False(error.MayHaveBeenApplied);
    }

    [Fact]
    public void A_target_host_takes_the_place_of_the_address()
    {
        using var server = new TlsTestServer(Authority.Issue("node", ["other.example"], []), EchoAsync);
        using var transport = Connect(server.Address, Trusting with { TargetHost = "other.example" });
        Assert.IsType<TlsTransport>(transport);
    }

    [Fact]
    public void A_target_host_can_be_found_for_each_node()
    {
        using var server = new TlsTestServer(Authority.Issue("node", ["other.example"], []), EchoAsync);
        EndPoint? asked = null;
        var tls = Trusting with
        {
            TargetHost = "unused",
            TargetHostFor = node =>
            {
                asked = node;
                return "other.example";
            },
        };
        using var transport = Connect(server.Address, tls);
        Assert.Equal(server.Address, asked);
    }

    [Fact]
    public void A_certificate_of_an_unknown_authority_is_refused()
    {
        using var server = new TlsTestServer(OtherAuthority.IssueForLoopback(), EchoAsync);
        var error = Refused(server.Address, Trusting);
        Assert.Equal(ConnectionFailureReason.TlsUntrustedCertificate, error.Reason);
        Assert.Contains("'CN=localhost', issued by 'CN=another authority'", error.Message, StringComparison.Ordinal);
        Assert.Contains("TlsOptions.CertificateAuthorities", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Default_options_do_not_trust_a_private_authority()
    {
        using var server = new TlsTestServer(Authority.IssueForLoopback(), EchoAsync);
        Assert.Equal(ConnectionFailureReason.TlsUntrustedCertificate, Refused(server.Address, new TlsOptions()).Reason);
    }

    [Fact]
    public void Only_the_dangerous_option_accepts_any_certificate()
    {
        using var server = new TlsTestServer(OtherAuthority.Issue("node", ["other.example"], [], validDays: 1), EchoAsync);
        using var transport = Connect(server.Address, new TlsOptions { DangerousAcceptAnyServerCertificate = true });
        Assert.IsType<TlsTransport>(transport);
    }

    [Fact]
    public void An_expired_certificate_is_refused_with_its_dates()
    {
        using var certificate = Authority.Issue("localhost", ["localhost"], [IPAddress.Loopback], validDays: 1);
        using var server = new TlsTestServer(certificate, EchoAsync);
        var error = Refused(server.Address, Trusting);
        Assert.Equal(ConnectionFailureReason.TlsCertificateExpired, error.Reason);
        Assert.Contains($"to {certificate.NotAfter.ToUniversalTime():u} only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_wrong_with_a_certificate_is_said_at_once()
    {
        using var server = new TlsTestServer(OtherAuthority.Issue("node", ["other.example"], []), EchoAsync);
        var error = Refused(server.Address, Trusting);
        Assert.Equal(ConnectionFailureReason.TlsUntrustedCertificate, error.Reason);
        Assert.Contains("; moreover, its certificate is for 'other.example'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_certificate_is_shown_to_a_server_that_wants_one(SslProtocols protocol)
    {
        X509Certificate? seen = null;
        using var server = new TlsTestServer(
            Authority.IssueForLoopback(),
            tls =>
            {
                seen = tls.RemoteCertificate;
                return EchoAsync(tls);
            },
            Authority.Authorities,
            protocol);
        using var client = Authority.Issue("app", [], []);
        using var transport = Connect(server.Address, Trusting with { ClientCertificates = [client] });
        SendAll(transport, "x"u8);
        ReadExactly(transport, 1);
        transport.Close();
        await server.Served;
        Assert.Equal("CN=app", seen?.Subject);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void A_missing_client_certificate_is_named_as_the_cause(SslProtocols protocol)
    {
        using var server = new TlsTestServer(Authority.IssueForLoopback(), EchoAsync, Authority.Authorities, protocol);

        // TLS 1.3 says so in the first thing read after the handshake.
        var error = Assert.Throws<ConnectionFailedException>(() =>
        {
            using var transport = Connect(server.Address, Trusting);
            transport.Receive(new byte[1], likely: false);
        });
        Assert.Equal(ConnectionFailureReason.TlsClientCertificateRejected, error.Reason);
        Assert.Equal(
            $"127.0.0.1:{server.Port} refused this client's certificate, or wants one and none is set; see " +
            "TlsOptions.ClientCertificates and the server's truststore.",
            error.Message);
    }

    [Fact]
    public void Certificates_are_loaded_again_for_each_connection()
    {
        var loads = 0;
        var options = new TlsOptions
        {
            ReloadCertificates = () => Interlocked.Increment(ref loads) == 1
                ? new TlsOptions { CertificateAuthorities = OtherAuthority.Authorities }
                : new TlsOptions { CertificateAuthorities = Authority.Authorities },
        };
        using var first = new TlsTestServer(Authority.IssueForLoopback(), EchoAsync);
        Assert.Equal(ConnectionFailureReason.TlsUntrustedCertificate, Refused(first.Address, options).Reason);
        using var second = new TlsTestServer(Authority.IssueForLoopback(), EchoAsync);
        using var transport = Connect(second.Address, options);
        Assert.Equal(2, loads);
    }

    [Fact]
    public void Certificates_that_cannot_be_loaded_fail_the_connection_with_the_cause()
    {
        using var server = new TlsTestServer(Authority.IssueForLoopback(), EchoAsync);
        var error = Refused(server.Address, new TlsOptions { ReloadCertificates = () => throw new IOException("the vault is closed") });
        Assert.Equal(ConnectionFailureReason.TlsCertificatesNotLoaded, error.Reason);
        Assert.Contains("the vault is closed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_the_server_does_not_allow_is_a_handshake_failure()
    {
        using var server = new TlsTestServer(Authority.IssueForLoopback(), EchoAsync, protocols: SslProtocols.Tls13);
        var error = Refused(server.Address, Trusting with { EnabledProtocols = SslProtocols.Tls12 });
        Assert.Equal(ConnectionFailureReason.TlsHandshake, error.Reason);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_stops_the_sender_without_blocking_it_and_no_byte_is_lost()
    {
        var readOn = new TaskCompletionSource();
        var sent = Pattern(20_000_000);
        var received = new byte[sent.Length];
        using var server = new TlsTestServer(Authority.IssueForLoopback(), async tls =>
        {
            await readOn.Task;
            await tls.ReadExactlyAsync(received);
        });
        using var transport = Connect(server.Address, Trusting);

        var taken = 0;
        for (int count; (count = transport.TrySend(sent.AsSpan(taken))) > 0;)
        {
            taken += count;
        }

        // Nobody has read: it stopped short, and goes on saying so however often it is asked.
        Assert.InRange(taken, 1, sent.Length - 1);
        Assert.Equal(0, transport.TrySend(sent.AsSpan(taken)));
        Assert.Equal(0, transport.TrySend(sent.AsSpan(taken, 1)));

        readOn.SetResult();
        SendAll(transport, sent.AsSpan(taken));
        await server.Served;
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task A_batch_is_taken_whole_only_when_all_of_its_ciphertext_has_left()
    {
        var readOn = new TaskCompletionSource();
        var total = 0;
        using var server = new TlsTestServer(Authority.IssueForLoopback(), async tls =>
        {
            await readOn.Task;
            var buffer = new byte[20_000];
            do
            {
                total += await tls.ReadAsync(buffer);
            }
            while (!buffer.Contains((byte)0xFF));
        });
        using var transport = Connect(server.Address, Trusting);
        var batch = new byte[1000];
        var batches = 0;
        int count;
        do
        {
            count = transport.TrySend(batch);
            batches++;
        }
        while (count == batch.Length);

        // The one byte that is held back makes the caller come again, and is not sent twice.
        Assert.Equal(batch.Length - 1, count);
        readOn.SetResult();
        SendAll(transport, batch.AsSpan(count));
        SendAll(transport, [0xFF]);
        await server.Served;
        Assert.Equal((batches * batch.Length) + 1, total);
    }

    [Fact]
    public async Task Large_transfers_both_ways_at_once_arrive_whole()
    {
        var bytes = Pattern(8_000_000);
        using var server = new TlsTestServer(Authority.IssueForLoopback(), EchoAsync);
        using var transport = Connect(server.Address, Trusting);
        var sender = Task.Factory.StartNew(
            () => SendAll(transport, bytes), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(bytes.AsSpan().SequenceEqual(ReadExactly(transport, bytes.Length)));
        await sender;
    }

    [Fact]
    public async Task The_end_of_the_stream_reads_as_zero()
    {
        using var server = new TlsTestServer(Authority.IssueForLoopback(), tls => tls.ShutdownAsync());
        using var transport = Connect(server.Address, Trusting);
        Assert.Equal(0, transport.Receive(new byte[1], likely: false));
        await server.Served;
    }

    [Fact]
    public async Task Close_wakes_a_reader_and_a_sender_that_wait()
    {
        var never = new TaskCompletionSource();
        using var server = new TlsTestServer(Authority.IssueForLoopback(), _ => never.Task);
        using var transport = Connect(server.Address, Trusting);
        using var stuck = new ManualResetEventSlim();
        var reader = Task.Factory.StartNew(
            () => Record.Exception(() => transport.Receive(new byte[1], likely: false)),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var sender = Task.Factory.StartNew(
            () => Record.Exception(() => SendUntilStuck(transport, stuck)),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        stuck.Wait(TestContext.Current.CancellationToken);
        transport.Close();
        transport.Close();
        await reader.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.NotNull(await sender.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        never.SetResult();
    }

    private static Transport Connect(EndPoint target, TlsOptions tls) =>
        TransportConnector.Instance.Connect(target, new ClusterOptions { Tls = tls }, TestContext.Current.CancellationToken);

    private static ConnectionFailedException Refused(EndPoint target, TlsOptions tls) =>
        Assert.Throws<ConnectionFailedException>(() => Connect(target, tls));

    private static async Task EchoAsync(SslStream tls)
    {
        var buffer = new byte[60_000];
        try
        {
            for (int count; (count = await tls.ReadAsync(buffer)) > 0;)
            {
                await tls.WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (IOException)
        {
            // The client has closed without a word, as it does.
        }
    }

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static void SendAll(Transport transport, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = transport.TrySend(bytes);
            bytes = bytes[count..];
            if (!bytes.IsEmpty && count == 0)
            {
                transport.WaitWritable();
            }
        }
    }

    private static void SendUntilStuck(Transport transport, ManualResetEventSlim stuck)
    {
        var batch = new byte[100_000];
        while (true)
        {
            if (transport.TrySend(batch) == 0)
            {
                stuck.Set();
                transport.WaitWritable();
            }
        }
    }

    private static byte[] ReadExactly(Transport transport, int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length;)
        {
            var count = transport.Receive(bytes.AsSpan(at), likely: at > 0);
            Assert.NotEqual(0, count);
            at += count;
        }

        return bytes;
    }
}
