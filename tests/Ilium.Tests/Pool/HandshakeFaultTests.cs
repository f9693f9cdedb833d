using System.Net;
using System.Text;
using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Pool;

/// <summary>What may go wrong between connecting and the first request.</summary>
public class HandshakeFaultTests
{
    private static readonly ClusterOptions Quick = new() { ConnectTimeout = TimeSpan.FromMilliseconds(300) };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(new[] { 3, 4, 5 }, false, 5)]
    [InlineData(new[] { 3, 4 }, false, 4)]
    [InlineData(new[] { 3, 4 }, true, 4)]
    [InlineData(new[] { 3 }, false, 3)]
    [InlineData(new[] { 3 }, true, 3)]
    public async Task The_version_is_lowered_one_by_one_until_the_server_speaks_it(int[] versions, bool echoes, int agreed)
    {
        await using var driver = new ScriptedCluster(server: new ScriptedServerOptions { Versions = versions, EchoesRefusedVersion = echoes });
        var (session, read) = await driver.ConnectAsync();
        Assert.Equal((ProtocolVersion)agreed, driver.Cluster.ProtocolVersion);
        Assert.Equal(1 + 5 - agreed, driver.Transports.Attempts);
        Assert.Equal(4, (await session.ExecuteAsync(read.Bind(4), cancellationToken: Cancelled)).First().Get<int>(0));
        driver.Server.ThrowIfViolated();
    }

    [Fact]
    public async Task A_pinned_version_is_never_lowered()
    {
        await using var driver = new ScriptedCluster(
            new ClusterOptions { ProtocolVersion = ProtocolVersion.V5 }, new ScriptedServerOptions { Versions = [3, 4] });
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync);
        Assert.IsType<UnsupportedProtocolVersionException>(Assert.Single(failure.Errors.Values));
        Assert.Equal(1, driver.Transports.Attempts);
    }

    [Fact]
    public async Task A_server_that_speaks_none_of_them_is_named_with_what_was_tried()
    {
        await using var driver = new ScriptedCluster(server: new ScriptedServerOptions { Versions = [6] });
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync);
        var version = Assert.IsType<UnsupportedProtocolVersionException>(Assert.Single(failure.Errors.Values));
        Assert.Contains("6/v6", version.Message, StringComparison.Ordinal);
        Assert.Equal(3, driver.Transports.Attempts);
    }

    [Theory]
    [InlineData(WireOpcode.Options)]
    [InlineData(WireOpcode.Startup)]
    public async Task A_version_that_is_beta_there_is_not_spoken(WireOpcode where)
    {
        await using var driver = new ScriptedCluster();
        driver.Server.On(r => r.Is(where) && r.Version == 5, r => r.Error(
            WireError.Protocol, "Beta version of the protocol used (5/v5-beta), but USE_BETA flag is unset"));
        await driver.ConnectAsync();
        Assert.Equal(ProtocolVersion.V4, driver.Cluster.ProtocolVersion);
        Assert.All(driver.Server.Requests, r => Assert.Equal(default, r.Flags & (WireFlags)0x10));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_login_is_one_exchange_also_where_the_framing_changes_before_it(int version)
    {
        await using var driver = new ScriptedCluster(
            new ClusterOptions { ProtocolVersion = (ProtocolVersion)version, AuthProvider = new PlainTextAuthProvider("ann", "sésame") },
            new ScriptedServerOptions { Credentials = ("ann", "sésame") });
        await driver.ConnectAsync();
        driver.Server.ThrowIfViolated();
    }

    [Fact]
    public async Task A_wrong_password_is_told_at_once_as_what_it_is()
    {
        await using var driver = new ScriptedCluster(
            new ClusterOptions { AuthProvider = new PlainTextAuthProvider("ann", "wrong") }, new ScriptedServerOptions { Credentials = ("ann", "right") });
        var failure = await Assert.ThrowsAsync<AuthenticationFailedException>(driver.ConnectAsync);
        Assert.DoesNotContain("wrong", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, driver.Transports.Attempts);
    }

    [Fact]
    public async Task A_server_that_wants_a_login_nobody_set_says_which_option_is_missing()
    {
        await using var driver = new ScriptedCluster(server: new ScriptedServerOptions { Credentials = ("ann", "right") });
        var failure = await Assert.ThrowsAsync<AuthenticationFailedException>(driver.ConnectAsync);
        Assert.Contains("ClusterOptions.AuthProvider", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_asks_for_no_login_is_let_off()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { AuthProvider = new PlainTextAuthProvider("ann", "x") });
        await driver.ConnectAsync();
        Assert.True(driver.Connection.SkippedAuthentication);
    }

    [Fact]
    public async Task Challenges_are_answered_as_often_as_they_come()
    {
        var tokens = new List<string>();
        await using var driver = new ScriptedCluster(
            new ClusterOptions { AuthProvider = new CountingProvider() }, new ScriptedServerOptions { Credentials = ("x", "y") });
        var left = 5;
        driver.Server.On(r => r.Is(WireOpcode.AuthResponse), r =>
        {
            tokens.Add(Encoding.ASCII.GetString(r.Parts.Token!));
            if (left-- > 0)
            {
                r.AuthChallenge([(byte)left]);
            }
            else
            {
                r.AuthSuccess([42]);
            }
        });
        await driver.ConnectAsync();
        Assert.Equal(["first", "4", "3", "2", "1", "0"], tokens);
    }

    [Fact]
    public async Task Challenges_without_end_are_ended_by_the_connect_timeout()
    {
        await using var driver = new ScriptedCluster(
            Quick with { AuthProvider = new CountingProvider() }, new ScriptedServerOptions { Credentials = ("x", "y") });
        driver.Server.On(r => r.Is(WireOpcode.AuthResponse), r => r.AuthChallenge([1]));
        AssertTimedOut(await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync));
    }

    [Fact]
    public async Task An_authenticator_that_never_answers_is_ended_by_the_connect_timeout()
    {
        await using var driver = new ScriptedCluster(
            Quick with { AuthProvider = new CountingProvider { Never = true } }, new ScriptedServerOptions { Credentials = ("x", "y") });
        AssertTimedOut(await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync));
    }

    [Theory]
    [InlineData(WireOpcode.Options)]
    [InlineData(WireOpcode.Startup)]
    public async Task A_server_that_falls_silent_in_the_handshake_is_given_up(WireOpcode where)
    {
        await using var driver = new ScriptedCluster(Quick);
        driver.Server.Hold(r => r.Is(where));
        AssertTimedOut(await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync));
    }

    [Theory]
    [InlineData("system.local")]
    [InlineData("system.peers")]
    public async Task A_server_that_does_not_describe_itself_is_given_up(string table)
    {
        await using var driver = new ScriptedCluster(Quick);
        driver.Server.Hold(r => r.Mentions(table));
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync).WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        Assert.IsType<OperationTimedOutException>(Assert.Single(failure.Errors.Values));
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
    }

    [Theory]
    [InlineData(WireOpcode.Options)]
    [InlineData(WireOpcode.Startup)]
    public async Task A_server_that_hangs_up_in_the_handshake_says_what_to_look_at(WireOpcode where)
    {
        await using var driver = new ScriptedCluster();
        driver.Server.On(r => r.Is(where), r => r.Connection.Close());
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync);
        var closed = Assert.IsType<ConnectionFailedException>(Assert.Single(failure.Errors.Values));
        Assert.Contains("TLS", closed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("supported cut", "supported")]
    [InlineData("ready in answer to options", "ready")]
    [InlineData("two answers", "two")]
    [InlineData("not the protocol", "http")]
    public async Task Nonsense_in_the_handshake_is_a_typed_failure(string what, string kind)
    {
        await using var driver = new ScriptedCluster();
        driver.Server.On(r => r.Is(WireOpcode.Options), r =>
        {
            switch (kind)
            {
                case "supported":
                    r.Send(WireOpcode.Supported, [0, 9, 0, 1]);
                    break;
                case "ready":
                    r.Ready();
                    break;
                case "two":
                    r.Raw([0x85, 0, 0, 0, 6, 0, 0, 0, 2, 0, 0, 0x85, 0, 0, 0, 6, 0, 0, 0, 2, 0, 0]);
                    break;
                default:
                    r.Raw("HTTP/1.1 400 Bad Request"u8);
                    break;
            }
        });
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync);
        var error = Assert.IsType<ConnectionFailedException>(Assert.Single(failure.Errors.Values));
        Assert.Equal(ConnectionFailureReason.ProtocolMismatch, error.Reason);

        // What was wrong with the bytes is said as well.
        var fault = Assert.IsType<MalformedResponseException>(error.InnerException);
        Assert.True(error.Message.EndsWith(fault.Message, StringComparison.Ordinal), $"{what}: {error.Message}");
    }

    [Theory]
    [InlineData(4, Compression.Snappy, "snappy")]
    [InlineData(5, Compression.Lz4, "lz4")]
    public async Task Compression_the_server_does_not_offer_is_refused_with_what_it_does_offer(int version, Compression wanted, string named)
    {
        var offered = named == "lz4" ? WireCompression.Snappy : WireCompression.Lz4;
        await using var driver = new ScriptedCluster(
            new ClusterOptions { ProtocolVersion = (ProtocolVersion)version, Compression = wanted }, new ScriptedServerOptions { Compressions = [offered] });
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync);
        var error = Assert.IsType<ConnectionFailedException>(Assert.Single(failure.Errors.Values));
        Assert.Contains($"does not offer {named}", error.Message, StringComparison.Ordinal);
        Assert.Contains("ClusterOptions.Compression", error.Message, StringComparison.Ordinal);
    }

    private static void AssertTimedOut(NoNodeAvailableException failure)
    {
        var error = Assert.IsType<ConnectionFailedException>(Assert.Single(failure.Errors.Values));
        Assert.Equal(ConnectionFailureReason.TimedOut, error.Reason);
    }

    private sealed class CountingProvider : AuthProvider
    {
        internal bool Never { get; init; }

        public override Authenticator CreateAuthenticator(EndPoint endPoint, string serverAuthenticator) => new Counting(Never);

        private sealed class Counting(bool never) : Authenticator
        {
            public override async ValueTask<ReadOnlyMemory<byte>?> InitialResponseAsync(CancellationToken cancellationToken = default)
            {
                if (never)
                {
                    // Not even cancellation ends this.
                    await new TaskCompletionSource().Task;
                }

                return "first"u8.ToArray();
            }

            public override ValueTask<ReadOnlyMemory<byte>?> EvaluateChallengeAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken = default) =>
                new(Encoding.ASCII.GetBytes($"{challenge.Span[0]}"));
        }
    }
}
