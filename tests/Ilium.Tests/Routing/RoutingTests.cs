using Ilium.TestKit;
using Ilium.Tests.Execution;

namespace Ilium.Tests.Routing;

/// <summary>Which node a request comes to, seen from the servers.</summary>
public class RoutingTests
{
    private static readonly ExecutionOptions Twice = new() { IsIdempotent = true };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<ProtocolVersion> Versions => [ProtocolVersion.V4, ProtocolVersion.V5];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_statement_goes_to_the_replica_of_its_key(ProtocolVersion version)
    {
        await using var ring = new RoutedRing(4, new ClusterOptions { ProtocolVersion = version });
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        var write = await session.PrepareAsync(RoutedRing.Write, Cancelled);
        for (var key = 0; key < 40; key++)
        {
            var owner = ring.OwnerOf(key);
            Assert.Equal(owner, await ring.AskAsync(session, read.Bind(key)));
            Assert.Equal(owner, await ring.AskAsync(session, write.Bind(7, key)));
            Assert.Equal(owner, await ring.AskAsync(session, new SimpleStatement(RoutedRing.Read, key)));
            Assert.Equal(owner, await ring.AskAsync(session, new BatchStatement { new SimpleStatement("UPDATE t SET v = 1 WHERE k = 5"), write.Bind(7, key), write.Bind(7, key + 1) }));
            Assert.Equal([owner], ring.Cluster.Metadata.GetReplicas(read.Bind(key)).Select(RoutedRing.NumberOf));
        }
    }

    [Fact]
    public async Task Statements_and_requests_that_were_routed_by_a_ring_do_not_keep_it_once_there_is_another()
    {
        await using var ring = new RoutedRing(4);
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(key => session.ExecuteAsync(read.Bind(key), cancellationToken: Cancelled).AsTask()));
        var table = Weak(ring.Cluster);
        ring.Ring.Remove(ring.Ring[4]);
        await ring.Cluster.RefreshMetadataAsync(Cancelled);
        Assert.Equal(3, ring.Cluster.Metadata.Nodes.Count);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !table.IsAlive;
            },
            TimeSpan.FromSeconds(20)));
        GC.KeepAlive(read);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Weak(Cluster cluster) => new(cluster.Runtime.Routing);
    }

    [Fact]
    public async Task Components_of_a_composite_key_are_taken_in_the_tables_order()
    {
        await using var ring = new RoutedRing(4);
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.TwoKeys, Cancelled);
        for (var key = 0; key < 20; key++)
        {
            var bound = read.Bind("text", key);
            var expected = RoutingKey.FromComponents(ValueBytes.Int(key), ValueBytes.Text("text"));
            Assert.Equal(expected, bound.RoutingKey);
            Assert.Equal(ring.OwnerOf(ring.Cluster.Metadata.GetToken(expected)), await ring.AskAsync(session, bound));
        }
    }

    [Fact]
    public async Task On_version_3_the_key_is_found_in_the_servers_tables()
    {
        await using var ring = new RoutedRing(4, new ClusterOptions { ProtocolVersion = ProtocolVersion.V3 });
        for (var node = 1; node <= 4; node++)
        {
            ring.Ring[node].Server.On(
                static request => request.Mentions("FROM system_schema.columns WHERE keyspace_name = 'ks' AND table_name = 'two'"),
                static request => request.Rows(
                    [new("column_name", TypeBytes.Text), new("kind", TypeBytes.Text), new("position", TypeBytes.Int)],
                    [
                        [ValueBytes.Text("b"), ValueBytes.Text("partition_key"), ValueBytes.Int(1)], [ValueBytes.Text("v"), ValueBytes.Text("regular"), ValueBytes.Int(-1)],
                        [ValueBytes.Text("a"), ValueBytes.Text("partition_key"), ValueBytes.Int(0)],
                    ]));
        }

        var session = await ring.Ring.ConnectAsync();
        var two = await session.PrepareAsync(RoutedRing.TwoKeys, Cancelled);
        for (var key = 0; key < 20; key++)
        {
            var bound = two.Bind("text", key);
            Assert.Equal(RoutingKey.FromComponents(ValueBytes.Int(key), ValueBytes.Text("text")), bound.RoutingKey);
            Assert.Equal(ring.OwnerOf(ring.Cluster.Metadata.GetToken(bound)!.Value), await ring.AskAsync(session, bound));
        }

        // Not in the tables: the request goes round, and nothing fails.
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        Assert.Null(read.Bind(1).RoutingKey);
        await ring.AskAsync(session, read.Bind(1));
    }

    [Fact]
    public async Task Text_without_values_goes_where_the_options_say()
    {
        await using var ring = new RoutedRing(4);
        var session = await ring.Ring.ConnectAsync();
        for (var key = 0; key < 20; key++)
        {
            var routing = RoutingKey.FromComponents(ValueBytes.Int(key));
            var owner = ring.OwnerOf(key);
            var text = new SimpleStatement("SELECT 1");
            Assert.Equal(owner, await ring.AskAsync(session, text, new ExecutionOptions { RoutingKey = routing, RoutingKeyspace = "ks" }));
            Assert.Equal(owner, await ring.AskAsync(session.WithKeyspace("ks"), text, new ExecutionOptions { RoutingKey = routing }));
            Assert.Equal(owner, await ring.AskAsync(session, new SimpleStatement("SELECT 1") { Keyspace = "ks", Options = new() { RoutingKey = routing } }));
            Assert.Equal(owner, await ring.AskAsync(session, text, new ExecutionOptions { RoutingToken = ring.Cluster.Metadata.GetToken(routing), RoutingKeyspace = "ks" }));
        }
    }

    [Fact]
    public async Task What_the_options_say_comes_before_the_statements_own_key()
    {
        await using var ring = new RoutedRing(4);
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        var (own, other) = (ring.KeyOf(1), ring.KeyOf(3));
        Assert.Equal(1, await ring.AskAsync(session, read.Bind(own)));
        Assert.Equal(3, await ring.AskAsync(session, read.Bind(own), new ExecutionOptions { RoutingKey = RoutingKey.FromComponents(ValueBytes.Int(other)) }));
        var node = ring.Cluster.Metadata.FindNode(ring.Ring[4].HostId)!;
        Assert.Equal(4, await ring.AskAsync(session, read.Bind(own), new ExecutionOptions { Node = node }));
    }

    [Fact]
    public async Task A_request_for_one_node_fails_with_it()
    {
        await using var ring = new RoutedRing(3, new ClusterOptions { TimeProvider = new CountingTime(), ReconnectBaseDelay = TimeSpan.FromHours(1), ReconnectMaxDelay = TimeSpan.FromHours(1) });
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        var node = ring.Cluster.Metadata.FindNode(ring.Ring[2].HostId)!;
        ring.Ring[2].Stop();
        await ring.Ring.Changes.NextAsync(NodeChange.Down, node.HostId);
        var error = await Assert.ThrowsAsync<NoNodeAvailableException>(async () => await session.ExecuteAsync(read.Bind(1), new ExecutionOptions { Node = node }, Cancelled));
        Assert.Equal([node.EndPoint], error.Errors.Keys);
        Assert.NotEqual(2, await ring.AskAsync(session, read.Bind(1)));
    }

    [Fact]
    public async Task A_node_that_is_preferred_comes_first_and_the_others_after_it()
    {
        await using var ring = new RoutedRing(3, new ClusterOptions { TimeProvider = new CountingTime(), ReconnectBaseDelay = TimeSpan.FromHours(1), ReconnectMaxDelay = TimeSpan.FromHours(1) });
        var session = await ring.Ring.ConnectAsync();
        var read = await ring.PrepareEverywhereAsync(session, RoutedRing.Read);
        var own = ring.KeyOf(1);
        var preferred = new ExecutionOptions { PreferredNode = ring.Cluster.Metadata.FindNode(ring.Ring[2].HostId)! };
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(2, await ring.AskAsync(session, read.Bind(own), preferred));
            Assert.Equal(2, await ring.AskAsync(session, new SimpleStatement("SELECT 1"), preferred));
            Assert.Equal(2, await ring.AskAsync(session, read.Bind(own), preferred with { LoadBalancingPolicy = new RoundRobinPolicy() }));
            Assert.Equal(2, await ring.AskAsync(session, read.Bind(own), preferred with { RoutingKey = RoutingKey.FromComponents(ValueBytes.Int(ring.KeyOf(3))) }));
        }

        Assert.Equal(3, await ring.AskAsync(session, read.Bind(own), preferred with { Node = ring.Cluster.Metadata.FindNode(ring.Ring[3].HostId) }));

        ring.Ring[2].Stop();
        await ring.Ring.Changes.NextAsync(NodeChange.Down, ring.Ring[2].HostId);
        // Then the plan goes on as it would be: the key's replica.
        Assert.Equal(1, await ring.AskAsync(session, read.Bind(own), preferred));
        Assert.NotEqual(2, await ring.AskAsync(session, new SimpleStatement("SELECT 1"), preferred));
    }

    [Fact]
    public async Task A_node_that_is_preferred_may_have_left()
    {
        await using var ring = new RoutedRing(3);
        var session = await ring.Ring.ConnectAsync();
        var read = await ring.PrepareEverywhereAsync(session, RoutedRing.Read);
        var node = ring.Cluster.Metadata.FindNode(ring.Ring[3].HostId)!;
        ring.Ring.Remove(ring.Ring[3]);
        ring.Ring.Tell("TOPOLOGY_CHANGE", "REMOVED_NODE", ring.Ring[3].Address);
        await ring.Ring.Changes.NextAsync(NodeChange.Removed, node.HostId);
        Assert.NotEqual(3, await ring.AskAsync(session, read.Bind(1), new ExecutionOptions { PreferredNode = node }));
    }

    [Fact]
    public async Task A_request_for_a_node_that_has_left_fails_at_once()
    {
        await using var ring = new RoutedRing(3);
        var session = await ring.Ring.ConnectAsync();
        var node = ring.Cluster.Metadata.FindNode(ring.Ring[3].HostId)!;
        ring.Ring.Remove(ring.Ring[3]);
        ring.Ring.Tell("TOPOLOGY_CHANGE", "REMOVED_NODE", ring.Ring[3].Address);
        await ring.Ring.Changes.NextAsync(NodeChange.Removed, node.HostId);
        var error = await Assert.ThrowsAsync<NoNodeAvailableException>(async () =>
            await session.ExecuteAsync(new SimpleStatement("SELECT 1"), new ExecutionOptions { Node = node }, Cancelled));
        Assert.Empty(error.Errors);
    }

    [Fact]
    public async Task Statements_are_grouped_by_the_replica_that_is_up()
    {
        await using var ring = new RoutedRing(
            3, new ClusterOptions { TimeProvider = new CountingTime(), ReconnectBaseDelay = TimeSpan.FromHours(1), ReconnectMaxDelay = TimeSpan.FromHours(1) });
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        var statements = Enumerable.Range(0, 30).Select(key => read.Bind(key)).ToArray();
        var groups = ring.Cluster.Metadata.GroupByReplica(statements);
        Assert.Equal([1, 2, 3], groups.Select(group => RoutedRing.NumberOf(group.Key!)).Order());
        Assert.All(groups, group => Assert.All(group, statement => Assert.Same(group.Key, Assert.Single(ring.Cluster.Metadata.GetReplicas(statement)))));
        ring.Ring[2].Stop();
        await ring.Ring.Changes.NextAsync(NodeChange.Down, ring.Ring[2].HostId);
        var without = ring.Cluster.Metadata.GroupByReplica(statements);
        Assert.Equal(groups[ring.Cluster.Metadata.FindNode(ring.Ring[2].HostId)], without[null]);
    }

    [Fact]
    public async Task When_the_replica_is_down_another_node_takes_the_request_and_when_it_is_back_it_does_again()
    {
        await using var ring = new RoutedRing(3, new ClusterOptions { TimeProvider = new CountingTime(), ReconnectBaseDelay = TimeSpan.FromHours(1), ReconnectMaxDelay = TimeSpan.FromHours(1) });
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        var key = ring.KeyOf(2);
        Assert.Equal(2, await ring.AskAsync(session, read.Bind(key), Twice));
        ring.Ring[2].Stop();
        await ring.Ring.Changes.NextAsync(NodeChange.Down, ring.Ring[2].HostId);
        Assert.NotEqual(2, await ring.AskAsync(session, read.Bind(key), Twice));
        ring.Ring[2].Start();
        ring.Ring.Tell("STATUS_CHANGE", "UP", ring.Ring[2].Address);
        await ring.Ring.Changes.NextAsync(NodeChange.Up, ring.Ring[2].HostId);
        Assert.Equal(2, await ring.AskAsync(session, read.Bind(key), Twice));
    }

    [Fact]
    public async Task Of_two_replicas_the_one_with_fewer_requests_in_flight_is_taken()
    {
        await using var ring = new RoutedRing(2, replication: ("dc1", 2));
        var session = await ring.Ring.ConnectAsync();
        var read = await ring.PrepareEverywhereAsync(session, RoutedRing.Read);
        var held = (ring.Hold(1), ring.Hold(2));
        var requests = new List<Task<RowSet>>();
        var (first, second) = (ring.Cluster.Metadata.FindNode(ring.Ring[1].HostId)!, ring.Cluster.Metadata.FindNode(ring.Ring[2].HostId)!);
        for (var i = 0; i < 100; i++)
        {
            requests.Add(session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask());
            // Neither ever has more than one more than the other.
            Assert.InRange(first.InFlight - second.InFlight, -1, 1);
        }

        foreach (var (log, node) in new[] { (held.Item1, 1), (held.Item2, 2) })
        {
            for (var i = 0; i < 50; i++)
            {
                ring.Ring.AnswerByDefault(await log.NextAsync(Cancelled));
            }
        }

        await Task.WhenAll(requests);
    }

    [Fact]
    public async Task A_retry_on_the_next_node_goes_on_with_the_same_plan_replicas_first()
    {
        await using var ring = new RoutedRing(5, replication: ("dc1", 3));
        var session = await ring.Ring.ConnectAsync();
        var read = await ring.PrepareEverywhereAsync(session, RoutedRing.Read);
        for (var node = 1; node <= 5; node++)
        {
            ring.Ring[node].Server.On(
                static request => request.Is(WireOpcode.Execute) && request.Cql == RoutedRing.Read, static request => request.Error(WireError.Overloaded, "busy"));
        }

        for (var i = 0; i < 10; i++)
        {
            var key = ring.KeyOf(4);
            var error = await Assert.ThrowsAsync<OverloadedException>(async () => await session.ExecuteAsync(read.Bind(key), cancellationToken: Cancelled));
            var asked = error.Attempts.Select(attempt => ((System.Net.IPEndPoint)attempt.Node!).Address.GetAddressBytes()[3]).Select(number => (int)number).ToArray();
            Assert.Equal([1, 4, 5], asked[..3].Order());
            Assert.Equal([2, 3], asked[3..].Order());
        }
    }

    [Fact]
    public async Task A_speculative_attempt_goes_to_another_replica()
    {
        await using var ring = new RoutedRing(4, replication: ("dc1", 2));
        var session = await ring.Ring.ConnectAsync();
        var read = await ring.PrepareEverywhereAsync(session, RoutedRing.Read);
        var key = ring.KeyOf(2);
        // Nodes 2 and 3 have it; whichever is asked first keeps the request.
        var held2 = ring.Hold(2);
        var held3 = ring.Hold(3);
        var request = session.ExecuteAsync(
            read.Bind(key), new ExecutionOptions { SpeculativeExecutionPolicy = SpeculativeExecutionPolicy.Constant(TimeSpan.FromMilliseconds(20)) }, Cancelled).AsTask();
        var (one, other) = (await held2.NextAsync(Cancelled), await held3.NextAsync(Cancelled));
        ring.Ring.AnswerByDefault(one);
        Assert.Equal(2, RoutedRing.NumberOf(await request));
        ring.Ring.AnswerByDefault(other);
    }

    [Fact]
    public async Task Conditional_statements_and_serial_reads_always_go_to_the_first_replica()
    {
        await using var ring = new RoutedRing(5, replication: ("dc1", 3));
        var session = await ring.Ring.ConnectAsync();
        var conditional = await session.PrepareAsync(RoutedRing.Conditional, Cancelled);
        var read = await ring.PrepareEverywhereAsync(session, RoutedRing.Read);
        for (var key = 0; key < 20; key++)
        {
            var owner = ring.OwnerOf(key);
            Assert.Equal(owner, await ring.AskAsync(session, conditional.Bind(1, key, 2)));
            Assert.Equal(owner, await ring.AskAsync(session, read.Bind(key), new ExecutionOptions { Consistency = ConsistencyLevel.LocalSerial }));
            Assert.Equal(owner, await ring.AskAsync(session, new BatchStatement { conditional.Bind(1, key, 2) }));
        }
    }

    [Fact]
    public async Task Replicas_and_ranges_of_the_ring_are_told()
    {
        await using var ring = new RoutedRing(4, new ClusterOptions(), number => (number <= 2 ? "dc1" : "dc2", "r"), ("dc1", 1), ("dc2", 2));
        await ring.Ring.ConnectAsync();
        var metadata = ring.Cluster.Metadata;
        Assert.Equal([2, 3, 4], metadata.GetReplicas("ks", Token.FromMurmur3(PlanModel.TokenOf(1, 4))).Select(RoutedRing.NumberOf));
        Assert.Equal([1, 4, 3], metadata.GetReplicas("ks", Token.FromMurmur3(PlanModel.TokenOf(3, 4))).Select(RoutedRing.NumberOf));
        Assert.Empty(metadata.GetReplicas("unknown", Token.FromMurmur3(0)));
        var tokens = Enumerable.Range(0, 4).Select(index => Token.FromMurmur3(PlanModel.TokenOf(index, 4))).ToArray();
        Assert.Equal([new(tokens[3], tokens[0]), new(tokens[0], tokens[1]), new(tokens[1], tokens[2]), new(tokens[2], tokens[3])], metadata.TokenRanges);
        Assert.True(metadata.TokenRanges[0].IsWrapping);
        Assert.True(metadata.TokenRanges[1].Contains(tokens[1]));
        Assert.False(metadata.TokenRanges[1].Contains(tokens[0]));
        Assert.Equal([metadata.TokenRanges[1]], metadata.GetTokenRanges("ks", metadata.FindNode(ring.Ring[2].HostId)!));
        Assert.Equal(4, metadata.GetTokenRanges("ks", metadata.FindNode(ring.Ring[3].HostId)!).Count);
    }
}
