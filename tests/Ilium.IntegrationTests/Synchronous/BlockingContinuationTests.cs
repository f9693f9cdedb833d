using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Synchronous;

/// <summary>Code that goes on after an await runs on the thread that reads the connection; what blocks there must not stop the reading.</summary>
[Collection(PlainRingCollection.Name)]
public class BlockingContinuationTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    private const string Select = "SELECT key FROM system.local";

    [Theory, EachVersion]
    public async Task A_thousand_blocking_requests_inside_continuations_finish(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);

        // Without a synchronization context, so that nothing but the driver decides where the code goes on.
        await Task.Run(
            async () =>
            {
                for (var i = 0; i < 1_000; i++)
                {
                    var first = await session.ExecuteAsync(Select).ConfigureAwait(false);
                    var second = session.Execute(Select);
                    Assert.Equal(first.First().Get<string>(0), second.First().Get<string>(0));
                }
            },
            CqlText.Cancelled);
    }

    [Theory, EachVersion]
    public async Task Many_continuations_may_block_at_once(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var flows = Enumerable.Range(0, 10).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    await session.ExecuteAsync(Select).ConfigureAwait(false);
                    Assert.Single(session.Execute(Select));
                    Assert.Single(session.Query(Select, new ExecutionOptions { PageSize = 1 }));
                }
            },
            CqlText.Cancelled));
        await Task.WhenAll(flows);
    }

    [Theory, EachVersion]
    public async Task A_continuation_may_wait_for_a_neighbours_task(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        await Task.Run(
            async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    await session.ExecuteAsync(Select).ConfigureAwait(false);
                    var neighbour = session.ExecuteAsync(Select).AsTask();
                    Assert.True(neighbour.Wait(TimeSpan.FromSeconds(20), CqlText.Cancelled));
                    Assert.Single(neighbour.Result.ToArray());
                }
            },
            CqlText.Cancelled);
    }

    [Theory, EachVersion]
    public async Task Preparing_and_connecting_may_block_inside_a_continuation(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var options = await keyspace.OptionsAsync(version);
        await Task.Run(
            async () =>
            {
                await session.ExecuteAsync(Select).ConfigureAwait(false);
                Assert.Single(session.Prepare($"SELECT key AS {keyspace.NewName("alias")} FROM system.local").ResultColumns);
                await session.ExecuteAsync(Select).ConfigureAwait(false);
                Assert.Equal("system", session.Cluster.Connect("system").Keyspace);
                await session.ExecuteAsync(Select).ConfigureAwait(false);
                using var other = new Cluster(options);
                Assert.Single(other.Connect(keyspace.Name).Execute(Select).ToArray());
            },
            CqlText.Cancelled);
    }
}
