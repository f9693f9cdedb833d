using Ilium.Connection;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>Requests that the driver makes for itself and nobody answers: what is told, and that nothing but them is lost.</summary>
public class OwnRequestTimeoutTests
{
    // The sweep comes ten times a second.
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SELECT * FROM system.local WHERE key='local'")]
    [InlineData("SELECT * FROM system.peers_v2")]
    [InlineData("SELECT keyspace_name, replication FROM system_schema.keyspaces")]
    public async Task Reading_the_topology_is_given_the_connect_timeout(string query)
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time, ConnectTimeout = TimeSpan.FromSeconds(7) });
        var held = driver.Server.Hold(request => request.Cql == query);
        var connecting = driver.ConnectAsync();
        await held.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(7) - Sweep);
        Assert.False(connecting.IsCompleted);
        time.Advance(Sweep);
        var failure = await Assert.ThrowsAsync<NoNodeAvailableException>(() => connecting);
        AssertTold(Assert.Single(failure.Errors.Values), 7_000, $"The driver's own query '{query}'");
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
        // The server sees the end of the socket a moment before the reader has told of its own.
        Assert.True(SpinWait.SpinUntil(() => !driver.Cluster.Runtime.AllConnections.Any(), TimeSpan.FromSeconds(10)), "A connection is left over.");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Preparing_is_given_the_time_of_its_caller_and_spares_the_connection(int version)
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(Options(version, time));
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(request => request.Is(WireOpcode.Prepare));
        var (runtime, connection) = (driver.Cluster.Runtime, driver.Connection);
        var preparing = runtime.Preparer.PrepareAsync(connection, keyspace: null, "SELECT x", runtime.Clock.After(TimeSpan.FromSeconds(3)));
        var unanswered = await held.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(3) - Sweep);
        Assert.False(preparing.IsCompleted);
        time.Advance(Sweep);
        AssertTold(await Assert.ThrowsAsync<OperationTimedOutException>(() => preparing), 3_000, "Preparing 'SELECT x'");
        Assert.Equal((1, 1, true), (connection.InFlight, connection.Orphans, connection.IsOpen));

        // The late answer reaches nobody and gives its id back, and the statement can be prepared all the same.
        driver.Server.AnswerByDefault(unanswered);
        var again = session.PrepareAsync("SELECT x", Cancelled).AsTask();
        driver.Server.AnswerByDefault(await held.NextAsync(Cancelled));
        await again;
        Assert.Equal(1, (await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled)).First().Get<int>(0));
        Assert.Equal((0, 0, 1), (connection.InFlight, connection.Orphans, driver.Server.Connections.Count));
    }

    [Fact]
    public async Task PrepareAsync_is_given_the_clusters_request_timeout()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(Options(5, time) with { RequestTimeout = TimeSpan.FromSeconds(4) });
        var (session, _) = await driver.ConnectAsync();
        var held = driver.Server.Hold(request => request.Is(WireOpcode.Prepare));
        var preparing = session.PrepareAsync("SELECT x", Cancelled).AsTask();
        await held.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(4) - Sweep);
        Assert.False(preparing.IsCompleted);
        time.Advance(Sweep);
        var failure = await Assert.ThrowsAsync<OperationTimedOutException>(() => preparing);
        Assert.Equal((TimeSpan.FromSeconds(4), false, true), (failure.Timeout, failure.MayHaveBeenApplied, failure.IsTransient));
        Assert.StartsWith("No answer within 4000 ms; ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changing_the_keyspace_is_given_the_time_of_its_request()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(Options(5, time));
        var (session, _) = await driver.ConnectAsync();
        var held = driver.Server.Hold(request => request.Cql == "SELECT key FROM system.local");
        var moving = session.ExecuteAsync("USE shop", new ExecutionOptions { Timeout = TimeSpan.FromSeconds(2) }, Cancelled).AsTask();
        await held.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(2) - Sweep);
        Assert.False(moving.IsCompleted);
        time.Advance(Sweep);
        AssertTold(await Assert.ThrowsAsync<OperationTimedOutException>(() => moving), 2_000, "Looking for keyspace 'shop'");
        Assert.Null(session.Keyspace);
    }

    [Fact]
    public async Task A_request_whose_statement_is_not_prepared_in_what_was_left_of_its_time_says_what_it_was_given()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(Options(5, time) with { MaxConcurrentRequests = 1, MaxQueuedRequests = 10 });
        var (session, read) = await driver.ConnectAsync();
        var (reads, prepares) = (driver.Server.Hold(ScriptedCluster.IsRead), driver.Server.Hold(request => request.Is(WireOpcode.Prepare)));
        var first = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled).AsTask();
        var before = await reads.NextAsync(Cancelled);
        var waiting = session.ExecuteAsync(new SimpleStatement("SELECT x FROM y WHERE z = ?", 1), new ExecutionOptions { Timeout = TimeSpan.FromSeconds(3) }, Cancelled).AsTask();
        time.Advance(TimeSpan.FromSeconds(2));
        ScriptedCluster.Echo(before);
        await first;
        await prepares.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<OperationTimedOutException>(() => waiting);
        Assert.Equal((TimeSpan.FromSeconds(3), false), (failure.Timeout, failure.MayHaveBeenApplied));
        Assert.StartsWith("No answer within 3000 ms; ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heartbeat_is_given_its_own_timeout()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions
        {
            TimeProvider = time,
            MaxConnectionsPerNode = 1,
            HeartbeatInterval = TimeSpan.FromSeconds(20),
            HeartbeatTimeout = TimeSpan.FromSeconds(5),
        });
        var (session, read) = await driver.ConnectAsync();
        time.Advance(Sweep);
        var reads = driver.Server.Hold(ScriptedCluster.IsRead);
        var heartbeats = driver.Server.Hold(request => request.Is(WireOpcode.Options));
        var waiting = session.ExecuteAsync(read.Bind(1), new ExecutionOptions { Timeout = TimeSpan.FromHours(1), IsIdempotent = false }, Cancelled).AsTask();
        await reads.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(20));
        await heartbeats.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(5));
        var failure = await Assert.ThrowsAsync<ConnectionClosedException>(() => waiting);
        Assert.Contains("did not answer the heartbeat within 00:00:05", failure.Message, StringComparison.Ordinal);
        AssertTold(Assert.IsType<TimeoutException>(failure.InnerException).InnerException, 5_000, "The heartbeat");
    }

    [Fact]
    public async Task Fetching_a_trace_is_given_the_clusters_request_timeout()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(Options(5, time) with { RequestTimeout = TimeSpan.FromSeconds(4) });
        var (session, _) = await driver.ConnectAsync();
        var id = TimeUuid.NewId().ToGuid();
        driver.Server.Define(
            "SELECT request, coordinator, client, parameters, started_at, duration FROM system_traces.sessions WHERE session_id = ?",
            new ServerStatement { Bind = [new("session_id", TypeBytes.Uuid)], Result = ScriptedCluster.Value });
        var held = driver.Server.Hold(request => request.Is(WireOpcode.Execute));
        var fetching = session.GetQueryTraceAsync(id, Cancelled).AsTask();
        await held.NextAsync(Cancelled);
        time.Advance(TimeSpan.FromSeconds(4));
        var failure = await Assert.ThrowsAsync<OperationTimedOutException>(() => fetching);
        Assert.Equal(TimeSpan.FromSeconds(4), failure.Timeout);
        Assert.StartsWith("No answer within 4000 ms; 127.0.0.1:9042: no answer; ", failure.Message, StringComparison.Ordinal);
    }

    private static ClusterOptions Options(int version, TimeProvider time) =>
        new() { ProtocolVersion = (ProtocolVersion)version, TimeProvider = time, MaxConnectionsPerNode = 1, HeartbeatInterval = TimeSpan.Zero };

    private static void AssertTold(Exception? failure, int milliseconds, string what)
    {
        var timeout = Assert.IsType<OperationTimedOutException>(failure);
        Assert.Equal((TimeSpan.FromMilliseconds(milliseconds), false, true), (timeout.Timeout, timeout.MayHaveBeenApplied, timeout.IsTransient));
        Assert.Equal($"No answer within {milliseconds} ms; 127.0.0.1:9042: no answer to: {what} after {milliseconds} ms.", timeout.Message);
        var attempt = Assert.Single(timeout.Attempts);
        Assert.Equal(("127.0.0.1:9042", TimeSpan.FromMilliseconds(milliseconds)), ($"{attempt}"[..14], attempt.Elapsed));
    }
}
