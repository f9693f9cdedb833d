using System.Diagnostics;
using Ilium.Connection;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>What users do behind an await runs on the thread that reads: it must not hold up anybody else.</summary>
[Trait(Slow.Name, Slow.Value)]
public class ContinuationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_continuation_that_blocks_does_not_delay_the_answers_behind_it()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        using var release = new ManualResetEventSlim();
        var blocker = BlockAsync();
        var others = Enumerable.Range(0, 50).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        var requests = await held.NextAsync(51, Cancelled);
        var clock = Stopwatch.StartNew();
        requests[0].Connection.Together(() =>
        {
            foreach (var request in requests)
            {
                ScriptedCluster.Echo(request);
            }
        });
        var rows = await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(5), Cancelled);
        var took = clock.Elapsed;
        Assert.False(blocker.IsCompleted);
        Assert.Equal(Enumerable.Range(0, 50), rows.Select(page => page.First().Get<int>(0)));
        // And those that come later, with the first reader still blocked.
        var later = session.ExecuteAsync(read.Bind(99), cancellationToken: Cancelled);
        ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        Assert.Equal(99, (await later).First().Get<int>(0));
        Assert.Equal(1, driver.Connection.HandOvers);
        release.Set();
        await blocker;
        // Two or four ticks of 2 ms are due; the bound allows for a busy machine and is still far from the 5 s somebody waits for.
        Assert.True(took < TimeSpan.FromMilliseconds(500), $"{took}");

        async Task BlockAsync()
        {
            await session.ExecuteAsync(read.Bind(-1), cancellationToken: Cancelled);
            Assert.True(release.Wait(TimeSpan.FromSeconds(20), Cancelled));
        }
    }

    [Fact]
    public async Task What_continuations_send_after_the_reader_changed_hands_leaves_without_waiting_for_more_answers()
    {
        // Without heartbeats, which would take along what lies there.
        await using var driver = new ScriptedCluster(new ClusterOptions { HeartbeatInterval = TimeSpan.Zero });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(r => ScriptedCluster.IsRead(r) && ScriptedCluster.KeyOf(r) < 2);
        using var release = new ManualResetEventSlim();
        var blocker = BlockAsync();
        var first = await held.NextAsync(Cancelled);
        var two = TwoAsync();
        var second = await held.NextAsync(Cancelled);
        first.Connection.Together(() =>
        {
            ScriptedCluster.Echo(first);
            ScriptedCluster.Echo(second);
        });
        // The first answer's continuation blocks; the second's is run by the next holder, and nothing else is to come that would wake it.
        Assert.Equal(2, await two.WaitAsync(TimeSpan.FromSeconds(5), Cancelled));
        Assert.False(blocker.IsCompleted);
        release.Set();
        await blocker;

        async Task BlockAsync()
        {
            await session.ExecuteAsync(read.Bind(0), cancellationToken: Cancelled);
            Assert.True(release.Wait(TimeSpan.FromSeconds(20), Cancelled));
        }

        async Task<int> TwoAsync()
        {
            await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
            return (await session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled)).First().Get<int>(0);
        }
    }

    [Fact]
    public async Task A_continuation_may_block_on_its_neighbours_answer()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        Task<RowSet>? neighbour = null;
        var blocker = BlockAsync();
        neighbour = session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled).AsTask();
        var requests = await held.NextAsync(2, Cancelled);
        requests[0].Connection.Together(() =>
        {
            ScriptedCluster.Echo(requests[0]);
            ScriptedCluster.Echo(requests[1]);
        });
        Assert.Equal(2, await blocker.WaitAsync(TimeSpan.FromSeconds(10), Cancelled));

        async Task<int> BlockAsync()
        {
            await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
#pragma warning disable xUnit1031 // Blocking is what this is about.
            return neighbour!.GetAwaiter().GetResult().First().Get<int>(0);
#pragma warning restore xUnit1031
        }
    }

    [Fact]
    public async Task A_continuation_may_block_on_its_neighbour_although_the_connection_breaks_or_the_cluster_goes()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        Task<RowSet>? neighbour = null;
        var blocker = BlockAsync();
        neighbour = session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled).AsTask();
        var requests = await held.NextAsync(2, Cancelled);
        requests[0].Connection.Together(() =>
        {
            ScriptedCluster.Echo(requests[0]);
            ScriptedCluster.Echo(requests[1]);
        });
        Assert.Equal(2, await blocker.WaitAsync(TimeSpan.FromSeconds(10), Cancelled));

        async Task<int> BlockAsync()
        {
            await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
            // The neighbour's answer was read together with this one's, and is delivered although nothing more will be.
            session.Cluster.Dispose();
#pragma warning disable xUnit1031 // Blocking is what this is about.
            return neighbour!.GetAwaiter().GetResult().First().Get<int>(0);
#pragma warning restore xUnit1031
        }
    }

    [Fact]
    public async Task Synchronous_verbs_in_a_continuation_hand_the_reader_over_at_once()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        for (var i = 0; i < 5; i++)
        {
            await session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled);
            Assert.Equal(i + 100, session.Execute(read.Bind(i + 100)).First().Get<int>(0));
            Assert.Equal("SELECT 1", session.Prepare("SELECT 1").Cql);
            Assert.NotNull(session.Cluster.Connect());
        }
    }

    [Fact]
    public async Task Blocking_again_and_again_switches_to_the_pool_and_everything_is_still_answered()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        // Answered when it is awaited: an answer that is there already would block the caller and not the reader.
        var held = driver.Server.Hold(r => ScriptedCluster.IsRead(r) && ScriptedCluster.KeyOf(r) == -1);
        var blocked = 0;
        while (!driver.Connection.CompletesOnPool)
        {
            await BlockOnceAsync(blocked++);
        }

        var handOvers = driver.Connection.HandOvers;
        Assert.InRange(handOvers, ReaderLoop.BlockedBeforePool, blocked);
        for (var i = 0; i < 8; i++)
        {
            await BlockOnceAsync(blocked++);
        }

        // No more threads are spent on them.
        Assert.Equal(handOvers, driver.Connection.HandOvers);

        async Task BlockOnceAsync(int key)
        {
            var release = new TaskCompletionSource();
            var blocker = BlockAsync(release.Task);
            ScriptedCluster.Echo(await held.NextAsync(Cancelled));
            Assert.Equal(key, (await session.ExecuteAsync(read.Bind(key), cancellationToken: Cancelled)).First().Get<int>(0));
            release.SetResult();
            await blocker;
        }

        async Task BlockAsync(Task release)
        {
            await session.ExecuteAsync(read.Bind(-1), cancellationToken: Cancelled);
#pragma warning disable xUnit1031 // Blocking is what this is about.
            Assert.True(release.Wait(TimeSpan.FromSeconds(20)));
#pragma warning restore xUnit1031
        }
    }

    [Fact]
    public async Task Continuations_that_compute_get_helpers()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        var flows = Enumerable.Range(0, 200).Select(ComputeAsync).ToArray();
        var requests = await held.NextAsync(200, Cancelled);
        requests[0].Connection.Together(() =>
        {
            foreach (var request in requests)
            {
                ScriptedCluster.Echo(request);
            }
        });
        await Task.WhenAll(flows);
        Assert.True(threads.Count > 1, "All 200 continuations ran on one thread.");

        async Task ComputeAsync(int key)
        {
            await session.ExecuteAsync(read.Bind(key), cancellationToken: Cancelled);
            var end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2_000);
            while (Stopwatch.GetTimestamp() < end)
            {
                Thread.SpinWait(10);
            }

            threads.AddOrUpdate(Environment.CurrentManagedThreadId, 1, static (_, n) => n + 1);
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public async Task Flows_that_block_compute_and_send_in_any_mixture_are_all_answered(int seed)
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        await Task.WhenAll(Enumerable.Range(0, 24).Select(flow => FlowAsync(new Random(seed * 100 + flow), flow))).WaitAsync(TimeSpan.FromSeconds(30), Cancelled);

        async Task FlowAsync(Random random, int flow)
        {
            for (var i = 0; i < 60; i++)
            {
                var key = (flow * 1_000) + i;
                var rows = await session.ExecuteAsync(read.Bind(key), cancellationToken: Cancelled);
                Assert.Equal(key, rows.First().Get<int>(0));
                switch (random.Next(20))
                {
                    case 0:
                        Thread.SpinWait(random.Next(200_000));
                        break;
                    case 1:
                        Assert.Equal(-key, session.Execute(read.Bind(-key)).First().Get<int>(0));
                        break;
                    case 2:
                        var inner = session.ExecuteAsync(read.Bind(key + 500_000), cancellationToken: Cancelled).AsTask();
#pragma warning disable xUnit1031 // Blocking is what this is about.
                        Assert.Equal(key + 500_000, inner.Result.First().Get<int>(0));
#pragma warning restore xUnit1031
                        break;
                }
            }
        }
    }
}
