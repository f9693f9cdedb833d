using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Pool;

/// <summary>Heartbeats, lost connections and their return, with a clock that stands still unless it is moved.</summary>
public class ConnectionHealthTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // In the steps in which connections are looked at: a clock that jumps shows all of them the time after the jump.
    private static void Pass(CountingTime time, TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromMilliseconds(100))
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public async Task A_silent_connection_is_asked_found_dead_and_replaced()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(
            new ClusterOptions { TimeProvider = time, StallInterval = TimeSpan.Zero, HeartbeatTimeout = TimeSpan.FromSeconds(10) });
        var (session, read) = await driver.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        var heartbeats = driver.Server.Hold(r => r.Is(WireOpcode.Options) && r.Connection == driver.Server.Connections[0]);
        var reads = driver.Server.Hold(r => ScriptedCluster.IsRead(r) && r.Connection == driver.Server.Connections[0]);
        var waiting = session.ExecuteAsync(read.Bind(1), new ExecutionOptions { Timeout = TimeSpan.FromMinutes(10), IsIdempotent = false }, Cancelled).AsTask();
        await reads.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.DoesNotContain(driver.Server.Requests.Skip(1), r => r.Is(WireOpcode.Options));
        time.Advance(TimeSpan.FromSeconds(2));
        await heartbeats.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        var failure = await Assert.ThrowsAsync<ConnectionClosedException>(() => waiting);
        Assert.Contains("heartbeat", failure.Message, StringComparison.Ordinal);
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
        Assert.Equal(2, (await session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    [Fact]
    public async Task A_heartbeat_that_is_answered_leaves_the_connection_alone()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time });
        await driver.ConnectAsync();
        var connection = driver.Connection;
        for (var beats = 2; beats < 6; beats++)
        {
            var received = connection.Received;
            time.Advance(TimeSpan.FromSeconds(1));
            time.Advance(TimeSpan.FromSeconds(31));
            await driver.Server.WaitForAsync(r => r.Is(WireOpcode.Options), beats, Cancelled);
            Assert.True(SpinWait.SpinUntil(() => connection.Received > received, TimeSpan.FromSeconds(10)));
        }

        Assert.True(connection.IsOpen);
        Assert.Single(driver.Server.Connections);
    }

    [Fact]
    public async Task A_connection_on_which_somebody_waits_is_asked_after_half_a_second_and_three_later_what_is_idempotent_leaves_it()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time });
        var (session, read) = await driver.ConnectAsync();
        Pass(time, TimeSpan.FromSeconds(2));
        var first = driver.Server.Connections[0];
        var heartbeats = driver.Server.Hold(r => r.Is(WireOpcode.Options) && r.Connection == first);
        var reads = driver.Server.Hold(r => ScriptedCluster.IsRead(r) && r.Connection == first);
        var controls = driver.Control.Hold(r => r.Is(WireOpcode.Options));
        var moves = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled).AsTask();
        var stays = session.ExecuteAsync(read.Bind(2), ScriptedCluster.NotTwice, Cancelled).AsTask();
        await reads.NextAsync(2, Cancelled);
        Pass(time, TimeSpan.FromMilliseconds(400));
        Assert.DoesNotContain(driver.Server.Requests.Skip(1), r => r.Is(WireOpcode.Options));
        Pass(time, TimeSpan.FromMilliseconds(300));
        await heartbeats.NextAsync(Cancelled);
        // A break of three seconds costs no connection.
        Pass(time, TimeSpan.FromSeconds(2.7));
        Assert.False(moves.IsCompleted);
        Assert.False(first.Closed.IsCompleted);
        Pass(time, TimeSpan.FromSeconds(0.6));
        var rows = await moves;
        Assert.Equal((1, 1), (rows.First().Get<int>(0), rows.Info.Attempts.Count));
        Assert.True((await Assert.ThrowsAsync<ConnectionClosedException>(() => stays)).MayHaveBeenApplied);

        // The node's idle connections are in doubt, too: the control connection is asked although its time has not come.
        Pass(time, TimeSpan.FromMilliseconds(200));
        await controls.NextAsync(Cancelled);
        Pass(time, TimeSpan.FromSeconds(6));
        await driver.Control.Connections[0].Closed.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task A_slow_answer_is_waited_for_as_long_as_heartbeats_are_answered()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time });
        var (session, read) = await driver.ConnectAsync();
        var reads = driver.Server.Hold(ScriptedCluster.IsRead);
        var waiting = session.ExecuteAsync(read.Bind(1), new ExecutionOptions { Timeout = TimeSpan.FromMinutes(10) }, Cancelled).AsTask();
        var slow = await reads.NextAsync(Cancelled);
        var connection = driver.Connection;
        for (var beats = 2; beats < 12; beats++)
        {
            var seen = connection.Reads;
            Pass(time, TimeSpan.FromMilliseconds(1300));
            await driver.Server.WaitForAsync(r => r.Is(WireOpcode.Options), beats, Cancelled);
            Assert.True(SpinWait.SpinUntil(() => connection.Reads > seen, TimeSpan.FromSeconds(10)));
        }

        ScriptedCluster.Echo(slow);
        Assert.Equal(1, (await waiting).First().Get<int>(0));
        Assert.True(connection.IsOpen);
        Assert.Single(driver.Server.Connections);
    }

    [Fact]
    public async Task A_connection_with_traffic_is_not_asked()
    {
        var time = new CountingTime();
        // The control connection, which is idle, is asked; the clock must not jump over its answer, or this one is in doubt as well.
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time, StallInterval = TimeSpan.Zero, HeartbeatTimeout = TimeSpan.FromHours(1) });
        var (session, read) = await driver.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            await session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled);
            // Counted after the answers of its read are delivered, so one more makes the one before certain.
            await session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled);
            time.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Single(driver.Server.Requests, r => r.Is(WireOpcode.Options));
    }

    [Fact]
    public async Task Timeouts_alone_close_no_connection()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time, HeartbeatInterval = TimeSpan.Zero });
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Hold(r => ScriptedCluster.IsRead(r) && ScriptedCluster.KeyOf(r) < 100);
        var doomed = Enumerable.Range(0, 100).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        time.Advance(TimeSpan.FromSeconds(11));
        foreach (var request in doomed)
        {
            await Assert.ThrowsAsync<OperationTimedOutException>(() => request);
        }

        Assert.Equal(100, (await session.ExecuteAsync(read.Bind(100), cancellationToken: Cancelled)).First().Get<int>(0));
        Assert.Equal((100, 1), (driver.Connection.Orphans, driver.Server.Connections.Count));
    }

    [Fact]
    public async Task A_node_that_is_down_is_tried_again_with_growing_pauses_until_it_is_back()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time, RequestTimeout = TimeSpan.FromSeconds(4), ReconnectBaseDelay = TimeSpan.FromSeconds(10), ReconnectMaxDelay = TimeSpan.FromSeconds(35) });
        var (session, read) = await driver.ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        driver.Transports.Fault = attempt => attempt < 6 ? MemoryTransports.Refused : null;
        driver.Server.Connections[0].Reset();
        // Attempt 2 follows at once, then 3, 4, 5, which are refused too.
        foreach (var longest in new[] { 10, 20, 35, 35 })
        {
            var pause = await time.NextAsync(due => due.TotalSeconds > 6, Cancelled);
            Assert.InRange(pause.TotalSeconds, longest * 0.75, longest);
            var refused = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
            Assert.IsType<ConnectionFailedException>(Assert.Single(refused.Errors.Values));
            time.Advance(pause);
        }

        await driver.Server.WaitForConnectionsAsync(2, Cancelled);
        Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Runtime.Connections.Any(c => c.IsOpen), TimeSpan.FromSeconds(10)));
        Assert.Equal(6, driver.Transports.Attempts);
        Assert.Equal(3, (await session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    [Fact]
    public async Task A_server_that_drops_each_connection_at_once_is_not_hammered()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time, RequestTimeout = TimeSpan.FromSeconds(4), ReconnectBaseDelay = TimeSpan.FromSeconds(10) });
        await driver.ConnectAsync();
        driver.Server.Connections[0].Reset();
        foreach (var longest in new[] { 10, 20, 40 })
        {
            var pause = await time.NextAsync(due => due.TotalSeconds > 6, Cancelled);
            Assert.InRange(pause.TotalSeconds, longest * 0.75, longest);
            var before = driver.Server.Connections.Count;
            time.Advance(pause);
            var connections = await driver.Server.WaitForConnectionsAsync(before + 1, Cancelled);
            await driver.Server.WaitForAsync(r => r.Is(WireOpcode.Startup), before + 1, Cancelled);
            Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Runtime.Connections.Any(c => c.IsOpen), TimeSpan.FromSeconds(10)));
            connections[^1].Reset();
        }
    }

    [Fact]
    public async Task A_first_connect_that_is_refused_names_the_node_and_a_later_one_works()
    {
        await using var driver = new ScriptedCluster();
        driver.Transports.Fault = attempt => attempt == 1 ? MemoryTransports.Refused : null;
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(driver.ConnectAsync);
        Assert.Contains("127.0.0.1:9042", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.MayHaveBeenApplied);
        var (session, read) = await driver.ConnectAsync();
        Assert.Equal(1, (await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    [Theory]
    [InlineData("close")]
    [InlineData("reset")]
    [InlineData("half")]
    public async Task However_the_peer_goes_requests_in_flight_fail_and_the_next_ones_work(string how)
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(r => ScriptedCluster.IsRead(r) && ScriptedCluster.KeyOf(r) < 10);
        var pending = Enumerable.Range(0, 10).Select(i => session.ExecuteAsync(read.Bind(i), ScriptedCluster.NotTwice, Cancelled).AsTask()).ToArray();
        var requests = await held.NextAsync(10, Cancelled);
        switch (how)
        {
            case "close":
                requests[0].Connection.Close();
                break;
            case "reset":
                requests[0].Connection.Reset();
                break;
            default:
                // The client's own end of reading: no answer can come any more, writes still go through.
                driver.Transports.Clients[0].CompleteReads();
                break;
        }

        foreach (var request in pending)
        {
            var failure = await Assert.ThrowsAsync<ConnectionClosedException>(() => request);
            Assert.True(failure.MayHaveBeenApplied);
            Assert.NotNull(failure.InnerException);
        }

        Assert.Equal(11, (await session.ExecuteAsync(read.Bind(11), new ExecutionOptions { IsIdempotent = true }, Cancelled)).First().Get<int>(0));
    }

    [Fact]
    public async Task Idempotent_requests_on_a_lost_connection_are_all_repeated_on_the_next()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(r => ScriptedCluster.IsRead(r) && r.Connection == driver.Server.Connections[0]);
        var options = new ExecutionOptions { IsIdempotent = true };
        var pending = Enumerable.Range(0, 500).Select(i => session.ExecuteAsync(read.Bind(i), options, Cancelled).AsTask()).ToArray();
        var requests = await held.NextAsync(500, Cancelled);
        requests[0].Connection.Reset();
        Assert.Equal(Enumerable.Range(0, 500), (await Task.WhenAll(pending)).Select(page => page.First().Get<int>(0)));
        Assert.Equal(2, driver.Server.Connections.Count);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Of_requests_of_any_kind_only_those_said_to_be_idempotent_are_repeated(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions
        {
            ProtocolVersion = (ProtocolVersion)version,
            ReconnectBaseDelay = TimeSpan.FromMilliseconds(1),
            ReconnectMaxDelay = TimeSpan.FromMilliseconds(1),
        });
        var (session, read) = await driver.ConnectAsync();
        await session.PrepareAsync("INSERT INTO t (k) VALUES (?)", Cancelled);
        ExecutionOptions idempotent = new() { IsIdempotent = true }, not = new() { IsIdempotent = false };
        var text = new SimpleStatement("INSERT INTO t (k) VALUES ('x')");
        foreach (var make in new Func<ExecutionOptions?, Statement>[]
        {
            options => new SimpleStatement("INSERT INTO t (k) VALUES ('x')") { Options = options },
            options => new SimpleStatement("INSERT INTO t (k) VALUES (?)", "x") { Options = options },
            options => new BatchStatement { Options = options },
        })
        {
            // Of the statement itself, of the call, and of the call against the statement's.
            await RunAsync(make(idempotent), null, repeated: true);
            await RunAsync(make(null), idempotent, repeated: true);
            await RunAsync(make(null), null, repeated: false);
            await RunAsync(make(idempotent), not, repeated: false);
        }

        // Reading is idempotent unless it is said not to be.
        await RunAsync(read.Bind(1), idempotent, repeated: true);
        await RunAsync(read.Bind(1), null, repeated: true);
        await RunAsync(read.Bind(1), not, repeated: false);
        // What is in a batch does not speak for the batch.
        await RunAsync(new BatchStatement { new SimpleStatement(text.Cql) { Options = idempotent } }, null, repeated: false);

        async Task RunAsync(Statement statement, ExecutionOptions? options, bool repeated)
        {
            var connections = driver.Server.Connections.Count;
            var lost = driver.Server.Connections[^1];
            var held = driver.Server.Hold(r => r.Connection == lost && (r.Is(WireOpcode.Query) || r.Is(WireOpcode.Execute) || r.Is(WireOpcode.Batch)));
            var running = session.ExecuteAsync(statement, options, Cancelled).AsTask();
            (await held.NextAsync(Cancelled)).Connection.Reset();
            if (repeated)
            {
                await running;
            }
            else
            {
                Assert.True((await Assert.ThrowsAsync<ConnectionClosedException>(() => running)).MayHaveBeenApplied);
            }

            await driver.Server.WaitForConnectionsAsync(connections + 1, Cancelled);
            Assert.Equal(2, (await session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled)).First().Get<int>(0));
        }
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_more_ends_the_connection_although_it_still_sends()
    {
        await using var driver = new ScriptedCluster();
        var transports = new List<WatchedTransport>();
        driver.Transports.Wrap = inner =>
        {
            transports.Add(new WatchedTransport(inner));
            return transports[^1];
        };
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(r => ScriptedCluster.IsRead(r) && ScriptedCluster.KeyOf(r) == 1);
        var under = session.ExecuteAsync(read.Bind(1), ScriptedCluster.NotTwice, Cancelled).AsTask();
        await held.NextAsync(Cancelled);
        transports[0].Fault = new IOException("Broken pipe");
        foreach (var request in new[] { session.ExecuteAsync(read.Bind(2), ScriptedCluster.NotTwice, Cancelled).AsTask(), under })
        {
            var failure = await Assert.ThrowsAsync<ConnectionClosedException>(() => request);
            Assert.True(failure.MayHaveBeenApplied);
            Assert.Equal("Broken pipe", failure.InnerException!.Message);
        }

        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
        Assert.Equal(3, (await session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_peer_that_accepts_slowly_delays_requests_and_fails_none(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, read) = await driver.ConnectAsync();
        var gate = new TaskCompletionSource();
        driver.Transports.Gate = gate.Task;
        driver.Server.Connections[0].Reset();
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
        Assert.True(SpinWait.SpinUntil(() => !driver.Cluster.Runtime.Connections.Any(), TimeSpan.FromSeconds(10)));
        var pending = Enumerable.Range(0, 20).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        Assert.DoesNotContain(pending, request => request.IsCompleted);
        gate.SetResult();
        Assert.Equal(Enumerable.Range(0, 20), (await Task.WhenAll(pending)).Select(page => page.First().Get<int>(0)));
        Assert.Equal(2, driver.Server.Connections.Count);
    }
}
