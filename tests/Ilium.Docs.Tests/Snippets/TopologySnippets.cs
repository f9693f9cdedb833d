using System.Collections.Concurrent;
using System.Net;

namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class TopologySnippets(DocsRing ring)
{
    [Fact]
    public async Task Metadata_is_a_snapshot()
    {
        var TheNode = await ring.NodeAsync();
        await using var cluster = new Cluster(TheNode);
        await cluster.ConnectAsync();
        // snippet: topology-metadata
        foreach (var node in cluster.Metadata.Nodes)
        {
            Console.WriteLine($"{node.EndPoint} {node.Datacenter} {node.Rack} {node.Version} {node.State} {node.InFlight} in flight");
        }

        await cluster.RefreshMetadataAsync();
        // end
        var only = Assert.Single(cluster.Metadata.Nodes);
        Assert.Equal(("dc1", "rack1", NodeState.Up), (only.Datacenter, only.Rack, only.State));
        Assert.StartsWith("5.0.", only.ReleaseVersion, StringComparison.Ordinal);
        Assert.True(only.Version > new CassandraVersion(5, 0) && only.Version < new CassandraVersion(5, 1));
        Assert.Same(only, cluster.Metadata.FindNode(only.HostId));
        Assert.Same(only, cluster.ControlNode);
    }

    [Fact]
    public async Task Changes_of_nodes_are_told()
    {
        var TheNode = await ring.NodeAsync();
        await using var cluster = new Cluster(TheNode);
        var told = new ConcurrentQueue<NodeChange>();
        var up = new TaskCompletionSource();
        // snippet: topology-events
        cluster.NodeChanged += (_, e) =>
        {
            Console.WriteLine($"{e.Node} {e.Change}");
            //-
            told.Enqueue(e.Change);
            //-
            _ = e.Change == NodeChange.Up && up.TrySetResult();
        };
        await cluster.ConnectAsync();
        // end
        await up.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal([NodeChange.Up], told);
    }

    [Fact]
    public async Task Warming_up_connects_to_every_node()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: topology-warm-up
        await using var cluster = new Cluster(TheNode);
        foreach (var (node, reason) in await cluster.WarmUpAsync())
        {
            Console.WriteLine($"{node} is not connected: {reason.Message}");
        }

        var session = await cluster.ConnectAsync();
        // end
        Assert.Equal((NodeState.Up, 1), (Assert.Single(cluster.Metadata.Nodes).State, cluster.Metadata.Nodes[0].OpenConnections));
        Assert.NotEmpty(await session.ExecuteAsync("SELECT key FROM system.local"));
    }

    [Fact]
    public async Task A_translator_gives_the_addresses_of_this_client()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: topology-translator
        await using var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [TheNode],
            AddressTranslator = new Gateway(),
        });
        // end
        await cluster.ConnectAsync();
        Assert.Equal(NodeState.Up, Assert.Single(cluster.Metadata.Nodes).State);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("203.0.113.7"), 19002), new Gateway().Translate(new IPEndPoint(IPAddress.Parse("10.0.0.2"), 9042)));
    }

    // snippet: topology-translator-class
    private sealed class Gateway : AddressTranslator
    {
        // Node 10.0.0.n answers on port 19000 + n of the gateway.
        public override EndPoint Translate(IPEndPoint address) =>
            new IPEndPoint(IPAddress.Parse("203.0.113.7"), 19000 + address.Address.GetAddressBytes()[3]);
    }

    // end
}
