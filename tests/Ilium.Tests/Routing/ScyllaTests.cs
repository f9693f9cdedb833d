using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Ilium.Connection;
using Ilium.Protocol;
using Ilium.TestKit;

namespace Ilium.Tests.Routing;

/// <summary>What ScyllaDB has beyond Cassandra, against scripted servers.</summary>
public class ScyllaTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Shards_are_computed_as_the_server_does()
    {
        var random = new Random(9);
        for (var i = 0; i < 1_000; i++)
        {
            var (token, count, ignored) = (random.NextInt64(long.MinValue, long.MaxValue), random.Next(1, 200), random.Next(0, 20));
            // With numbers that have no end: bias, shift, multiply, divide.
            var biased = (new BigInteger(token) + BigInteger.Pow(2, 63)) * BigInteger.Pow(2, ignored) % BigInteger.Pow(2, 64);
            var expected = (int)(biased * count / BigInteger.Pow(2, 64));
            Assert.Equal(expected, new Sharding(0, count, ignored, null, null).ShardOf(Token.FromMurmur3(token)));
        }
    }

    [Fact]
    public void Ports_that_mean_a_shard_are_all_ports_that_do()
    {
        Assert.Equal(Enumerable.Range(49_152, 16_384).Where(static port => port % 7 == 3), new SourcePorts(3, 7).InTurn(12_345).Order());
        Assert.Equal(Enumerable.Range(49_152, 16_384), new SourcePorts(0, 1).InTurn(-5).Order());
        Assert.All(Enumerable.Range(0, 100), static shard => Assert.All(new SourcePorts(shard, 100).InTurn(1), port => Assert.Equal(shard, port % 100)));
    }

    [Fact]
    public void A_connection_to_a_shard_comes_from_a_port_that_means_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        for (var shard = 0; shard < 7; shard++)
        {
            var transport = TransportConnector.Instance.Connect(listener.LocalEndpoint, new SourcePorts(shard, 7), new ClusterOptions(), Cancelled);
            using var accepted = listener.AcceptSocket();
            Assert.Equal(shard, ((IPEndPoint)accepted.RemoteEndPoint!).Port % 7);
            transport.Close();
        }
    }

    [Fact]
    public void What_a_server_offers_is_agreed_to_as_far_as_it_is_understood()
    {
        Assert.Null(Sharding.Read(Supported(("SCYLLA_SHARD", "1"), ("SCYLLA_NR_SHARDS", "4"), ("SCYLLA_SHARDING_IGNORE_MSB", "12"))));
        Assert.Null(Sharding.Read(Supported(
            ("SCYLLA_SHARDING_ALGORITHM", "another"), ("SCYLLA_SHARD", "1"), ("SCYLLA_NR_SHARDS", "4"), ("SCYLLA_SHARDING_IGNORE_MSB", "12"))));
        Assert.Null(Sharding.Read(Supported(
            ("SCYLLA_SHARDING_ALGORITHM", "biased-token-round-robin"), ("SCYLLA_SHARD", "4"), ("SCYLLA_NR_SHARDS", "4"), ("SCYLLA_SHARDING_IGNORE_MSB", "12"))));
        Assert.Equal(new Sharding(1, 4, 12, 19042, 19142), Sharding.Read(Supported(
            ("SCYLLA_SHARDING_ALGORITHM", "biased-token-round-robin"), ("SCYLLA_SHARD", "1"), ("SCYLLA_NR_SHARDS", "4"), ("SCYLLA_SHARDING_IGNORE_MSB", "12"),
            ("SCYLLA_SHARD_AWARE_PORT", "19042"), ("SCYLLA_SHARD_AWARE_PORT_SSL", "19142"))));
        Assert.Equal(ServerExtensions.None, ServerExtensions.Read(Supported(("SCYLLA_LWT_ADD_METADATA_MARK", "LWT_OPTIMIZATION_META_BIT_MASK=many"), ("SCYLLA_RATE_LIMIT_ERROR", "61440")), ProtocolVersion.V4));
    }

    [Fact]
    public async Task Each_shard_is_connected_to_through_its_port_and_gets_the_requests_for_its_tokens()
    {
        await using var scylla = new ScyllaServers(nodes: 1, shards: 5);
        var session = await scylla.ConnectAsync();
        var node = Assert.Single(session.Cluster.Metadata.Nodes);
        Assert.Equal([0, 1, 2, 3, 4], ScyllaServers.ShardsOf(node));
        Assert.Equal(ScyllaServers.ShardAwarePort, Assert.Single(scylla.Dials.Where(static dial => dial.Shard is not null).Select(static dial => dial.Target.Port).Distinct()));
        Assert.Equal(5, node.OpenConnections);
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        var sharding = new Sharding(0, 5, 12, null, null);
        var asked = new HashSet<int>();
        for (var key = 0; key < 60; key++)
        {
            var bound = read.Bind(key);
            var shard = sharding.ShardOf(session.Cluster.Metadata.GetToken(bound)!.Value);
            asked.Add(shard);
            Assert.Equal((1, shard), await scylla.AskAsync(session, bound));
        }

        Assert.Equal(5, asked.Count);
        var startup = scylla.Ring[1].Server.Connections[^1].StartupOptions;
        Assert.Equal(
            ("LWT_OPTIMIZATION_META_BIT_MASK=2147483648", "", ""), (startup["SCYLLA_LWT_ADD_METADATA_MARK"], startup["SCYLLA_RATE_LIMIT_ERROR"], startup["TABLETS_ROUTING_V1"]));
        Assert.DoesNotContain("SCYLLA_SHARD", startup.Keys);
    }

    [Fact]
    public async Task Without_a_shard_aware_port_connections_are_opened_until_each_shard_has_one_and_the_surplus_closed()
    {
        await using var scylla = new ScyllaServers(nodes: 1, shards: 4) { OffersPort = false };
        var session = await scylla.ConnectAsync();
        var node = Assert.Single(session.Cluster.Metadata.Nodes);
        Assert.Equal([0, 1, 2, 3], ScyllaServers.ShardsOf(node));
        Assert.All(scylla.Dials, static dial => Assert.Null(dial.Shard));
        // The control connection and one for each shard.
        await ScyllaServers.UntilAsync(() => scylla.Ring[1].Server.Connections.Count(static connection => !connection.Closed.IsCompleted) == 5);
    }

    [Fact]
    public async Task A_port_that_leads_elsewhere_is_left_alone_and_shards_are_found_in_the_usual_way()
    {
        await using var scylla = new ScyllaServers(nodes: 1, shards: 3) { OnTheWay = static _ => 0 };
        var session = await scylla.ConnectAsync();
        Assert.Equal([0, 1, 2], ScyllaServers.ShardsOf(Assert.Single(session.Cluster.Metadata.Nodes)));
        Assert.Single(scylla.Dials, static dial => dial.Target.Port == ScyllaServers.ShardAwarePort);
    }

    [Fact]
    public async Task A_lost_shards_connection_is_opened_again_and_meanwhile_others_take_its_requests()
    {
        await using var scylla = new ScyllaServers(nodes: 1, shards: 3);
        var session = await scylla.ConnectAsync();
        var node = Assert.Single(session.Cluster.Metadata.Nodes);
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        var lost = scylla.Ring[1].Server.Connections.First(connection => scylla.ShardOf(connection) == 2 && connection.RegisteredEvents.Count == 0);
        lost.Reset();
        for (var key = 0; key < 20; key++)
        {
            using var rows = await session.ExecuteAsync(read.Bind(key), new ExecutionOptions { IsIdempotent = true }, Cancelled);
        }

        await ScyllaServers.UntilAsync(() => ScyllaServers.ShardsOf(node).Count == 3);
        Assert.Equal([0, 1, 2], ScyllaServers.ShardsOf(node));
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(5, 2)]
    public async Task A_node_that_comes_back_with_another_number_of_shards_has_a_connection_to_each(int before, int after)
    {
        await using var scylla = new ScyllaServers(nodes: 1, shards: before);
        var session = await scylla.ConnectAsync();
        var node = Assert.Single(session.Cluster.Metadata.Nodes);
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        scylla.Ring[1].Stop();
        scylla.Shards = after;
        scylla.Ring[1].Start();
        await ScyllaServers.UntilAsync(() => ScyllaServers.ShardsOf(node).SequenceEqual(Enumerable.Range(0, after)));
        var sharding = new Sharding(0, after, 12, null, null);
        for (var key = 0; key < 30; key++)
        {
            var bound = read.Bind(key);
            Assert.Equal((1, sharding.ShardOf(session.Cluster.Metadata.GetToken(bound)!.Value)), await scylla.AskAsync(session, bound));
        }
    }

    [Fact]
    public async Task Requests_of_a_keyspaces_view_go_to_the_nodes_and_shards_of_their_tokens()
    {
        await using var scylla = new ScyllaServers(nodes: 3, shards: 2);
        var session = (await scylla.ConnectAsync()).WithKeyspace("ks");
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        var sharding = new Sharding(0, 2, 12, null, null);
        foreach (var node in session.Cluster.Metadata.Nodes)
        {
            await ScyllaServers.UntilAsync(() => node.Pools.For("ks").Connections.Count == 2);
        }

        for (var key = 0; key < 30; key++)
        {
            var bound = read.Bind(key);
            var (number, shard) = await scylla.AskAsync(session, bound);
            Assert.Equal(sharding.ShardOf(session.Cluster.Metadata.GetToken(bound)!.Value), shard);
            Assert.Contains(number, session.Cluster.Metadata.GetReplicas(bound).Select(RoutedRing.NumberOf));
        }
    }

    [Fact]
    public async Task A_statement_that_the_server_marks_as_conditional_goes_to_the_first_replica_of_the_ring()
    {
        await using var scylla = new ScyllaServers(nodes: 3, shards: 1);
        var session = await scylla.ConnectAsync();
        var (marked, read) = (await session.PrepareAsync(ScyllaServers.Marked, Cancelled), await session.PrepareAsync(ScyllaServers.Read, Cancelled));
        var others = 0;
        for (var key = 0; key < 30; key++)
        {
            var first = RoutedRing.NumberOf(session.Cluster.Metadata.GetReplicas(marked.Bind(key))[0]);
            Assert.Equal(first, (await scylla.AskAsync(session, marked.Bind(key))).Node);
            others += (await scylla.AskAsync(session, read.Bind(key))).Node == first ? 0 : 1;
        }

        Assert.NotEqual(0, others);
    }

    [Fact]
    public async Task Where_tablets_are_is_learned_from_answers_and_requests_go_to_their_nodes_and_shards()
    {
        await using var scylla = new ScyllaServers(nodes: 3, shards: 4);
        var session = await scylla.ConnectAsync();
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        var token = long.Parse($"{session.Cluster.Metadata.GetToken(read.Bind(1))}", System.Globalization.CultureInfo.InvariantCulture);
        await LearnAsync(scylla.Payload(token - 10, token + 10, (2, 3)));
        await ExpectAsync((2, 3));
        // The first token is not in it, the last is.
        await LearnAsync(scylla.Payload(token - 1, token, (3, 0)));
        await ExpectAsync((3, 0));
        // Overlapping ones replace each other; what is no tablet, or names a node that nobody knows, changes nothing.
        await LearnAsync(scylla.Payload(token - 5, token + 5, (1, 2)));
        await ExpectAsync((1, 2));
        foreach (var bad in new byte[][] { [], [1, 2, 3], scylla.Payload(token, token - 1, (2, 1)), scylla.Payload(token - 5, token + 5)[..^1], scylla.Payload(token - 5, token + 5) })
        {
            await LearnAsync(bad);
            await ExpectAsync((1, 2));
        }

        async Task LearnAsync(byte[] payload)
        {
            scylla.AnswerNextRead(payload);
            using var rows = await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
            Assert.Equal(payload, rows.Info.Payload["tablets-routing-v1"]);
        }

        async Task ExpectAsync((int Node, int Shard) expected)
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(expected, await scylla.AskAsync(session, read.Bind(1)));
            }
        }
    }

    [Fact]
    public async Task Tablets_are_forgotten_with_their_tables_schema_and_with_their_nodes()
    {
        await using var scylla = new ScyllaServers(nodes: 3, shards: 2);
        var session = await scylla.ConnectAsync();
        var read = await session.PrepareAsync(ScyllaServers.Read, Cancelled);
        var tablets = session.Cluster.Runtime.Tablets;
        var column = new ColumnDefinition("ks", "t", "k", CqlType.Int, 0);
        await LearnAsync(2);
        Assert.Equal(1, tablets.Find(column)!.Count);
        scylla.Ring.Tell(ResponseBodies.SchemaChangeEvent("UPDATED", "TABLE", "ks", "other"));
        scylla.Ring.Tell(ResponseBodies.SchemaChangeEvent("UPDATED", "TABLE", "ks", "t"));
        await ScyllaServers.UntilAsync(() => tablets.Find(column) is null);
        await LearnAsync(3);
        Assert.Equal(1, tablets.Find(column)!.Count);
        var gone = scylla.Ring[3];
        scylla.Ring.Remove(gone);
        scylla.Ring.Tell("TOPOLOGY_CHANGE", "REMOVED_NODE", gone.Address);
        await scylla.Ring.Changes.NextAsync(NodeChange.Removed, gone.HostId);
        await ScyllaServers.UntilAsync(() => tablets.Find(column)!.Count == 0);

        async Task LearnAsync(int node)
        {
            scylla.AnswerNextRead(scylla.Payload(long.MinValue, long.MaxValue, (node, 0)));
            using var rows = await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        }
    }

    private static Dictionary<string, IReadOnlyList<string>> Supported(params (string Name, string Value)[] options) =>
        options.ToDictionary(static option => option.Name, static option => (IReadOnlyList<string>)[option.Value]);
}
