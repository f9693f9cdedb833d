namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class RowSnippets(DocsRing ring)
{
    private const int Users = 25;

    [Fact]
    public async Task Values_are_read_by_ordinal_or_name()
    {
        var (cluster, session) = await FilledShopAsync();
        await using var _ = cluster;
        var emails = 0;
        // snippet: rows-read
        using var rows = await session.ExecuteAsync("SELECT id, name, age, email FROM users");
        foreach (var row in rows)
        {
            var id = row.Get<Guid>(0);
            var name = row.Get<string>("name");
            var age = row.Get<int?>("age");                 // null for null; Get<int> would throw
            if (row.TryGet<string>("email", out var email))
            {
                Console.WriteLine($"{id} {name} {age} {email}");
            }
            //-
            emails += email is null ? 0 : 1;
        }

        // end
        Assert.Equal(0, emails);
        Assert.Equal(Users, rows.Count);
        Assert.Equal("email", Assert.Throws<InvalidValueException>(() => session.Execute("SELECT email FROM users").First().Get<Guid>(0) is var _).Column);
    }

    [Fact]
    public async Task Pages_follow_each_other_by_themselves()
    {
        var (cluster, session) = await FilledShopAsync();
        await using var _ = cluster;
        var cancellationToken = TestContext.Current.CancellationToken;
        var seen = 0;
        // snippet: rows-query
        var options = new ExecutionOptions { PageSize = 10 };
        await foreach (var row in session.QueryAsync("SELECT name FROM users", options, cancellationToken))
        {
            Console.WriteLine(row.Get<string>("name"));
            //-
            seen++;
        }

        // end
        Assert.Equal(Users, seen);
    }

    [Fact]
    public async Task A_paging_state_is_a_token()
    {
        var (cluster, session) = await FilledShopAsync();
        await using var _ = cluster;
        // snippet: rows-paging-state
        var page = await session.ExecuteAsync("SELECT name FROM users", new ExecutionOptions { PageSize = 10 });
        string? token = page.PagingState?.ToToken();            // URL-safe text; null on the last page

        // Later, perhaps in another process:
        if (token is not null)
        {
            var next = new ExecutionOptions { PageSize = 10, PagingState = PagingState.FromToken(token) };
            page = await session.ExecuteAsync("SELECT name FROM users", next);
        }

        // end
        Assert.Equal(10, page.Count);
        Assert.True(page.HasMorePages);
        await Assert.ThrowsAsync<PagingStateException>(
            () => session.ExecuteAsync("SELECT age FROM users", new ExecutionOptions { PagingState = PagingState.FromToken(token!) }).AsTask());
    }

    private async Task<(Cluster Cluster, Session Session)> FilledShopAsync()
    {
        var (cluster, session) = await ring.ShopAsync();
        for (var i = 0; i < Users; i++)
        {
            await session.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({Guid.NewGuid()}, {$"user {i}"}, {i})");
        }

        return (cluster, session);
    }
}
