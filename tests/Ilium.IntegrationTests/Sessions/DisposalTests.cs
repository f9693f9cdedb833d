using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Sessions;

/// <summary>What is left of a cluster that was disposed with 1,000 requests at a real node: nothing, and each request has an outcome that is true.</summary>
[Collection(ThrottledRingCollection.Name)]
public class DisposalTests(ThrottledRing throttled)
{
    private const int Rounds = 3;
    private const int Requests = 1_000;
    private const int Synchronous = 8;

    // The buffers of a connection, in and out, begin with this.
    private const int SmallestOfConnections = 4096;

    [Theory, EachVersion]
    public async Task Disposing_with_1000_requests_at_a_node_that_stands_still_fails_each_with_its_reason_and_leaves_nothing_behind(ProtocolVersion version)
    {
        var ring = await throttled.StartedAsync();
        await LeavesNothingBehindAsync(async () =>
        {
            var (cluster, session, insert, time, _) = await ConnectAsync(ring, version);
            await ring.PauseAsync(1, CqlText.Cancelled);
            try
            {
                var (requests, blocked) = Start(session, insert);
                var runtime = cluster.Runtime;
                Assert.Equal(Requests, await ProcessCount.SettledAsync(() => runtime.Executor.Queued + runtime.InFlight, Requests));
                var waiting = runtime.Executor.Queued;
                Assert.True(waiting > 0, "Nothing waits for a free id.");
                await DisposeAsync(cluster, time);
                var failures = await OutcomesAsync(requests, blocked);
                // Those at the node may have been carried out; those that waited were not.
                Assert.Equal(Requests - waiting, failures.Count(failure => failure is ConnectionClosedException { MayHaveBeenApplied: true, InnerException: ObjectDisposedException }));
                Assert.Equal(waiting, failures.Count(failure => failure is ObjectDisposedException));
            }
            finally
            {
                await ring.ResumeAsync(1, CancellationToken.None);
            }

            return new WeakReference(cluster.Runtime);
        });
    }

    [Theory, EachVersion]
    public async Task Disposing_with_1000_requests_under_way_gives_each_a_true_outcome_and_leaves_nothing_behind(ProtocolVersion version)
    {
        var ring = await throttled.StartedAsync();
        var cut = 0;
        await LeavesNothingBehindAsync(async () =>
        {
            var (cluster, session, insert, time, run) = await ConnectAsync(ring, version);
            var (requests, blocked) = Start(session, insert);
            // It has begun to answer, and many are still under way. Whoever disposes on a reader's thread does not wait for that thread: not here.
            await requests[0];
            await Task.Yield();
            await DisposeAsync(cluster, time);
            var outcomes = await OutcomesAsync(requests, blocked);
            await using var other = new Cluster(new ClusterOptions { ContactPoints = [ring.ContactPoints[0]], RequestTimeout = TimeSpan.FromSeconds(60) });
            var reader = await other.ConnectAsync("disposal", CqlText.Cancelled);
            // Disposed, so that its memory is not counted with what is left.
            using var page = await reader.RunAsync(new SimpleStatement("SELECT id FROM t WHERE run = ?", run), new ExecutionOptions { PageSize = 0 });
            var written = page.Select(row => row.Get<int>(0)).ToHashSet();
            for (var id = 0; id < Requests; id++)
            {
                switch (outcomes[id])
                {
                    case null:
                        Assert.Contains(id, written);
                        break;
                    case ObjectDisposedException or ConnectionClosedException { MayHaveBeenApplied: false }:
                        Assert.DoesNotContain(id, written);
                        break;
                    default:
                        Assert.True(outcomes[id] is ConnectionClosedException { InnerException: ObjectDisposedException }, $"{outcomes[id]}");
                        break;
                }
            }

            cut += outcomes.Count(outcome => outcome is ConnectionClosedException);
            return new WeakReference(cluster.Runtime);
        });
        // Not in every round: where this thread gets no processor for a while, all of them are answered meanwhile.
        Assert.NotEqual(0, cut);
    }

    private static async Task LeavesNothingBehindAsync(Func<Task<WeakReference>> round)
    {
        Assert.SkipUnless(ProcessCount.IsKnown, "Sockets and threads are counted through /proc, which this system doesn't have.");
        using var arrays = new RentedArrays(SmallestOfConnections);
        // What the first round loads and starts (the thread pool, the resolver) stays with the process.
        var clusters = new List<WeakReference> { await round() };
        Assert.Equal(0, await ProcessCount.SettledAsync(() => ProcessCount.DriverThreads, 0));
        var (sockets, rented) = (ProcessCount.Sockets, arrays.Count);
        for (var i = 1; i < Rounds; i++)
        {
            clusters.Add(await round());
            Assert.Equal(sockets, await ProcessCount.SettledAsync(() => ProcessCount.Sockets, sockets));
            Assert.Equal(0, await ProcessCount.SettledAsync(() => ProcessCount.DriverThreads, 0));
        }

        Assert.Equal(rented, arrays.Count);
        await Task.Yield();
        for (var i = 0; i < 10 && clusters.Any(cluster => cluster.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(clusters, cluster => cluster.IsAlive);
    }

    private static async Task<(Cluster Cluster, Session Session, Func<int, BoundStatement> Insert, CountedTimers Time, Guid Run)> ConnectAsync(RingServer ring, ProtocolVersion version)
    {
        var time = new CountedTimers();
        var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [ring.ContactPoints[0]],
            ProtocolVersion = version,
            TimeProvider = time,
            RequestTimeout = TimeSpan.FromSeconds(60),
            MinConnectionsPerNode = 2,
            MaxConnectionsPerNode = 2,
            MaxRequestsPerConnection = 400,
        });
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        await session.RunAsync("CREATE KEYSPACE IF NOT EXISTS disposal WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1}");
        await session.RunAsync("CREATE TABLE IF NOT EXISTS disposal.t (run uuid, id int, PRIMARY KEY (run, id))");
        // The node may still carry out what it got before: each round has a partition of its own.
        var run = Guid.NewGuid();
        var insert = await session.PrepareAsync("INSERT INTO disposal.t (run, id) VALUES (?, ?)", CqlText.Cancelled);
        Assert.True(await ProcessCount.SettledAsync(() => cluster.Runtime.Connections.Count(), 2) == 2, "The second connection did not open.");
        return (cluster, session, id => insert.Bind(run, id), time, run);
    }

    /// <summary>1,000 requests, of which the last are in synchronous verbs. More than both connections take.</summary>
    private static (Task<RowSet>[] Requests, Blocked[] Threads) Start(Session session, Func<int, BoundStatement> insert)
    {
        var requests = Enumerable.Range(0, Requests - Synchronous).Select(id => session.ExecuteAsync(insert(id), cancellationToken: CqlText.Cancelled).AsTask()).ToArray();
        var blocked = Enumerable.Range(Requests - Synchronous, Synchronous).Select(id => new Blocked(session, insert(id))).ToArray();
        return (requests, blocked);
    }

    private static async Task DisposeAsync(Cluster cluster, CountedTimers time)
    {
        await cluster.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), CqlText.Cancelled);
        Assert.Empty(cluster.Runtime.AllConnections);
        Assert.Equal(0, await ProcessCount.SettledAsync(() => time.Alive, 0));
    }

    /// <summary>What became of each request, in the order of their ids; null where it was done.</summary>
    private static async Task<Exception?[]> OutcomesAsync(Task<RowSet>[] requests, Blocked[] threads)
    {
        var outcomes = new List<Exception?>();
        foreach (var request in requests)
        {
            outcomes.Add(await Record.ExceptionAsync(() => request.WaitAsync(TimeSpan.FromSeconds(20), CqlText.Cancelled)));
        }

        return [.. outcomes, .. threads.Select(thread => thread.Outcome)];
    }

    /// <summary>A thread in a synchronous verb.</summary>
    private sealed class Blocked
    {
        private readonly Thread _thread;
        private Exception? _failure;

        internal Blocked(Session session, BoundStatement statement)
        {
            _thread = new Thread(() => _failure = Record.Exception(() => { session.Execute(statement); })) { IsBackground = true };
            _thread.Start();
        }

        internal Exception? Outcome
        {
            get
            {
                Assert.True(_thread.Join(TimeSpan.FromSeconds(20)), "A synchronous verb did not come back.");
                return _failure;
            }
        }
    }
}
