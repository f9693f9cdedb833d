namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class MetadataSnippets(DocsRing ring)
{
    [Fact]
    public async Task The_schema_is_there_once_it_is_asked_for()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: metadata-read
        var metadata = await cluster.GetSchemaAsync();
        var users = metadata.FindTable(session.Keyspace!, "users")!;
        foreach (var column in users.Columns)
        {
            Console.WriteLine($"{column.Name} {column.DeclaredType} {column.Kind}");     // id uuid PartitionKey ...
        }

        Console.WriteLine(users.ToCql());       // CREATE TABLE ...
        // end
        Assert.Equal(["id", "age", "email", "name"], users.Columns.Select(column => column.Name));
        Assert.StartsWith($"CREATE TABLE {session.Keyspace}.users (", users.ToCql(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_can_be_read_while_connecting_and_in_part()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: metadata-options
        await using var cluster = new Cluster(new ClusterOptions
        {
            ContactPoints = [TheNode],
            Schema = new SchemaOptions { Loading = SchemaLoading.OnConnect, Keyspaces = ["shop", "system"] },
        });
        var session = await cluster.ConnectAsync();
        Console.WriteLine(string.Join(", ", cluster.Metadata.Keyspaces.Keys));
        // end
        Assert.Contains("system", cluster.Metadata.Keyspaces.Keys);
        Assert.DoesNotContain("system_schema", cluster.Metadata.Keyspaces.Keys);
        Assert.NotNull(session);
    }

    [Fact]
    public async Task A_change_is_everywhere_when_its_statement_ends()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: metadata-ddl
        await cluster.GetSchemaAsync();
        var created = await session.ExecuteAsync("CREATE TABLE orders (id uuid PRIMARY KEY, total decimal)");
        if (created.Info.IsSchemaInAgreement == false)
        {
            Console.WriteLine("made, but not all nodes have it yet");
        }

        Console.WriteLine(cluster.Metadata.FindTable(session.Keyspace!, "orders")!.Columns.Count);     // 2
        // end
        Assert.True(created.Info.IsSchemaInAgreement);
        Assert.Equal(2, cluster.Metadata.FindTable(session.Keyspace!, "orders")!.Columns.Count);
    }

    [Fact]
    public async Task Changes_are_told_whoever_made_them()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        await cluster.RefreshMetadataAsync();
        var told = new TaskCompletionSource<SchemaChangedEventArgs>();
        // snippet: metadata-changed
        cluster.SchemaChanged += (_, change) =>
        {
            Console.WriteLine(change);      // Table shop.users: Updated
            //-
            told.TrySetResult(change);
        };
        // end
        await session.ExecuteAsync("ALTER TABLE users ADD city text");
        var change = await told.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal($"Table {session.Keyspace}.users: Updated", change.ToString());
    }

    [Fact]
    public async Task The_schema_is_exported_by_the_driver_or_described_by_the_server()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: metadata-export
        var metadata = await cluster.GetSchemaAsync();
        foreach (var statement in metadata.FindKeyspace(session.Keyspace!)!.ToCqlStatements())
        {
            Console.WriteLine(statement);       // CREATE KEYSPACE ..., CREATE TABLE ..., to be run one by one
        }

        var described = await cluster.DescribeAsync(session.Keyspace);
        // end
        Assert.Equal(described.Select(statement => statement[..15]), metadata.FindKeyspace(session.Keyspace!)!.ToCqlStatements().Select(statement => statement[..15]));
    }
}
