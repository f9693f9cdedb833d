using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>Prepared statements on nodes that answer as no Cassandra does, or all at once.</summary>
public class PreparedOnNodesTests
{
    private static readonly ServerStatement Read = new() { Bind = [new("k", TypeBytes.Int)], Result = ScriptedCluster.Value, PartitionKey = [0] };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_over_several_connections_to_a_node_that_forgot_share_one_preparation()
    {
        await using var ring = Create(1, new ClusterOptions { MinConnectionsPerNode = 4, MaxConnectionsPerNode = 4 });
        var session = await ring.ConnectAsync();
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        Assert.True(SpinWait.SpinUntil(() => ring.Cluster.Runtime.Connections.Count(connection => connection.IsOpen) == 4, TimeSpan.FromSeconds(10)));
        ring[1].Server.ForgetPrepared();
        var held = ring[1].Server.Hold(request => request.Is(WireOpcode.Execute));
        var reading = Enumerable.Range(0, 400).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        var storm = await held.NextAsync(400, Cancelled);
        Assert.Equal(4, storm.Select(request => request.Connection).Distinct().Count());
        var preparations = ring[1].Server.Hold(IsPrepare);
        foreach (var request in storm)
        {
            request.Unprepared(request.Parts.PreparedId!);
        }

        var preparation = await preparations.NextAsync(Cancelled);
        ring[1].Server.On(ScriptedCluster.IsRead, ScriptedCluster.Echo);
        // Those that are told late, on another connection, may begin one more: it is answered too.
        ring[1].Server.On(IsPrepare, ring[1].Server.AnswerByDefault);
        ring[1].Server.AnswerByDefault(preparation);
        Assert.Equal(Enumerable.Range(0, 400), (await Task.WhenAll(reading)).Select(rows => rows.First().Get<int>(0)));
        // Those that are told late, on another connection, may find the preparation done and send again; at most they begin one more.
        Assert.InRange(Preparations(ring, 1)[0], 2, 3);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Nodes_that_give_one_text_different_ids_both_work(int version)
    {
        await using var ring = Create(2, new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        for (var i = 1; i <= 2; i++)
        {
            byte[] id = [(byte)i, 7, 7];
            ring[i].Server.On(request => request.Is(WireOpcode.Execute), request =>
            {
                if (request.Parts.PreparedId!.SequenceEqual(id))
                {
                    request.Rows(ScriptedCluster.Value, [[request.Values[0].Bytes]]);
                }
                else
                {
                    request.Unprepared(request.Parts.PreparedId!);
                }
            });
            ring[i].Server.On(IsPrepare, request => request.Prepared(id, Read));
        }

        var session = await ring.ConnectAsync();
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        Assert.Equal(Enumerable.Range(0, 20), await ReadAsync(session, read, 20));
        var together = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()));
        Assert.Equal(Enumerable.Range(0, 500), together.Select(rows => rows.First().Get<int>(0)));
    }

    private static ScriptedRing Create(int nodes, ClusterOptions options)
    {
        var ring = new ScriptedRing(nodes, options);
        for (var i = 1; i <= nodes; i++)
        {
            ring[i].Server.Define(ScriptedCluster.ByKey, Read);
            ring[i].Server.On(ScriptedCluster.IsRead, ScriptedCluster.Echo);
        }

        return ring;
    }

    private static bool IsPrepare(ServerRequest request) => request.Is(WireOpcode.Prepare) && request.Cql == ScriptedCluster.ByKey;

    private static int[] Preparations(ScriptedRing ring, params int[] nodes) => [.. nodes.Select(i => ring[i].Server.Requests.Count(IsPrepare))];

    private static async Task<IReadOnlyList<int>> ReadAsync(Session session, PreparedStatement read, int count)
    {
        var values = new List<int>();
        for (var i = 0; i < count; i++)
        {
            values.Add((await session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled)).First().Get<int>(0));
        }

        return values;
    }
}
