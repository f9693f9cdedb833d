using System.Text;
using Ilium.TestKit;

namespace Ilium.Tests.Topology;

/// <summary>What an Astra database may do wrong, or somebody who plays one.</summary>
public sealed class AstraFaultTests
{
    private const string Token = "AstraCS:TheSecretToken";

    public static TheoryData<string, string> BadAnswers => new()
    {
        { "", "is not JSON" },
        { "<html>It works</html>", "is not JSON" },
        { "{\"contact_info\": {", "is not JSON" },
        { "null", "has no 'contact_info'" },
        { "[]", "has no 'contact_info'" },
        { "{}", "has no 'contact_info'" },
        { "{\"contact_info\": {}}", "has no 'sni_proxy_address'" },
        { "{\"contact_info\": {\"type\": \"pigeon\"}}", "says that nodes are reached by 'pigeon', where the driver knows 'sni_proxy' only" },
        { "{\"contact_info\": {\"sni_proxy_address\": 7}}", "has no 'sni_proxy_address'" },
        { "{\"contact_info\": {\"sni_proxy_address\": \"a b\"}}", "has a 'sni_proxy_address' that is no address ('a b')" },
        { "{\"contact_info\": {\"sni_proxy_address\": \"unix:/tmp/x\"}}", "has a 'sni_proxy_address' that is no address ('unix:/tmp/x')" },
        { "{\"contact_info\": {\"sni_proxy_address\": \"proxy\"}}", "has no 'contact_points'" },
        { "{\"contact_info\": {\"sni_proxy_address\": \"proxy\", \"contact_points\": []}}", "names no node: 'contact_points' has no host id" },
        { "{\"contact_info\": {\"sni_proxy_address\": \"proxy\", \"contact_points\": [7, null, \"10.0.0.1\"]}}", "names no node: 'contact_points' has no host id" },
    };

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task An_answer_that_says_nothing_useful_is_an_error_that_says_so(string body, string what)
    {
        await using var database = new AstraDatabase(nodes: 1);
        database.Service.Respond = () => MetadataServer.Answer(200, body);
        var error = await FailAsync(database);
        Assert.Equal(ConnectionFailureReason.AstraMetadata, error.Reason);
        Assert.StartsWith($"The Astra metadata service at localhost:{database.Service.EndPoint.Port} gave an answer that {what}", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    [Theory]
    [InlineData(500, "answered with status 500.")]
    [InlineData(503, "answered with status 503.")]
    [InlineData(404, "answered with status 404: was the database deleted?")]
    [InlineData(403, "answered with status 403: it does not take the bundle's client certificate. Download the bundle again.")]
    public async Task A_status_that_is_no_success_is_told(int status, string what)
    {
        await using var database = new AstraDatabase(nodes: 1);
        database.Service.Respond = () => MetadataServer.Answer(status, "{\"not\": \"read\"}");
        var error = await FailAsync(database);
        Assert.Equal(ConnectionFailureReason.AstraMetadata, error.Reason);
        Assert.Equal($"The Astra metadata service at localhost:{database.Service.EndPoint.Port} {what}", error.Message);
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        await using var database = new AstraDatabase(nodes: 1);
        await using var other = new AstraDatabase(nodes: 1);
        database.Service.Respond = () => MetadataServer.Answer(302, "", $"Location: https://localhost:{other.Service.EndPoint.Port}/metadata\r\n");
        var error = await FailAsync(database);
        Assert.Contains("answered with status 302: the driver follows no redirection", error.Message, StringComparison.Ordinal);
        Assert.Empty(other.Service.Requests);
    }

    [Theory]
    [InlineData("Content-Length: 10485760\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nA00000\r\n")]
    public async Task An_answer_of_ten_megabytes_is_not_read_whole(string head)
    {
        await using var database = new AstraDatabase(nodes: 1);
        database.Service.Respond = () => [.. Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n" + head), .. new byte[10 * 1024 * 1024].Select(static _ => (byte)' ')];
        var error = await FailAsync(database);
        Assert.Equal(ConnectionFailureReason.AstraMetadata, error.Reason);
        Assert.Contains("gave an answer that has more than 256 KiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_without_end_are_not_read_for_ever()
    {
        await using var database = new AstraDatabase(nodes: 1);
        database.Service.Respond = () => [.. "HTTP/1.1 200 OK\r\n"u8, .. Enumerable.Repeat("X: y\r\n"u8.ToArray(), 100_000).SelectMany(static line => line)];
        var error = await FailAsync(database);
        Assert.Equal(ConnectionFailureReason.AstraMetadata, error.Reason);
        Assert.Contains("does not answer as HTTP servers do", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_http_is_told()
    {
        await using var database = new AstraDatabase(nodes: 1);
        database.Service.Respond = () => "SSH-2.0-OpenSSH_9.6\r\n\r\n"u8.ToArray();
        Assert.Equal(ConnectionFailureReason.AstraMetadata, (await FailAsync(database)).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_that_hangs_is_given_up_after_the_time_to_connect(bool inBody)
    {
        await using var database = new AstraDatabase(nodes: 1);
        database.Service.Respond = () => inBody ? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"u8.ToArray() : null;
        var error = await FailAsync(database, options => options with { ConnectTimeout = TimeSpan.FromSeconds(2) });
        Assert.Equal(ConnectionFailureReason.TimedOut, error.Reason);
        Assert.Contains("did not answer within ClusterOptions.ConnectTimeout (00:00:02)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_a_service_that_hangs_ends_with_its_token_and_with_the_cluster()
    {
        await using var database = new AstraDatabase(nodes: 1);
        database.Service.Respond = () => null;
        var cluster = new Cluster(database.Options with { ConnectTimeout = TimeSpan.FromMinutes(10) });
        using var source = new CancellationTokenSource();
        var cancelled = cluster.ConnectAsync(source.Token).AsTask();
        var waiting = cluster.ConnectAsync(TestContext.Current.CancellationToken).AsTask();
        await database.Service.WaitForRequestsAsync(1, TestContext.Current.CancellationToken);
        await source.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => cancelled);
        await cluster.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        Assert.Single(database.Service.Requests);
    }

    [Fact]
    public async Task A_service_that_is_not_there_says_so()
    {
        await using var database = new AstraDatabase(nodes: 1);
        await database.Service.DisposeAsync();
        var error = await FailAsync(database);
        Assert.Equal(ConnectionFailureReason.Refused, error.Reason);
        Assert.StartsWith($"The Astra metadata service at localhost:{database.Service.EndPoint.Port} can't be reached (", error.Message, StringComparison.Ordinal);

        var nowhere = new BundleMaker(database.Certificates.Authority, database.Certificates.Client(), "metadata.invalid", 1);
        error = await FailAsync(database, options => options with { Astra = AstraBundle.Load(nowhere.ToZip()) });
        Assert.Equal(ConnectionFailureReason.NameNotResolved, error.Reason);
    }

    [Fact]
    public async Task A_service_of_another_authority_is_not_believed()
    {
        using var strangers = new TestCertificates(name: "Strangers");
        await using var database = new AstraDatabase(nodes: 1, serviceCertificate: _ => strangers.Server());
        var error = await FailAsync(database);
        Assert.Equal(ConnectionFailureReason.TlsUntrustedCertificate, error.Reason);
        Assert.Contains("is the Astra bundle that of this database", error.Message, StringComparison.Ordinal);
        Assert.Empty(database.Service.Requests);
    }

    [Fact]
    public async Task A_service_of_another_name_is_not_believed()
    {
        await using var database = new AstraDatabase(nodes: 1, serviceCertificate: static certificates => certificates.WrongNameServer());
        var error = await FailAsync(database);
        Assert.Equal(ConnectionFailureReason.TlsNameMismatch, error.Reason);
        Assert.Contains("its certificate is for 'elsewhere.example' and not for 'localhost'", error.Message, StringComparison.Ordinal);
        Assert.Empty(database.Service.Requests);
    }

    [Fact]
    public async Task A_proxy_of_another_authority_gets_no_credentials()
    {
        using var strangers = new TestCertificates(name: "Strangers");
        await using var database = new AstraDatabase(nodes: 1, proxyCertificate: _ => strangers.Server());
        Assert.Equal(ConnectionFailureReason.TlsUntrustedCertificate, (await FailAsync(database)).Reason);
        Assert.Empty(database.Servers[0].Requests);
    }

    [Fact]
    public async Task A_proxy_of_another_name_gets_no_credentials()
    {
        await using var database = new AstraDatabase(nodes: 1, proxyCertificate: static certificates => certificates.WrongNameServer());
        var error = await FailAsync(database);
        Assert.Equal(ConnectionFailureReason.TlsNameMismatch, error.Reason);
        Assert.Contains("its certificate is for 'elsewhere.example' and not for 'localhost'", error.Message, StringComparison.Ordinal);
        Assert.Empty(database.Servers[0].Requests);
    }

    [Fact]
    public async Task A_certificate_for_the_host_id_is_not_one_for_the_proxy()
    {
        // What the runtime's own check would be content with: it is for the server name that was sent.
        await using var database = new AstraDatabase(nodes: 1, proxyCertificate: static certificates => certificates.ServerFor(new Guid(1, 0, 0, new byte[8]).ToString()));
        Assert.Equal(ConnectionFailureReason.TlsNameMismatch, (await FailAsync(database)).Reason);
        Assert.Empty(database.Servers[0].Requests);
    }

    [Fact]
    public async Task A_certificate_with_a_wildcard_for_the_proxy_will_do()
    {
        using var certificates = new TestCertificates();
        var verdict = Ilium.Connection.CertificateVerdict.ForBundle("db-region.astra.example");
        foreach (var (name, expected) in new[] { ("*.astra.example", true), ("*.example", false), ("db-region.astra.example", true), ("*.other.example", false) })
        {
            Assert.Equal(expected, verdict.Judge(this, certificates.ServerFor(name), null, System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch));
        }

        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_client_certificate_that_is_not_taken_says_so()
    {
        using var strangers = new TestCertificates(name: "Strangers");
        await using var database = new AstraDatabase(nodes: 1);
        var bundle = new BundleMaker(database.Certificates.Authority, strangers.Client(), "localhost", database.Service.EndPoint.Port);
        var error = await FailAsync(database, options => options with { Astra = AstraBundle.Load(bundle.ToZip()) });
        Assert.True(error.Reason is ConnectionFailureReason.TlsClientCertificateRejected or ConnectionFailureReason.Closed, error.ToString());
        Assert.Contains("client certificate", error.Message, StringComparison.Ordinal);
        Assert.Empty(database.Service.Requests);
        await database.Service.WaitForFailureAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_certificate_that_has_ended_is_mentioned_where_connecting_fails()
    {
        await using var database = new AstraDatabase(nodes: 1);
        var expired = database.Certificates.ExpiredClient();
        var bundle = new BundleMaker(database.Certificates.Authority, expired, "localhost", database.Service.EndPoint.Port);
        var error = await FailAsync(database, options => options with { Astra = AstraBundle.Load(bundle.ToZip()) });
        Assert.EndsWith($"The certificate of the bundle ended on {expired.NotAfter.ToUniversalTime():u}: download a new bundle.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Connects, which must fail, and gives the one reason; nothing of it may show a secret.</summary>
    private static async Task<ConnectionFailedException> FailAsync(AstraDatabase database, Func<ClusterOptions, ClusterOptions>? change = null)
    {
        var options = database.Options with { AuthProvider = PlainTextAuthProvider.ForAstra(Token) };
        await using var cluster = new Cluster(change?.Invoke(options) ?? options);
        var error = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await cluster.ConnectAsync(TestContext.Current.CancellationToken));
        foreach (var text in database.Logs.Lines.Select(static line => line.Text).Append(error.ToString()))
        {
            Assert.DoesNotContain("TheSecretToken", text, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        }

        return Assert.IsType<ConnectionFailedException>(Assert.Single(error.Errors).Value);
    }
}
