using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Mapping;

/// <summary>Types of the user's own through a real node: stored as other types, and as user-defined types, also while these are altered.</summary>
[Collection(PlainRingCollection.Name)]
public sealed class OwnTypeRingTests(PlainRing ring) : IAsyncDisposable
{
    private readonly ClassKeyspace _keyspace = new(ring);

    public ValueTask DisposeAsync() => _keyspace.DisposeAsync();

    [Theory, EachVersion]
    public async Task Types_of_ones_own_are_written_and_read_like_those_they_are_stored_as(ProtocolVersion version)
    {
        await using var cluster = await ConnectAsync(version);
        var session = await cluster.ConnectAsync(_keyspace.Name, CqlText.Cancelled);
        var table = await _keyspace.TableAsync(
            session, "id uuid PRIMARY KEY, color text, level smallint, mails list<text>, by_mail map<text, frozen<set<uuid>>>, pair tuple<uuid, text>");
        var id = new TicketId(Guid.NewGuid());
        var insert = await session.PrepareAsync($"INSERT INTO {table} (id, color, level, mails, by_mail, pair) VALUES (?, ?, ?, ?, ?, ?)".AsCql(), CqlText.Cancelled);
        var byMail = new Dictionary<Address, HashSet<TicketId>> { [new("b@c")] = [id], [new("a@b")] = [] };
        await session.RunAsync(insert.Bind(id, Shade.Dark, Shade.Light, new[] { new Address("a@b") }, byMail, (id, Shade.Dark)));

        var stored = Assert.Single((IEnumerable<Row>)await session.RunAsync($"SELECT * FROM {table}"));
        Assert.Equal((id.Value, "Dark", (short)1), (stored.Get<Guid>("id"), stored.Get<string>("color"), stored.Get<short>("level")));
        Assert.Equal(["a@b"], stored.Get<string[]>("mails"));
        Assert.Equal((id, Shade.Dark), stored.Get<(TicketId, Shade)>("pair"));
        Assert.Equal([new("a@b"), new Address("b@c")], stored.Get<Dictionary<Address, HashSet<TicketId>>>("by_mail").Keys);

        // By an interpolated string, in a partition key that routes, and into a mapped type.
        var select = new SimpleStatement($"SELECT id, color, level, mails FROM {table} WHERE id = ?", id);
        var ticket = await session.QueryAsync<Ticket>(select, cancellationToken: CqlText.Cancelled).SingleAsync(CqlText.Cancelled);
        Assert.Equal((id, Shade.Dark, Shade.Light), (ticket.Id, ticket.Color, ticket.Level));
        Assert.Equal([new Address("a@b")], ticket.Mails);

        await session.RunAsync($"UPDATE {table} SET color = 'dark' WHERE id = {id.Value}");
        var error = await Assert.ThrowsAsync<InvalidValueException>(() => session.QueryAsync<Ticket>(select, cancellationToken: CqlText.Cancelled).SingleAsync(CqlText.Cancelled).AsTask());
        Assert.Equal("Column 'color': 'dark' is no name of Shade, which has None, Light, Dark.", error.Message);
        Assert.Equal("level", (await Assert.ThrowsAsync<InvalidTypeException>(() => session.RunAsync(insert.Bind(id, Shade.Dark, "Light", null, null, null)))).Column);
    }

    [Theory, EachVersion]
    public async Task User_defined_types_are_classes_and_stay_so_when_fields_are_added(ProtocolVersion version)
    {
        await using var cluster = await ConnectAsync(version);
        var session = await cluster.ConnectAsync(_keyspace.Name, CqlText.Cancelled);
        var (road, house) = (_keyspace.NewName("road"), _keyspace.NewName("house"));
        await session.RunAsync($"CREATE TYPE {road} (number int, name text)");
        await session.RunAsync($"CREATE TYPE {house} (\"Zip Code\" text, road frozen<{road}>, others frozen<list<frozen<{road}>>>)");
        var table = await _keyspace.TableAsync(session, $"id int PRIMARY KEY, house frozen<{house}>, roads map<text, frozen<{road}>>, last {road}");
        var insert = await session.PrepareAsync($"INSERT INTO {table} (id, house, roads, last) VALUES (?, ?, ?, ?)".AsCql(), CqlText.Cancelled);
        var select = await session.PrepareAsync($"SELECT * FROM {table} WHERE id = ?".AsCql(), CqlText.Cancelled);
        var home = new House(new Road("High", 5), [new Road("a"), new Road("b", 2)], "12345");
        await session.RunAsync(insert.Bind(1, home, new Dictionary<string, Road> { ["k"] = new("c", 3) }, new Road("d")));

        var first = await ReadAsync(1);
        Assert.Equal((home.Road, home.Zip, new Road("d")), (first.House!.Road, first.House.Zip, first.Last));
        Assert.Equal(home.Others, first.House.Others);
        Assert.Equal(new Road("c", 3), first.Roads["k"]);
        Assert.Equal(
            """{"\"Zip Code\"": "12345", "road": {"number": 5, "name": "High"}, "others": [{"number": null, "name": "a"}, {"number": 2, "name": "b"}]}""",
            await session.ScalarAsync<string>($"SELECT toJson(house) FROM {table} WHERE id = 1"));
        Assert.Equal(home.Road, (await session.RunAsync($"SELECT house.road FROM {table} WHERE id = 1")).First().Get<Road>(0));

        // A member that the type has no field for yet is refused while it has a value, and goes along once the field is there.
        var colored = home with { Road = new Road("High", 5, Shade.Dark) };
        await Assert.ThrowsAsync<InvalidTypeException>(() => session.RunAsync(insert.Bind(2, colored, null, null)));
        await session.RunAsync($"ALTER TYPE {road} ADD shade text");
        Assert.Equal(home.Road, (await ReadAsync(1)).House!.Road);

        // Servers before version 5 of the protocol don't say that a prepared statement's variables have changed: it is prepared anew as another text.
        var again = await session.PrepareAsync($"INSERT INTO {table} (id,house,roads,last) VALUES (?, ?, ?, ?)".AsCql(), CqlText.Cancelled);
        await session.RunAsync(again.Bind(2, colored, new Dictionary<string, Road>(), colored.Road));
        Assert.Equal("Dark", await session.ScalarAsync<string>($"SELECT last.shade FROM {table} WHERE id = 2"));

        // Before version 5 the statement prepared first is read as the type was then: what it did not have is skipped.
        Assert.Equal(colored.Road, (await ReadAsync(2)).Last! with { Shade = Shade.Dark });
        var fresh = session.Query<Owner>($"SELECT id, house, roads, last FROM {table} WHERE id = 2".AsCql()).Single();
        Assert.Equal((colored.Road, colored.Road), (fresh.House!.Road, fresh.Last));
        Assert.Empty(fresh.Roads);

        async Task<Owner> ReadAsync(int id) => (await session.RunAsync(select.Bind(id))).As<Owner>().Single();
    }

    private async Task<Cluster> ConnectAsync(ProtocolVersion version)
    {
        await _keyspace.SessionAsync(version);
        return new Cluster(await _keyspace.OptionsAsync(version) with
        {
            Codecs =
            [
                CqlCodec.Convert<TicketId, Guid>(value => new TicketId(value), id => id.Value),
                CqlCodec.Convert<Address, string>(text => new Address(text), address => address.Text),
                CqlCodec.EnumAsText<Shade>(),
                CqlCodec.EnumAsNumber<Shade>(),
                CqlCodec.Udt<Road>(),
                CqlCodec.Udt<House>(),
            ],
        });
    }
}

internal readonly record struct TicketId(Guid Value);

internal sealed record Address(string Text);

internal enum Shade
{
    None,
    Light,
    Dark,
}

[CqlRow]
internal sealed partial record Ticket(TicketId Id, Shade? Color, Shade Level, Address[] Mails);

[CqlUdt]
internal sealed partial record Road(string Name, int? Number = null, Shade? Shade = null);

[CqlUdt]
internal sealed partial record House(Road? Road, IReadOnlyList<Road> Others, [CqlName("Zip Code")] string? Zip);

[CqlRow]
internal sealed partial record Owner(int Id, House? House, Dictionary<string, Road> Roads, Road? Last);
