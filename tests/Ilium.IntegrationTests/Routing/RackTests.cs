using System.Net;
using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Routing;

/// <summary>Where requests go on a real ring, and whether the servers agree.</summary>
[Collection(RackedRingCollection.Name)]
public class RackTests(RackedRing racked)
{
    private const int Keys = 40;

    [Theory]
    [EachVersion]
    public async Task Every_coordinator_is_a_replica_as_the_servers_own_tokens_and_traces_say(ProtocolVersion version)
    {
        await using var cluster = new Cluster(await racked.OptionsAsync() with { ProtocolVersion = version });
        var session = await RackedRing.ConnectAsync(cluster);
        var keyspace = await RackedRing.KeyspaceAsync(session, 1);
        await session.RunAsync($"CREATE TABLE {keyspace}.one (id bigint PRIMARY KEY, v int)".AsCql());
        await session.RunAsync($"CREATE TABLE {keyspace}.three (a text, b int, c uuid, v int, PRIMARY KEY ((a, b, c)))".AsCql());
        var write = await session.PrepareAsync($"INSERT INTO {keyspace}.one (v, id) VALUES (?, ?)", CqlText.Cancelled);
        var read = await session.PrepareAsync($"SELECT token(id) FROM {keyspace}.one WHERE id = ?", CqlText.Cancelled);
        var writeThree = await session.PrepareAsync($"INSERT INTO {keyspace}.three (v, c, b, a) VALUES (?, ?, ?, ?)", CqlText.Cancelled);
        var readThree = await session.PrepareAsync($"SELECT token(a, b, c) FROM {keyspace}.three WHERE c = ? AND a = ? AND b = ?", CqlText.Cancelled);
        var random = new Random(20);
        var asked = new HashSet<Node>();
        for (var i = 0; i < Keys; i++)
        {
            var (id, text, uuid) = (random.NextInt64(), $"text {i}", Guid.NewGuid());
            await CheckAsync(write.Bind(i, id), read.Bind(id));
            await CheckAsync(writeThree.Bind(i, uuid, i, text), readThree.Bind(uuid, text, i));
        }

        Assert.Equal(3, asked.Count);

        async Task CheckAsync(BoundStatement writing, BoundStatement reading)
        {
            var replica = Assert.Single(cluster.Metadata.GetReplicas(writing));
            Assert.Equal(replica.EndPoint, (await session.RunAsync(writing)).Info.Node);
            using var rows = await session.RunAsync(reading);
            Assert.Equal(replica.EndPoint, rows.Info.Node);
            Assert.Equal(Token.FromMurmur3(Assert.Single((IEnumerable<Row>)rows).Get<long>(0)), cluster.Metadata.GetToken(reading));
            if (asked.Add(replica))
            {
                // At consistency one a coordinator that has the row asks nobody else for it.
                using var traced = await session.RunAsync(reading, new ExecutionOptions { Tracing = true, Consistency = ConsistencyLevel.One });
                var trace = await session.GetQueryTraceAsync(traced.Info.TracingId!.Value, CqlText.Cancelled);
                Assert.All(trace.Events, step => Assert.Equal(((IPEndPoint)replica.EndPoint).Address, step.Source));
            }
        }
    }

    [Theory]
    [EachVersion]
    public async Task Statements_of_a_keyspaces_view_go_to_their_replicas_on_every_version(ProtocolVersion version)
    {
        await using var cluster = new Cluster(await racked.OptionsAsync() with { ProtocolVersion = version });
        var plain = await RackedRing.ConnectAsync(cluster);
        var keyspace = await RackedRing.KeyspaceAsync(plain, 1);
        await plain.RunAsync($"CREATE TABLE {keyspace}.viewed (id bigint PRIMARY KEY, v int)".AsCql());
        var view = plain.WithKeyspace(keyspace);
        var read = await view.PrepareAsync("SELECT v FROM viewed WHERE id = ?", CqlText.Cancelled);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(CqlText.Cancelled);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        // The view's connections to the nodes are opened when it is first used; from then on no request is one hop too far.
        while (await MissedAsync() > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(0, await MissedAsync());

        async Task<int> MissedAsync()
        {
            var missed = 0;
            for (var id = 0L; id < Keys; id++)
            {
                var replica = Assert.Single(cluster.Metadata.GetReplicas(read.Bind(id)));
                missed += replica.EndPoint.Equals((await view.RunAsync(read.Bind(id))).Info.Node) ? 0 : 1;
            }

            return missed;
        }
    }

    [Fact]
    public async Task Replicas_are_those_that_nodetool_names()
    {
        await using var cluster = new Cluster(await racked.OptionsAsync());
        var session = await RackedRing.ConnectAsync(cluster);
        var keyspace = await RackedRing.KeyspaceAsync(session, 2);
        await session.RunAsync($"CREATE TABLE {keyspace}.t (a text, b int, v int, PRIMARY KEY ((a, b)))".AsCql());
        var read = await session.PrepareAsync($"SELECT v FROM {keyspace}.t WHERE a = ? AND b = ?", CqlText.Cancelled);
        var ring = await racked.StartedAsync();
        foreach (var (a, b) in new[] { ("x", 1), ("another", -7) })
        {
            var told = (await ring.NodetoolAsync(1, ["getendpoints", keyspace, "t", $"{a}:{b}"], CqlText.Cancelled))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.Equal(told, cluster.Metadata.GetReplicas(read.Bind(a, b)).Select(static node => ((IPEndPoint)node.EndPoint).Address.ToString()));
        }
    }

    [Fact]
    public async Task The_replica_in_the_local_rack_gets_every_request()
    {
        await using var cluster = new Cluster(await racked.OptionsAsync() with { LocalRack = "r2" });
        var session = await RackedRing.ConnectAsync(cluster);
        var keyspace = await RackedRing.KeyspaceAsync(session, 3);
        await session.RunAsync($"CREATE TABLE {keyspace}.t (id int PRIMARY KEY, v int)".AsCql());
        for (var id = 0; id < Keys; id++)
        {
            // Simple statements with values, which are prepared by themselves.
            using var rows = await session.WithKeyspace(keyspace).ExecuteAsync($"SELECT v FROM t WHERE id = {id}", cancellationToken: CqlText.Cancelled);
            Assert.Equal("r2", cluster.Metadata.FindNode(rows.Info.Node!)!.Rack);
        }
    }

    [Fact]
    public async Task Requests_are_spread_over_the_replicas_and_conditional_ones_go_to_the_same_from_every_client()
    {
        await using var cluster = new Cluster(await racked.OptionsAsync());
        await using var other = new Cluster(await racked.OptionsAsync() with { LocalRack = "r3" });
        var session = await RackedRing.ConnectAsync(cluster);
        var second = await RackedRing.ConnectAsync(other);
        var keyspace = await RackedRing.KeyspaceAsync(session, 3);
        await session.RunAsync($"CREATE TABLE {keyspace}.t (id int PRIMARY KEY, v int)".AsCql());
        await other.RefreshMetadataAsync(CqlText.Cancelled);
        var read = await session.PrepareAsync($"SELECT v FROM {keyspace}.t WHERE id = ?", CqlText.Cancelled);
        var coordinators = new List<EndPoint>();
        for (var i = 0; i < 90; i++)
        {
            coordinators.Add((await session.RunAsync(read.Bind(7))).Info.Node!);
        }

        // A third each, give or take: less than one run in a thousand million has one with fewer than 8.
        Assert.Equal(3, coordinators.Distinct().Count());
        Assert.All(coordinators.CountBy(static node => node), static count => Assert.InRange(count.Value, 8, 60));

        var conditional = $"INSERT INTO {keyspace}.t (id, v) VALUES (?, ?) IF NOT EXISTS";
        var (first, again) = (await session.PrepareAsync(conditional, CqlText.Cancelled), await second.PrepareAsync(conditional, CqlText.Cancelled));
        for (var id = 0; id < 10; id++)
        {
            using var applied = await session.RunAsync(first.Bind(id, 1));
            using var refused = await second.RunAsync(again.Bind(id, 2));
            Assert.True(Assert.Single((IEnumerable<Row>)applied).Get<bool>("[applied]"));
            Assert.False(Assert.Single((IEnumerable<Row>)refused).Get<bool>("[applied]"));
            Assert.Equal(cluster.Metadata.GetReplicas(first.Bind(id, 1))[0].EndPoint, applied.Info.Node);
            Assert.Equal(applied.Info.Node, refused.Info.Node);
        }
    }

    [Fact]
    public async Task Batches_and_text_with_a_routing_key_go_to_the_replica_too()
    {
        await using var cluster = new Cluster(await racked.OptionsAsync());
        var session = await RackedRing.ConnectAsync(cluster);
        var keyspace = await RackedRing.KeyspaceAsync(session, 1);
        await session.RunAsync($"CREATE TABLE {keyspace}.t (id int PRIMARY KEY, v int)".AsCql());
        var write = await session.PrepareAsync($"INSERT INTO {keyspace}.t (id, v) VALUES (?, ?)", CqlText.Cancelled);
        for (var id = 0; id < Keys; id++)
        {
            var bound = write.Bind(id, 1);
            var replica = Assert.Single(cluster.Metadata.GetReplicas(bound)).EndPoint;
            Assert.Equal(replica, (await session.RunAsync(new BatchStatement { new SimpleStatement($"INSERT INTO {keyspace}.t (id, v) VALUES (-1, 1)"), bound })).Info.Node);
            using var rows = await session.RunAsync(
                $"SELECT v FROM {keyspace}.t WHERE id = {id}".AsCql(), new ExecutionOptions { RoutingKey = bound.RoutingKey, RoutingKeyspace = keyspace });
            Assert.Equal(replica, rows.Info.Node);
        }
    }
}
