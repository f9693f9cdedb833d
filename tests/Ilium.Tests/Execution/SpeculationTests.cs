using Ilium.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Ilium.Tests.Execution;

/// <summary>Further attempts at requests that take long.</summary>
public class SpeculationTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_node_is_left_waiting_and_the_next_one_answers()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(3, time, SpeculativeExecutionPolicy.Constant(Delay));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never);
        var pending = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled).AsTask();
        var first = await ring.AskedAsync(0);
        time.Advance(Delay - TimeSpan.FromMilliseconds(1));
        Assert.Single(ring.Asked);
        time.Advance(TimeSpan.FromMilliseconds(1));
        var rows = await pending;
        Assert.Equal(7, rows.First().Get<int>(0));
        Assert.Equal(2, ring.Asked.Distinct().Count());
        Assert.Equal(ScriptedRing.NodeAt(ring.Asked[1]), rows.Info.Node);
        var loser = Assert.Single(rows.Info.Attempts);
        Assert.Equal(ScriptedRing.NodeAt(ring.Asked[0]), loser.Node);
        Assert.Equal(Delay, loser.Elapsed);
        Assert.Contains("another node has answered", loser.Outcome, StringComparison.Ordinal);
        Assert.Equal(1, ring.Orphans);
        // The late answer reaches nobody and gives its id back.
        ScriptedCluster.Echo(first);
        Assert.True(SpinWait.SpinUntil(() => ring.Orphans == 0, TimeSpan.FromSeconds(10)));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, ring.Asked.Count);
    }

    [Fact]
    public async Task A_second_attempt_without_delay_goes_to_another_node_even_when_it_is_due_before_the_first_is_sent()
    {
        var time = new EagerTime();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.Constant(TimeSpan.Zero));
        var (session, read, _) = await ring.ConnectAsync();
        // What requests made while connecting have left to be done is done, or the timer would be set already.
        time.Advance(TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 20; i++)
        {
            ring.Answers(Never, Never);
            time.RunsNext = true;
            var pending = session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask();
            Assert.False(time.RunsNext);
            var first = await ring.AskedAsync(2 * i);
            time.Advance(TimeSpan.FromMilliseconds(1));
            await ring.AskedAsync((2 * i) + 1);
            Assert.NotEqual(ring.Asked[2 * i], ring.Asked[(2 * i) + 1]);
            ScriptedCluster.Echo(first);
            using var rows = await pending;
            Assert.Equal(i, rows.First().Get<int>(0));
        }
    }

    [Fact]
    public async Task The_first_node_may_still_be_first_and_then_the_second_is_given_up()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.Constant(Delay));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never, Never);
        var pending = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled).AsTask();
        var first = await ring.AskedAsync(0);
        time.Advance(Delay);
        await ring.AskedAsync(1);
        ScriptedCluster.Echo(first);
        var rows = await pending;
        Assert.Equal(7, rows.First().Get<int>(0));
        Assert.Equal(ScriptedRing.NodeAt(ring.Asked[0]), rows.Info.Node);
        Assert.Equal(ScriptedRing.NodeAt(ring.Asked[1]), Assert.Single(rows.Info.Attempts).Node);
        Assert.Equal(1, ring.Orphans);
    }

    [Fact]
    public async Task What_is_not_idempotent_is_never_sent_twice()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.Constant(Delay));
        var (session, read, write) = await ring.ConnectAsync();
        ring.Answers(Never, Never, Never);
        var pending = new[]
        {
            session.ExecuteAsync(write.Bind(1), cancellationToken: Cancelled).AsTask(),
            session.ExecuteAsync(new BatchStatement { write.Bind(1) }, cancellationToken: Cancelled).AsTask(),
            session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled).AsTask(),
        };
        await ring.AskedAsync(2);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, ring.Asked.Count);
        foreach (var request in ring.Requests)
        {
            if (request.Cql == ScriptedCluster.ByKey)
            {
                ScriptedCluster.Echo(request);
            }
            else
            {
                request.Void();
            }
        }

        await Task.WhenAll(pending);
        ring.Answers(Never);
        var twice = session.ExecuteAsync(write.Bind(2), new ExecutionOptions { IsIdempotent = true }, Cancelled).AsTask();
        await ring.AskedAsync(3);
        time.Advance(Delay);
        await twice;
        Assert.Equal(5, ring.Asked.Count);
        // Both carry the same timestamp, so that it does not matter which is applied last.
        Assert.Equal(ring.Requests[3].Parts.Timestamp, ring.Requests[4].Parts.Timestamp);
        Assert.NotNull(ring.Requests[3].Parts.Timestamp);
    }

    [Theory]
    [InlineData(3, 4, 4)]
    [InlineData(5, 3, 3)]
    [InlineData(1, 2, 1)]
    [InlineData(2, 5, 2)]
    public async Task So_many_attempts_at_most_and_each_at_another_node(int nodes, int maxAttempts, int expected)
    {
        expected = Math.Min(expected, nodes);
        var time = new FakeTimeProvider();
        await using var ring = Ring(nodes, time, SpeculativeExecutionPolicy.Constant(Delay, maxAttempts));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Enumerable.Repeat<Action<ServerRequest>>(Never, 10));
        var pending = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled).AsTask();
        for (var i = 0; i < expected; i++)
        {
            await ring.AskedAsync(i);
            time.Advance(Delay);
        }

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(expected, ring.Asked.Count);
        Assert.Equal(expected, ring.Asked.Distinct().Count());
        ScriptedCluster.Echo(ring.Requests[^1]);
        Assert.Equal(7, (await pending).First().Get<int>(0));
        Assert.Equal(expected - 1, ring.Orphans);
    }

    [Fact]
    public async Task A_synchronous_caller_hedges_without_any_timer()
    {
        await using var ring = Ring(2, new TimeWithoutTimers(), SpeculativeExecutionPolicy.Constant(TimeSpan.FromMilliseconds(20)));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never);
        var rows = session.Execute(read.Bind(7));
        Assert.Equal(7, rows.First().Get<int>(0));
        Assert.Equal(2, ring.Asked.Distinct().Count());
        Assert.Single(rows.Info.Attempts);
    }

    [Fact]
    public async Task A_synchronous_caller_times_out_with_every_attempt_told()
    {
        await using var ring = Ring(2, new TimeWithoutTimers(), SpeculativeExecutionPolicy.Constant(TimeSpan.FromMilliseconds(20)));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never, Never);
        var failure = Assert.Throws<OperationTimedOutException>(() => session.Execute(read.Bind(7), new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(150) }));
        Assert.Equal(ring.Asked.Select(ScriptedRing.NodeAt).ToHashSet(), failure.Attempts.Select(attempt => attempt.Node!).ToHashSet());
        Assert.Equal(2, failure.Attempts.Count);
        Assert.Equal(2, ring.Orphans);
    }

    [Fact]
    public async Task The_time_of_the_request_covers_all_attempts()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(3, time, SpeculativeExecutionPolicy.Constant(Delay, 3));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never, Never, Never);
        var pending = session.ExecuteAsync(read.Bind(7), new ExecutionOptions { Timeout = 5 * Delay }, Cancelled).AsTask();
        for (var i = 0; i < 3; i++)
        {
            await ring.AskedAsync(i);
            time.Advance(Delay);
        }

        time.Advance(Delay);
        Assert.False(pending.IsCompleted);
        time.Advance(2 * Delay);
        var failure = await Assert.ThrowsAsync<OperationTimedOutException>(() => pending);
        Assert.Equal(3, failure.Attempts.Count);
        Assert.Equal(3, failure.Attempts.Select(attempt => attempt.Node).Distinct().Count());
        Assert.True(SpinWait.SpinUntil(() => ring.Orphans == 3, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task An_attempt_that_fails_leaves_the_request_to_the_other()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.Constant(Delay), RetryPolicy.Fallthrough);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never, ScriptedRing.Error(WireError.Overloaded));
        var pending = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled).AsTask();
        var first = await ring.AskedAsync(0);
        time.Advance(Delay);
        await ring.AskedAsync(1);
        ScriptedCluster.Echo(first);
        Assert.Equal(7, (await pending).First().Get<int>(0));

        ring.Answers(Never, Never);
        var second = session.ExecuteAsync(read.Bind(8), cancellationToken: Cancelled).AsTask();
        await ring.AskedAsync(2);
        time.Advance(Delay);
        var hedge = await ring.AskedAsync(3);
        ring.Requests[2].Error(WireError.Overloaded, "the first");
        ScriptedCluster.Echo(hedge);
        var rows = await second;
        Assert.Equal(8, rows.First().Get<int>(0));
        Assert.Equal(ScriptedRing.NodeAt(ring.Asked[3]), rows.Info.Node);
    }

    [Fact]
    public async Task When_all_attempts_fail_the_last_failure_tells_of_them()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.Constant(Delay), RetryPolicy.Fallthrough);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never, Never);
        var pending = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled).AsTask();
        var first = await ring.AskedAsync(0);
        time.Advance(Delay);
        var second = await ring.AskedAsync(1);
        second.Error(WireError.Overloaded, "the second");
        // Both failures have their way to the driver; which is last is not settled.
        first.Error(WireError.IsBootstrapping, "the first");
        var failure = await Assert.ThrowsAnyAsync<ServerException>(() => pending);
        Assert.Equal(["the first", "the second"], failure.Attempts.Select(attempt => ((ServerException)attempt.Error!).ServerMessage).Order());
        Assert.Contains(failure, failure.Attempts.Select(attempt => attempt.Error));
    }

    [Fact]
    public async Task A_failure_that_every_node_would_give_ends_the_request_at_once()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.Constant(Delay));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never, ScriptedRing.Error(WireError.Unauthorized));
        var pending = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled).AsTask();
        await ring.AskedAsync(0);
        time.Advance(Delay);
        await Assert.ThrowsAsync<UnauthorizedException>(() => pending);
        Assert.Equal(1, ring.Orphans);
    }

    [Fact]
    public async Task Cancelling_gives_up_all_attempts()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.Constant(Delay));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never, Never);
        using var cancellation = new CancellationTokenSource();
        var pending = session.ExecuteAsync(read.Bind(7), cancellationToken: cancellation.Token).AsTask();
        await ring.AskedAsync(0);
        time.Advance(Delay);
        await ring.AskedAsync(1);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        Assert.Equal(2, ring.Orphans);
    }

    [Fact]
    public async Task A_node_that_does_not_know_the_statement_is_told_it()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.Constant(Delay));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never, request => request.Unprepared(request.Parts.PreparedId!));
        var pending = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled).AsTask();
        await ring.AskedAsync(0);
        time.Advance(Delay);
        Assert.Equal(7, (await pending).First().Get<int>(0));
        Assert.Equal(ring.Asked[1], ring.Asked[2]);
    }

    [Fact]
    public async Task A_statement_whose_table_may_have_changed_is_asked_about_before_it_is_sent_to_another_node()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.Constant(Delay));
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never);
        var pending = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled).AsTask();
        await ring.AskedAsync(0);
        var prepared = Prepared();
        ring.Cluster.Runtime.Doubts.NoteEverything();
        time.Advance(Delay);
        Assert.Equal(1, (await pending).First().Get<int>(0));
        Assert.Equal(prepared + 1, Prepared());
        Assert.Equal(2, ring.Asked.Distinct().Count());

        int Prepared() => ring.Servers.Sum(server => server.Requests.Count(request => request.Is(WireOpcode.Prepare)));
    }

    [Fact]
    public async Task A_policy_that_throws_harms_nothing_and_is_told()
    {
        var logs = new RecordingLog();
        await using var ring = new ScriptedRing(2, new ClusterOptions { SpeculativeExecutionPolicy = new Throwing(), LoggerFactory = logs });
        var (session, read, _) = await ring.ConnectAsync();
        Assert.Equal(7, (await session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled)).First().Get<int>(0));
        Assert.Contains(logs.Lines, line => line.Id == 305);
    }

    [Fact]
    public async Task A_negative_delay_is_no_further_attempt()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { SpeculativeExecutionPolicy = new Infinite() });
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never);
        var pending = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled).AsTask();
        var asked = await ring.AskedAsync(0);
        // Whatever was due at once would have gone before this.
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i, (await session.ExecuteAsync(read.Bind(i), new ExecutionOptions { SpeculativeExecutionPolicy = SpeculativeExecutionPolicy.None }, Cancelled)).First().Get<int>(0));
        }

        ScriptedCluster.Echo(asked);
        Assert.Empty((await pending).Info.Attempts);
        Assert.Equal(101, ring.Asked.Count);
    }

    [Fact]
    public async Task A_profile_turns_it_on_and_a_request_off()
    {
        var time = new FakeTimeProvider();
        await using var ring = Ring(2, time, SpeculativeExecutionPolicy.None);
        var (session, read, _) = await ring.ConnectAsync();
        var hedged = session.WithProfile(new ExecutionProfile { SpeculativeExecutionPolicy = SpeculativeExecutionPolicy.Constant(Delay) });
        ring.Answers(Never, Never);
        var off = new ExecutionOptions { SpeculativeExecutionPolicy = SpeculativeExecutionPolicy.None };
        var pending = new[]
        {
            session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled).AsTask(),
            hedged.ExecuteAsync(read.Bind(2), off, Cancelled).AsTask(),
        };
        await ring.AskedAsync(1);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, ring.Asked.Count);
        foreach (var request in ring.Requests)
        {
            ScriptedCluster.Echo(request);
        }

        await Task.WhenAll(pending);
        ring.Answers(Never);
        var third = hedged.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled).AsTask();
        await ring.AskedAsync(2);
        time.Advance(Delay);
        Assert.Equal(3, (await third).First().Get<int>(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Under_load_every_request_gets_its_own_answer_once_whichever_attempt_brings_it(int seed)
    {
        await using var ring = Ring(3, TimeProvider.System, SpeculativeExecutionPolicy.Constant(TimeSpan.FromMilliseconds(1), 3));
        var (session, read, _) = await ring.ConnectAsync();
        var random = new Random(seed);
        var late = new List<ServerRequest>();
        ring.Answers(Enumerable.Range(0, 3_000).Select(_ => random.Next(100) switch
        {
            < 10 => request =>
            {
                lock (late)
                {
                    late.Add(request);
                }
            }
            ,
            < 20 => ScriptedRing.Error(WireError.Overloaded),
            < 22 => ScriptedRing.Error(WireError.Unavailable),
            _ => (Action<ServerRequest>)ScriptedCluster.Echo,
        }).ToArray());
        var flows = Enumerable.Range(0, 64).Select(async flow =>
        {
            for (var i = 0; i < 30; i++)
            {
                var key = (flow * 1_000) + i;
                try
                {
                    using var rows = await session.ExecuteAsync(read.Bind(key), cancellationToken: Cancelled);
                    Assert.Equal(key, rows.First().Get<int>(0));
                }
                catch (ServerException e) when (e is OverloadedException or UnavailableException)
                {
                    // All three nodes said so.
                    Assert.NotEmpty(e.Attempts);
                }

                if (i % 10 == 0)
                {
                    AnswerLate();
                }
            }
        });
        // Three answers that never came would hold a request: those kept back are given in between.
        var all = Task.WhenAll(flows);
        while (await Task.WhenAny(all, Task.Delay(20, Cancelled)) != all)
        {
            AnswerLate();
        }

        await all;
        // An attempt that lost may reach its server only now.
        Assert.True(SpinWait.SpinUntil(IsQuiet, TimeSpan.FromSeconds(10)), "Ids are left over.");

        bool IsQuiet()
        {
            AnswerLate();
            return ring.Cluster.Runtime.InFlight == 0;
        }

        void AnswerLate()
        {
            lock (late)
            {
                late.ForEach(ScriptedCluster.Echo);
                late.Clear();
            }
        }
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(10, 1)]
    public void A_policy_that_makes_no_sense_is_refused(int milliseconds, int attempts) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SpeculativeExecutionPolicy.Constant(TimeSpan.FromMilliseconds(milliseconds), attempts));

    internal static ScriptedRing Ring(int nodes, TimeProvider time, SpeculativeExecutionPolicy policy, RetryPolicy? retries = null) => new(
        nodes, new ClusterOptions
        {
            TimeProvider = time,
            SpeculativeExecutionPolicy = policy,
            RetryPolicy = retries ?? RetryPolicy.Default,
            RequestTimeout = TimeSpan.FromSeconds(30),
        });

    internal static void Never(ServerRequest request)
    {
    }

    private sealed class Infinite : SpeculativeExecutionPolicy
    {
        public override TimeSpan? NextDelay(Statement statement, int attempts) => Timeout.InfiniteTimeSpan;
    }

    private sealed class Throwing : SpeculativeExecutionPolicy
    {
        public override TimeSpan? NextDelay(Statement statement, int attempts) => throw new InvalidOperationException("thrown by the test");
    }
}
