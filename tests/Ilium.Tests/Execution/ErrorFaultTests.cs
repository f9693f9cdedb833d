using System.Net;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>Errors of servers that a real one gives only when it is in trouble, from the bytes to the caller.</summary>
public class ErrorFaultTests
{
    private const string RateLimit = "SCYLLA_RATE_LIMIT_ERROR";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_overloaded_node_is_passed_over_whether_or_not_it_was_asked_to_say_so(bool throwOnOverload)
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { ThrowOnOverload = throwOnOverload });
        var (session, read, write) = await ring.ConnectAsync();
        Assert.All(ring.Servers, server => Assert.All(
            server.Connections.Where(connection => connection.StartupOptions.Count > 0), connection => Assert.Equal(throwOnOverload ? "1" : null, connection.StartupOptions.GetValueOrDefault("THROW_ON_OVERLOAD"))));
        ring.Answers(ScriptedRing.Error(WireError.Overloaded));
        Assert.Equal(7, (await session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled)).First().Get<int>(0));
        Assert.Equal(2, ring.Asked.Distinct().Count());
        ring.Answers(ScriptedRing.Error(WireError.Overloaded));
        // Some replicas may have the write: a hint that could not be kept gives the same error.
        var failure = await Assert.ThrowsAsync<OverloadedException>(async () => await session.ExecuteAsync(write.Bind(7), cancellationToken: Cancelled));
        Assert.True(failure.MayHaveBeenApplied);
    }

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(0, 0, false)]
    [InlineData(1, 1, false)]
    [InlineData(1, 0, true)]
    public async Task An_exceeded_rate_limit_has_a_type_where_its_code_was_agreed_on(byte operation, byte byCoordinator, bool applied)
    {
        var supported = new Dictionary<string, IReadOnlyList<string>> { [RateLimit] = ["ERROR_CODE=61440"] };
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = ProtocolVersion.V4 }, new ScriptedServerOptions { Supported = supported });
        var (session, _) = await driver.ConnectAsync();
        Assert.Equal("", driver.Server.Connections[0].StartupOptions[RateLimit]);
        driver.Server.On(r => r.Mentions("crowded"), r => r.Error(0xF000, "Per-partition rate limit reached", [operation, byCoordinator]));
        var failure = await Assert.ThrowsAsync<RateLimitExceededException>(
            async () => await session.ExecuteAsync("crowded", new ExecutionOptions { IsIdempotent = true }, Cancelled));
        Assert.Equal(
            (0xF000, operation == 1, byCoordinator == 1, applied, true),
            (failure.Code, failure.IsWrite, failure.RejectedByCoordinator, failure.MayHaveBeenApplied, failure.IsTransient));
        // Another node counts the same partition.
        Assert.Single(failure.Attempts);
        Assert.Single(driver.Server.Requests, r => r.Mentions("crowded"));
    }

    [Theory]
    [InlineData("ERROR_CODE=")]
    [InlineData("ERROR_CODE=x")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_rate_limit_code_that_was_not_agreed_on_is_an_unknown_code(string? offered)
    {
        var supported = new Dictionary<string, IReadOnlyList<string>>();
        if (offered is not null)
        {
            supported[RateLimit] = [offered];
        }

        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = ProtocolVersion.V4 }, new ScriptedServerOptions { Supported = supported });
        var (session, _) = await driver.ConnectAsync();
        Assert.DoesNotContain(RateLimit, driver.Server.Connections[0].StartupOptions.Keys);
        driver.Server.On(r => r.Mentions("crowded"), r => r.Error(0xF000, "Per-partition rate limit reached", [1, 1]));
        Assert.Equal(0xF000, (await Assert.ThrowsAsync<ServerErrorException>(async () => await session.ExecuteAsync("crowded", cancellationToken: Cancelled))).Code);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Failures_of_replicas_come_with_their_numbers_and_on_v5_with_each_ones_reason(int version)
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, read, write) = await ring.ConnectAsync();
        ring.Answers(ScriptedRing.Error(WireError.ReadFailure, w => Failures(w.Short(4).Int(1).Int(2)).Byte(1)));
        var reading = await Assert.ThrowsAsync<ReadFailureException>(async () => await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
        Assert.Equal((1, 2, 2, true), (reading.Received, reading.Required, reading.Failures, reading.DataPresent));
        ring.Answers(ScriptedRing.Error(WireError.WriteFailure, w => Failures(w.Short(4).Int(1).Int(2)).String("BATCH")));
        var writing = await Assert.ThrowsAsync<WriteFailureException>(async () => await session.ExecuteAsync(write.Bind(1), cancellationToken: Cancelled));
        Assert.Equal((1, 2, 2, WriteType.Batch), (writing.Received, writing.Required, writing.Failures, writing.WriteType));
        var reasons = new Dictionary<IPAddress, int> { [IPAddress.Parse("10.0.0.1")] = 1, [IPAddress.Parse("::1")] = 0x0003 };
        Assert.Equal(version == 5 ? reasons : [], reading.Reasons.ToDictionary());
        Assert.Equal(version == 5 ? reasons : [], writing.Reasons.ToDictionary());

        WireWriter Failures(WireWriter w) => version == 4
            ? w.Int(2)
            : w.Int(2).InetAddress(IPAddress.Parse("10.0.0.1")).Short(1).InetAddress(IPAddress.Parse("::1")).Short(3);
    }

    [Fact]
    public async Task A_contended_conditional_write_counts_the_contentions_on_v5()
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions { ProtocolVersion = ProtocolVersion.V5 });
        var (session, _, write) = await ring.ConnectAsync();
        ring.Answers(ScriptedRing.Error(WireError.WriteTimeout, w => w.Short((int)ConsistencyLevel.Serial).Int(1).Int(2).String("CAS").Short(9)));
        var failure = await Assert.ThrowsAsync<WriteTimeoutException>(async () => await session.ExecuteAsync(write.Bind(1), cancellationToken: Cancelled));
        Assert.Equal((WriteType.Cas, 9), (failure.WriteType, failure.Contentions));
    }

    [Fact]
    public async Task Warnings_that_come_with_an_error_are_on_it()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(request => request.Error(WireError.ReadFailure, "tombstones", new WireWriter().Short(4).Int(0).Int(1).Int(0).Byte(0).ToArray(), new ReplyOptions { Warnings = ["look out"] }));
        var failure = await Assert.ThrowsAsync<ReadFailureException>(async () => await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
        Assert.Equal(["look out"], failure.Warnings);
        Assert.Equal(ScriptedRing.NodeAt(0), failure.Node);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_protocol_error_on_stream_zero_may_be_about_other_bytes_and_ends_the_connection(bool idempotent)
    {
        await using var ring = new ScriptedRing(2);
        var (session, read, _) = await ring.ConnectAsync();
        var struck = 0;
        ring.Answers(Enumerable.Repeat<Action<ServerRequest>>(
            request =>
            {
                if (request.StreamId == 0 && Interlocked.Exchange(ref struck, 1) == 0)
                {
                    request.Error(WireError.Protocol, "unrecoverable CRC mismatch", []);
                }
                else
                {
                    ScriptedCluster.Echo(request);
                }
            },
            4000));

        // Ids go round: it takes some hundred requests until the first one's turn comes again.
        for (var i = 0; i < 2000; i++)
        {
            var (rows, failure) = (default(RowSet), default(Exception));
            try
            {
                rows = await session.ExecuteAsync(read.Bind(i), new ExecutionOptions { IsIdempotent = idempotent }, Cancelled);
            }
            catch (ConnectionClosedException e)
            {
                failure = e;
            }

            if (struck == 0)
            {
                continue;
            }

            var error = Assert.IsType<ConnectionClosedException>(idempotent ? Assert.Single(rows!.Info.Attempts).Error : failure);
            Assert.True(error.MayHaveBeenApplied);
            Assert.IsType<ProtocolErrorException>(error.InnerException);
            Assert.Equal(idempotent ? i : -1, rows?.First().Get<int>(0) ?? -1);
            return;
        }

        Assert.Fail("No request had id 0.");
    }
}
