using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Errors;

/// <summary>Who may not come in, and who may not do what: a real node with users that wants client certificates.</summary>
[Collection(SecureRingCollection.Name)]
public class LoginErrorTests(SecureRing secure)
{
    [Theory, EachVersion]
    public async Task With_certificate_and_password_everything_works(ProtocolVersion version)
    {
        var ring = await secure.StartedAsync();
        await using var cluster = new Cluster(SecureRing.Options(ring) with { ProtocolVersion = version, MinConnectionsPerNode = 2 });
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        Assert.StartsWith("5.0.", await session.ScalarAsync<string>("SELECT release_version FROM system.local"), StringComparison.Ordinal);
        var clients = (await session.RunAsync("SELECT username, ssl_enabled FROM system_views.clients")).ToArray();
        // Others may be there that have not logged in yet, or are just going.
        Assert.Contains("cassandra", clients.Select(client => client.Get<string?>(0)));
        Assert.All(clients, client => Assert.True(client.Get<bool>(1)));
    }

    [Theory, EachVersion]
    public async Task A_wrong_password_says_what_to_check(ProtocolVersion version)
    {
        var ring = await secure.StartedAsync();
        foreach (var provider in new[] { new PlainTextAuthProvider("cassandra", "wrong-one"), new PlainTextAuthProvider("nobody", "cassandra") })
        {
            var failure = await RefusedAsync(SecureRing.Options(ring) with { AuthProvider = provider, ProtocolVersion = version });
            StatementErrorTests.AssertSays(failure, $"{ring.ContactPoints[0]}", "password", "incorrect", "ClusterOptions.AuthProvider");
            Assert.DoesNotContain("wrong-one", $"{failure}", StringComparison.Ordinal);
        }
    }

    [Theory, EachVersion]
    public async Task Missing_credentials_say_what_to_set(ProtocolVersion version)
    {
        var ring = await secure.StartedAsync();
        var failure = await RefusedAsync(SecureRing.Options(ring) with { AuthProvider = null, ProtocolVersion = version });
        StatementErrorTests.AssertSays(failure, $"{ring.ContactPoints[0]}", "asks for credentials", "PasswordAuthenticator", "ClusterOptions.AuthProvider", "PlainTextAuthProvider");
    }

    [Fact]
    public async Task A_missing_or_foreign_client_certificate_is_named()
    {
        var ring = await secure.StartedAsync();
        using var other = new TestCertificates(name: "somebody else");
        foreach (var tls in new[]
        {
            TlsErrorTests.Trusting(ring),
            TlsErrorTests.Trusting(ring) with { ClientCertificates = [other.Client()] },
        })
        {
            var failure = await ConnectionErrorTests.FailureAsync(SecureRing.Options(ring) with { Tls = tls }, reason: null);
            Assert.Contains(failure.Reason, new[] { ConnectionFailureReason.TlsClientCertificateRejected, ConnectionFailureReason.Closed });
            StatementErrorTests.AssertSays(failure, $"{ring.ContactPoints[0]}", "certificate", "TlsOptions.ClientCertificates");
        }
    }

    [Theory, EachVersion]
    public async Task A_role_without_permission_is_told_which_one_it_lacks(ProtocolVersion version)
    {
        var ring = await secure.StartedAsync();
        await using var administrator = new Cluster(SecureRing.Options(ring));
        var root = await administrator.ConnectAsync(CqlText.Cancelled);
        var (role, keyspace) = ($"guest_{version}".ToLowerInvariant(), $"private_{version}".ToLowerInvariant());
        await root.RunAsync($"CREATE ROLE {role} WITH PASSWORD = 'guest' AND LOGIN = true");
        await root.CreateKeyspaceAsync(keyspace);
        await root.RunAsync($"CREATE TABLE {keyspace}.t (id int PRIMARY KEY)");

        await using var cluster = new Cluster(SecureRing.Options(ring) with { AuthProvider = new PlainTextAuthProvider(role, "guest"), ProtocolVersion = version });
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        var read = await Assert.ThrowsAsync<UnauthorizedException>(() => session.RunAsync($"SELECT id FROM {keyspace}.t"));
        StatementErrorTests.AssertSays(read, $"{ring.ContactPoints[0]}", role, "SELECT", $"{keyspace}.t", "GRANT");
        var create = await Assert.ThrowsAsync<UnauthorizedException>(() => session.RunAsync("CREATE KEYSPACE mine WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"));
        StatementErrorTests.AssertSays(create, role, "CREATE");
        Assert.False(read.IsTransient || read.MayHaveBeenApplied);
    }

    private static async Task<AuthenticationFailedException> RefusedAsync(ClusterOptions options)
    {
        await using var cluster = new Cluster(options);
        var failure = await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await cluster.ConnectAsync(CqlText.Cancelled));
        Assert.Throws<AuthenticationFailedException>(() => cluster.Connect());
        return failure;
    }
}
