using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Sessions;

/// <summary>More requests than a node takes: with THROW_ON_OVERLOAD it says so, without it holds back.</summary>
[Collection(ThrottledRingCollection.Name)]
public class OverloadTests(ThrottledRing throttled)
{
    private const string Read = "SELECT key FROM system.local";

    [Theory, EachVersion]
    public async Task A_node_that_is_asked_to_says_overloaded_and_keeps_its_connections(ProtocolVersion version)
    {
        await using var cluster = await ClusterAsync(version, throwOnOverload: true);
        var session = await ConnectedAsync(cluster);
        var connections = cluster.Runtime.Connections.ToArray();

        // Many times what it takes in a second, all at once.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5 * ThrottledRing.RequestsPerSecond).Select(async _ => await Record.ExceptionAsync(() => session.RunAsync(Read))));
        var failures = outcomes.OfType<Exception>().ToArray();
        Assert.NotEmpty(failures);
        Assert.Contains(outcomes, outcome => outcome is null);
        Assert.All(failures, failure =>
        {
            var overloaded = Assert.IsType<OverloadedException>(failure);
            Assert.Equal(0x1001, overloaded.Code);
            Assert.True(overloaded.IsTransient);
            Assert.Contains($"{connections[0].EndPoint}", overloaded.Message, StringComparison.Ordinal);
        });
        Assert.Equal(connections, cluster.Runtime.Connections);
        Assert.All(connections, connection => Assert.True(connection.IsOpen));

        // It takes requests again once it has taken its breath.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(CqlText.Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (await Record.ExceptionAsync(() => session.RunAsync(Read)) is { } failure)
        {
            Assert.IsType<OverloadedException>(failure);
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    [Theory, EachVersion]
    public async Task A_node_that_is_not_asked_to_holds_back_and_answers_all(ProtocolVersion version)
    {
        await using var cluster = await ClusterAsync(version, throwOnOverload: false);
        var session = await ConnectedAsync(cluster);
        var connections = cluster.Runtime.Connections.ToArray();
        var requests = 2 * ThrottledRing.RequestsPerSecond;
        var began = TimeProvider.System.GetTimestamp();
        var rows = await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => session.RunAsync(Read)));
        Assert.All(rows, page => Assert.Equal("local", page.First().Get<string>(0)));
        if (version == ProtocolVersion.V5)
        {
            // Before v5 a node carries out whatever it has read in one go, and holds back after that only.
            Assert.True(TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(1), "The node took all at once.");
        }

        Assert.Equal(connections, cluster.Runtime.Connections);
    }

    private async Task<Cluster> ClusterAsync(ProtocolVersion version, bool throwOnOverload) => new(new ClusterOptions
    {
        ContactPoints = [(await throttled.StartedAsync()).ContactPoints[0]],
        ProtocolVersion = version,
        MaxConnectionsPerNode = 1,
        RequestTimeout = TimeSpan.FromSeconds(60),
        ThrowOnOverload = throwOnOverload,
    });

    /// <summary>The node may still be out of breath from the test before.</summary>
    private static async Task<Session> ConnectedAsync(Cluster cluster)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(CqlText.Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                return await cluster.ConnectAsync(patience.Token);
            }
            catch (NoNodeAvailableException e) when (e.Errors.Values.All(failure => failure is OverloadedException) && !patience.IsCancellationRequested)
            {
            }
        }
    }
}
