using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>A node that is not able to prepare, because it is overloaded or shutting down, leaves that to another.</summary>
public class PreparingElsewhereTests
{
    private const string Other = "SELECT v FROM other WHERE k = ?";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WireError.Overloaded)]
    [InlineData(WireError.IsBootstrapping)]
    public async Task A_statement_is_prepared_by_the_node_that_can(int error)
    {
        await using var ring = new ScriptedRing(2);
        var (session, _, _) = await ring.ConnectAsync();
        foreach (var server in ring.Servers)
        {
            server.Define(Other, new ServerStatement { Bind = ScriptedCluster.Key, Result = ScriptedCluster.Value });
        }

        ring.Servers[0].On(IsPrepare, request => request.Error(error, "Server is shutting down"));
        // Whichever is asked first: enough statements that the first node is among them.
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(Other, (await session.WithKeyspace($"k{i}").PrepareAsync(Other, Cancelled)).Cql);
        }

        Assert.Contains(ring.Servers[0].Requests, IsPrepare);
    }

    [Fact]
    public async Task When_no_node_can_the_last_one_is_told()
    {
        await using var ring = new ScriptedRing(2);
        var (session, _, _) = await ring.ConnectAsync();
        foreach (var server in ring.Servers)
        {
            server.On(IsPrepare, request => request.Error(WireError.Overloaded, "Server is shutting down"));
        }

        await Assert.ThrowsAsync<OverloadedException>(async () => await session.PrepareAsync(Other, Cancelled));
        Assert.Equal([1, 1], ring.Servers.Select(server => server.Requests.Count(IsPrepare)));
    }

    [Fact]
    public async Task A_request_whose_node_forgot_its_statement_and_cannot_prepare_it_goes_to_another()
    {
        await using var ring = new ScriptedRing(2);
        var (session, _, write) = await ring.ConnectAsync();
        var refusals = 0;
        ring.Answers(request =>
        {
            var asked = ring.Servers.Single(server => server.Connections.Contains(request.Connection));
            asked.On(r => r.Is(WireOpcode.Prepare) && r.Cql == ScriptedRing.Write, r =>
            {
                Interlocked.Increment(ref refusals);
                r.Error(WireError.Overloaded, "Server is shutting down");
            });
            request.Unprepared(request.Parts.PreparedId!);
        });
        // Not idempotent, and yet it may be sent to another: a node that does not know it has not done it.
        await session.ExecuteAsync(write.Bind(1), new ExecutionOptions { IsIdempotent = false }, Cancelled);
        Assert.Equal(1, refusals);
        Assert.Equal(2, ring.Asked.Distinct().Count());
    }

    private static bool IsPrepare(ServerRequest request) => request.Is(WireOpcode.Prepare) && request.Cql == Other;
}
