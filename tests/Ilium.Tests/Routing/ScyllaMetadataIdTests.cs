using Ilium.TestKit;
using Ilium.Tests.Topology;

namespace Ilium.Tests.Routing;

/// <summary>ScyllaDB's SCYLLA_USE_METADATA_ID: what v5 has against rows being read by columns of before, on v3 and v4.</summary>
public class ScyllaMetadataIdTests
{
    private const string Key = "SCYLLA_USE_METADATA_ID";

    private static readonly ColumnSpec[] Bind = [new("k", TypeBytes.Int)];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, Compression.None)]
    [InlineData(4, Compression.None)]
    [InlineData(4, Compression.Lz4)]
    public async Task Where_it_is_offered_columns_are_left_out_and_their_id_goes_along(int version, Compression compression)
    {
        await using var scylla = new ScyllaServers(1, 1, new ClusterOptions { ProtocolVersion = (ProtocolVersion)version, Compression = compression });
        var session = await scylla.ConnectAsync();
        Assert.All(scylla.Ring[1].Server.Connections, static connection => Assert.Equal("", connection.StartupOptions[Key]));
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        Assert.Equal(1, await ReadAsync(session, read.Bind(1), node: null));
        Assert.Equal(1, await ReadAsync(session, new SimpleStatement(ScyllaServers.Read, 1), node: null));
        Assert.Equal([(true, true), (true, true)], Asked(scylla, 1));
    }

    [Fact]
    public async Task Changed_columns_come_with_the_answer_and_are_adopted_with_their_id()
    {
        await using var scylla = new ScyllaServers(nodes: 1, shards: 1);
        var session = await scylla.ConnectAsync();
        var server = scylla.Ring[1].Server;
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        Assert.Equal(1, await ReadAsync(session, read.Bind(1), node: null));
        var wider = new ServerStatement
        {
            Bind = Bind,
            Result = [new("v", TypeBytes.Text), new("w", TypeBytes.Int)],
            Rows = [[ValueBytes.Text("new"), ValueBytes.Int(7)]],
            PartitionKey = [0],
        };
        server.Define(ScyllaServers.Read, wider);
        for (var i = 0; i < 3; i++)
        {
            var row = Assert.Single(await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
            Assert.Equal(("new", 7), (row.Get<string>("v"), row.Get<int>("w")));
        }

        // The id of before once more, then the one that came with the answer.
        var ids = server.Requests.Where(IsRead).Select(static request => request.Parts.ResultMetadataId!).ToArray();
        Assert.Equal(4, ids.Length);
        Assert.Equal(ids[0], ids[1]);
        Assert.All(ids[2..], id => Assert.Equal(wider.ResultMetadataId, id));
        Assert.Single(server.Requests, static request => request.Is(WireOpcode.Prepare));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nodes_that_have_it_and_nodes_that_do_not_each_get_what_they_understand(int upgraded)
    {
        await using var scylla = new ScyllaServers(nodes: 2, shards: 1) { HasMetadataIds = number => number == upgraded };
        var session = await scylla.ConnectAsync();
        // Prepared on the node with metadata ids or on the one without, as it comes; then in turn on both.
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        foreach (Statement statement in new Statement[] { read.Bind(1), new SimpleStatement(ScyllaServers.Read, 1) })
        {
            for (var i = 0; i < 3; i++)
            {
                foreach (var number in (int[])[1, 2])
                {
                    Assert.Equal(number, await ReadAsync(session, statement, session.Cluster.Metadata.FindNode(scylla.Ring[number].HostId)));
                }
            }
        }

        // Without ids the columns are asked for with each answer, as nobody would say when they change.
        Assert.Equal(Enumerable.Repeat((false, false), 6), Asked(scylla, 3 - upgraded));
        // With ids at least from the second request on: the first may have asked for the id that the other node could not give.
        Assert.Equal(Enumerable.Repeat((true, true), 5), Asked(scylla, upgraded)[1..]);
        Assert.True(Asked(scylla, upgraded)[0].HasId);
    }

    [Fact]
    public async Task A_request_that_moves_on_is_encoded_for_the_node_it_moves_to()
    {
        await using var scylla = new ScyllaServers(nodes: 3, shards: 1) { HasMetadataIds = static number => number != 2 };
        var session = await scylla.ConnectAsync();
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        foreach (var number in (int[])[1, 3])
        {
            scylla.Ring[number].Server.On(IsRead, static request => request.Error(WireError.Overloaded, "busy"));
        }

        for (var key = 0; key < 12; key++)
        {
            Assert.Equal(2, await ReadAsync(session, read.Bind(key), node: null));
        }

        Assert.Equal(Enumerable.Repeat((false, false), 12), Asked(scylla, 2));
        Assert.All(Asked(scylla, 1).Concat(Asked(scylla, 3)), static asked => Assert.True(asked.HasId));
        Assert.NotEmpty(Asked(scylla, 1));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public async Task It_is_not_agreed_to_where_it_is_not_offered_nor_on_version_5(int version, bool offered)
    {
        await using var scylla = new ScyllaServers(1, 1, new ClusterOptions { ProtocolVersion = (ProtocolVersion)version }) { HasMetadataIds = _ => offered };
        var session = await scylla.ConnectAsync();
        Assert.All(scylla.Ring[1].Server.Connections, static connection => Assert.DoesNotContain(Key, connection.StartupOptions.Keys));
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        Assert.Equal(1, await ReadAsync(session, read.Bind(1), node: null));
        Assert.Equal([(version == 5, version == 5)], Asked(scylla, 1));
    }

    private static bool IsRead(ServerRequest request) => request.Is(WireOpcode.Execute) && request.Cql == ScyllaServers.Read;

    /// <summary>Of each read that came to a node: whether it had an id of metadata, and whether it left the columns out.</summary>
    private static (bool HasId, bool Skips)[] Asked(ScyllaServers scylla, int number) =>
        [.. scylla.Ring[number].Server.Requests.Where(IsRead).Select(static request => (request.Parts.ResultMetadataId is not null, request.Parts.SkipMetadata))];

    /// <summary>The only cell: the number of the node that answered.</summary>
    private static async Task<int> ReadAsync(Session session, Statement statement, Node? node)
    {
        using var rows = await session.ExecuteAsync(statement, new ExecutionOptions { Node = node }, Cancelled);
        return Assert.Single(rows).Get<int>("v");
    }
}
