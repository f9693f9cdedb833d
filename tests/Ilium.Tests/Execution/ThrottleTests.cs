using Ilium.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Ilium.Tests.Execution;

/// <summary>Bounds on requests under way and per second, and those who wait for their turn.</summary>
public class ThrottleTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task So_many_at_once_the_others_wait_in_order_and_beyond_the_bound_they_are_refused()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { MaxConcurrentRequests = 2, MaxQueuedRequests = 3 });
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Enumerable.Repeat<Action<ServerRequest>>(Never, 5));
        var pending = Enumerable.Range(0, 5).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        await ring.AskedAsync(1);
        Assert.Equal(3, ring.Cluster.Runtime.Executor.Queued);
        var refused = await Assert.ThrowsAsync<RequestThrottledException>(async () => await session.ExecuteAsync(read.Bind(9), cancellationToken: Cancelled));
        Assert.Equal((2, 3, 3), (refused.InFlight, refused.Queued, refused.Limit));
        Assert.Throws<RequestThrottledException>(() => session.Execute(read.Bind(9)));
        for (var i = 0; i < 5; i++)
        {
            var request = await ring.AskedAsync(i);
            Assert.Equal(Math.Min(5, 2 + i), ring.Asked.Count);
            ScriptedCluster.Echo(request);
            // Its end lets the next one go.
            await pending[ScriptedCluster.KeyOf(request)];
            if (i < 3)
            {
                await ring.AskedAsync(i + 2);
            }
        }

        Assert.Equal([2, 3, 4], ring.Requests.Skip(2).Select(ScriptedCluster.KeyOf));
        Assert.Equal(0, ring.Cluster.Runtime.Executor.Queued);
        Assert.Equal(7, (await session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    [Fact]
    public async Task So_many_a_second_in_bursts_of_a_tenth()
    {
        var time = new FakeTimeProvider();
        await using var ring = new ScriptedRing(1, new ClusterOptions { MaxRequestsPerSecond = 20, TimeProvider = time, RequestTimeout = TimeSpan.FromMinutes(1) });
        var session = await ring.Cluster.ConnectAsync(Cancelled);
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        var pending = Enumerable.Range(0, 5).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        await Task.WhenAll(pending[..2]);
        Assert.Equal(3, ring.Cluster.Runtime.Executor.Queued);
        time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Equal(2, ring.Asked.Count);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await pending[2];
        time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Equal(3, ring.Asked.Count);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await pending[3];
        time.Advance(TimeSpan.FromMilliseconds(50));
        await pending[4];
        Assert.Equal([0, 1, 2, 3, 4], ring.Requests.Select(ScriptedCluster.KeyOf));
        // A long silence saves up no more than one burst.
        time.Advance(TimeSpan.FromSeconds(10));
        var burst = Enumerable.Range(0, 4).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        await Task.WhenAll(burst[..2]);
        Assert.Equal(2, ring.Cluster.Runtime.Executor.Queued);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await Task.WhenAll(burst);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_whose_turn_does_not_come_in_time_was_never_sent(bool synchronous)
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions
        {
            MaxConcurrentRequests = 1,
            TimeProvider = synchronous ? new TimeWithoutTimers() : TimeProvider.System,
        });
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never);
        var first = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        await ring.AskedAsync(0);
        var options = new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(100) };
        var failure = synchronous
            ? Assert.Throws<OperationTimedOutException>(() => session.Execute(read.Bind(2), options))
            : await Assert.ThrowsAsync<OperationTimedOutException>(async () => await session.ExecuteAsync(read.Bind(2), options, Cancelled));
        Assert.False(failure.MayHaveBeenApplied);
        Assert.Contains("waiting for its turn", Assert.Single(failure.Attempts).Outcome, StringComparison.Ordinal);
        Assert.Equal(0, ring.Cluster.Runtime.Executor.Queued);
        ScriptedCluster.Echo(ring.Requests[0]);
        await first;
        Assert.Equal(3, (await session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled)).First().Get<int>(0));
        Assert.Equal([1, 3], ring.Requests.Select(ScriptedCluster.KeyOf));
    }

    [Fact]
    public async Task A_request_that_is_cancelled_while_it_waits_leaves_the_queue()
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions { MaxConcurrentRequests = 1, MaxQueuedRequests = 1 });
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never);
        var first = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        using var cancellation = new CancellationTokenSource();
        var second = session.ExecuteAsync(read.Bind(2), cancellationToken: cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        var third = session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled);
        ScriptedCluster.Echo(await ring.AskedAsync(0));
        await first;
        Assert.Equal(3, (await third).First().Get<int>(0));
        Assert.Equal([1, 3], ring.Requests.Select(ScriptedCluster.KeyOf));
    }

    [Fact]
    public async Task Synchronous_callers_keep_to_both_bounds_without_any_timer()
    {
        await using var ring = new ScriptedRing(
            1, new ClusterOptions { MaxConcurrentRequests = 2, MaxRequestsPerSecond = 200, TimeProvider = new TimeWithoutTimers() });
        var session = await ring.Cluster.ConnectAsync(Cancelled);
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        var started = Environment.TickCount64;
        var threads = Enumerable.Range(0, 8).Select(i => new Thread(() =>
        {
            for (var k = 0; k < 10; k++)
            {
                Assert.Equal((i * 100) + k, session.Execute(read.Bind((i * 100) + k)).First().Get<int>(0));
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(20))));
        // 80 requests, of which 20 at once; less what the clock's steps give.
        Assert.True(Environment.TickCount64 - started >= 280, $"{Environment.TickCount64 - started} ms");
        Assert.Equal(80, ring.Asked.Count);
    }

    [Trait(Slow.Name, Slow.Value)]
    [Fact]
    public async Task Requests_that_fail_give_their_places_back_however_they_fail()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { MaxConcurrentRequests = 1, MaxQueuedRequests = 5_000, RetryPolicy = RetryPolicy.Fallthrough, RequestTimeout = TimeSpan.FromMinutes(2) });
        var (session, read, write) = await ring.ConnectAsync();
        ring.Answers(Enumerable.Repeat(ScriptedRing.Error(WireError.Overloaded), 50));
        for (var i = 0; i < 50; i++)
        {
            await Assert.ThrowsAsync<OverloadedException>(async () => await session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled));
        }

        await Assert.ThrowsAsync<InvalidTypeException>(
            async () => await session.ExecuteAsync(new SimpleStatement(ScriptedRing.Write, "no number"), cancellationToken: Cancelled));
        Assert.Throws<ArgumentException>(() => session.Execute(new SimpleStatement(ScriptedRing.Write, 1, 2)));
        ring.Answers(Never);
        await Assert.ThrowsAsync<OperationTimedOutException>(
            async () => await session.ExecuteAsync(write.Bind(1), new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(50) }, Cancelled));
        Assert.Equal(7, (await session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled)).First().Get<int>(0));
        // Thousands that fail as soon as it is their turn end one after the other, not each in the call of the one before.
        ring.Answers(Never);
        var number = ring.Asked.Count;
        var first = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        var wrong = Enumerable.Range(0, 4_000).Select(_ => session.ExecuteAsync(new SimpleStatement(ScriptedRing.Write, "no number"), cancellationToken: Cancelled).AsTask()).ToArray();
        ScriptedCluster.Echo(await ring.AskedAsync(number));
        await first;
        foreach (var one in wrong)
        {
            await Assert.ThrowsAsync<InvalidTypeException>(() => one);
        }
    }

    [Fact]
    public async Task Disposing_ends_those_who_wait_for_their_turn()
    {
        var ring = new ScriptedRing(1, new ClusterOptions { MaxConcurrentRequests = 1 });
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never);
        var first = session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled).AsTask();
        await ring.AskedAsync(0);
        var waiting = Enumerable.Range(0, 100).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        await ring.DisposeAsync();
        await Assert.ThrowsAsync<ConnectionClosedException>(() => first.WaitAsync(TimeSpan.FromSeconds(10), Cancelled));
        foreach (var one in waiting)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => one.WaitAsync(TimeSpan.FromSeconds(10), Cancelled));
        }
    }

    [Fact]
    public async Task When_the_first_in_the_queue_is_cancelled_the_next_one_goes_when_the_rate_lets_it()
    {
        var time = new FakeTimeProvider();
        await using var ring = new ScriptedRing(1, new ClusterOptions { MaxRequestsPerSecond = 1, TimeProvider = time, RequestTimeout = TimeSpan.FromMinutes(1) });
        var session = await ring.Cluster.ConnectAsync(Cancelled);
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        using var cancellation = new CancellationTokenSource();
        var second = session.ExecuteAsync(read.Bind(2), cancellationToken: cancellation.Token).AsTask();
        var third = session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, (await third.WaitAsync(TimeSpan.FromSeconds(10), Cancelled)).First().Get<int>(0));
        Assert.Equal([1, 3], ring.Requests.Select(ScriptedCluster.KeyOf));
    }

    [Fact]
    public async Task Requests_that_have_had_their_turn_and_those_that_were_cancelled_are_held_by_nobody()
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions { MaxConcurrentRequests = 1, RequestTimeout = TimeSpan.FromMinutes(10) });
        var (session, read, _) = await ring.ConnectAsync();
        var answered = await AnsweredAsync();
        await ReleasedAsync(answered);
        ring.Answers(Never);
        var number = ring.Asked.Count;
        var first = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled).AsTask();
        var head = session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled).AsTask();
        await ReleasedAsync(await CancelledAsync());
        Assert.Equal(1, ring.Cluster.Runtime.Executor.Queued);
        ScriptedCluster.Echo(await ring.AskedAsync(number));
        await first;
        await head;

        async Task<WeakReference[]> AnsweredAsync()
        {
            var statements = Enumerable.Range(0, 100).Select(i => read.Bind(i)).ToArray();
            await Task.WhenAll(statements.Select(one => session.ExecuteAsync(one, cancellationToken: Cancelled).AsTask()));
            return [.. statements.Select(one => new WeakReference(one))];
        }

        async Task<WeakReference[]> CancelledAsync()
        {
            using var cancellation = new CancellationTokenSource();
            var statements = Enumerable.Range(0, 100).Select(i => read.Bind(i)).ToArray();
            var pending = statements.Select(one => session.ExecuteAsync(one, cancellationToken: cancellation.Token).AsTask()).ToArray();
            await cancellation.CancelAsync();
            foreach (var one in pending)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
            }

            return [.. statements.Select(one => new WeakReference(one))];
        }

        static async Task ReleasedAsync(WeakReference[] statements)
        {
            for (var tries = 0; tries < 200; tries++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                // The last one may still be on somebody's stack, or in a pooled object.
                if (statements.Count(one => one.IsAlive) <= 2)
                {
                    return;
                }

                await Task.Delay(50, Cancelled);
            }

            Assert.Fail($"{statements.Count(one => one.IsAlive)} of {statements.Length} statements are still held");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Under_load_never_more_than_allowed_are_under_way_and_none_is_forgotten(int seed)
    {
        const int Limit = 7;
        await using var ring = new ScriptedRing(2, new ClusterOptions { MaxConcurrentRequests = Limit });
        var (session, read, _) = await ring.ConnectAsync();
        var (inside, most) = (0, 0);
        var random = new Random(seed);
        foreach (var server in ring.Servers)
        {
            server.On(ScriptedCluster.IsRead, request =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref inside));
                Thread.SpinWait(random.Next(2_000));
                Interlocked.Decrement(ref inside);
                ScriptedCluster.Echo(request);
            });
        }

        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(async i =>
        {
            using var cancellation = new CancellationTokenSource();
            if (i % 5 == 0)
            {
                cancellation.CancelAfter(TimeSpan.FromMilliseconds(i % 50));
            }

            try
            {
                Assert.Equal(i, (await session.ExecuteAsync(read.Bind(i), cancellationToken: cancellation.Token)).First().Get<int>(0));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // As the test wanted.
            }
        })).WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        Assert.Equal(0, ring.Cluster.Runtime.Executor.Queued);
        // One that was given up no longer counts, while the server still works on it.
        Assert.InRange(most, 1, Limit * 2);
        Assert.Equal(7, (await session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    [Fact]
    public void Bounds_that_make_no_sense_are_told()
    {
        var failure = Assert.Throws<InvalidOptionsException>(
            () => new Cluster(new ClusterOptions { ContactPoints = ["x"], MaxConcurrentRequests = 0, MaxRequestsPerSecond = -1, SpeculativeExecutionPolicy = null! }));
        Assert.Equal(
            [
                "SpeculativeExecutionPolicy is null: SpeculativeExecutionPolicy.None never sends a request to a second node.",
                "MaxConcurrentRequests is 0: it is 1 or more, or null for no bound.",
                "MaxRequestsPerSecond is -1: it is 1 or more, or null for no bound.",
            ],
            failure.Faults);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var known = Volatile.Read(ref most); value > known && Interlocked.CompareExchange(ref most, value, known) != known; known = Volatile.Read(ref most))
        {
        }
    }

    private static void Never(ServerRequest request)
    {
    }
}
