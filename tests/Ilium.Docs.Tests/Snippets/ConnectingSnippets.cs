namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class ConnectingSnippets(DocsRing ring)
{
    [Fact]
    public void Options_are_a_record()
    {
        // snippet: connect-options
        var options = new ClusterOptions
        {
            ContactPoints = ["node1.example", "node2.example:9043", "[2001:db8::3]:9042"],
            LocalDatacenter = "dc1",
            Keyspace = "shop",
            Consistency = ConsistencyLevel.LocalQuorum,
            ApplicationName = "orders",
        };
        using var cluster = new Cluster(options);
        using var reports = new Cluster(options with { RequestTimeout = TimeSpan.FromMinutes(2) });
        // end
        Assert.Equal(TimeSpan.FromSeconds(10), cluster.Options.RequestTimeout);
        Assert.Equal("shop", reports.Options.Keyspace);
    }

    [Fact]
    public void A_connection_string_says_the_same()
    {
        // snippet: connect-string
        using var cluster = Cluster.Parse("Contact Points=node1.example,node2.example:9043;Local Datacenter=dc1;Keyspace=shop;Username=app;Password=secret");
        // end
        Assert.Equal("dc1", cluster.Options.LocalDatacenter);
        Assert.Equal(2, cluster.Options.ContactPoints.Count);
        Assert.Equal("shop", cluster.Options.Keyspace);
        Assert.NotNull(cluster.Options.AuthProvider);
    }

    [Fact]
    public void All_faults_are_listed_at_once()
    {
        // snippet: connect-faults
        try
        {
            using var cluster = new Cluster(new ClusterOptions { PageSize = -1, Port = 99999 });
        }
        catch (InvalidOptionsException e)
        {
            foreach (var fault in e.Faults)
            {
                Console.Error.WriteLine(fault);
            }
        }

        // end
        var faults = Assert.Throws<InvalidOptionsException>(() => new Cluster(new ClusterOptions { PageSize = -1, Port = 99999 })).Faults;
        Assert.Equal(3, faults.Count);
    }

    [Fact]
    public async Task Sessions_are_views_in_keyspaces()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: connect-sessions
        await using var cluster = new Cluster(TheNode);
        var session = await cluster.ConnectAsync();
        var tables = session.WithKeyspace("system_schema");
        var names = await tables.ExecuteAsync("SELECT table_name FROM tables WHERE keyspace_name = 'system'");

        await session.ExecuteAsync("USE system");
        Console.WriteLine($"{session.Keyspace}, {tables.Keyspace}: {names.Count} tables");
        // end
        Assert.Equal("system", session.Keyspace);
        Assert.Equal("system_schema", tables.Keyspace);
        Assert.True(names.Count > 5);
    }
}
