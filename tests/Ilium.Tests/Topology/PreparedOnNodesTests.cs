using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Topology;

/// <summary>Prepared statements in a cluster: who prepares what, when, and how often.</summary>
public class PreparedOnNodesTests
{
    private static readonly ServerStatement Read = new() { Bind = [new("k", TypeBytes.Int)], Result = ScriptedCluster.Value, PartitionKey = [0] };

    // What brings a node back must be an event, not a pause that ends.
    private static ClusterOptions Patient => new() { TimeProvider = new CountingTime(), ReconnectBaseDelay = TimeSpan.FromHours(1), ReconnectMaxDelay = TimeSpan.FromHours(1) };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_statement_is_prepared_on_every_node_once_and_never_found_missing(int version)
    {
        await using var ring = Create(3, new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var session = await ring.ConnectAsync();
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        await PreparedOnAsync(ring, 1, 2, 3);
        Assert.Equal(Enumerable.Range(0, 30), await ReadAsync(session, read, 30));
        Assert.Equal([1, 1, 1], Preparations(ring, 1, 2, 3));
        Assert.Equal(0, ring.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_holds_up_nobodys_preparation()
    {
        await using var ring = Create(3, new ClusterOptions());
        var session = await ring.ConnectAsync();
        var held = Enumerable.Range(1, 3).Select(i => ring[i].Server.Hold(IsPrepare)).ToArray();
        var preparing = session.PrepareAsync(ScriptedCluster.ByKey, Cancelled).AsTask();
        var first = await await Task.WhenAny(held.Select(one => one.NextAsync(Cancelled)));
        ring.AnswerByDefault(first);
        // The other two have been asked, and have not answered.
        await preparing.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
    }

    [Fact]
    public async Task Without_preparing_on_all_nodes_the_first_request_there_prepares()
    {
        await using var ring = Create(3, new ClusterOptions { PrepareOnAllNodes = false });
        var session = await ring.ConnectAsync();
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        Assert.Equal(1, Preparations(ring, 1, 2, 3).Sum());
        Assert.Equal(Enumerable.Range(0, 30), await ReadAsync(session, read, 30));
        Assert.Equal([1, 1, 1], Preparations(ring, 1, 2, 3));
        Assert.Equal(2, ring.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

    [Fact]
    public async Task A_node_that_returns_has_forgotten_and_is_taught_before_it_is_asked()
    {
        await using var ring = Create(2, Patient);
        var session = await ring.ConnectAsync();
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        var others = Enumerable.Range(0, 40).Select(i => $"INSERT INTO t{i} (k) VALUES (?)").ToArray();
        foreach (var cql in others)
        {
            await session.PrepareAsync(cql, Cancelled);
        }

        await ring[2].Server.WaitForAsync(request => request.Is(WireOpcode.Prepare), 41, Cancelled);
        await RestartAsync(ring);
        // Each once more, and no more.
        var all = await ring[2].Server.WaitForAsync(request => request.Is(WireOpcode.Prepare), 82, Cancelled);
        Assert.Equal(others.Append(ScriptedCluster.ByKey).Order(), all.Skip(41).Select(request => request.Cql!).Order());
        Assert.Equal(Enumerable.Range(0, 20), await ReadAsync(session, read, 20));
        Assert.Equal(82, ring[2].Server.Requests.Count(request => request.Is(WireOpcode.Prepare)));
        Assert.Equal(0, ring.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

    [Fact]
    public async Task Without_that_the_first_request_prepares_on_the_node_that_returned()
    {
        await using var ring = Create(2, Patient with { ReprepareOnUp = false });
        var session = await ring.ConnectAsync();
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
        await PreparedOnAsync(ring, 1, 2);
        await RestartAsync(ring);
        Assert.Equal(Enumerable.Range(0, 20), await ReadAsync(session, read, 20));
        Assert.Equal([1, 2], Preparations(ring, 1, 2));
        Assert.Equal(1, ring.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

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

    [Fact]
    public async Task A_statement_one_node_refuses_is_used_on_the_others()
    {
        await using var ring = Create(2, new ClusterOptions());
        var session = await ring.ConnectAsync();
        ring[2].Server.On(IsPrepare, request => request.Error(WireError.Invalid, "unconfigured table t"));
        PreparedStatement? read = null;
        for (var i = 0; read is null; i++)
        {
            try
            {
                read = await session.PrepareAsync(ScriptedCluster.ByKey, Cancelled);
            }
            catch (InvalidQueryException) when (i < 100)
            {
                // It was asked, as chance has it each time.
            }
        }

        Assert.True(SpinWait.SpinUntil(() => ring.Logs.Of(310).Count > 0 || Preparations(ring, 2)[0] > 1, TimeSpan.FromSeconds(10)));
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

    private static async Task PreparedOnAsync(ScriptedRing ring, params int[] nodes)
    {
        foreach (var i in nodes)
        {
            await ring[i].Server.WaitForAsync(IsPrepare, Cancelled);
        }
    }

    private static async Task RestartAsync(ScriptedRing ring)
    {
        ring[2].Stop();
        await ring.Changes.NextAsync(NodeChange.Down, ring[2].HostId);
        ring[2].Server.ForgetPrepared();
        ring[2].Start();
        ring.Tell("STATUS_CHANGE", "UP", ring[2].Address);
        await ring.Changes.NextAsync(NodeChange.Up, ring[2].HostId);
    }

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
