using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Processes;

/// <summary>samples/Quickstart as a user runs it, against a plain node.</summary>
[Collection(PlainRingCollection.Name)]
public class QuickstartTests(PlainRing plain)
{
    internal const string Expected = "User: John Doe, Age: 30";

    [Fact]
    public async Task It_prints_the_user_it_has_written()
    {
        var ring = await plain.StartedAsync();
        var keyspace = $"quickstart{Guid.NewGuid():N}";
        // A dead contact point beside the living one, and one without a port.
        var outcome = await RunAsync(("CASSANDRA_CONTACT_POINTS", $"{ring.ContactPoints[0].Address}:1, {ring.ContactPoints[0].Address}"), ("CASSANDRA_KEYSPACE", keyspace));
        Assert.Equal((0, Expected + Environment.NewLine, ""), (outcome.ExitCode, outcome.Output, outcome.Error));

        // Each run adds a user.
        var again = await RunAsync(("CASSANDRA_CONTACT_POINTS", $"{ring.ContactPoints[0]}"), ("CASSANDRA_KEYSPACE", keyspace));
        Assert.Equal([Expected, Expected], again.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, again.ExitCode);
    }

    [Fact]
    public async Task Its_keyspace_is_my_keyspace_where_none_is_set()
    {
        var ring = await plain.StartedAsync();
        var outcome = await RunAsync(("CASSANDRA_CONTACT_POINTS", $"{ring.ContactPoints[0]}"));
        Assert.Equal(0, outcome.ExitCode);
        await using var cluster = new Cluster(ring.ContactPoints[0]);
        var session = await cluster.ConnectAsync(TestContext.Current.CancellationToken);
        var users = await session.ExecuteAsync(
            "SELECT name, age FROM my_keyspace.users WHERE age > 25 ALLOW FILTERING", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(("John Doe", 30), (users.First().Get<string>("name"), users.First().Get<int>("age")));
    }

    [Fact]
    public async Task Without_a_contact_point_it_brings_its_own_node()
    {
        var outcome = await RunAsync();
        Assert.Equal((0, Expected + Environment.NewLine, ""), (outcome.ExitCode, outcome.Output, outcome.Error));
        AssertOneLine(await RunAsync(("CASSANDRA_CONTACT_POINTS", " , ")), "CASSANDRA_CONTACT_POINTS");
    }

    [Fact]
    public async Task A_wrong_host_or_port_is_one_clear_line()
    {
        var ring = await plain.StartedAsync();
        AssertOneLine(await RunAsync(("CASSANDRA_CONTACT_POINTS", "no-such-node.invalid")), "no-such-node.invalid", "has no address");
        AssertOneLine(await RunAsync(("CASSANDRA_CONTACT_POINTS", $"{ring.ContactPoints[0].Address}:1")), $"{ring.ContactPoints[0].Address}:1", "nothing listens there");
        AssertOneLine(await RunAsync(("CASSANDRA_CONTACT_POINTS", "127.0.0.1:port")), "127.0.0.1:port");
        AssertOneLine(
            await RunAsync(("CASSANDRA_CONTACT_POINTS", $"{ring.ContactPoints[0]}"), ("CASSANDRA_TLS_CA", "/nowhere/ca.pem")), "/nowhere/ca.pem");
    }

    [Fact]
    public async Task A_keyspace_that_cannot_be_is_one_clear_line()
    {
        var ring = await plain.StartedAsync();
        AssertOneLine(await RunAsync(("CASSANDRA_CONTACT_POINTS", $"{ring.ContactPoints[0]}"), ("CASSANDRA_KEYSPACE", "no good")), "no good");
    }

    internal static void AssertOneLine(ChildProcess.Outcome outcome, params string[] words)
    {
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        var line = Assert.Single(outcome.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("quickstart: ", line, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }

    /// <summary>Runs it with these variables and no others of its own.</summary>
    internal static Task<ChildProcess.Outcome> RunAsync(params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string?>();
        foreach (var name in new[] { "CONTACT_POINTS", "USERNAME", "PASSWORD", "KEYSPACE", "TLS_CA", "TLS_CERT", "TLS_KEY" })
        {
            environment[$"CASSANDRA_{name}"] = null;
        }

        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return ChildProcess.RunAsync("Quickstart", [], environment);
    }
}

/// <summary>The same against a node that wants a password and a client certificate.</summary>
[Collection(SecureRingCollection.Name)]
public class SecureQuickstartTests(SecureRing secure)
{
    [Fact]
    public async Task It_logs_in_and_prints_the_user_it_has_written()
    {
        var outcome = await QuickstartTests.RunAsync([.. Certificates(await secure.StartedAsync()), ("CASSANDRA_USERNAME", "cassandra"), ("CASSANDRA_PASSWORD", "cassandra")]);
        Assert.Equal((0, QuickstartTests.Expected + Environment.NewLine, ""), (outcome.ExitCode, outcome.Output, outcome.Error));
    }

    [Fact]
    public async Task A_wrong_or_missing_password_is_one_clear_line()
    {
        var certificates = Certificates(await secure.StartedAsync());
        QuickstartTests.AssertOneLine(
            await QuickstartTests.RunAsync([.. certificates, ("CASSANDRA_USERNAME", "cassandra"), ("CASSANDRA_PASSWORD", "wrong")]), "password", "incorrect");
        QuickstartTests.AssertOneLine(await QuickstartTests.RunAsync([.. certificates, ("CASSANDRA_USERNAME", "cassandra")]), "CASSANDRA_PASSWORD");
        QuickstartTests.AssertOneLine(await QuickstartTests.RunAsync([.. certificates]), "asks for credentials");
    }

    [Fact]
    public async Task Missing_certificates_are_one_clear_line()
    {
        var certificates = Certificates(await secure.StartedAsync());
        (string, string)[] login = [("CASSANDRA_USERNAME", "cassandra"), ("CASSANDRA_PASSWORD", "cassandra")];
        QuickstartTests.AssertOneLine(await QuickstartTests.RunAsync([certificates[0], .. login]), "TLS");
        QuickstartTests.AssertOneLine(await QuickstartTests.RunAsync([certificates[0], certificates[1], .. login]), "certificate");
        QuickstartTests.AssertOneLine(await QuickstartTests.RunAsync([certificates[0], certificates[1], certificates[2], .. login]), "key");
    }

    private static (string, string)[] Certificates(RingServer ring) =>
    [
        ("CASSANDRA_CONTACT_POINTS", $"{ring.ContactPoints[0]}"),
        ("CASSANDRA_TLS_CA", Path.Combine(ring.TlsFolder, "ca.pem")),
        ("CASSANDRA_TLS_CERT", Path.Combine(ring.TlsFolder, "client.pem")),
        ("CASSANDRA_TLS_KEY", Path.Combine(ring.TlsFolder, "client.key")),
    ];
}
