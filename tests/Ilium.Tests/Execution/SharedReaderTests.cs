using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Ilium.Connection;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>Connections over sockets share a reader: what happens to one must not be felt on another.</summary>
[Trait(Slow.Name, Slow.Value)]
public class SharedReaderTests
{
    private const int Connections = 3;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sockets_share_one_reader_on_two_processors()
    {
        await using var driver = new SocketCluster(processors: 2);
        var (session, read) = await driver.ConnectAsync();
        await driver.BurstAsync(session, read, 30 * Connections);
        Assert.Single(driver.Readers);
        Assert.Equal(Connections + 1, driver.Cluster.Runtime.AllConnections.Count(connection => connection.IsOpen));
    }

    [Fact]
    public async Task A_continuation_that_blocks_does_not_delay_the_answers_on_other_connections()
    {
        await using var driver = new SocketCluster(processors: 2);
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var blocker = BlockAsync();
        ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        await entered.Task.WaitAsync(Cancelled);

        var others = Enumerable.Range(0, 20 * Connections).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        var requests = await held.NextAsync(others.Length, Cancelled);
        Assert.Equal(Connections, requests.Select(static request => request.Connection).Distinct().Count());
        foreach (var request in requests)
        {
            ScriptedCluster.Echo(request);
        }

        var rows = await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        Assert.False(blocker.IsCompleted);
        Assert.Equal(Enumerable.Range(0, others.Length), rows.Select(static page => page.First().Get<int>(0)));
        Assert.Equal(1, driver.Readers.Single().HandOvers);
        release.Set();
        await blocker;

        async Task BlockAsync()
        {
            await session.ExecuteAsync(read.Bind(-1), cancellationToken: Cancelled);
            entered.SetResult();
            Assert.True(release.Wait(TimeSpan.FromSeconds(60), Cancelled));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_ends_leaves_its_neighbours_reading_and_its_successor_joins_them(bool garbage)
    {
        await using var driver = new SocketCluster(processors: 2);
        var (session, read) = await driver.ConnectAsync();
        var holds = true;
        var held = driver.Server.Hold(request => Volatile.Read(ref holds) && ScriptedCluster.IsRead(request));
        var pending = Enumerable.Range(0, 8 * Connections)
            .Select(i => session.ExecuteAsync(read.Bind(i), ScriptedCluster.NotTwice, Cancelled).AsTask()).ToArray();
        var requests = await held.NextAsync(pending.Length, Cancelled);
        var broken = requests[0].Connection;
        var lost = requests.Where(request => request.Connection == broken).Select(ScriptedCluster.KeyOf).Order().ToArray();
        if (garbage)
        {
            broken.SendRaw([0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA, 0xF9, 0xF8, 0xF7, 0xF6, 0xF5, 0xF4]);
        }
        else
        {
            broken.Reset();
        }

        foreach (var key in lost)
        {
            await Assert.ThrowsAsync<ConnectionClosedException>(() => pending[key]);
        }

        foreach (var request in requests.Where(request => request.Connection != broken))
        {
            ScriptedCluster.Echo(request);
        }

        var answered = Enumerable.Range(0, pending.Length).Except(lost).ToArray();
        Assert.Equal(answered, (await Task.WhenAll(answered.Select(key => pending[key]))).Select(static page => page.First().Get<int>(0)));
        // The control connection, those of the pool, and the one that takes the lost one's place.
        await driver.Server.WaitForConnectionsAsync(Connections + 2, Cancelled);
        Assert.True(SpinWait.SpinUntil(() => driver.Cluster.Runtime.Connections.Count(static connection => connection.IsOpen) == Connections, TimeSpan.FromSeconds(20)));
        Volatile.Write(ref holds, false);
        await driver.BurstAsync(session, read, 30 * Connections);
        Assert.Single(driver.Readers);
    }

    [Fact]
    public async Task A_reader_that_is_hardly_ever_done_gives_connections_to_another()
    {
        await using var driver = new SocketCluster(processors: 4);
        var (session, read) = await driver.ConnectAsync();
        Assert.Single(driver.Readers);
        // Each answer is followed by half a millisecond of work: far more than reading it takes.
        var stop = false;
        var flows = Enumerable.Range(0, 40 * Connections).Select(i => Task.Run(() => WorkAsync(i), Cancelled)).ToArray();
        Assert.True(SpinWait.SpinUntil(() => driver.Readers.Length == 2, TimeSpan.FromSeconds(60)));
        Volatile.Write(ref stop, true);
        await Task.WhenAll(flows);
        await driver.BurstAsync(session, read, 30 * Connections);
        Assert.Equal(2, driver.Readers.Length);

        async Task WorkAsync(int key)
        {
            while (!Volatile.Read(ref stop))
            {
                Assert.Equal(key, (await session.ExecuteAsync(read.Bind(key), cancellationToken: Cancelled)).First().Get<int>(0));
                var clock = Stopwatch.StartNew();
                while (clock.Elapsed < TimeSpan.FromMilliseconds(0.5))
                {
                    Thread.SpinWait(100);
                }
            }
        }
    }

    [Fact]
    public async Task On_two_processors_a_saturated_reader_keeps_its_connections()
    {
        await using var driver = new SocketCluster(processors: 2);
        var (session, read) = await driver.ConnectAsync();
        for (var round = 0; round < 5; round++)
        {
            driver.Readers.Single().Source.IsSaturated = true;
            await driver.BurstAsync(session, read, 30 * Connections);
        }

        Assert.Single(driver.Readers);
    }

    [Fact]
    public async Task No_answer_is_lost_when_more_come_at_once_than_a_reader_can_queue()
    {
        const int Many = 4;
        const int Each = 32_000;
        const int Before = 8_000;
        await using var driver = new SocketCluster(processors: 2, Many, ProtocolVersion.V4);
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var last = KeepReaderAsync();
        var keeper = await held.NextAsync(Cancelled);
        var pages = Enumerable.Range(0, Each * Many).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        var requests = (await held.NextAsync(pages.Length, Cancelled)).GroupBy(static request => request.Connection).Select(static of => of.ToArray()).ToArray();
        Assert.Equal(Many, requests.Length);
        // First as many as make buffers grow; the others when the reader has been kept away from them for a while.
        Parallel.ForEach(requests, static of => of[0].Connection.SendRaw([.. of[..Before].SelectMany(Answer)]));
        await Task.WhenAll(requests.SelectMany(static of => of[..Before]).Select(request => pages[ScriptedCluster.KeyOf(request)]));
        var answers = requests.Select(static of => (of[0].Connection, Bytes: of[Before..].SelectMany(Answer).ToArray())).ToArray();
        ScriptedCluster.Echo(keeper);
        Parallel.ForEach(answers, static answer => answer.Connection.SendRaw(answer.Bytes));
        var rows = await Task.WhenAll(pages).WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        Assert.Equal(Enumerable.Range(0, pages.Length), rows.Select(static page => page.First().Get<int>(0)));
        await last;

        // For as long as the role is not taken from a reader that computes.
        async Task KeepReaderAsync()
        {
            await session.ExecuteAsync(read.Bind(-1), cancellationToken: Cancelled);
            var clock = Stopwatch.StartNew();
            while (clock.ElapsedMilliseconds < 50)
            {
                Thread.SpinWait(100);
            }
        }

        // RESULT of kind Rows: no metadata, one column, one row.
        static byte[] Answer(ServerRequest request)
        {
            var body = (byte[])[0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(^4..), ScriptedCluster.KeyOf(request));
            return [0x84, 0, (byte)(request.StreamId >> 8), (byte)request.StreamId, 8, 0, 0, 0, (byte)body.Length, .. body];
        }
    }

    [Fact]
    public void A_doorbell_is_heard_once_for_many_rings_and_not_after_it_was_silenced()
    {
        var bell = new Doorbell();
        Assert.False(bell.Socket.Poll(0, SelectMode.SelectRead));
        for (var i = 0; i < 100_000; i++)
        {
            // Also when the system has no room for more of them.
            bell.Ring();
        }

        Assert.True(bell.Socket.Poll(-1, SelectMode.SelectRead));
        bell.Silence();
        Assert.False(bell.Socket.Poll(0, SelectMode.SelectRead));
        bell.Dispose();
        bell.Ring();
    }

    /// <summary>A driver with three connections to a scripted server over TCP, and its control connection.</summary>
    private sealed class SocketCluster : IAsyncDisposable
    {
        private readonly ScriptedListener _listener;
        private readonly int _connections;

        internal SocketCluster(int processors, int connections = SharedReaderTests.Connections, ProtocolVersion? version = null)
        {
            _connections = connections;
            Server = new ScriptedServer();
            _listener = new ScriptedListener(Server);
            Server.Define(ScriptedCluster.ByKey, new ServerStatement { Bind = ScriptedCluster.Key, Result = ScriptedCluster.Value, PartitionKey = [0] });
            Server.On(ScriptedCluster.IsRead, ScriptedCluster.Echo);
            Cluster = new Cluster(new ClusterOptions
            {
                ContactPoints = [_listener.EndPoint],
                MinConnectionsPerNode = connections,
                MaxConnectionsPerNode = connections,
                Processors = processors,
                ProtocolVersion = version,
                RequestTimeout = TimeSpan.FromMinutes(2),
            });
        }

        internal ScriptedServer Server { get; }

        internal Cluster Cluster { get; }

        internal ReaderLoop[] Readers => [.. Cluster.Runtime.AllConnections.Where(static connection => connection.IsOpen).Select(static connection => connection.Reader!).Distinct()];

        internal async Task<(Session Session, PreparedStatement Read)> ConnectAsync()
        {
            var session = await Cluster.ConnectAsync(Cancelled);
            await Server.WaitForConnectionsAsync(_connections + 1, Cancelled);
            await ScriptedCluster.SettleAsync(Cluster);
            Assert.True(SpinWait.SpinUntil(
                () => Cluster.Runtime.AllConnections.Count(static connection => connection is { IsOpen: true, Reader: not null }) == _connections + 1, TimeSpan.FromSeconds(20)));
            return (session, await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled));
        }

        /// <summary>Requests on all connections at once, each of which must get its own answer.</summary>
        internal async Task BurstAsync(Session session, PreparedStatement read, int count)
        {
            var pages = await Task.WhenAll(Enumerable.Range(0, count).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()));
            Assert.Equal(Enumerable.Range(0, count), pages.Select(static page => page.First().Get<int>(0)));
        }

        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            await _listener.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
