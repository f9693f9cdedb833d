using Ilium.Embedded;

namespace Ilium.Docs.Tests.Snippets;

public sealed class EmbeddedSnippets
{
    [Fact]
    public async Task An_embedded_node_answers()
    {
        // snippet: embedded
        await using var node = await EmbeddedNode.StartAsync();
        await using var cluster = new Cluster(node.ContactPoint);
        var session = await cluster.ConnectAsync();
        await session.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        await session.ExecuteAsync("CREATE TABLE shop.users (id uuid PRIMARY KEY, name text, age int)");
        await session.ExecuteAsync($"INSERT INTO shop.users (id, name, age) VALUES ({Guid.NewGuid()}, {"Jane"}, {31})");
        RowSet users = await session.ExecuteAsync("SELECT name, age FROM shop.users");
        // end
        Assert.Equal("Jane", users.First().Get<string>("name"));
    }

    [Fact]
    public async Task What_goes_wrong_is_asked_for_by_name()
    {
        await using var node = await EmbeddedNode.StartAsync();
        // snippet: embedded-faults
        await using var cluster = new Cluster(node.Connect());
        var session = await cluster.ConnectAsync();

        await session.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        await session.ExecuteAsync("CREATE TABLE shop.users (id uuid PRIMARY KEY, name text)");

        // The next two statements about users fail, whoever sends them.
        using var overloaded = node.Faults.Add(Fault.Overloaded() with { Statement = "shop.users", Times = 2 });
        await Assert.ThrowsAsync<OverloadedException>(() => session.ExecuteAsync("SELECT name FROM shop.users").AsTask());
        await Assert.ThrowsAsync<OverloadedException>(() => session.ExecuteAsync("SELECT name FROM shop.users").AsTask());
        var rows = await session.ExecuteAsync("SELECT name FROM shop.users");
        // end
        Assert.Equal(2, overloaded.Met);
        Assert.Empty(rows);
    }

    [Fact]
    public async Task Several_nodes_make_a_cluster()
    {
        // snippet: embedded-cluster
        await using var nodes = await EmbeddedCluster.StartAsync(
        [
            new EmbeddedNodeOptions { Datacenter = "east", Rack = "r1" },
            new EmbeddedNodeOptions { Datacenter = "east", Rack = "r2" },
            new EmbeddedNodeOptions { Datacenter = "west" },
        ]);
        await using var cluster = new Cluster(nodes.Connect(new ClusterOptions { ContactPoints = ["replaced"], LocalDatacenter = "east" }));
        var session = await cluster.ConnectAsync();

        // One node goes; the others answer.
        nodes.Nodes[0].RefuseConnections();
        RowSet rows = await session.ExecuteAsync("SELECT data_center FROM system.local", new ExecutionOptions { IsIdempotent = true });
        // end
        Assert.Equal("east", rows.First().Get<string>(0));
    }
}
