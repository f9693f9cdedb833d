using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Pool;

/// <summary>The ids of a whole connection: all of them in use, given up, and never coming back.</summary>
[Trait(Slow.Name, Slow.Value)]
public class StreamIdTests
{
    // Of the 32,768 the protocol has; the rest is for the driver's own requests.
    private const int Usable = 32_768 - 128;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task All_ids_of_a_connection_can_be_in_use_and_whoever_comes_then_waits_for_one(int version)
    {
        const int Waiting = 100;
        await using var driver = new ScriptedCluster(
            new ClusterOptions { ProtocolVersion = (ProtocolVersion)version, TimeProvider = new CountingTime(), MaxConnectionsPerNode = 1 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var pending = Enumerable.Range(0, Usable + Waiting).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        var requests = await held.NextAsync(Usable, Cancelled);
        Assert.Equal(Usable, requests.Select(r => r.StreamId).Distinct().Count());
        Assert.Equal((Usable, Waiting), (driver.Connection.InFlight, driver.Cluster.Runtime.Executor.Queued));
        // The driver still has ids of its own.
        await session.PrepareAsync("SELECT other FROM t WHERE k = ?", Cancelled);
        AnswerTogether(requests);
        AnswerTogether(await held.NextAsync(Waiting, Cancelled));
        Assert.Equal(Enumerable.Range(0, Usable + Waiting), (await Task.WhenAll(pending)).Select(page => page.First().Get<int>(0)));
        Assert.Single(driver.Server.Connections);
        driver.Server.ThrowIfViolated();
    }

    [Fact]
    public async Task A_quarter_of_all_ids_given_up_and_unanswered_replaces_the_connection_and_one_less_does_not()
    {
        const int Bound = 8_192;
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = new CountingTime(), MaxConnectionsPerNode = 1 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        using var storm = new CancellationTokenSource();
        var given = Enumerable.Range(0, Bound - 1).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: storm.Token).AsTask()).ToArray();
        using var last = new CancellationTokenSource();
        var straw = session.ExecuteAsync(read.Bind(-1), cancellationToken: last.Token).AsTask();
        await held.NextAsync(Bound, Cancelled);
        var connection = driver.Connection;
        await storm.CancelAsync();
        await Task.WhenAll(given.Select(request => Assert.ThrowsAnyAsync<OperationCanceledException>(() => request)));
        Assert.Equal((Bound, Bound - 1, true), (connection.InFlight, connection.Orphans, connection.IsOpen));
        await last.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => straw);
        Assert.False(connection.IsOpen);
        var next = session.ExecuteAsync(read.Bind(5), cancellationToken: Cancelled);
        var request = await held.NextAsync(Cancelled);
        Assert.Same(driver.Server.Connections[1], request.Connection);
        ScriptedCluster.Echo(request);
        Assert.Equal(5, (await next).First().Get<int>(0));
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task An_answer_that_is_five_minutes_late_replaces_the_connection_without_failing_others()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time, HeartbeatInterval = TimeSpan.Zero, MaxConnectionsPerNode = 1 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var patient = session.ExecuteAsync(read.Bind(1), new ExecutionOptions { Timeout = TimeSpan.FromMinutes(30) }, Cancelled).AsTask();
        var lost = session.ExecuteAsync(read.Bind(2), new ExecutionOptions { Timeout = TimeSpan.FromSeconds(10) }, Cancelled).AsTask();
        var requests = await held.NextAsync(2, Cancelled);
        time.Advance(TimeSpan.FromSeconds(11));
        await Assert.ThrowsAsync<OperationTimedOutException>(() => lost);
        time.Advance(TimeSpan.FromSeconds(290));
        Assert.Equal((1, 1), (driver.Connection.Orphans, driver.Transports.Attempts));
        time.Advance(TimeSpan.FromSeconds(10));
        var next = session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled);
        var third = await held.NextAsync(Cancelled);
        Assert.Same(driver.Server.Connections[1], third.Connection);
        ScriptedCluster.Echo(third);
        Assert.Equal(3, (await next).First().Get<int>(0));
        Assert.False(patient.IsCompleted);
        ScriptedCluster.Echo(requests[0]);
        Assert.Equal(1, (await patient).First().Get<int>(0));
        // Only what was lost is left on it.
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
    }

    private static void AnswerTogether(IReadOnlyList<ServerRequest> requests) => requests[0].Connection.Together(() =>
    {
        foreach (var request in requests)
        {
            ScriptedCluster.Echo(request);
        }
    });
}
