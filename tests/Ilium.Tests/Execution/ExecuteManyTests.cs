using System.Runtime.CompilerServices;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>Many statements, so many at a time.</summary>
public class ExecuteManyTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Trait(Slow.Name, Slow.Value)]
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 300)]
    public async Task Outcomes_come_in_the_order_of_the_statements_whatever_the_order_of_the_answers(int seed, int maxInFlight)
    {
        await using var ring = new ScriptedRing(2);
        var (session, read, _) = await ring.ConnectAsync();
        Shuffle(ring, seed);
        var keys = new List<int>();
        await foreach (var outcome in session.ExecuteManyAsync(Reads(read, 1_000), new ExecuteManyOptions { MaxInFlight = maxInFlight }, Cancelled))
        {
            Assert.Equal(keys.Count, outcome.Index);
            Assert.True(outcome.Succeeded);
            keys.Add(outcome.Rows.First().Get<int>(0));
        }

        Assert.Equal(Enumerable.Range(0, 1_000), keys);
        AssertNothingInFlight(ring);
    }

    [Fact]
    public async Task Outcomes_as_they_come_are_not_held_up_by_a_slow_one()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Never);
        var seen = new List<long>();
        await foreach (var outcome in session.ExecuteManyAsync(Reads(read, 100), new ExecuteManyOptions { MaxInFlight = 4, InOrder = false }, Cancelled))
        {
            Assert.Equal((int)outcome.Index, outcome.Rows.First().Get<int>(0));
            Assert.Same(outcome.Statement, outcome.Statement);
            seen.Add(outcome.Index);
            if (seen.Count == 99)
            {
                // All others are through.
                ScriptedCluster.Echo(ring.Requests[0]);
            }
        }

        Assert.Equal(0, seen[^1]);
        Assert.Equal(Enumerable.Range(0, 100), seen.Select(index => (int)index).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Never_more_than_so_many_are_in_flight_or_wait_to_be_taken(bool inOrder)
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        var taken = 0;
        var options = new ExecuteManyOptions { MaxInFlight = 5, InOrder = inOrder };
        await using var outcomes = session.ExecuteManyAsync(Counted(read, 50, () => taken++), options, Cancelled).GetAsyncEnumerator(Cancelled);
        for (var i = 0; i < 50; i++)
        {
            Assert.True(await outcomes.MoveNextAsync());
            // The one just taken has made room for one; a place is needed before a statement is asked for.
            Assert.InRange(Volatile.Read(ref taken), i + 1, i + 6);
        }

        Assert.False(await outcomes.MoveNextAsync());
    }

    [Fact]
    public async Task The_first_failure_stops_it_after_what_came_before()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers([ScriptedCluster.Echo, ScriptedCluster.Echo, ScriptedRing.Error(WireError.Invalid)]);
        var seen = new List<long>();
        var taken = 0;
        var failure = await Assert.ThrowsAsync<InvalidQueryException>(async () =>
        {
            await foreach (var outcome in session.ExecuteManyAsync(Counted(read, 10_000, () => taken++), new ExecuteManyOptions { MaxInFlight = 4 }, Cancelled))
            {
                seen.Add(outcome.Index);
            }
        });
        Assert.Equal([0, 1], seen);
        Assert.Single(failure.Attempts);
        Assert.InRange(taken, 3, 12);
        AssertNothingInFlight(ring);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Going_on_makes_failures_outcomes_and_progress_counts_all(bool synchronous)
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Enumerable.Range(0, 100).Select(i => i % 3 == 0 ? ScriptedRing.Error(WireError.Invalid) : (Action<ServerRequest>)ScriptedCluster.Echo));
        var progress = new Recorded();
        var options = new ExecuteManyOptions { MaxInFlight = 10, ContinueOnError = true, Progress = progress };
        var outcomes = new List<StatementOutcome>();
        if (synchronous)
        {
            outcomes.AddRange(session.ExecuteMany(Reads(read, 100), options));
        }
        else
        {
            await foreach (var outcome in session.ExecuteManyAsync(Reads(read, 100), options, Cancelled))
            {
                outcomes.Add(outcome);
            }
        }

        Assert.Equal(Enumerable.Range(0, 100), outcomes.Select(outcome => (int)outcome.Index));
        var failed = outcomes.Where(outcome => !outcome.Succeeded).ToArray();
        Assert.Equal(34, failed.Length);
        Assert.All(failed, outcome => Assert.Throws<InvalidQueryException>(() => outcome.Rows));
        Assert.All(outcomes.Except(failed), outcome => Assert.Equal((int)outcome.Index, outcome.Rows.First().Get<int>(0)));
        Assert.Equal(100, progress.All.Count);
        Assert.Equal(new ExecuteManyProgress(100, 66, 34), progress.All[^1]);
        Assert.Equal(Enumerable.Range(1, 100), progress.All.Select(p => (int)(p.Succeeded + p.Failed)));
    }

    [Fact]
    public async Task Leaving_early_leaves_nothing_in_flight_and_takes_no_more()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        var taken = 0;
        await foreach (var outcome in session.ExecuteManyAsync(Counted(read, 10_000, () => taken++), new ExecuteManyOptions { MaxInFlight = 8 }, Cancelled))
        {
            if (outcome.Index == 2)
            {
                break;
            }
        }

        AssertNothingInFlight(ring);
        Assert.Equal(0, ring.Orphans);
        Assert.InRange(taken, 3, 11);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_ends_it_with_what_is_in_flight(bool continueOnError)
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Enumerable.Repeat<Action<ServerRequest>>(Never, 4));
        using var cancellation = new CancellationTokenSource();
        var running = Task.Run(
            async () =>
            {
                await foreach (var _ in session.ExecuteManyAsync(
                    Reads(read, 100), new ExecuteManyOptions { MaxInFlight = 4, ContinueOnError = continueOnError }, cancellation.Token))
                {
                }
            },
            Cancelled);
        await ring.AskedAsync(3);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(4, ring.Asked.Count);
        Assert.Equal(4, ring.Orphans);
    }

    [Fact]
    public async Task What_the_source_throws_comes_after_the_outcomes_of_what_it_gave()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        var seen = 0;
        var failure = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var _ in session.ExecuteManyAsync(BrokenAsync(Cancelled), cancellationToken: Cancelled))
            {
                seen++;
            }
        });
        Assert.Equal("broken", failure.Message);
        Assert.Equal(5, seen);

        async IAsyncEnumerable<Statement> BrokenAsync([EnumeratorCancellation] CancellationToken token = default)
        {
            for (var i = 0; i < 5; i++)
            {
                await Task.Yield();
                yield return read.Bind(i);
            }

            throw new InvalidDataException("broken");
        }
    }

    [Fact]
    public async Task What_the_source_throws_comes_after_the_outcomes_of_what_it_gave_synchronously_too()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        var seen = new List<long>();
        var failure = Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var outcome in session.ExecuteMany(Broken()))
            {
                seen.Add(outcome.Index);
            }
        });
        Assert.Equal("broken", failure.Message);
        Assert.Equal([0, 1, 2, 3, 4], seen);

        IEnumerable<Statement> Broken()
        {
            for (var i = 0; i < 5; i++)
            {
                yield return read.Bind(i);
            }

            throw new InvalidDataException("broken");
        }
    }

    [Fact]
    public async Task A_source_that_waits_is_told_to_stop()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        await foreach (var outcome in session.ExecuteManyAsync(SlowAsync(Cancelled), cancellationToken: Cancelled))
        {
            Assert.Equal(0, outcome.Index);
            break;
        }

        async IAsyncEnumerable<Statement> SlowAsync([EnumeratorCancellation] CancellationToken token = default)
        {
            yield return read.Bind(1);
            await Task.Delay(Timeout.Infinite, token);
        }
    }

    [Fact]
    public async Task The_synchronous_twin_keeps_so_many_going_without_a_thread_of_the_pool()
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions { TimeProvider = new TimeWithoutTimers() });
        var (session, read, _) = await ring.ConnectAsync();
        var (taken, seen) = (0, 0);
        foreach (var outcome in session.ExecuteMany(Counted(read, 500, () => taken++), new ExecuteManyOptions { MaxInFlight = 16 }))
        {
            Assert.Equal(seen++, outcome.Rows.First().Get<int>(0));
            Assert.Equal(Math.Min(500, seen + 15), taken);
        }

        Assert.Equal(500, seen);
    }

    [Fact]
    public async Task The_synchronous_twin_stops_at_the_first_failure_and_waits_for_the_others()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers([ScriptedCluster.Echo, ScriptedRing.Error(WireError.Invalid)]);
        var seen = 0;
        Assert.Throws<InvalidQueryException>(() =>
        {
            foreach (var _ in session.ExecuteMany(Reads(read, 1_000), new ExecuteManyOptions { MaxInFlight = 4 }))
            {
                seen++;
            }
        });
        Assert.Equal(1, seen);
        AssertNothingInFlight(ring);
        Assert.InRange(ring.Asked.Count, 2, 5);
    }

    [Fact]
    public async Task Statements_that_are_refused_before_they_are_sent_are_outcomes_too()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        Statement[] statements = [read.Bind(1), null!, new SimpleStatement(ScriptedRing.Write, "no number"), read.Bind(2)];
        var options = new ExecuteManyOptions { ContinueOnError = true };
        var outcomes = session.ExecuteMany(statements, options).Select(outcome => outcome.Error?.GetType()).ToArray();
        Assert.Equal([null, typeof(ArgumentNullException), typeof(InvalidTypeException), null], outcomes);
        var again = new List<Type?>();
        await foreach (var outcome in session.ExecuteManyAsync(statements, options, Cancelled))
        {
            again.Add(outcome.Error?.GetType());
        }

        Assert.Equal(outcomes, again);
        Assert.Throws<ArgumentException>(() => session.ExecuteMany(statements, new ExecuteManyOptions { MaxInFlight = 0 }));
    }

    private static IEnumerable<Statement> Reads(PreparedStatement read, int count) => Enumerable.Range(0, count).Select(i => read.Bind(i));

    private static IEnumerable<Statement> Counted(PreparedStatement read, int count, Action taken)
    {
        for (var i = 0; i < count; i++)
        {
            taken();
            yield return read.Bind(i);
        }
    }

    /// <summary>Answers in an order of its own: each now and then holds back what comes and lets it go later.</summary>
    private static void Shuffle(ScriptedRing ring, int seed)
    {
        foreach (var (server, number) in ring.Servers.Select((server, number) => (server, number)))
        {
            var random = new Random(seed + (100 * number));
            server.On(ScriptedCluster.IsRead, request =>
            {
                if (random.Next(2) == 0)
                {
                    ScriptedCluster.Echo(request);
                }
                else
                {
                    request.ReplyWhen(Task.Delay(random.Next(5)), ScriptedCluster.Echo);
                }
            });
        }
    }

    // A caller may go on a moment before the reader gives the stream id back.
    private static void AssertNothingInFlight(ScriptedRing ring) =>
        Assert.True(SpinWait.SpinUntil(() => ring.Cluster.Runtime.InFlight == 0, TimeSpan.FromSeconds(10)), "Something is still in flight.");

    private static void Never(ServerRequest request)
    {
    }

    private sealed class Recorded : IProgress<ExecuteManyProgress>
    {
        internal List<ExecuteManyProgress> All { get; } = [];

        public void Report(ExecuteManyProgress value) => All.Add(value);
    }
}
