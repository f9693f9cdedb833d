namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class PreparedSnippets(DocsRing ring)
{
    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public async Task A_handle_outlives_schema_changes(ProtocolVersion version)
    {
        var (cluster, session) = await ring.ShopAsync(options => options with { ProtocolVersion = version });
        await using var _ = cluster;
        await session.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({Guid.NewGuid()}, {"Ann"}, {41})");
        // snippet: prepared-alter
        var select = await session.PrepareAsync("SELECT * FROM users");
        var before = await session.ExecuteAsync(select.Bind());

        await session.ExecuteAsync("ALTER TABLE users ADD city text");

        var after = await session.ExecuteAsync(select.Bind());
        Console.WriteLine($"{before.Columns.Count} columns, then {after.Columns.Count}");
        // end
        Assert.Equal(4, before.Columns.Count);
        Assert.Equal(5, after.Columns.Count);
        Assert.Equal(["id", "age", "city", "email", "name"], after.Columns.Select(column => column.Name));
        Assert.Equal("Ann", after.First().Get<string>("name"));
    }

    [Fact]
    public async Task Preparing_the_same_text_again_is_a_look_up()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: prepared-cache
        var first = await session.PrepareAsync("SELECT name FROM users WHERE id = ?");
        var second = await session.PrepareAsync("SELECT name FROM users WHERE id = ?");
        Console.WriteLine(ReferenceEquals(first, second));      // True
        // end
        Assert.Same(first, second);
    }
}
