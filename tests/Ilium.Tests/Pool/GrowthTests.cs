using Ilium.Pool;
using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Pool;

/// <summary>When a pool opens one connection more, and that it stays at as many as it should have.</summary>
public class GrowthTests
{
    // How often the cluster looks.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(50, 100, false)]
    [InlineData(51, 100, true)]
    [InlineData(16_384, 32_768, false)]
    [InlineData(16_385, 32_768, true)]
    [InlineData(1, 1, true)]
    public void More_than_half_of_the_ids_in_use_is_crowded(int inFlight, int most, bool grows) =>
        Assert.Equal(grows, new GrowthRule(8, 2).Look([Load(inFlight, most)]));

    [Fact]
    public void One_connection_with_room_is_enough()
    {
        var rule = new GrowthRule(8, 2);
        Assert.False(rule.Look([Load(90, 100), Load(50, 100)]));
        Assert.True(rule.Look([Load(90, 100), Load(51, 100)]));
    }

    [Fact]
    public void Readers_found_busy_20_times_in_a_row_need_another_up_to_half_the_processors()
    {
        var rule = new GrowthRule(8, 8);
        for (var connections = 1; connections < 4; connections++)
        {
            for (var look = 1; look < GrowthRule.BusyLooks; look++)
            {
                Assert.False(rule.Look(Busy(connections)));
            }

            Assert.True(rule.Look(Busy(connections)));
        }

        for (var look = 0; look < 100; look++)
        {
            Assert.False(rule.Look(Busy(4)));
        }

        static GrowthRule.Load[] Busy(int connections) => [.. Enumerable.Range(0, connections).Select(_ => Load(1, 100, busy: true))];
    }

    [Fact]
    public void A_reader_that_sleeps_since_a_burst_is_not_busy()
    {
        var rule = new GrowthRule(8, 8);
        var after = Load(0, 100, busy: true);
        for (var look = 0; look < 3 * GrowthRule.BusyLooks; look++)
        {
            Assert.False(rule.Look([after]));
        }
    }

    [Fact]
    public async Task Bursts_that_keep_the_reader_busy_open_another_connection_up_to_half_the_processors()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time, Processors = 4, RequestTimeout = TimeSpan.FromHours(1) });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        for (var look = 1; look < GrowthRule.BusyLooks; look++)
        {
            await BurstAsync(1);
            time.Advance(Look);
        }

        Assert.Equal(1, driver.Transports.Attempts);
        await BurstAsync(1);
        time.Advance(Look);
        await driver.Server.WaitForConnectionsAsync(2, Cancelled);
        Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Runtime.Connections.Count() == 2, TimeSpan.FromSeconds(10)));
        for (var look = 0; look < 2 * GrowthRule.BusyLooks; look++)
        {
            await BurstAsync(2);
            time.Advance(Look);
        }

        Assert.Equal(2, driver.Transports.Attempts);

        // So many answers at once on each connection that its reader finds more than a few in one read.
        async Task BurstAsync(int connections)
        {
            var pending = Enumerable.Range(0, 20 * connections).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
            foreach (var connection in (await held.NextAsync(pending.Length, Cancelled)).GroupBy(request => request.Connection))
            {
                connection.Key.Together(() =>
                {
                    foreach (var request in connection)
                    {
                        ScriptedCluster.Echo(request);
                    }
                });
            }

            // Away from the reader, which is not to be held.
            await Task.WhenAll(pending);
            await Task.Yield();
            Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Runtime.Connections.All(c => c.IsReaderBusy), TimeSpan.FromSeconds(10)));
        }
    }

    [Fact]
    public void A_reader_that_slept_once_starts_the_count_again()
    {
        var rule = new GrowthRule(8, 8);
        for (var round = 0; round < 5; round++)
        {
            for (var look = 1; look < GrowthRule.BusyLooks; look++)
            {
                Assert.False(rule.Look([Load(1, 100, busy: true), Load(1, 100, busy: true)]));
            }

            Assert.False(rule.Look([Load(1, 100, busy: true), Load(1, 100)]));
        }
    }

    [Fact]
    public void Beyond_the_most_connections_nothing_grows_and_none_is_not_too_few()
    {
        var rule = new GrowthRule(2, 64);
        Assert.True(rule.Look([Load(100, 100)]));
        Assert.False(rule.Look([Load(100, 100), Load(100, 100)]));
        Assert.False(rule.Look([]));
    }

    [Fact]
    public async Task Connections_open_one_by_one_while_ids_run_short_and_the_emptiest_takes_the_next_request()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(
            new ClusterOptions { TimeProvider = time, MaxRequestsPerConnection = 10, MaxConnectionsPerNode = 3, RequestTimeout = TimeSpan.FromHours(1) });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var pending = new List<Task<RowSet>>();
        var requests = new List<ServerRequest>();
        await SendAsync(5);
        time.Advance(Look);
        Assert.Equal(1, driver.Transports.Attempts);
        await SendAsync(1);
        time.Advance(Look);
        await OpenAsync(2);
        // Six on the first: the second takes until it has as many.
        await SendAsync(6);
        Assert.Equal([6, 6], driver.Cluster.Runtime.Connections.Select(c => c.InFlight));
        time.Advance(Look);
        await OpenAsync(3);
        await SendAsync(18);
        Assert.Equal([10, 10, 10], driver.Cluster.Runtime.Connections.Select(c => c.InFlight));
        time.Advance(Look);
        Assert.Equal(3, driver.Transports.Attempts);
        requests.ForEach(ScriptedCluster.Echo);
        Assert.Equal(Enumerable.Range(0, 30), (await Task.WhenAll(pending)).Select(page => page.First().Get<int>(0)));
        driver.Server.ThrowIfViolated();

        async Task SendAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                pending.Add(session.ExecuteAsync(read.Bind(pending.Count), cancellationToken: Cancelled).AsTask());
            }

            requests.AddRange(await held.NextAsync(count, Cancelled));
        }

        async Task OpenAsync(int count)
        {
            await driver.Server.WaitForConnectionsAsync(count, Cancelled);
            Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Runtime.Connections.Count() == count, TimeSpan.FromSeconds(10)));
        }
    }

    [Fact]
    public async Task A_node_that_takes_no_further_connection_is_not_hammered_for_one()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(
            new ClusterOptions
            {
                TimeProvider = time,
                MaxRequestsPerConnection = 10,
                ReconnectBaseDelay = TimeSpan.FromSeconds(20),
                RequestTimeout = TimeSpan.FromHours(1),
                HeartbeatInterval = TimeSpan.Zero,
            });
        var (session, read) = await driver.ConnectAsync();
        driver.Transports.Fault = attempt => attempt == 2 ? MemoryTransports.Refused : null;
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var pending = Enumerable.Range(0, 8).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        var requests = await held.NextAsync(8, Cancelled);
        time.Advance(Look);
        var pause = await time.NextAsync(due => due.TotalSeconds > 10 && due.TotalSeconds <= 20, Cancelled);
        for (var waited = TimeSpan.Zero; waited < pause - Look; waited += Look)
        {
            time.Advance(Look);
        }

        Assert.Equal(2, driver.Transports.Attempts);
        time.Advance(Look + Look);
        await driver.Server.WaitForConnectionsAsync(2, Cancelled);
        Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Runtime.Connections.Count() == 2, TimeSpan.FromSeconds(10)));
        foreach (var request in requests)
        {
            ScriptedCluster.Echo(request);
        }

        Assert.Equal(Enumerable.Range(0, 8), (await Task.WhenAll(pending)).Select(page => page.First().Get<int>(0)));
    }

    [Fact]
    public async Task Lost_connections_are_opened_again_until_there_are_as_many_as_asked_for()
    {
        var time = new CountingTime();
        await using var driver = new ScriptedCluster(new ClusterOptions { TimeProvider = time, MinConnectionsPerNode = 3 });
        var (session, read) = await driver.ConnectAsync();
        await OpenAsync(3);
        time.Advance(TimeSpan.FromSeconds(2));
        driver.Server.Connections[0].Reset();
        await OpenAsync(4);
        // Two at once.
        time.Advance(TimeSpan.FromSeconds(2));
        driver.Server.Connections[1].Reset();
        driver.Server.Connections[2].Reset();
        await OpenAsync(6);
        Assert.Equal(6, driver.Transports.Attempts);
        Assert.Equal(1, (await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled)).First().Get<int>(0));

        async Task OpenAsync(int opened)
        {
            await driver.Server.WaitForConnectionsAsync(opened, Cancelled);
            await driver.Server.WaitForAsync(r => r.Is(WireOpcode.Startup), opened, Cancelled);
            Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Runtime.Connections.Count(c => c.IsOpen) == 3, TimeSpan.FromSeconds(10)));
        }
    }

    private static int _reads;

    private static GrowthRule.Load Load(int inFlight, int most, bool busy = false) => new(inFlight, most, busy, Interlocked.Increment(ref _reads));
}
