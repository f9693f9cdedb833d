using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ilium.TestKit;

namespace Ilium.Docs.Tests;

/// <summary>What docs/tls-and-auth.md promises, against a scripted server.</summary>
public sealed class SecurityPageTests
{
    [Fact]
    public async Task Every_connection_is_encrypted_and_shows_the_client_certificate()
    {
        using var certificates = new TestCertificates();
        await using var server = new ScriptedServer();
        await using var listener = new ScriptedListener(server, new() { Certificate = certificates.Server(), ClientAuthority = certificates.Authority });
        var tls = new TlsOptions
        {
            CertificateAuthorities = new X509Certificate2Collection(certificates.Authority),
            ClientCertificates = new X509Certificate2Collection(certificates.Client("alice")),
        };
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [listener.EndPoint], Tls = tls, MinConnectionsPerNode = 2 });
        await cluster.ConnectAsync();
        await server.WaitForConnectionsAsync(2, TestContext.Current.CancellationToken);
        Assert.All(server.Connections, connection => Assert.Equal("CN=alice", connection.ClientCertificate!.Subject));

        await using var untrusting = new Cluster(new ClusterOptions { ContactPoints = [listener.EndPoint], Tls = new TlsOptions() });
        var error = await Assert.ThrowsAsync<NoNodeAvailableException>(() => untrusting.ConnectAsync().AsTask());
        Assert.Equal(ConnectionFailureReason.TlsUntrustedCertificate, Assert.IsType<ConnectionFailedException>(error.InnerException).Reason);
    }

    [Fact]
    public async Task Challenges_are_answered_until_the_server_is_content()
    {
        await using var server = new ScriptedServer();
        // The first connection only: those that follow are let in.
        server.Once(request => request.Is(WireOpcode.Startup), request => request.Authenticate("example.Sasl"));
        // The rule added last is asked first.
        server.Once(request => request.Is(WireOpcode.AuthResponse), request => request.AuthSuccess("done"u8.ToArray()));
        server.Once(request => request.Is(WireOpcode.AuthResponse), request => request.AuthChallenge("two"u8.ToArray()));
        server.Once(request => request.Is(WireOpcode.AuthResponse), request => request.AuthChallenge("one"u8.ToArray()));
        await using var listener = new ScriptedListener(server);
        var provider = new RecordingProvider();
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [listener.EndPoint], AuthProvider = provider, MaxConnectionsPerNode = 1 });
        await cluster.ConnectAsync();
        Assert.Equal(["example.Sasl", "one", "two", "done"], provider.Heard);
    }

    [Fact]
    public async Task After_a_refused_login_connecting_can_be_tried_again()
    {
        await using var server = new ScriptedServer(new ScriptedServerOptions { Credentials = ("app", "new") });
        await using var listener = new ScriptedListener(server);
        var password = "old";
        var provider = new PlainTextAuthProvider(_ => new(("app", password)));
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [listener.EndPoint], AuthProvider = provider });
        await Assert.ThrowsAsync<AuthenticationFailedException>(() => cluster.ConnectAsync().AsTask());
        password = "new";
        await cluster.ConnectAsync();
        Assert.Equal("scripted", cluster.Name);
    }

    private sealed class RecordingProvider : AuthProvider
    {
        public List<string> Heard { get; } = [];

        public override Authenticator CreateAuthenticator(EndPoint endPoint, string serverAuthenticator)
        {
            Heard.Add(serverAuthenticator);
            return new Recording(Heard);
        }
    }

    private sealed class Recording(List<string> heard) : Authenticator
    {
        public override ValueTask<ReadOnlyMemory<byte>?> InitialResponseAsync(CancellationToken cancellationToken = default) => new("hello"u8.ToArray());

        public override ValueTask<ReadOnlyMemory<byte>?> EvaluateChallengeAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken = default)
        {
            heard.Add(Encoding.UTF8.GetString(challenge.Span));
            return new("answer"u8.ToArray());
        }

        public override ValueTask OnSuccessAsync(ReadOnlyMemory<byte> token, CancellationToken cancellationToken = default)
        {
            heard.Add(Encoding.UTF8.GetString(token.Span));
            return default;
        }
    }
}
