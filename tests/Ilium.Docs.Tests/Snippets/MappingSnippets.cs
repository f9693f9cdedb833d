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

    [Fact]
    public async Task Values_of_types_of_your_own_are_stored_as_the_options_say()
    {
        var TheNode = await ring.NodeAsync();
        // snippet: mapping-codecs
        var options = new ClusterOptions
        {
            ContactPoints = [TheNode],
            Codecs =
            [
                CqlCodec.Convert<OrderId, Guid>(value => new OrderId(value), id => id.Value),
                CqlCodec.EnumAsText<OrderState>(),
            ],
        };
        // end
        var (cluster, session) = await ring.ShopAsync(_ => options);
        await using var _ = cluster;
        await session.ExecuteAsync("CREATE TABLE orders (id uuid PRIMARY KEY, state text, prices map<text, decimal>)");
        // snippet: mapping-codecs-use
        var id = new OrderId(Guid.NewGuid());
        await session.ExecuteAsync($"INSERT INTO orders (id, state) VALUES ({id}, {OrderState.Paid})");

        var order = await session.QueryAsync<Order>($"SELECT * FROM orders WHERE id = {id}").FirstAsync();
        Console.WriteLine($"{order.Id.Value} is {order.State}");
        // end
        Assert.Equal((id, OrderState.Paid, 0), (order.Id, order.State, order.Prices.Count));
        Assert.Equal("Paid", (await session.ExecuteAsync("SELECT state FROM orders")).First().Get<string>(0));
    }

    [Fact]
    public async Task User_defined_types_are_classes()
    {
        var (cluster, session) = await ring.ShopAsync(options => options with { Codecs = [CqlCodec.Udt<Address>()] });
        await using var _ = cluster;
        // snippet: mapping-udt-use
        await session.ExecuteAsync("CREATE TYPE address (street text, number int)");
        await session.ExecuteAsync("CREATE TABLE homes (id int PRIMARY KEY, home frozen<address>, others list<frozen<address>>)");

        var home = new Address("High Street", 12);
        await session.ExecuteAsync($"INSERT INTO homes (id, home, others) VALUES ({1}, {home}, {new[] { home, home with { Number = 14 } }})");

        var row = (await session.ExecuteAsync("SELECT home, others FROM homes WHERE id = 1")).First();
        Console.WriteLine(row.Get<Address>("home").Street);
        var others = row.Get<List<Address>>("others");
        // end
        Assert.Equal(home, row.Get<Address>("home"));
        Assert.Equal([12, 14], others.Select(one => one.Number));
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

// snippet: mapping-own-types
public readonly record struct OrderId(Guid Value);

public enum OrderState
{
    New,
    Paid,
    Sent,
}

[CqlRow]
public sealed partial record Order(OrderId Id, OrderState State, Dictionary<string, decimal> Prices);

// end
// snippet: mapping-udt
[CqlUdt]
public sealed partial record Address(string Street, int? Number, string? Zip = null);

// end
