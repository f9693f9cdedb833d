namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed partial class ReadmeSnippets(DocsRing ring)
{
    // snippet: readme-type
    [CqlRow]
    public partial record User(string Name, int Age);

    // end
    [Fact]
    public async Task The_sample_of_the_readme_runs()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: readme
        await using var cluster = new Cluster(TheNode);
        var session = await cluster.ConnectAsync();
        await session.ExecuteAsync(
            "CREATE KEYSPACE IF NOT EXISTS shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");

        var shop = session.WithKeyspace("shop");
        await shop.ExecuteAsync("CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY, name text, age int)");

        // Holes of an interpolated string become bind markers; values are never part of the text.
        await shop.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({Guid.NewGuid()}, {"John"}, {30})");

        // All pages, the next one fetched while this one is read, and each row straight into a type of yours.
        await foreach (var user in shop.QueryAsync<User>("SELECT name, age FROM users"))
        {
            Console.WriteLine($"{user.Name} is {user.Age}");
        }

        // Prepared once, bound without boxing, executed any number of times.
        var insert = await shop.PrepareAsync("INSERT INTO users (id, name, age) VALUES (?, ?, ?)");
        await shop.ExecuteAsync(insert.Bind(Guid.NewGuid(), "Jane", 31));
        await shop.ExecuteAsync(
            new BatchStatement { insert.Bind(Guid.NewGuid(), "Ann", 41), insert.Bind(Guid.NewGuid(), "Bob", 52) },
            new ExecutionOptions { Consistency = ConsistencyLevel.Quorum });

        // Every verb has a synchronous twin.
        RowSet rows = shop.Execute("SELECT count(*) FROM users");
        Console.WriteLine(rows.First().Get<long>(0));
        // end
        Assert.Equal(4, rows.First().Get<long>(0));
    }
}
