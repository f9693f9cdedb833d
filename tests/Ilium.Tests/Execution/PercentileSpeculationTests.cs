using Microsoft.Extensions.Time.Testing;

namespace Ilium.Tests.Execution;

/// <summary>The delay that is a percentile of what requests took.</summary>
public class PercentileSpeculationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void The_percentile_follows_what_was_measured()
    {
        var policy = SpeculativeExecutionPolicy.Percentile(99, maxAttempts: 3);
        var statement = new SimpleStatement("SELECT v FROM t");
        Assert.True(policy.WantsLatencies);
        for (var i = 1; i <= 255; i++)
        {
            policy.OnLatency(TimeSpan.FromMilliseconds(i));
        }

        Assert.Null(policy.NextDelay(statement, 1));
        policy.OnLatency(TimeSpan.FromMilliseconds(256));
        // 99 % of 256 is the 254th, in steps of 1/16.
        Assert.InRange(policy.NextDelay(statement, 1)!.Value.TotalMilliseconds, 254, 254 * 17 / 16.0);
        Assert.NotNull(policy.NextDelay(statement, 2));
        Assert.Null(policy.NextDelay(statement, 3));
        for (var i = 0; i < 40_000; i++)
        {
            policy.OnLatency(TimeSpan.FromMilliseconds(2));
        }

        Assert.InRange(policy.NextDelay(statement, 1)!.Value.TotalMilliseconds, 2, 2 * 17 / 16.0);
    }

    [Fact]
    public void The_percentile_is_never_below_the_shortest_delay()
    {
        var policy = SpeculativeExecutionPolicy.Percentile(50, minimumDelay: TimeSpan.FromMilliseconds(5));
        for (var i = 0; i < 256; i++)
        {
            policy.OnLatency(TimeSpan.FromMicroseconds(30));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(5), policy.NextDelay(new SimpleStatement("SELECT v FROM t"), 1));
    }

    [Fact]
    public async Task Requests_bring_the_latencies_that_the_percentile_is_made_of()
    {
        var time = new FakeTimeProvider();
        var policy = SpeculativeExecutionPolicy.Percentile(90);
        await using var ring = SpeculationTests.Ring(2, time, policy);
        var (session, read, _) = await ring.ConnectAsync();
        for (var i = 0; i < 256; i++)
        {
            ring.Answers(SpeculationTests.Never);
            var pending = session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask();
            var request = await ring.AskedAsync(i);
            time.Advance(TimeSpan.FromMilliseconds(20));
            ScriptedCluster.Echo(request);
            await pending;
        }

        var delay = policy.NextDelay(read.Bind(1), 1)!.Value;
        Assert.InRange(delay.TotalMilliseconds, 20, 20 * 17 / 16.0);
        ring.Answers(SpeculationTests.Never);
        var slow = session.ExecuteAsync(read.Bind(1_000), cancellationToken: Cancelled).AsTask();
        await ring.AskedAsync(256);
        time.Advance(TimeSpan.FromMilliseconds(19));
        Assert.Equal(257, ring.Asked.Count);
        time.Advance(TimeSpan.FromMilliseconds(3));
        Assert.Equal(1_000, (await slow).First().Get<int>(0));
        Assert.Equal(258, ring.Asked.Count);
    }
}
