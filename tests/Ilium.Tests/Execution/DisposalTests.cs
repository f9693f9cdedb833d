using System.Runtime.CompilerServices;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>What is left of a cluster that was disposed, and of requests that were given up: nothing.</summary>
[Collection(QuietCollection.Name)]
[Trait(Slow.Name, Slow.Value)]
public class DisposalTests
{
    private const int Rounds = 20;
    private const int Requests = 1_000;
    private const int Synchronous = 8;

    // The buffers of a connection, in and out, begin with this.
    private const int SmallestOfConnections = 4096;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task Disposing_with_1000_requests_in_flight_ends_each_with_its_reason_and_leaves_nothing_behind_20_times(ProtocolVersion version)
    {
        Assert.SkipUnless(ProcessCount.IsKnown, "Sockets and threads are counted through /proc, which this system doesn't have.");
        using var arrays = new RentedArrays(SmallestOfConnections);
        // What the first round loads and starts (the thread pool, the resolver) stays with the process.
        var first = await DisposeWithRequestsInFlightAsync(version);
        var (sockets, rented) = (ProcessCount.Sockets, arrays.Count);
        var clusters = new List<WeakReference> { first };
        for (var round = 1; round < Rounds; round++)
        {
            clusters.Add(await DisposeWithRequestsInFlightAsync(version));
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

    [Fact]
    public async Task Nothing_fails_that_nobody_has_seen()
    {
        Collect();
        var unseen = new System.Collections.Concurrent.ConcurrentQueue<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unseen.Enqueue(e.Exception.ToString());
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            for (var round = 0; round < 5; round++)
            {
                await ConnectAndDisposeAsync();
            }

            await Task.Yield();
            Collect();
            Assert.Empty(unseen);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        static void Collect()
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task Cancelled_and_overdue_requests_leave_nothing_behind(ProtocolVersion version)
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(Options(version, time));
        var (session, read) = await driver.ConnectAsync();
        // The upkeep's; that of a wait may end just after the wait.
        var timers = await ProcessCount.SettledAsync(() => time.Alive, 1);
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        using var arrays = new RentedArrays(smallest: 0);
        for (var round = 0; round < 3; round++)
        {
            var rented = arrays.Count;
            using var cancellation = new CancellationTokenSource();
            var cancelled = Start(session, read, Requests / 2, cancellation.Token);
            var overdue = Start(session, read, Requests / 2, Cancelled);
            var answers = await held.NextAsync(Requests, Cancelled);
            await cancellation.CancelAsync();
            await Task.WhenAll(cancelled.Select(request => Assert.ThrowsAnyAsync<OperationCanceledException>(() => request)));
            time.Advance(session.Cluster.Options.RequestTimeout + TimeSpan.FromMilliseconds(1));
            await Task.WhenAll(overdue.Select(request => Assert.ThrowsAsync<OperationTimedOutException>(() => request)));
            Assert.Equal((Requests, Requests), (driver.Connection.InFlight, driver.Connection.Orphans));

            // The answers come late: they reach nobody and free their ids.
            answers[0].Connection.Together(() =>
            {
                foreach (var answer in answers)
                {
                    ScriptedCluster.Echo(answer);
                }
            });
            var last = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled);
            ScriptedCluster.Echo(await held.NextAsync(Cancelled));
            using (var rows = await last)
            {
                Assert.Equal(7, rows.First().Get<int>(0));
            }

            Assert.Equal((0, 0), (driver.Connection.InFlight, driver.Connection.Orphans));
            Assert.Equal(timers, time.Alive);
            // Beside the buffers of these requests themselves, which are collected with them, nothing is out: late answers hold no memory.
            // (Outgoing buffers that have grown, and the last request, are a few more.)
            Assert.InRange(arrays.Count - rented, 0, Requests + 10);
        }

        Assert.Single(driver.Server.Connections);
    }

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task Requests_that_are_cancelled_or_overdue_while_they_wait_for_a_connection_leave_nothing_behind(ProtocolVersion version)
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(Options(version, time) with { MaxRequestsPerConnection = 400 });
        var (session, read) = await driver.ConnectAsync();
        var executor = session.Cluster.Runtime.Executor;
        // The upkeep's; that of a wait may end just after the wait.
        var timers = await ProcessCount.SettledAsync(() => time.Alive, 1);
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var patient = new ExecutionOptions { Timeout = TimeSpan.FromHours(1) };
        var kept = new List<Task<RowSet>>();
        while (executor.Queued == 0)
        {
            kept.Add(session.ExecuteAsync(read.Bind(kept.Count), patient, Cancelled).AsTask());
        }

        using var cancellation = new CancellationTokenSource();
        var cancelled = Start(session, read, Requests / 2, cancellation.Token);
        var overdue = Start(session, read, Requests / 2, Cancelled);
        Assert.Equal(Requests + 1, executor.Queued);
        Assert.Equal(timers + Requests + 1, time.Alive);
        await cancellation.CancelAsync();
        await Task.WhenAll(cancelled.Select(request => Assert.ThrowsAnyAsync<OperationCanceledException>(() => request)));
        time.Advance(session.Cluster.Options.RequestTimeout + TimeSpan.FromMilliseconds(1));
        foreach (var request in overdue)
        {
            var failure = await Assert.ThrowsAsync<OperationTimedOutException>(() => request);
            Assert.False(failure.MayHaveBeenApplied);
        }

        Assert.Equal(1, await ProcessCount.SettledAsync(() => executor.Queued, 1));
        Assert.Equal(timers + 1, await ProcessCount.SettledAsync(() => time.Alive, timers + 1));
        for (var i = 0; i < kept.Count; i++)
        {
            ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        }

        var rows = await Task.WhenAll(kept);
        Assert.Equal(Enumerable.Range(0, kept.Count), rows.Select(page => page.First().Get<int>(0)));
        Assert.Equal((0, timers), (executor.Queued, await ProcessCount.SettledAsync(() => time.Alive, timers)));
    }

    [Fact]
    public async Task A_request_nobody_asks_the_outcome_of_is_not_held_by_its_token()
    {
        using var cancellation = new CancellationTokenSource();
        await using var server = new ScriptedServer();
        var forgotten = await AskAndForgetAsync(server, cancellation.Token);
        await Task.Yield();
        for (var i = 0; i < 100 && forgotten.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(forgotten.IsAlive);
        GC.KeepAlive(cancellation);
    }

    [Fact]
    public async Task Disposing_twice_at_once_and_in_either_way_is_one_disposal()
    {
        await using var driver = new ScriptedCluster();
        var (session, _) = await driver.ConnectAsync();
        var cluster = session.Cluster;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            async () =>
            {
                if (i % 2 == 0)
                {
                    await cluster.DisposeAsync();
                }
                else
                {
                    cluster.Dispose();
                }
            },
            Cancelled)));
        Assert.Empty(cluster.Runtime.AllConnections);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cluster.ConnectAsync(Cancelled));
    }

    /// <summary>A cluster that works, one that loses its connections, one that can't be connected to, and one whose caller had no patience.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task ConnectAndDisposeAsync()
    {
        await using (var driver = new ScriptedCluster())
        {
            await driver.ConnectAsync();
        }

        await using (var driver = new ScriptedCluster())
        {
            await driver.ConnectAsync();
            driver.Transports.Fault = static _ => new IOException("refused by the test");
            foreach (var connection in driver.Server.Connections.Concat(driver.Control.Connections))
            {
                connection.Reset();
            }
        }

        await using (var driver = new ScriptedCluster())
        {
            driver.Transports.Fault = static _ => new IOException("refused by the test");
            await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await driver.Cluster.ConnectAsync(Cancelled));
        }

        await using (var driver = new ScriptedCluster())
        {
            var gate = new TaskCompletionSource();
            driver.Transports.Gate = gate.Task;
            driver.Transports.Fault = static _ => new IOException("refused by the test");
            using var cancellation = new CancellationTokenSource();
            var given = driver.Cluster.ConnectAsync(cancellation.Token).AsTask();
            var kept = driver.Cluster.ConnectAsync(Cancelled).AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
            gate.SetResult();
            await Assert.ThrowsAsync<NoNodeAvailableException>(() => kept);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> AskAndForgetAsync(ScriptedServer server, CancellationToken token)
    {
        var cluster = new Cluster(new ClusterOptions { ContactPoints = ["127.0.0.1"], TransportFactory = new MemoryTransports(server, null) });
        var session = await cluster.ConnectAsync(Cancelled);
#pragma warning disable CA2012 // Never looked at: that is what this is about.
        _ = session.ExecuteAsync("SELECT 1", cancellationToken: token);
#pragma warning restore CA2012
        // Answered after it: so it has been answered too.
        await session.ExecuteAsync("SELECT 2", cancellationToken: Cancelled);
        return new WeakReference(cluster);
    }

    /// <summary>Connects over sockets, fills the connection and the queue behind it, and disposes.</summary>
    /// <returns>The cluster, for the collector.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> DisposeWithRequestsInFlightAsync(ProtocolVersion version)
    {
        var time = new CountingTime();
        await using var server = new ScriptedServer();
        await using var listener = new ScriptedListener(server);
        server.Define(ScriptedCluster.ByKey, new ServerStatement { Bind = [new("k", TypeBytes.Int)], Result = ScriptedCluster.Value });
        var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [listener.EndPoint],
            ProtocolVersion = version,
            TimeProvider = time,
            MinConnectionsPerNode = 2,
            MaxConnectionsPerNode = 2,
            MaxRequestsPerConnection = 400,
        });
        var session = await cluster.ConnectAsync(Cancelled);
        // Two that carry requests, and the control connection.
        await server.WaitForConnectionsAsync(3, Cancelled);
        // The server knows of a connection before its pool does.
        Assert.True(SpinWait.SpinUntil(() => cluster.Runtime.Connections.Count() == 2, TimeSpan.FromSeconds(20)));
        await ScriptedCluster.SettleAsync(cluster);
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        var held = server.Hold(ScriptedCluster.IsRead);
        var blocked = Enumerable.Range(0, Synchronous).Select(i => new Blocked(session, read.Bind(i))).ToArray();
        // All of these are with the server before the others come.
        await held.NextAsync(Synchronous, Cancelled);
        var requests = Start(session, read, Requests - Synchronous, Cancelled);
        var waiting = cluster.Runtime.Executor.Queued;
        Assert.Equal(Requests, waiting + cluster.Runtime.InFlight);
        Assert.True(waiting > 0, "Nothing waits for a free id.");
        Assert.DoesNotContain(requests, request => request.IsCompleted);

        await cluster.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancelled);

        var failures = new List<Exception>();
        foreach (var request in requests)
        {
            failures.Add((await Record.ExceptionAsync(() => request.WaitAsync(TimeSpan.FromSeconds(20), Cancelled)))!);
        }

        failures.AddRange(blocked.Select(thread => thread.Failure));
        // Those with the server may have been carried out; those that waited were not.
        Assert.Equal(Requests - waiting, failures.OfType<ConnectionClosedException>().Count(failure =>
            failure.MayHaveBeenApplied && failure.InnerException is ObjectDisposedException && failure.Message.Contains("The cluster was disposed.", StringComparison.Ordinal)));
        Assert.Equal(waiting, failures.OfType<ObjectDisposedException>().Count(failure => failure.ObjectName == typeof(Cluster).FullName));
        Assert.Equal(0, time.Alive);
        Assert.Empty(cluster.Runtime.AllConnections);
        return new WeakReference(cluster.Runtime);
    }

    private static ClusterOptions Options(ProtocolVersion version, TimeProvider time) =>
        new() { ProtocolVersion = version, TimeProvider = time, MaxConnectionsPerNode = 1, HeartbeatInterval = TimeSpan.Zero };

    private static Task<RowSet>[] Start(Session session, PreparedStatement read, int count, CancellationToken token) =>
        [.. Enumerable.Range(0, count).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: token).AsTask())];

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

        internal Exception Failure
        {
            get
            {
                Assert.True(_thread.Join(TimeSpan.FromSeconds(20)), "A synchronous verb did not come back.");
                return _failure ?? throw new InvalidOperationException("A synchronous verb came back with a result.");
            }
        }
    }
}
