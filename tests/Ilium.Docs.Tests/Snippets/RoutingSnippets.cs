namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class RoutingSnippets(DocsRing ring)
{
    [Fact]
    public async Task A_cluster_says_where_it_is()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: routing-options
        await using var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [TheNode],
            LocalDatacenter = "dc1",
            LocalRack = "rack1",
        });
        // end
        await cluster.ConnectAsync();
        Assert.Equal(NodeDistance.Local, Assert.Single(cluster.Metadata.Nodes).Distance);
    }

    [Fact]
    public async Task A_key_says_where_text_belongs()
    {
        var TheNode = await ring.NodeAsync();
        await using var cluster = new Cluster(TheNode);
        var session = await cluster.ConnectAsync();
        // snippet: routing-key
        var key = RoutingKey.FromComponents("local"u8.ToArray());
        var rows = await session.ExecuteAsync(
            "SELECT release_version FROM system.local WHERE key = 'local'", new ExecutionOptions { RoutingKey = key, RoutingKeyspace = "system" });
        // end
        Assert.Single(rows.ToArray());
    }

    [Fact]
    public async Task The_ring_is_told()
    {
        var TheNode = await ring.NodeAsync();
        await using var cluster = new Cluster(TheNode);
        var session = await cluster.ConnectAsync();
        await session.ExecuteAsync("CREATE KEYSPACE IF NOT EXISTS ringed WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1}");
        await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS ringed.users (id int PRIMARY KEY, name text)");
        await cluster.RefreshMetadataAsync();
        var read = await session.PrepareAsync("SELECT name FROM ringed.users WHERE id = ?");
        // snippet: routing-metadata
        var bound = read.Bind(7);
        Console.WriteLine($"{bound.RoutingKey} {cluster.Metadata.GetToken(bound)}");
        foreach (var replica in cluster.Metadata.GetReplicas(bound))
        {
            Console.WriteLine($"{replica} owns {cluster.Metadata.GetTokenRanges("ringed", replica).Count} of {cluster.Metadata.TokenRanges.Count} ranges");
        }

        // end
        Assert.Equal("00000007", $"{bound.RoutingKey}");
        var only = Assert.Single(cluster.Metadata.GetReplicas(bound));
        Assert.Equal(cluster.Metadata.TokenRanges, cluster.Metadata.GetTokenRanges("ringed", only));
        Assert.NotEmpty(cluster.Metadata.TokenRanges);
        await session.ExecuteAsync("DROP KEYSPACE ringed");
    }

    [Fact]
    public async Task Policies_are_set_for_a_cluster_a_profile_and_a_request()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: routing-policies
        await using var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [TheNode],
            LoadBalancingPolicy = new NodeFilterPolicy(static node => node.Rack != "maintenance"),
            Profiles = new Dictionary<string, ExecutionProfile>
            {
                ["reports"] = new() { LoadBalancingPolicy = new DefaultLoadBalancingPolicy { LocalDatacenter = "analytics" } },
            },
        });
        var session = await cluster.ConnectAsync();
        var rows = await session.ExecuteAsync("SELECT key FROM system.local", new ExecutionOptions { LoadBalancingPolicy = new RoundRobinPolicy() });
        // end
        Assert.Single(rows.ToArray());
    }

    [Fact]
    public async Task A_policy_of_your_own_orders_nodes()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: routing-own
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [TheNode], LoadBalancingPolicy = new NewestFirst() });
        // end
        var session = await cluster.ConnectAsync();
        Assert.Single((await session.ExecuteAsync("SELECT key FROM system.local")).ToArray());
    }

    // snippet: routing-own-class
    private sealed class NewestFirst : LoadBalancingPolicy
    {
        public override NodeDistance GetDistance(Node node, LoadBalancingContext context) => Default.GetDistance(node, context);

        // While a cluster is upgraded: the replicas of the newest version first, then the usual order.
        public override IEnumerable<Node> CreateQueryPlan(QueryPlanContext context) =>
            Default.CreateQueryPlan(context).OrderByDescending(node => (context.Replicas.Contains(node), node.Version));
    }
    // end
}
