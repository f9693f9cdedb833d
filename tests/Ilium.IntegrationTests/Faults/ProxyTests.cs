using System.Diagnostics;
using Ilium.IntegrationTests.Clusters;
using Ilium.TestKit;

namespace Ilium.IntegrationTests.Faults;

/// <summary>Connections to real nodes that are cut, half closed, corrupted and delayed, on the boundaries of frames and inside them.</summary>
[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class ProxyTests(FaultRing faults)
{
    private static readonly ExecutionOptions NotTwice = new() { Consistency = ConsistencyLevel.Quorum, IsIdempotent = false };

    [Theory]
    [InlineData(ProtocolVersion.V4, 1)]
    [InlineData(ProtocolVersion.V4, 2)]
    [InlineData(ProtocolVersion.V5, 3)]
    [InlineData(ProtocolVersion.V5, 4)]
    public async Task Whatever_befalls_frames_costs_no_request_and_no_write(ProtocolVersion version, int seed)
    {
        var ring = await faults.WholeAsync();
        await using var proxied = await ProxiedRing.ConnectAsync(ring, FaultRing.Options(ring) with { ProtocolVersion = version });
        var ledger = await WriteLedger.CreateAsync(proxied.Session, faults.NewTable());
        await using var load = await WriteLoad.StartAsync(proxied.Session, ledger, flows: 64);
        await load.RunForAsync(TimeSpan.FromMilliseconds(100));
        var random = new Random(seed);
        var kinds = new HashSet<FrameFaultKind>();
        var frames = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        proxied.Decide((_, frame) =>
        {
            lock (random)
            {
                // Nothing but check sums tells a flipped bit from another answer, and v4 has none.
                if (++frames % 100 != 0)
                {
                    return FrameFault.None;
                }

                var fault = random.Next(frame.IsSegment ? 4 : 3) switch
                {
                    0 => FrameFault.CutAfter(0),
                    1 => FrameFault.CutAfter(random.Next(1, frame.Bytes.Length)),
                    2 => FrameFault.HalfClose,
                    _ => FrameFault.FlipBit(random.Next(8 * frame.Bytes.Length)),
                };
                kinds.Add(fault.Kind);
                if (frames >= 4000)
                {
                    enough.TrySetResult();
                    return FrameFault.None;
                }

                return fault;
            }
        });
        await enough.Task.WaitAsync(TimeSpan.FromMinutes(1), CqlText.Cancelled);
        proxied.Decide(static (_, _) => FrameFault.None);
        await load.RunForAsync(TimeSpan.FromMilliseconds(100));
        await load.StopAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"{load.All().Length} writes, {load.All().Count(static sample => sample.Attempts > 0)} sent again");
        Assert.Empty(load.Failures);
        Assert.Equal(version == ProtocolVersion.V5 ? 3 : 2, kinds.Count);
        Assert.Contains(load.All(), static sample => sample.Attempts > 0);
        Assert.Equal(load.All().Length, ledger.Acknowledged);
        (await ledger.CompareAsync(proxied.Session)).AssertWhole();
    }

    [Theory]
    [InlineData(ProtocolVersion.V4, "cut", "")]
    [InlineData(ProtocolVersion.V4, "cut inside", "")]
    [InlineData(ProtocolVersion.V5, "cut", "")]
    [InlineData(ProtocolVersion.V5, "cut inside", "")]
    [InlineData(ProtocolVersion.V5, "flip in the header", "CRC24")]
    [InlineData(ProtocolVersion.V5, "flip in the payload", "CRC32")]
    public async Task An_answer_that_does_not_arrive_whole_fails_what_must_not_be_done_twice_and_says_that_it_may_be_done(ProtocolVersion version, string what, string reason)
    {
        var ring = await faults.WholeAsync();
        await using var proxied = await ProxiedRing.ConnectAsync(ring, FaultRing.Options(ring) with { ProtocolVersion = version });
        var session = proxied.Session;
        var table = faults.NewTable();
        await session.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, hits counter)".AsCql());
        var count = await session.PrepareAsync($"UPDATE {table} SET hits = hits + 1 WHERE id = 1".AsCql(), CqlText.Cancelled);
        await session.RunAsync(count.Bind(), NotTwice);

        (FrameProxy, int)? executed = null;
        var struck = false;
        var gate = new Lock();
        proxied.Decide((proxy, frame) =>
        {
            lock (gate)
            {
                if (frame.ToServer && frame.Opcodes.Contains(WireOpcode.Execute))
                {
                    executed = (proxy, frame.Connection);
                }

                if (struck || frame.ToServer || executed != (proxy, frame.Connection) || !frame.Opcodes.Contains(WireOpcode.Result))
                {
                    return FrameFault.None;
                }

                struck = true;
                return what switch
                {
                    "cut" => FrameFault.CutAfter(0),
                    "cut inside" => FrameFault.CutAfter(frame.Bytes.Length / 2),
                    "flip in the header" => FrameFault.FlipBit(3),
                    _ => FrameFault.FlipBit(8 * (frame.Bytes.Length - 6)),
                };
            }
        });
        var failure = await Assert.ThrowsAsync<ConnectionClosedException>(() => session.RunAsync(count.Bind(), NotTwice));
        Assert.True(failure.MayHaveBeenApplied);
        Assert.Contains(reason, $"{failure}", StringComparison.Ordinal);
        Assert.Single(failure.Attempts);
        proxied.Decide(static (_, _) => FrameFault.None);

        // It is done, once, if perhaps only after its connection was gone; and the connections that are there now do their work.
        Assert.Equal(2, await HitsAsync(session, table));
    }

    /// <summary>What the counter says in the end: waits for the second hit.</summary>
    private static async Task<long> HitsAsync(Session session, string table)
    {
        var everywhere = new ExecutionOptions { Consistency = ConsistencyLevel.All };
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var hits = (await session.RunAsync($"SELECT hits FROM {table} WHERE id = 1", everywhere)).First().Get<long>(0);
            if (hits != 1 || patience.Elapsed > TimeSpan.FromSeconds(10))
            {
                return hits;
            }
        }
    }

    [Fact]
    public async Task Answers_that_are_delayed_arrive_and_their_connection_stays()
    {
        var ring = await faults.WholeAsync();
        await using var proxied = await ProxiedRing.ConnectAsync(ring, FaultRing.Options(ring) with { HeartbeatTimeout = TimeSpan.FromSeconds(30), RequestTimeout = TimeSpan.FromSeconds(60) });
        var session = proxied.Session;
        var slow = proxied.Proxies[1];
        var before = proxied.Cluster.Runtime.Connections.ToHashSet();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Decide = frame => frame.ToServer ? FrameFault.None : FrameFault.HoldUntil(release.Task);
        var reads = Enumerable.Range(0, 300).Select(_ => session.RunAsync("SELECT key FROM system.local")).ToArray();

        // All others are answered, while those of one node wait.
        var others = proxied.Cluster.Metadata.Nodes.Where(node => !node.EndPoint.Equals(slow.EndPoint)).ToArray();
        while (others.Any(static node => node.InFlight > 0))
        {
            CqlText.Cancelled.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        var waiting = reads.Count(static read => !read.IsCompleted);
        Assert.InRange(waiting, 1, 299);
        release.SetResult();
        Assert.Equal(waiting, (await Task.WhenAll(reads)).Count(rows => slow.EndPoint.Equals(rows.Info.Node)));
        Assert.Superset(before, proxied.Cluster.Runtime.Connections.ToHashSet());
    }
}
