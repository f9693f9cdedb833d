using Ilium.TestKit;


namespace Ilium.Tests.Routing;

/// <summary>The policies there are, and those that users write.</summary>
public class LoadBalancingPolicyTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static Func<int, (string, string)> TwoEach => number => (number <= 2 ? "dc1" : "dc2", "r");

    [Fact]
    public async Task Round_robin_goes_through_all_nodes_of_all_data_centers_in_turn()
    {
        await using var ring = new RoutedRing(4, new ClusterOptions { LoadBalancingPolicy = new RoundRobinPolicy() }, TwoEach, ("dc1", 1), ("dc2", 1));
        var session = await ring.Ring.ConnectAsync();
        var text = new SimpleStatement("SELECT 1");
        var four = new int[4];
        for (var i = 0; i < 8; i++)
        {
            four[await ring.AskAsync(session, text) - 1]++;
        }

        Assert.Equal([2, 2, 2, 2], four);
        Assert.All(ring.Cluster.Metadata.Nodes, node => Assert.Equal((NodeDistance.Local, 1), (node.Distance, node.OpenConnections)));
    }

    [Fact]
    public async Task A_default_policy_that_is_not_token_aware_goes_round_the_local_data_center()
    {
        await using var ring = new RoutedRing(
            4, new ClusterOptions { LoadBalancingPolicy = new DefaultLoadBalancingPolicy { IsTokenAware = false, LocalDatacenter = "dc2" } }, TwoEach, ("dc2", 1));
        var session = await ring.Ring.ConnectAsync();
        var read = await ring.PrepareEverywhereAsync(session, RoutedRing.Read);
        var key = ring.KeyOf(3);
        Assert.Equal([3, 4], new[] { await ring.AskAsync(session, read.Bind(key)), await ring.AskAsync(session, read.Bind(key)) }.Order());
        Assert.Equal((0, 0), (ring.Cluster.Metadata.FindNode(ring.Ring[1].HostId)!.OpenConnections, ring.Cluster.Metadata.FindNode(ring.Ring[2].HostId)!.OpenConnections));
    }

    [Fact]
    public async Task Only_nodes_of_the_allow_list_are_connected_to_and_asked()
    {
        var policy = new AllowListPolicy(["10.0.0.1", "10.0.0.3:9042", "10.0.0.4:9999"]);
        await using var ring = new RoutedRing(4, new ClusterOptions { LoadBalancingPolicy = policy }, replication: ("dc1", 3));
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        for (var key = 0; key < 40; key++)
        {
            // Every key has one of the two among its three replicas.
            var answered = await ring.AskAsync(session, read.Bind(key));
            Assert.Contains(answered, new[] { 1, 3 });
            Assert.Contains(answered, ring.Cluster.Metadata.GetReplicas(read.Bind(key)).Select(RoutedRing.NumberOf));
        }

        Assert.Equal((0, 0), (ring.Ring[2].Attempts, ring.Ring[4].Attempts));
        Assert.Throws<ArgumentException>(() => new AllowListPolicy([]));
    }

    [Fact]
    public async Task A_filter_leaves_nodes_out_and_is_asked_again_when_the_nodes_are_read()
    {
        var excluded = 2;
        var policy = new NodeFilterPolicy(node => RoutedRing.NumberOf(node) != Volatile.Read(ref excluded));
        await using var ring = new RoutedRing(3, new ClusterOptions { LoadBalancingPolicy = policy });
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        var (of2, of3) = (ring.KeyOf(2), ring.KeyOf(3));
        Assert.NotEqual(2, await ring.AskAsync(session, read.Bind(of2)));
        Assert.Equal(3, await ring.AskAsync(session, read.Bind(of3)));
        Assert.Equal(NodeState.Ignored, ring.Cluster.Metadata.FindNode(ring.Ring[2].HostId)!.State);
        Volatile.Write(ref excluded, 3);
        await ring.Cluster.RefreshMetadataAsync(Cancelled);
        await ring.Ring.Changes.NextAsync(NodeChange.Up, ring.Ring[2].HostId);
        Assert.Equal(2, await ring.AskAsync(session, read.Bind(of2)));
        Assert.NotEqual(3, await ring.AskAsync(session, read.Bind(of3)));
        Assert.Equal(NodeState.Ignored, ring.Cluster.Metadata.FindNode(ring.Ring[3].HostId)!.State);
    }

    [Fact]
    public async Task A_profile_may_have_a_policy_for_another_data_center_whose_nodes_are_connected_to()
    {
        var options = new ClusterOptions
        {
            Profiles = new Dictionary<string, ExecutionProfile>
            {
                ["reports"] = new() { LoadBalancingPolicy = new DefaultLoadBalancingPolicy { LocalDatacenter = "dc2" } },
            },
        };
        await using var ring = new RoutedRing(4, options, TwoEach, ("dc1", 1), ("dc2", 1));
        var session = await ring.Ring.ConnectAsync();
        var reports = session.WithProfile("reports");
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        for (var key = 0; key < 20; key++)
        {
            var replicas = ring.Cluster.Metadata.GetReplicas(read.Bind(key)).Select(RoutedRing.NumberOf).ToArray();
            Assert.Equal(replicas[0], await ring.AskAsync(session, read.Bind(key)));
            Assert.Equal(replicas[1], await ring.AskAsync(reports, read.Bind(key)));
            Assert.InRange(replicas[1], 3, 4);
            var once = new ExecutionOptions { LoadBalancingPolicy = new NodeFilterPolicy(static node => RoutedRing.NumberOf(node) == 2) };
            Assert.Equal(2, await ring.AskAsync(reports, read.Bind(key), once));
        }
    }

    [Fact]
    public async Task A_policy_of_the_users_own_is_told_of_the_request_and_names_the_nodes_in_order()
    {
        var policy = new Reversing();
        await using var ring = new RoutedRing(4, new ClusterOptions { LoadBalancingPolicy = policy }, replication: ("dc1", 2));
        var session = await ring.Ring.ConnectAsync();
        var conditional = await session.PrepareAsync(RoutedRing.Conditional, Cancelled);
        var key = ring.KeyOf(2);
        var bound = conditional.Bind(1, key, 2);
        Assert.Equal(3, await ring.AskAsync(session, bound, new ExecutionOptions { IsIdempotent = true, Consistency = ConsistencyLevel.Quorum }));
        var context = policy.Last!;
        Assert.Same(bound, context.Statement);
        Assert.Equal(("ks", true, true, ConsistencyLevel.Quorum), (context.Keyspace, context.IsConditional, context.IsIdempotent, context.Consistency));
        Assert.Equal(ring.Cluster.Metadata.GetToken(bound), context.Token);
        Assert.Equal([2, 3], context.Replicas.Select(RoutedRing.NumberOf));
        Assert.Equal(4, context.Nodes.Count);
        Assert.Equal(("dc1", null, 4), (context.Cluster.LocalDatacenter, context.Cluster.LocalRack, context.Cluster.Nodes.Count));
        // What has no token has no replicas; wrapping the default's order works all the same.
        await ring.AskAsync(session, new SimpleStatement("SELECT 1"));
        Assert.Null(policy.Last!.Token);
        Assert.Empty(policy.Last!.Replicas);
    }

    [Fact]
    public async Task Retries_go_on_where_the_plan_of_a_users_policy_was_which_is_asked_once()
    {
        var policy = new Reversing();
        await using var ring = new RoutedRing(3, new ClusterOptions { LoadBalancingPolicy = policy }, replication: ("dc1", 3));
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        var asked = policy.Asked;
        foreach (var node in new[] { 1, 3 })
        {
            ring.Ring[node].Server.On(
                static request => request.Is(WireOpcode.Execute), static request => request.Error(WireError.Overloaded, "busy"));
        }

        Assert.Equal(2, await ring.AskAsync(session, read.Bind(1)));
        Assert.Equal(asked + 1, policy.Asked);
    }

    [Fact]
    public async Task A_policy_that_throws_or_names_nobody_gives_an_error_that_says_so()
    {
        await using var ring = new RoutedRing(2);
        var session = await ring.Ring.ConnectAsync();
        var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
        var thrower = new Scripted(static _ => throw new FormatException("no idea"));
        var error = await Assert.ThrowsAsync<LoadBalancingPolicyException>(async () =>
            await session.ExecuteAsync(read.Bind(1), new ExecutionOptions { LoadBalancingPolicy = thrower }, Cancelled));
        Assert.Equal("The load-balancing policy Scripted failed with FormatException when it was asked for a plan: no idea", error.Message);
        Assert.Same(thrower, error.Policy);
        Assert.IsType<FormatException>(error.InnerException);
        var silent = new Scripted(static _ => []);
        error = Assert.Throws<LoadBalancingPolicyException>(() => session.Execute(read.Bind(1), new ExecutionOptions { LoadBalancingPolicy = silent }));
        Assert.Equal("The load-balancing policy Scripted named no node for the request, of the 2 that are used.", error.Message);
        Assert.InRange(await ring.AskAsync(session, read.Bind(1)), 1, 2);
        // One that never ends names everybody soon enough.
        var endless = new Scripted(static context => Enumerable.Repeat(context.Nodes, int.MaxValue).SelectMany(static nodes => nodes));
        Assert.InRange(await ring.AskAsync(session, read.Bind(1), new ExecutionOptions { LoadBalancingPolicy = endless }), 1, 2);
    }

    [Fact]
    public async Task A_policy_that_throws_when_asked_for_a_distance_ends_connecting_and_later_leaves_the_nodes_as_they_were()
    {
        var policy = new Scripted(static context => context.Nodes) { Distance = static _ => throw new FormatException("no idea") };
        await using var ring = new RoutedRing(2, new ClusterOptions { LoadBalancingPolicy = policy, MetadataRefreshPause = TimeSpan.FromHours(1) });
        var error = await Assert.ThrowsAsync<LoadBalancingPolicyException>(async () => await ring.Cluster.ConnectAsync(Cancelled));
        Assert.Equal("The load-balancing policy Scripted failed with FormatException when it was asked for the distance of a node: no idea", error.Message);
        policy.Distance = static _ => NodeDistance.Local;
        var session = await ring.Ring.ConnectAsync();
        policy.Distance = static _ => throw new FormatException("no idea");
        await Assert.ThrowsAsync<LoadBalancingPolicyException>(async () => await ring.Cluster.RefreshMetadataAsync(Cancelled));
        Assert.Single(ring.Ring.Logs.Of(110));
        Assert.InRange(await ring.AskAsync(session, new SimpleStatement("SELECT 1")), 1, 2);
    }

    [Fact]
    public async Task A_data_center_that_was_not_given_is_that_of_the_first_node_and_said_in_the_log_where_there_are_others()
    {
        await using var ring = new RoutedRing(4, new ClusterOptions(), TwoEach);
        await ring.Ring.ConnectAsync();
        Assert.Equal(
            ["No local data center was given: 'dc1', that of 10.0.0.1:9042, which answered first, takes the requests, of dc1, dc2. Set ClusterOptions.LocalDatacenter."],
            ring.Ring.Logs.Of(113));
        await using var given = new RoutedRing(4, new ClusterOptions { LocalDatacenter = "dc1" }, TwoEach);
        await given.Ring.ConnectAsync();
        Assert.Empty(given.Ring.Logs.Of(113));
        await using var only = new RoutedRing(2);
        await only.Ring.ConnectAsync();
        Assert.Empty(only.Ring.Logs.Of(113));
    }

    [Fact]
    public async Task A_policy_that_leaves_out_every_node_ends_connecting_and_says_which_nodes_there_are()
    {
        LoadBalancingPolicy[] policies =
        [
            new AllowListPolicy(["10.9.9.9"]), new NodeFilterPolicy(static _ => false), new DefaultLoadBalancingPolicy { LocalDatacenter = "DC1" },
        ];
        foreach (var policy in policies)
        {
            await using var ring = new RoutedRing(2, new ClusterOptions { LoadBalancingPolicy = policy });
            var error = await Assert.ThrowsAsync<LoadBalancingPolicyException>(async () => await ring.Cluster.ConnectAsync(Cancelled));
            Assert.Equal(
                $"The load-balancing policy {policy.GetType().Name} leaves out every node of the cluster, which has 10.0.0.1:9042 (dc1, r1), 10.0.0.2:9042 (dc1, r1).", error.Message);
            Assert.False(error.IsTransient);
        }
    }

    [Fact]
    public async Task A_filter_that_fails_later_fails_requests_of_its_own_and_changes_no_node()
    {
        await using var ring = new RoutedRing(2);
        var session = await ring.Ring.ConnectAsync();
        var filter = new NodeFilterPolicy(static _ => throw new FormatException("no idea"));
        var error = await Assert.ThrowsAsync<LoadBalancingPolicyException>(async () =>
            await session.ExecuteAsync("SELECT 1", new ExecutionOptions { LoadBalancingPolicy = filter }, Cancelled));
        Assert.Equal("The load-balancing policy NodeFilterPolicy failed with FormatException when it was asked for the distance of a node: no idea", error.Message);
        Assert.InRange(await ring.AskAsync(session, new SimpleStatement("SELECT 1")), 1, 2);
    }

    [Fact]
    public async Task A_data_center_that_the_cluster_does_not_have_ends_connecting_and_a_rack_is_said_in_the_log()
    {
        await using var misspelt = new RoutedRing(4, new ClusterOptions { LocalDatacenter = "Dc1" }, TwoEach);
        var error = await Assert.ThrowsAsync<InvalidOptionsException>(async () => await misspelt.Ring.Cluster.ConnectAsync(Cancelled));
        Assert.Equal("The options cannot be used: LocalDatacenter is 'Dc1', but the cluster has dc1, dc2: spell it as the cluster does.", error.Message);
        await using var ring = new RoutedRing(2, new ClusterOptions { LocalRack = "R1" });
        await ring.Ring.ConnectAsync();
        Assert.Equal(["ClusterOptions.LocalRack is 'R1', but data center 'dc1' has r1: no node is nearer than another."], ring.Ring.Logs.Of(114));
        await using var right = new RoutedRing(2, new ClusterOptions { LocalRack = "r1" });
        await right.Ring.ConnectAsync();
        Assert.Empty(right.Ring.Logs.Of(114));
    }

    [Fact]
    public async Task One_policy_may_serve_several_clusters()
    {
        var policy = new NodeFilterPolicy(static _ => true, new DefaultLoadBalancingPolicy());
        await using var one = new RoutedRing(2, new ClusterOptions { LoadBalancingPolicy = policy });
        await using var other = new RoutedRing(3, new ClusterOptions { LoadBalancingPolicy = policy });
        foreach (var ring in new[] { one, other })
        {
            var session = await ring.Ring.ConnectAsync();
            var read = await session.PrepareAsync(RoutedRing.Read, Cancelled);
            Assert.Equal(ring.OwnerOf(7), await ring.AskAsync(session, read.Bind(7)));
        }
    }

    /// <summary>The default's order backwards.</summary>
    private sealed class Reversing : LoadBalancingPolicy
    {
        private int _asked;

        internal QueryPlanContext? Last { get; private set; }

        internal int Asked => _asked;

        public override NodeDistance GetDistance(Node node, LoadBalancingContext context) => Default.GetDistance(node, context);

        public override IEnumerable<Node> CreateQueryPlan(QueryPlanContext context)
        {
            Interlocked.Increment(ref _asked);
            Last = context;
            var order = Default.CreateQueryPlan(context).ToArray();
            var replicas = order.Where(context.Replicas.Contains).Reverse();
            return [.. replicas, .. order.Except(replicas)];
        }
    }

    private sealed class Scripted(Func<QueryPlanContext, IEnumerable<Node>> plan) : LoadBalancingPolicy
    {
        internal Func<Node, NodeDistance> Distance { get; set; } = static _ => NodeDistance.Local;

        public override NodeDistance GetDistance(Node node, LoadBalancingContext context) => Distance(node);

        public override IEnumerable<Node> CreateQueryPlan(QueryPlanContext context) => plan(context);
    }
}
