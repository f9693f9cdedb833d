using System.Net;
using Ilium.Tests.Connection;

namespace Ilium.Tests.Options;

public sealed class ConnectionStringParserTests
{
    [Fact]
    public void Every_key_reaches_its_option()
    {
        var options = ConnectionStringParser.Parse(
            "Contact Points=node1, 10.0.0.1:9043 ,[::1]:9044;Port=9999;Keyspace=shop;Local Datacenter=dc1;Compression=lz4;" +
            "Consistency=LOCAL_QUORUM;Serial Consistency=local serial;Request Timeout=2.5;Connect Timeout=500ms;Heartbeat Interval=1m;" +
            "Stall Interval=750ms;Heartbeat Timeout=3 s;Reconnect Base Delay=2s;Reconnect Max Delay=1h;Page Size=100;Prepared Cache Size=7;" +
            "Protocol Version=v4;Max Protocol Version=5;Max Connections Per Node=2;Max Requests Per Connection=128;Max Queued Requests=0;" +
            "Application Name=till;Application Version=1.2;Throw On Overload=true;No Compact=True;Tls=true;Tls Target Host=node.example");
        Assert.Equal(["node1", "10.0.0.1:9043", "[::1]:9044"], options.ContactPoints);
        Assert.Equal(9999, options.Port);
        Assert.Equal("shop", options.Keyspace);
        Assert.Equal("dc1", options.LocalDatacenter);
        Assert.Equal(Compression.Lz4, options.Compression);
        Assert.Equal(ConsistencyLevel.LocalQuorum, options.Consistency);
        Assert.Equal(ConsistencyLevel.LocalSerial, options.SerialConsistency);
        Assert.Equal(TimeSpan.FromMilliseconds(2500), options.RequestTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.ConnectTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), options.HeartbeatInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(750), options.StallInterval);
        Assert.Equal(TimeSpan.FromSeconds(3), options.HeartbeatTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), options.ReconnectBaseDelay);
        Assert.Equal(TimeSpan.FromHours(1), options.ReconnectMaxDelay);
        Assert.Equal(100, options.PageSize);
        Assert.Equal(7, options.PreparedCacheSize);
        Assert.Equal(ProtocolVersion.V4, options.ProtocolVersion);
        Assert.Equal(ProtocolVersion.V5, options.MaxProtocolVersion);
        Assert.Equal(2, options.MaxConnectionsPerNode);
        Assert.Equal(128, options.MaxRequestsPerConnection);
        Assert.Equal(0, options.MaxQueuedRequests);
        Assert.Equal("till", options.ApplicationName);
        Assert.Equal("1.2", options.ApplicationVersion);
        Assert.True(options.ThrowOnOverload);
        Assert.True(options.NoCompact);
        Assert.Equal("node.example", options.Tls?.TargetHost);
    }

    [Fact]
    public void What_is_not_given_keeps_its_default()
    {
        var options = ConnectionStringParser.Parse("ContactPoints=localhost");
        Assert.Equal(["localhost"], options.ContactPoints);
        Assert.Equal(new ClusterOptions { ContactPoints = ["localhost"] }.ToString(), options.ToString());
    }

    [Theory]
    [InlineData("contactpoints=a;localdatacenter=dc1;defaultkeyspace=ks")]
    [InlineData("CONTACT POINTS=a;Local DataCenter=dc1;Default Keyspace=ks")]
    public void Keys_ignore_case_and_spaces(string text)
    {
        var options = ConnectionStringParser.Parse(text);
        Assert.Equal(["a"], options.ContactPoints);
        Assert.Equal("dc1", options.LocalDatacenter);
        Assert.Equal("ks", options.Keyspace);
    }

    [Fact]
    public async Task A_quoted_password_may_hold_anything()
    {
        var options = ConnectionStringParser.Parse("Contact Points=a;Username=app;Password=\"s;e=c'r\"\"et\"");
        var authenticator = options.AuthProvider!.CreateAuthenticator(new IPEndPoint(IPAddress.Loopback, 9042), "x");
        var token = await authenticator.InitialResponseAsync(TestContext.Current.CancellationToken);
        Assert.Equal("\0app\0s;e=c'r\"et"u8.ToArray(), token!.Value.ToArray());
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var error = Assert.Throws<InvalidOptionsException>(() => ConnectionStringParser.Parse(
            "Contact Points=a:b;Hots=x;Port=many;Consistency=4;Request Timeout=10d;Protocol Version=6;" +
            "Page Size=-1;Tls=perhaps;Username=app"));
        Assert.Equal(
            [
                "Contact Points: 'a:b' is not a contact point: after the colon comes a port from 1 to 65535.",
                "Port is 'many': it is a number.",
                "Username is given without Password: give both.",
                "Tls is 'perhaps': it is true or false.",
                "Consistency is '4': it is one of Any, One, Two, Three, Quorum, All, LocalQuorum, EachQuorum, Serial, LocalSerial, " +
                "LocalOne.",
                "Request Timeout is '10d': it is a number of seconds, a number with ms, s, m or h behind it, or a time such as 00:00:10.",
                "Protocol Version is '6': it is 3, 4 or 5.",
                "'hots' is not a known key. The keys are those of ClusterOptions, Username, Password, Astra Bundle, Astra Token, Tls, Tls CA File, Tls " +
                    "Certificate File, Tls Key File and Tls Target Host.",
                "PageSize is -1: it is at least 0.",
            ],
            error.Faults);
        Assert.All(error.Faults, fault => Assert.Contains(fault, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Contact Points=a;Username=u;Password=hunter2;hunter3=hunter4;Port=hunter5")]
    [InlineData("Contact Points=a;Password=hunter2")]
    [InlineData("Contact Points=a;Password=\"hunter2")]
    [InlineData("Password=hunter2;Port")]
    [InlineData("Pass word=hunter2;Password=hunter3")]
    public void A_password_is_never_shown(string text)
    {
        var error = Assert.Throws<InvalidOptionsException>(() => ConnectionStringParser.Parse(text));
        Assert.DoesNotContain("hunter", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Files_that_are_missing_are_named()
    {
        var error = Assert.Throws<InvalidOptionsException>(() => ConnectionStringParser.Parse(
            "Contact Points=a;Tls CA File=/nowhere/ca.pem;Tls Certificate File=/nowhere/client.pem"));
        Assert.Equal(2, error.Faults.Count);
        Assert.StartsWith("The certificate authorities in '/nowhere/ca.pem' cannot be used: ", error.Faults[0], StringComparison.Ordinal);
        Assert.StartsWith("The client certificate in '/nowhere/client.pem' cannot be used: ", error.Faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_authorities_turns_tls_on()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, new TlsTestCertificates().AuthorityPem);
        var options = ConnectionStringParser.Parse($"Contact Points=a;Tls CA File={path}");
        Assert.Single(options.Tls!.CertificateAuthorities!);
        Assert.NotNull(options.Tls.ReloadCertificates);
        File.Delete(path);
    }

    [Fact]
    public void Files_without_tls_are_a_contradiction()
    {
        var error = Assert.Throws<InvalidOptionsException>(() => ConnectionStringParser.Parse("Contact Points=a;Tls=false;Tls CA File=x"));
        Assert.Equal("Tls is false, but other Tls keys are given: leave them out, or set Tls to true.", Assert.Single(error.Faults));
    }

    [Fact]
    public void An_empty_string_lacks_contact_points()
    {
        var error = Assert.Throws<InvalidOptionsException>(() => ConnectionStringParser.Parse(""));
        Assert.StartsWith("ContactPoints is empty", Assert.Single(error.Faults), StringComparison.Ordinal);
    }
}
