using System.Net;
using System.Net.Sockets;

namespace Ilium.Tests.Options;

public sealed class ClusterOptionsTests
{
    private static readonly ClusterOptions Valid = new() { ContactPoints = ["127.0.0.1"] };

    [Fact]
    public void Defaults_with_a_contact_point_are_valid()
    {
        Valid.Validate();
        (Valid with { Tls = new TlsOptions(), RequestTimeout = Timeout.InfiniteTimeSpan }).Validate();
        (Valid with { HeartbeatInterval = TimeSpan.Zero, StallInterval = TimeSpan.Zero, PageSize = 0 }).Validate();
    }

    [Fact]
    public void The_documented_defaults_hold()
    {
        var options = new ClusterOptions();
        Assert.Equal(9042, options.Port);
        Assert.Equal(ConsistencyLevel.LocalOne, options.Consistency);
        Assert.Equal(TimeSpan.FromSeconds(10), options.RequestTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), options.HeartbeatInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.StallInterval);
        Assert.Equal(TimeSpan.FromSeconds(3), options.HeartbeatTimeout);
        Assert.Equal(5000, options.PageSize);
        Assert.Equal(32768, options.MaxRequestsPerConnection);
        Assert.Equal(10_000, options.MaxQueuedRequests);
        Assert.Equal(ProtocolVersion.V5, options.HighestProtocolVersion);
        Assert.True(options.Tcp.NoDelay);
        Assert.True(options.Tcp.KeepAlive);
        Assert.Null(options.Tls);
        Assert.False(new TlsOptions().DangerousAcceptAnyServerCertificate);
    }

    [Fact]
    public void Every_fault_is_listed_at_once()
    {
        var options = new ClusterOptions
        {
            Port = 0,
            LocalDatacenter = " ",
            Keyspace = "\"Shop\"",
            ProtocolVersion = ProtocolVersion.V5,
            MaxProtocolVersion = ProtocolVersion.V4,
            Compression = Compression.Snappy,
            Consistency = (ConsistencyLevel)99,
            SerialConsistency = ConsistencyLevel.Quorum,
            RequestTimeout = TimeSpan.Zero,
            ConnectTimeout = TimeSpan.FromDays(25),
            HeartbeatTimeout = TimeSpan.FromSeconds(-1),
            StallInterval = TimeSpan.FromSeconds(-2),
            ReconnectBaseDelay = TimeSpan.FromMinutes(2),
            PageSize = -1,
            PreparedCacheSize = 0,
            MaxConnectionsPerNode = 129,
            MinConnectionsPerNode = 0,
            MaxRequestsPerConnection = 32769,
            MaxQueuedRequests = -1,
            ApplicationName = "",
            Tcp = new TcpOptions { KeepAliveTime = TimeSpan.FromMilliseconds(1500), SendBufferSize = 0, LingerSeconds = -1 },
            Tls = new TlsOptions { TargetHost = "" },
        };
        var error = Assert.Throws<InvalidOptionsException>(options.Validate);
        Assert.Equal(
            [
                "ContactPoints is empty: give the name or the address of at least one node, such as \"127.0.0.1\".",
                "Port is 0: it is 1 to 65535.",
                "LocalDatacenter is empty: give a name, or leave it out.",
                "ApplicationName is empty: give a name, or leave it out.",
                "Keyspace is \"Shop\": write it without quotes; it is taken exactly as it stands, capitals included.",
                "Consistency is 99, which is none of Any, One, Two, Three, Quorum, All, LocalQuorum, EachQuorum, Serial, LocalSerial, " +
                "LocalOne.",
                "ProtocolVersion is V5, above MaxProtocolVersion, which is V4: set one of the two only.",
                "Compression is Snappy, which protocol version 5 does not have: use Lz4, or leave ProtocolVersion unset.",
                "SerialConsistency is Quorum: it is Serial, LocalSerial or null.",
                "RequestTimeout is 00:00:00: it is above zero and at most 24 days; Timeout.InfiniteTimeSpan never gives up.",
                "ConnectTimeout is 25.00:00:00: it is above zero and at most 24 days.",
                "StallInterval is -00:00:02: it is above zero and at most 24 days; zero leaves stalled connections to the heartbeat.",
                "HeartbeatTimeout is -00:00:01: it is above zero and at most 24 days.",
                "ReconnectBaseDelay is 00:02:00, above ReconnectMaxDelay, which is 00:01:00: the first wait is the shortest.",
                "PageSize is -1: it is at least 0.",
                "PreparedCacheSize is 0: it is at least 1.",
                "MaxConnectionsPerNode is 129: it is 1 to 128.",
                "MinConnectionsPerNode is 0: it is 1 to 128.",
                "MaxRequestsPerConnection is 32769: it is 1 to 32768.",
                "MaxQueuedRequests is -1: it is at least 0.",
                "Tcp.KeepAliveTime is 00:00:01.5000000: it is a whole number of seconds from 1 to 32767.",
                "Tcp.SendBufferSize is 0: it is at least 1.",
                "Tcp.LingerSeconds is -1: it is 0 to 65535.",
                "Tls.TargetHost is empty: give a name, or leave it out.",
            ],
            error.Faults);
        Assert.StartsWith("The options cannot be used, for 24 reasons:\n- ContactPoints is empty", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public void A_node_is_not_given_more_connections_than_it_may_have()
    {
        (Valid with { MinConnectionsPerNode = 8 }).Validate();
        var error = Assert.Throws<InvalidOptionsException>((Valid with { MinConnectionsPerNode = 9 }).Validate);
        Assert.Equal(["MinConnectionsPerNode is 9, above MaxConnectionsPerNode, which is 8: raise the latter as well."], error.Faults);
    }

    [Fact]
    public void A_name_that_the_protocol_cannot_carry_is_a_fault()
    {
        (Valid with { ApplicationName = new string('n', 65_535) }).Validate();
        var error = Assert.Throws<InvalidOptionsException>(
            () => (Valid with { ApplicationName = new string('n', 65_536), ApplicationVersion = new string('é', 32_768) }).Validate());
        Assert.Equal(
            [
                "ApplicationName is 65,536 bytes long; the protocol takes at most 65,535.", "ApplicationVersion is 65,536 bytes long; the protocol takes at most 65,535.",
            ],
            error.Faults.Select(fault => fault.Replace("ClusterOptions.", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nulls_where_none_belong_are_faults_not_crashes()
    {
        var options = new ClusterOptions { ContactPoints = null!, Tcp = null!, TimeProvider = null! };
        Assert.Equal(3, Assert.Throws<InvalidOptionsException>(options.Validate).Faults.Count);
        var withNull = new ClusterOptions { ContactPoints = [null!] };
        var fault = Assert.Single(Assert.Throws<InvalidOptionsException>(withNull.Validate).Faults);
        Assert.Equal("ContactPoints holds a null: leave it out.", fault);
    }

    [Theory]
    [InlineData("shop", true)]
    [InlineData("Shop_2", true)]
    [InlineData("", false)]
    [InlineData("my shop", false)]
    [InlineData("shop;", false)]
    [InlineData("büro", false)]
    public void A_keyspace_has_letters_digits_and_underscores(string keyspace, bool valid)
    {
        var faults = ClusterOptionsValidator.Faults(Valid with { Keyspace = keyspace });
        Assert.Equal(valid, faults.Count == 0);
    }

    [Fact]
    public void Snappy_without_a_pinned_version_stays_below_version_5()
    {
        var options = Valid with { Compression = Compression.Snappy };
        options.Validate();
        Assert.Equal(ProtocolVersion.V4, options.HighestProtocolVersion);
        Assert.Equal(ProtocolVersion.V3, (options with { MaxProtocolVersion = ProtocolVersion.V3 }).HighestProtocolVersion);
        Assert.Equal(ProtocolVersion.V3, (Valid with { ProtocolVersion = ProtocolVersion.V3 }).HighestProtocolVersion);
    }

    [Fact]
    public void Contact_points_given_twice_are_tried_once()
    {
        var options = new ClusterOptions { ContactPoints = ["Node1", "10.0.0.1", "node1:9042", "10.0.0.1:9042", "node1:9043"] };
        options.Validate();
        Assert.Equal(
            [
                new DnsEndPoint("node1", 9042, AddressFamily.Unspecified),
                new IPEndPoint(IPAddress.Parse("10.0.0.1"), 9042),
                new DnsEndPoint("node1", 9043, AddressFamily.Unspecified),
            ],
            options.ContactEndPoints());
    }

    [Fact]
    public void Changing_the_list_afterwards_changes_no_options()
    {
        var list = new List<ContactPoint> { "a" };
        var options = new ClusterOptions { ContactPoints = list };
        list.Add("b");
        Assert.Equal(["a"], options.ContactPoints);
    }

    [Fact]
    public void A_client_certificate_needs_its_key()
    {
        using var withKey = new Connection.TlsTestCertificates().IssueForLoopback();
        using var bare = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(withKey.RawData);
        (Valid with { Tls = new TlsOptions { ClientCertificates = [withKey] } }).Validate();
        var faults = ClusterOptionsValidator.Faults(Valid with { Tls = new TlsOptions { ClientCertificates = [bare] } });
        var fault = Assert.Single(faults);
        Assert.StartsWith("Tls.ClientCertificates has no certificate with its private key", fault, StringComparison.Ordinal);
    }
}
