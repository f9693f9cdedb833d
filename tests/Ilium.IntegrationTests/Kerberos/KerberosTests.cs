using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using Ilium.IntegrationTests.Clusters;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Kerberos;

/// <summary>Logins by Kerberos, with tickets of a real center, to the SASL of Java behind a scripted server.</summary>
public sealed partial class KerberosTests
{
    private const string DseAuthenticator = "com.datastax.bdp.cassandra.auth.DseAuthenticator";

    [Theory]
    [InlineData(DseAuthenticator, "")]
    [InlineData(DseAuthenticator, "bob")]
    [InlineData("com.datastax.bdp.cassandra.auth.KerberosAuthenticator", "")]
    public async Task A_ticket_logs_in_and_an_authorization_id_goes_along(string authenticator, string authorizationId)
    {
        await using var realm = await StartAsync();
        using var sasl = new JavaSaslServer(realm);
        await using var server = new ScriptedServer();
        var outcomes = Serve(server, sasl, authenticator);
        await using var listener = new ScriptedListener(server);
        await using var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [listener.EndPoint],
            AuthProvider = new GssapiAuthProvider { HostNameFor = static _ => "localhost", AuthorizationId = authorizationId },
        });
        await cluster.ConnectAsync(CqlText.Cancelled);
        var expected = $"success alice@ILIUM.TEST {(authorizationId.Length > 0 ? authorizationId : "alice@ILIUM.TEST")}";
        Assert.All(outcomes, outcome => Assert.Equal(expected, outcome));
        Assert.NotEmpty(outcomes);
    }

    [Fact]
    public async Task The_host_of_the_principal_is_the_one_of_the_contact_point_or_is_looked_up_when_that_is_asked_for()
    {
        await using var realm = await StartAsync();
        using var sasl = new JavaSaslServer(realm);
        await using var server = new ScriptedServer();
        Serve(server, sasl, DseAuthenticator);
        await using var listener = new ScriptedListener(server);

        // An address has no principal, and nobody is asked for its name.
        var error = await FailAsync(listener.EndPoint, new GssapiAuthProvider());
        Assert.Contains("Kerberos gave no login to 'dse/127.0.0.1'", error.Message, StringComparison.Ordinal);
        error = await FailAsync(listener.EndPoint, new GssapiAuthProvider { Service = "other", HostNameFor = static _ => "localhost" });
        Assert.Contains("Kerberos gave no login to 'other/localhost'", error.Message, StringComparison.Ordinal);

        foreach (var (contact, provider) in new[]
        {
            (new ContactPoint("localhost", listener.EndPoint.Port), new GssapiAuthProvider()), (listener.EndPoint, new GssapiAuthProvider { ReverseLookup = true }),
        })
        {
            await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [contact], AuthProvider = provider });
            await cluster.ConnectAsync(CqlText.Cancelled);
        }
    }

    [Fact]
    public async Task A_server_that_wants_messages_signed_is_refused()
    {
        await using var realm = await StartAsync();
        using var sasl = new JavaSaslServer(realm, "auth-int");
        await using var server = new ScriptedServer();
        Serve(server, sasl, DseAuthenticator);
        await using var listener = new ScriptedListener(server);
        var error = await FailAsync(listener.EndPoint, new GssapiAuthProvider { HostNameFor = static _ => "localhost" });
        Assert.Contains("set its quality of protection to auth", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_lets_in_before_it_has_proven_who_it_is_is_not_trusted()
    {
        await using var realm = await StartAsync();
        await using var server = new ScriptedServer();
        server.On(static request => request.Is(WireOpcode.Startup), static request => request.Authenticate("com.datastax.bdp.cassandra.auth.KerberosAuthenticator"));
        server.On(static request => request.Is(WireOpcode.AuthResponse), static request => request.AuthSuccess());
        await using var listener = new ScriptedListener(server);
        var error = await FailAsync(listener.EndPoint, new GssapiAuthProvider { HostNameFor = static _ => "localhost" });
        Assert.Contains("before it had proven to be 'dse/localhost'", error.Message, StringComparison.Ordinal);
    }

    private static async Task<AuthenticationFailedException> FailAsync(IPEndPoint endPoint, AuthProvider provider)
    {
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [endPoint], AuthProvider = provider });
        return await Assert.ThrowsAsync<AuthenticationFailedException>(async () => await cluster.ConnectAsync(CqlText.Cancelled));
    }

    private static async Task<KerberosRealm> StartAsync()
    {
        if (KerberosRealm.UnavailableReason is { } reason)
        {
            Assert.Skip(reason);
        }

        var realm = await KerberosRealm.StartAsync(CqlText.Cancelled);
        foreach (var (name, value) in realm.UserEnvironment)
        {
            // Where libraries look; .NET's own copy of the environment is not that.
            SetEnvironment(name, value, 1);
        }

        return realm;
    }

    /// <summary>Has a scripted server ask for logins as DataStax Enterprise does; gives the outcomes.</summary>
    private static ConcurrentQueue<string> Serve(ScriptedServer server, JavaSaslServer sasl, string authenticator)
    {
        var outcomes = new ConcurrentQueue<string>();
        var logins = new ConcurrentDictionary<ScriptedConnection, int>();
        server.On(static request => request.Is(WireOpcode.Startup), request => request.Authenticate(authenticator));
        server.On(static request => request.Is(WireOpcode.AuthResponse), request =>
        {
            var token = request.Parts.Token ?? [];
            if (authenticator == DseAuthenticator && token.AsSpan().SequenceEqual("GSSAPI"u8))
            {
                request.AuthChallenge("GSSAPI-START"u8.ToArray());
                return;
            }

            var answer = sasl.Answer(logins.GetOrAdd(request.Connection, _ => logins.Count), token);
            if (answer.StartsWith("challenge", StringComparison.Ordinal))
            {
                request.AuthChallenge(Convert.FromBase64String(answer["challenge ".Length..]));
                return;
            }

            outcomes.Enqueue(answer);
            if (answer.StartsWith("success", StringComparison.Ordinal))
            {
                request.AuthSuccess();
            }
            else
            {
                request.Error(WireError.BadCredentials, answer);
            }
        });
        return outcomes;
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
