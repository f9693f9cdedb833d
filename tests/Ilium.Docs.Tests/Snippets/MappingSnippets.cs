namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed partial class MappingSnippets(DocsRing ring)
{
    // snippet: mapping-type
    [CqlRow]
    public partial record User(Guid Id, string Name, int Age, string? Email = null);

    // end

    [Fact]
    public async Task Rows_become_values_of_a_record()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        await session.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({Guid.NewGuid()}, {"Ann"}, {41})");
        await session.ExecuteAsync($"INSERT INTO users (id, name, age, email) VALUES ({Guid.NewGuid()}, {"Bob"}, {17}, {"bob@example.org"})");
        var seen = new List<User>();
        // snippet: mapping-query
        await foreach (var user in session.QueryAsync<User>($"SELECT id, name, age FROM users WHERE age > {18} ALLOW FILTERING"))
        {
            Console.WriteLine($"{user.Name} is {user.Age}");
            //-
            seen.Add(user);
        }

        // end
        Assert.Equal(("Ann", 41, null), (seen.Single().Name, seen[0].Age, seen[0].Email));
        var names = new List<string>();
        // snippet: mapping-page
        using var rows = await session.ExecuteAsync("SELECT * FROM users");
        foreach (var user in rows.As<User>())
        {
            Console.WriteLine($"{user.Name}: {user.Email ?? "no address"}");
            //-
            names.Add($"{user.Name} {user.Email}");
        }

        var first = rows.First().To<User>();
        // end
        Assert.Equal(["Ann ", "Bob bob@example.org"], names.Order());
        Assert.Contains(first.Name, names[0], StringComparison.Ordinal);
        Assert.Equal("Bob", (await session.QueryAsync<User>("SELECT * FROM users").Where(user => user.Age < 18).FirstOrDefaultAsync())!.Name);
    }

    [Fact]
    public async Task Members_of_classes_keep_what_no_column_sets()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        var id = Guid.NewGuid();
        await session.ExecuteAsync($"INSERT INTO users (id, name, age) VALUES ({id}, {"Ann"}, {41})");

        var whole = session.Query<Account>("SELECT * FROM users").Single();
        Assert.Equal((id, "Ann", 41, false), (whole.Id, whole.Name, whole.Years, whole.IsNew));
        var part = session.Query<Account>("SELECT id FROM users").Single();
        Assert.Equal((id, "(none)", null, false), (part.Id, part.Name, part.Years, part.IsNew));
        Assert.Equal(["Id"], Assert.Throws<MappingException>(() => session.Query<Account>("SELECT name FROM users").Single()).Members);
    }

    // snippet: mapping-class
    public abstract class Entity
    {
        public required Guid Id { get; init; }
    }

    [CqlRow]
    public partial class Account : Entity
    {
        public string Name { get; set; } = "(none)";        // stays when there is no column 'name'

        [CqlName("age")]
        public int? Years { get; init; }

        [CqlIgnore]
        public bool IsNew { get; set; }
    }

    // end
}
