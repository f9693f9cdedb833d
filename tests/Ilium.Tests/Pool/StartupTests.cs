using System.Net;
using Ilium.Connection;
using Ilium.TestKit;
using Ilium.Tests.Execution;
using Microsoft.Extensions.Logging;

namespace Ilium.Tests.Pool;

/// <summary>What a connection says first, and what a server may answer to it.</summary>
public class StartupTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, Compression.Snappy, "snappy")]
    [InlineData(4, Compression.Lz4, "lz4")]
    [InlineData(5, Compression.Lz4, "lz4")]
    public async Task Every_option_reaches_the_server_under_its_name(int version, Compression compression, string named)
    {
        var clientId = Guid.NewGuid();
        await using var driver = new ScriptedCluster(new ClusterOptions
        {
            ProtocolVersion = (ProtocolVersion)version,
            Compression = compression,
            ApplicationName = "shop",
            ApplicationVersion = "1.2 é",
            ClientId = clientId,
            ThrowOnOverload = true,
            NoCompact = true,
        });
        await driver.ConnectAsync();
        var expected = new Dictionary<string, string>
        {
            ["CQL_VERSION"] = "3.0.0",
            ["COMPRESSION"] = named,
            ["DRIVER_NAME"] = "Ilium",
            ["DRIVER_VERSION"] = DriverIdentity.Version,
            ["APPLICATION_NAME"] = "shop",
            ["APPLICATION_VERSION"] = "1.2 é",
            ["CLIENT_ID"] = clientId.ToString(),
            ["THROW_ON_OVERLOAD"] = "1",
        };
        if (version < 5)
        {
            expected["NO_COMPACT"] = "true";
        }

        Assert.Equal(expected.OrderBy(pair => pair.Key), driver.Server.Connections[0].StartupOptions.OrderBy(pair => pair.Key));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Only_the_control_connection_registers_and_only_for_events_that_servers_know(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version, MinConnectionsPerNode = 2 });
        await driver.ConnectAsync();
        await driver.Server.WaitForConnectionsAsync(2, Cancelled);
        var register = Assert.Single(driver.Control.Requests, r => r.Is(WireOpcode.Register));
        Assert.Equal(["SCHEMA_CHANGE", "STATUS_CHANGE", "TOPOLOGY_CHANGE"], register.Parts.EventTypes.Order());
        Assert.DoesNotContain(driver.Server.Requests, r => r.Is(WireOpcode.Register));
        driver.Control.ThrowIfViolated();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task What_nobody_asked_for_is_not_sent(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        await driver.ConnectAsync();
        var startup = driver.Server.Connections[0].StartupOptions;
        Assert.Equal(["CLIENT_ID", "CQL_VERSION", "DRIVER_NAME", "DRIVER_VERSION"], startup.Keys.Order());
        Assert.True(Guid.TryParse(startup["CLIENT_ID"], out _));
    }

    [Fact]
    public async Task A_server_that_does_not_ask_for_the_credentials_that_are_set_is_told_of()
    {
        var log = new RecordingLog();
        await using var driver = new ScriptedCluster(new ClusterOptions { AuthProvider = new PlainTextAuthProvider("ann", "secret"), LoggerFactory = log });
        await driver.ConnectAsync();
        Assert.DoesNotContain(driver.Server.Requests, r => r.Is(WireOpcode.AuthResponse));
        var lines = log.Lines.Where(line => line.Id == 105).ToArray();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Equal(LogLevel.Warning, line.Level));
        Assert.All(lines, line => Assert.EndsWith(" did not ask for credentials although an AuthProvider is set.", line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_connections_of_a_cluster_have_one_client_id_and_two_clusters_have_two()
    {
        await using var first = new ScriptedCluster(new ClusterOptions { MinConnectionsPerNode = 3 });
        await using var second = new ScriptedCluster();
        await first.ConnectAsync();
        await second.ConnectAsync();
        await first.Server.WaitForAsync(r => r.Is(WireOpcode.Startup), 3, Cancelled);
        var id = Assert.Single(first.Server.Connections.Select(c => c.StartupOptions["CLIENT_ID"]).Distinct());
        Assert.NotEqual(id, second.Server.Connections[0].StartupOptions["CLIENT_ID"]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task An_error_in_answer_to_the_startup_stands_outside_any_segment_and_is_told(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        driver.Server.On(r => r.Is(WireOpcode.Startup), r => r.Error(WireError.IsBootstrapping, "still joining"));
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync);
        var error = Assert.IsType<IsBootstrappingException>(Assert.Single(failure.Errors.Values));
        Assert.Equal("still joining", error.ServerMessage);
        Assert.Equal(1, driver.Transports.Attempts);
    }

    [Fact]
    public async Task A_protocol_error_that_is_not_about_the_version_lowers_nothing()
    {
        await using var driver = new ScriptedCluster();
        driver.Server.On(r => r.Is(WireOpcode.Startup), r => r.Error(WireError.Protocol, "Unknown compression algorithm: lzma"));
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync);
        Assert.IsType<ProtocolErrorException>(Assert.Single(failure.Errors.Values));
        Assert.Equal(1, driver.Transports.Attempts);
    }

    [Fact]
    public async Task A_server_of_the_time_before_version_3_is_named_as_what_it_is()
    {
        await using var driver = new ScriptedCluster();
        // Eight bytes of header: version, flags, one byte of stream id, opcode, length.
        driver.Server.On(r => r.Is(WireOpcode.Options), r => r.Raw([0x82, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0x0A, 0, 2, .. "no"u8]));
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync);
        var error = Assert.IsType<ConnectionFailedException>(Assert.Single(failure.Errors.Values));
        Assert.Equal(ConnectionFailureReason.ProtocolMismatch, error.Reason);
        Assert.Contains("looks like protocol v2, which is not supported; v5 was spoken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_speak_the_clusters_version_is_not_used_and_lowers_nothing()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        driver.Server.On(
            r => r.Is(WireOpcode.Options) && r.Version == 5,
            r => r.Error(WireError.Protocol, "Invalid or unsupported protocol version (5); supported versions are (3/v3, 4/v4)"));
        driver.Server.Connections[0].Reset();
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
        await driver.Server.WaitForConnectionsAsync(2, Cancelled);
        Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Runtime.Pools.Single().LastFailure is not null, TimeSpan.FromSeconds(10)));
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
        var version = Assert.IsType<UnsupportedProtocolVersionException>(Assert.Single(failure.Errors.Values));
        Assert.Equal([ProtocolVersion.V5], version.TriedVersions);
        Assert.Contains("supported versions are (3/v3, 4/v4)", version.ServerMessage, StringComparison.Ordinal);
        Assert.Equal(ProtocolVersion.V5, driver.Cluster.ProtocolVersion);
        Assert.All(driver.Server.Requests, r => Assert.Equal(5, r.Version));
    }

    [Theory]
    [InlineData(3, new byte[] { 42, 43 }, new byte[] { 42, 43 })]
    [InlineData(5, new byte[] { 42, 43 }, new byte[] { 42, 43 })]
    [InlineData(5, new byte[0], new byte[0])]
    [InlineData(4, null, new byte[0])]
    public async Task The_final_token_of_a_login_reaches_the_authenticator_and_a_null_answer_is_sent_as_null(int version, byte[]? token, byte[] received)
    {
        var provider = new FinalTokenProvider();
        await using var driver = new ScriptedCluster(
            new ClusterOptions { ProtocolVersion = (ProtocolVersion)version, AuthProvider = provider }, new ScriptedServerOptions { Credentials = ("x", "y") });
        driver.Server.On(r => r.Is(WireOpcode.AuthResponse), r => r.AuthSuccess(token));
        await driver.ConnectAsync();
        Assert.Equal(received, provider.Final);
        Assert.Null(Assert.Single(driver.Server.Requests, r => r.Is(WireOpcode.AuthResponse)).Parts.Token);
        driver.Server.ThrowIfViolated();
    }

    private sealed class FinalTokenProvider : AuthProvider
    {
        internal byte[]? Final { get; private set; }

        public override Authenticator CreateAuthenticator(EndPoint endPoint, string serverAuthenticator) => new Silent(this);

        private sealed class Silent(FinalTokenProvider owner) : Authenticator
        {
            public override ValueTask<ReadOnlyMemory<byte>?> InitialResponseAsync(CancellationToken cancellationToken = default) => new((ReadOnlyMemory<byte>?)null);

            public override ValueTask OnSuccessAsync(ReadOnlyMemory<byte> token, CancellationToken cancellationToken = default)
            {
                owner.Final = token.ToArray();
                return default;
            }
        }
    }
}
