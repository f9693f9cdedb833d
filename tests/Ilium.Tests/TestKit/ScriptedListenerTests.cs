using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Ilium.TestKit;

namespace Ilium.Tests.TestKit;

public class ScriptedListenerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plain_connections_are_served_and_can_be_reset()
    {
        await using var server = new ScriptedServer();
        await using var listener = new ScriptedListener(server);
        using var client = new RawClient(await ConnectAsync(listener), 5);
        Assert.Equal(WireOpcode.Ready, client.Startup().Opcode);
        server.Connections[0].Reset();
        Assert.ThrowsAny<IOException>(() => client.Receive());
    }

    [Fact]
    public async Task Tls_is_served_and_the_client_certificate_is_seen()
    {
        using var certificates = new TestCertificates();
        await using var server = new ScriptedServer();
        await using var listener = new ScriptedListener(server, new() { Certificate = certificates.Server(), ClientAuthority = certificates.Authority });
        var (tls, errors) = await ConnectTlsAsync(listener, certificates, certificates.Client("alice"));
        using var client = new RawClient(tls, 5);
        Assert.Equal(SslPolicyErrors.None, errors);
        Assert.Equal(WireOpcode.Ready, client.Startup().Opcode);
        Assert.Equal("CN=alice", server.Connections[0].ClientCertificate!.Subject);
    }

    [Fact]
    public async Task A_client_without_certificate_is_turned_away_when_one_is_required()
    {
        using var certificates = new TestCertificates();
        await using var server = new ScriptedServer();
        await using var listener = new ScriptedListener(server, new() { Certificate = certificates.Server(), ClientAuthority = certificates.Authority });
        // TLS 1.2 tells the client within the handshake, TLS 1.3 only after it.
        var failure = await Record.ExceptionAsync(async () =>
        {
            var (tls, _) = await ConnectTlsAsync(listener, certificates, null);
            Assert.Equal(0, await tls.ReadAsync(new byte[1], Cancelled));
        });
        Assert.True(failure is null or IOException or AuthenticationException, $"{failure}");
        Assert.IsType<AuthenticationException>(await listener.WaitForTlsFailureAsync(Cancelled));
        Assert.Empty(server.Connections);
    }

    [Theory]
    [InlineData("good", SslPolicyErrors.None)]
    [InlineData("expired", SslPolicyErrors.RemoteCertificateChainErrors)]
    [InlineData("early", SslPolicyErrors.RemoteCertificateChainErrors)]
    [InlineData("self-signed", SslPolicyErrors.RemoteCertificateChainErrors)]
    [InlineData("wrong name", SslPolicyErrors.RemoteCertificateNameMismatch)]
    public async Task Bad_certificates_are_bad_in_the_way_they_say(string kind, SslPolicyErrors expected)
    {
        using var certificates = new TestCertificates();
        var certificate = kind switch
        {
            "expired" => certificates.ExpiredServer(),
            "early" => certificates.NotYetValidServer(),
            "self-signed" => certificates.SelfSignedServer(),
            "wrong name" => certificates.WrongNameServer(),
            _ => certificates.Server(),
        };
        await using var server = new ScriptedServer();
        await using var listener = new ScriptedListener(server, new() { Certificate = certificate });
        var (tls, errors) = await ConnectTlsAsync(listener, certificates, null);
        await tls.DisposeAsync();
        Assert.Equal(expected, errors);
    }

    [Fact]
    public async Task Silence_reset_and_a_closed_gate_keep_the_server_from_seeing_connections()
    {
        await using var server = new ScriptedServer();
        await using var listener = new ScriptedListener(server) { Behavior = AcceptBehavior.Reset };
        var reset = await Record.ExceptionAsync(async () => (await ConnectAsync(listener)).ReadByte());
        Assert.NotNull(reset);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(reset as SocketException ?? reset.InnerException).SocketErrorCode);

        listener.Behavior = AcceptBehavior.Silence;
        var silent = await ConnectAsync(listener);
        await listener.WaitForAcceptedAsync(2, Cancelled);
        silent.ReadTimeout = 50;
        silent.Write(new WireEnvelope(5, WireFlags.None, 0, WireOpcode.Options, ReadOnlyMemory<byte>.Empty).ToArray());
        var silence = Assert.ThrowsAny<IOException>(() => silent.ReadByte());
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(silence.InnerException).SocketErrorCode);

        var gate = new TaskCompletionSource();
        listener.Behavior = AcceptBehavior.Serve;
        listener.AcceptGate = gate.Task;
        using var client = new RawClient(await ConnectAsync(listener), 5);
        Assert.Empty(server.Connections);
        gate.SetResult();
        Assert.Equal(WireOpcode.Ready, client.Startup().Opcode);
        Assert.Single(server.Connections);
    }

    [Fact]
    public async Task A_refusing_end_point_refuses()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var refused = await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(ScriptedListener.RefusingEndPoint(), Cancelled).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static async Task<NetworkStream> ConnectAsync(ScriptedListener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(listener.EndPoint, Cancelled);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<(SslStream Stream, SslPolicyErrors Errors)> ConnectTlsAsync(
        ScriptedListener listener, TestCertificates certificates, X509Certificate2? clientCertificate)
    {
        var errors = SslPolicyErrors.None;
        var stream = new SslStream(await ConnectAsync(listener));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = clientCertificate is null ? null : [clientCertificate],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { certificates.Authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
                RemoteCertificateValidationCallback = (_, _, _, found) =>
                {
                    errors = found;
                    return true;
                },
            },
            Cancelled);
        return (stream, errors);
    }
}
