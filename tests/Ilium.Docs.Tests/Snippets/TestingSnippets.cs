using Ilium.Embedded;

namespace Ilium.Docs.Tests.Snippets;

// snippet: testing-fixture
public sealed class ShopFixture : IAsyncLifetime
{
    private EmbeddedNode? _node;
    private Cluster? _cluster;
    private int _keyspaces;

    public async ValueTask InitializeAsync()
    {
        _node = await EmbeddedNode.StartAsync();
        _cluster = new Cluster(_node.Connect());
    }

    /// <summary>A session in a keyspace of its own, with the application's tables.</summary>
    public async Task<Session> ShopAsync()
    {
        var session = await _cluster!.ConnectAsync();
        var keyspace = $"shop{Interlocked.Increment(ref _keyspaces)}";
        await session.ExecuteAsync(new SimpleStatement($"CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}"));
        var shop = session.WithKeyspace(keyspace);
        await shop.ExecuteAsync("CREATE TABLE users (id uuid PRIMARY KEY, name text, age int)");
        return shop;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster!.DisposeAsync();
        await _node!.DisposeAsync();
    }
}

// end

public sealed class TestingSnippets(ShopFixture fixture) : IClassFixture<ShopFixture>
{
    // snippet: testing-test
    [Fact]
    public async Task A_user_that_was_added_is_found()
    {
        var shop = await fixture.ShopAsync();
        var id = Guid.NewGuid();
        await shop.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({id}, {"Jane"}, {31})");

        var user = Assert.Single(await shop.ExecuteAsync($"SELECT name, age FROM users WHERE id = {id}"));

        Assert.Equal(("Jane", 31), (user.Get<string>("name"), user.Get<int>("age")));
    }

    // end

    [Fact]
    public async Task The_order_of_things_is_the_tests()
    {
        await using var node = await EmbeddedNode.StartAsync();
        await using var cluster = new Cluster(node.Connect());
        var session = await cluster.ConnectAsync();
        await session.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        await session.ExecuteAsync("CREATE TABLE shop.users (id int PRIMARY KEY, name text)");
        // snippet: testing-order
        // The write is done on the node, and its client does not know that yet.
        using var held = node.Faults.Add(Fault.Hold() with { Statement = "INSERT INTO shop.users" });
        var writing = session.ExecuteAsync($"INSERT INTO shop.users (id, name) VALUES ({1}, {"Jane"})").AsTask();
        await held.WaitAsync();
        var users = await session.ExecuteAsync("SELECT name FROM shop.users");

        held.Release();
        await writing;
        // end
        Assert.Equal("Jane", Assert.Single(users).Get<string>(0));
    }
}
