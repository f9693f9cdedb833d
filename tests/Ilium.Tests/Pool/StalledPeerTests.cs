using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Pool;

/// <summary>A peer that stops reading, over real sockets, since what matters is what the kernel refuses to take.</summary>
public class StalledPeerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Trait(Slow.Name, Slow.Value)]
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Callers_are_not_held_they_are_refused_at_the_bound_and_all_goes_on_when_the_peer_reads_again(int version)
    {
        await using var server = new ScriptedServer();
        await using var listener = new ScriptedListener(server);
        await using var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [listener.EndPoint],
            ProtocolVersion = (ProtocolVersion)version,
            MaxConnectionsPerNode = 1,
            MaxQueuedRequests = 5,
            RequestTimeout = TimeSpan.FromSeconds(30),
        });
        server.Options.Local.Address.Port = listener.EndPoint.Port;
        var session = await cluster.ConnectAsync(Cancelled);
        // The control connection comes beside the one for requests, in any order.
        await ScriptedCluster.SettleAsync(cluster);
        Assert.All(server.Connections, connection => connection.PauseReading());
        // The read that is under way takes one request; then nothing.
        var text = new SimpleStatement("stall " + new string('x', 1_000_000));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var sent = new List<Task<RowSet>>();
        RequestThrottledException? refused = null;
        while (refused is null)
        {
            Assert.True(sent.Count < 200, "200 MB were taken and nobody reads.");
            var next = session.ExecuteAsync(text, cancellationToken: Cancelled).AsTask();
            sent.Add(next);
            if (sent.Count > 20 && sent.Find(task => task.IsFaulted) is { } failed)
            {
                refused = Assert.IsType<RequestThrottledException>(failed.Exception!.InnerException);
                sent.Remove(failed);
            }
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        Assert.InRange(refused.Queued, 5, 6);
        Assert.All(server.Connections, connection => connection.ResumeReading());
        foreach (var request in sent)
        {
            if (!request.IsFaulted)
            {
                Assert.Empty(await request.WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
            }
        }

        server.ThrowIfViolated();
    }
}
