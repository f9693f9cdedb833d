using Ilium.TestKit;

namespace Ilium.Docs.Tests;

/// <summary>What docs/sync-and-threads.md promises, against a scripted server.</summary>
public sealed class ThreadPageTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ScriptedServer _server = new();
    private ScriptedListener _listener = null!;
    private Cluster _cluster = null!;
    private Session _session = null!;

    public async ValueTask InitializeAsync()
    {
        _server.On(request => request.Mentions("INSERT"), request => request.Void());
        _listener = new ScriptedListener(_server);
        _cluster = new Cluster(new ClusterOptions { ContactPoints = [_listener.EndPoint], MaxConnectionsPerNode = 1 });
        _session = await _cluster.ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _listener.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_continuation_that_blocks_holds_up_no_answer_of_its_connection()
    {
        using var released = new ManualResetEventSlim();
        var gate = new TaskCompletionSource();
        _server.On(request => request.Mentions("INSERT INTO blocked"), request => request.ReplyWhen(gate.Task, blocking => blocking.Void()));
        var blocked = BlockAfterAsync();
        await _server.WaitForAsync(request => request.Mentions("INSERT INTO blocked"), TestContext.Current.CancellationToken);
        gate.SetResult();
        for (var i = 0; i < 100; i++)
        {
            await _session.ExecuteAsync("INSERT INTO others");
        }

        released.Set();
        Assert.True(await blocked);

        async Task<bool> BlockAfterAsync()
        {
            await _session.ExecuteAsync("INSERT INTO blocked");
            return released.Wait(Patience, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_synchronous_verb_inside_a_continuation_finishes()
    {
        for (var i = 0; i < 20; i++)
        {
            await _session.ExecuteAsync("INSERT INTO first");
            Assert.Empty(_session.Execute("INSERT INTO second"));
        }
    }

    [Fact]
    public async Task Synchronous_verbs_finish_while_every_pool_thread_is_blocked_in_one()
    {
        ThreadPool.GetMaxThreads(out var most, out var ports);
        ThreadPool.GetMinThreads(out var least, out var leastPorts);
        const int Threads = 8;
        try
        {
            // The least first: the pool would otherwise take a second for each thread above it.
            Assert.True(ThreadPool.SetMinThreads(Threads, leastPorts) && ThreadPool.SetMaxThreads(Threads, ports));
            using var together = new CountdownEvent(Threads / 2);
            var arrived = 0;
            var done = Enumerable.Range(0, Threads * 4).Select(_ => new TaskCompletionSource()).ToArray();
            foreach (var source in done)
            {
                ThreadPool.UnsafeQueueUserWorkItem(Run, source, preferLocal: false);
            }

            await Task.WhenAll(done.Select(source => source.Task)).WaitAsync(Patience, TestContext.Current.CancellationToken);

            void Run(TaskCompletionSource source)
            {
                // At least half of the pool is in here at once, the rest comes meanwhile.
                if (Interlocked.Increment(ref arrived) <= together.InitialCount)
                {
                    together.Signal();
                    together.Wait(Patience);
                }

                for (var i = 0; i < 20; i++)
                {
                    _session.Execute("INSERT INTO everywhere");
                }

                source.SetResult();
            }
        }
        finally
        {
            ThreadPool.SetMaxThreads(most, ports);
            ThreadPool.SetMinThreads(least, leastPorts);
        }
    }
}
