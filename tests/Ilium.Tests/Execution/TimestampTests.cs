using Ilium.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Ilium.Tests.Execution;

/// <summary>The timestamps that the driver gives to writes.</summary>
public class TimestampTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void No_two_are_the_same_and_each_is_later_than_the_one_before()
    {
        var time = new FakeTimeProvider(Noon);
        var generator = new MonotonicTimestampGenerator(time);
        var noon = Noon.ToUnixTimeMilliseconds() * 1_000;
        Assert.Equal([noon, noon + 1, noon + 2], [generator.Next(), generator.Next(), generator.Next()]);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(noon + 1_000, generator.Next());
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_take_them_back_and_is_told_once_a_second()
    {
        var logs = new RecordingLog();
        var time = new BackwardsTime(Noon);
        var generator = new MonotonicTimestampGenerator(time, logs);
        var first = generator.Next()!.Value;
        time.Now = Noon.AddSeconds(-1);
        Assert.Equal(first + 1, generator.Next());
        Assert.Single(logs.Lines);
        time.Now = Noon.AddSeconds(-60);
        Assert.Equal(first + 2, generator.Next());
        Assert.Equal(first + 3, generator.Next());
        Assert.Equal(2, logs.Lines.Count);
        Assert.All(logs.Lines, line => Assert.Equal(304, line.Id));
        time.Now = Noon.AddSeconds(1);
        Assert.Equal(first + 1_000_000, generator.Next());
    }

    [Fact]
    public async Task Threads_that_ask_at_the_same_time_get_different_ones()
    {
        var generator = new MonotonicTimestampGenerator(new FakeTimeProvider(Noon));
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 5_000).Select(_ => generator.Next()!.Value).ToArray(), Cancelled)));
        Assert.Equal(40_000, all.SelectMany(some => some).Distinct().Count());
        Assert.All(all, some => Assert.Equal(some.Order(), some));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Writes_carry_one_and_reads_carry_none(int version)
    {
        var time = new FakeTimeProvider(Noon);
        await using var ring = new ScriptedRing(1, new ClusterOptions { ProtocolVersion = (ProtocolVersion)version, TimestampGenerator = new MonotonicTimestampGenerator(time) });
        var (session, read, write) = await ring.ConnectAsync();
        time.SetUtcNow(Noon.AddHours(1));
        await session.ExecuteAsync(write.Bind(1), cancellationToken: Cancelled);
        await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        await session.ExecuteAsync(new BatchStatement { write.Bind(1) }, cancellationToken: Cancelled);
        await session.ExecuteAsync(write.Bind(1), new ExecutionOptions { Timestamp = 42 }, Cancelled);
        await session.ExecuteAsync(read.Bind(1), new ExecutionOptions { Timestamp = 43 }, Cancelled);
        await session.ExecuteAsync("UPDATE t SET v = 1 WHERE k = 2", cancellationToken: Cancelled);
        await session.ExecuteAsync("SELECT k FROM t", cancellationToken: Cancelled);
        var one = Noon.AddHours(1).ToUnixTimeMilliseconds() * 1_000;
        Assert.Equal([one, null, one + 1, 42, 43], ring.Requests.Select(request => request.Parts.Timestamp));
        var texts = ring.Servers[0].Requests.Where(r => r.Is(WireOpcode.Query) && !r.Mentions("system")).Select(r => r.Parts.Timestamp);
        Assert.Equal([one + 2, null], texts);
    }

    [Fact]
    public async Task All_attempts_of_a_write_carry_the_same()
    {
        await using var ring = new ScriptedRing(3);
        var (session, _, write) = await ring.ConnectAsync();
        ring.Answers(ScriptedRing.Error(WireError.IsBootstrapping), ScriptedRing.Error(WireError.Unavailable, w => w.Short(4).Int(2).Int(1)));
        await session.ExecuteAsync(
            write.Bind(1), new ExecutionOptions { IsIdempotent = true, RetryPolicy = new AtOne() }, Cancelled);
        Assert.Equal(3, ring.Requests.Count);
        Assert.Equal(ConsistencyLevel.One, (ConsistencyLevel)ring.Requests[^1].Parts.Consistency);
        Assert.NotNull(Assert.Single(ring.Requests.Select(request => request.Parts.Timestamp).Distinct()));
    }

    [Fact]
    public async Task The_servers_clock_is_used_when_that_is_asked_for()
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions { TimestampGenerator = TimestampGenerator.ServerSide });
        var (session, _, write) = await ring.ConnectAsync();
        await session.ExecuteAsync(write.Bind(1), cancellationToken: Cancelled);
        Assert.Null(ring.Requests[^1].Parts.Timestamp);
    }

    private sealed class AtOne : RetryPolicy
    {
        public override RetryDecision OnUnavailable(UnavailableException error, in RetryContext context) => RetryDecision.RetrySame(ConsistencyLevel.One);

        public override RetryDecision OnServerError(ServerException error, in RetryContext context) => RetryDecision.RetryNext();
    }

    private sealed class BackwardsTime(DateTimeOffset now) : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
