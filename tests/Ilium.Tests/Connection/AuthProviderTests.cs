using System.Net;

namespace Ilium.Tests.Connection;

public sealed class AuthProviderTests
{
    private static readonly IPEndPoint Node = new(IPAddress.Loopback, 9042);

    [Fact]
    public async Task Plain_text_sends_an_empty_authorization_id_then_user_and_password()
    {
        var authenticator = Create(new PlainTextAuthProvider("käthe", "pässword"));
        Assert.Equal("\0käthe\0pässword"u8.ToArray(), await InitialAsync(authenticator));
    }

    [Fact]
    public async Task An_authorization_id_comes_first()
    {
        var authenticator = Create(new PlainTextAuthProvider("app", "secret") { AuthorizationId = "alice" });
        Assert.Equal("alice\0app\0secret"u8.ToArray(), await InitialAsync(authenticator));
    }

    [Fact]
    public async Task Credentials_are_asked_for_at_each_login()
    {
        var logins = 0;
        var provider = new PlainTextAuthProvider(_ => new(("app", $"secret{++logins}")));
        Assert.Equal("\0app\0secret1"u8.ToArray(), await InitialAsync(Create(provider)));
        Assert.Equal("\0app\0secret2"u8.ToArray(), await InitialAsync(Create(provider)));
    }

    [Fact]
    public async Task The_callback_gets_the_token_of_the_connection()
    {
        using var source = new CancellationTokenSource();
        var seen = CancellationToken.None;
        var provider = new PlainTextAuthProvider(token =>
        {
            seen = token;
            return new(("app", "secret"));
        });
        await Create(provider).InitialResponseAsync(source.Token);
        Assert.Equal(source.Token, seen);
    }

    [Fact]
    public async Task A_server_that_lets_the_client_choose_gets_the_method_first()
    {
        var authenticator = new PlainTextAuthProvider("app", "secret")
            .CreateAuthenticator(Node, "com.datastax.bdp.cassandra.auth.DseAuthenticator");
        Assert.Equal("PLAIN"u8.ToArray(), await InitialAsync(authenticator));
        var answer = await authenticator.EvaluateChallengeAsync("PLAIN-START"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("\0app\0secret"u8.ToArray(), answer!.Value.ToArray());
    }

    [Fact]
    public async Task A_challenge_without_an_answer_fails_the_login()
    {
        var authenticator = Create(new PlainTextAuthProvider("app", "secret"));
        var error = await Assert.ThrowsAsync<NotSupportedException>(
            async () => await authenticator.EvaluateChallengeAsync(new byte[] { 1 }, TestContext.Current.CancellationToken));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clearing_a_response_leaves_nothing_of_the_password()
    {
        var authenticator = Create(new PlainTextAuthProvider("app", "secret"));
        var response = await authenticator.InitialResponseAsync(TestContext.Current.CancellationToken);
        Authenticator.Clear(response);
        Assert.Equal(new byte[11], response!.Value.ToArray());
        Authenticator.Clear(null);
        Assert.Equal("\0app\0secret"u8.ToArray(), await InitialAsync(authenticator));
    }

    [Theory]
    [InlineData("org.apache.cassandra.auth.PasswordAuthenticator")]
    [InlineData("com.datastax.bdp.cassandra.auth.DseAuthenticator")]
    public async Task A_server_in_transition_gets_neither_user_nor_password(string serverAuthenticator)
    {
        var authenticator = PlainTextAuthProvider.Transitional.CreateAuthenticator(Node, serverAuthenticator);
        var token = await InitialAsync(authenticator);
        if (token.AsSpan().SequenceEqual("PLAIN"u8))
        {
            token = (await authenticator.EvaluateChallengeAsync("PLAIN-START"u8.ToArray(), TestContext.Current.CancellationToken))!.Value.ToArray();
        }

        Assert.Equal("\0\0"u8.ToArray(), token);
        Assert.Equal("PlainTextAuthProvider { Transitional }", PlainTextAuthProvider.Transitional.ToString());
    }

    [Fact]
    public async Task Kerberos_names_its_method_first_where_the_client_may_choose()
    {
        var provider = new GssapiAuthProvider { HostNameFor = static _ => "node.invalid" };
        var authenticator = provider.CreateAuthenticator(Node, "com.datastax.bdp.cassandra.auth.DseAuthenticator");
        Assert.Equal("GSSAPI"u8.ToArray(), await InitialAsync(authenticator));
        var error = await Assert.ThrowsAsync<AuthenticationFailedException>(
            async () => await authenticator.EvaluateChallengeAsync("PLAIN-START"u8.ToArray(), TestContext.Current.CancellationToken));
        Assert.Contains("what is not GSSAPI-START", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await authenticator.OnSuccessAsync(default, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("com.datastax.bdp.cassandra.auth.KerberosAuthenticator")]
    [InlineData("com.datastax.bdp.cassandra.auth.DseAuthenticator")]
    public async Task Kerberos_without_a_ticket_fails_the_login_and_says_for_which_principal(string serverAuthenticator)
    {
        // No realm has such a host.
        var provider = new GssapiAuthProvider { Service = "cassandra", HostNameFor = static _ => "node.invalid" };
        var authenticator = provider.CreateAuthenticator(Node, serverAuthenticator);
        var error = await Assert.ThrowsAsync<AuthenticationFailedException>(async () =>
        {
            await authenticator.InitialResponseAsync(TestContext.Current.CancellationToken);
            await authenticator.EvaluateChallengeAsync("GSSAPI-START"u8.ToArray(), TestContext.Current.CancellationToken);
        });
        Assert.Contains("Kerberos gave no login to 'cassandra/node.invalid' (", error.Message, StringComparison.Ordinal);
        (authenticator as IDisposable)!.Dispose();
    }

    [Fact]
    public async Task The_host_of_a_principal_is_what_was_configured_and_nobody_is_asked_for_it()
    {
        var provider = new GssapiAuthProvider();
        var token = TestContext.Current.CancellationToken;
        Assert.Equal("node1.example", await provider.HostAsync(new DnsEndPoint("node1.example", 9042), token));
        // From a block that no name server knows names for.
        Assert.Equal("192.0.2.7", await provider.HostAsync(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 9042), token));
        var named = new GssapiAuthProvider { HostNameFor = static endPoint => endPoint is IPEndPoint ? "named.example" : null };
        Assert.Equal("named.example", await named.HostAsync(Node, token));
        Assert.Equal("node1.example", await named.HostAsync(new DnsEndPoint("node1.example", 9042), token));
        Assert.Equal("localhost", (await new GssapiAuthProvider { ReverseLookup = true }.HostAsync(Node, token)).Split('.')[0]);
    }

    [Fact]
    public void A_kerberos_login_prints_no_credentials()
    {
        var provider = new GssapiAuthProvider { Credential = new NetworkCredential("alice", "secret") };
        Assert.Equal("GssapiAuthProvider { Service = dse }", provider.ToString());
        Assert.DoesNotContain("secret", new ClusterOptions { AuthProvider = provider }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_is_never_printed()
    {
        var provider = new PlainTextAuthProvider("app", "secret");
        Assert.Equal("PlainTextAuthProvider { Username = app }", provider.ToString());
        Assert.DoesNotContain("secret", new ClusterOptions { AuthProvider = provider }.ToString(), StringComparison.Ordinal);
        Assert.Equal("PlainTextAuthProvider", new PlainTextAuthProvider(_ => new(("app", "secret"))).ToString());
    }

    [Fact]
    public void Misuse_is_refused_at_once()
    {
        Assert.Throws<ArgumentException>(() => new PlainTextAuthProvider("", "secret"));
        Assert.Throws<ArgumentNullException>(() => new PlainTextAuthProvider("app", null!));
    }

    private static Authenticator Create(AuthProvider provider) =>
        provider.CreateAuthenticator(Node, "org.apache.cassandra.auth.PasswordAuthenticator");

    private static async Task<byte[]> InitialAsync(Authenticator authenticator) =>
        (await authenticator.InitialResponseAsync(TestContext.Current.CancellationToken))!.Value.ToArray();
}
