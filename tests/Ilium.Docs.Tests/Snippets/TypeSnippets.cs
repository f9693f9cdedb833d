using System.Net;
using System.Numerics;

namespace Ilium.Docs.Tests.Snippets;

[Collection(DocsRingCollection.Name)]
public sealed class TypeSnippets(DocsRing ring)
{
    [Fact]
    public async Task Every_value_comes_back_as_it_was_written()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: types-scalars
        await session.ExecuteAsync(
            "CREATE TABLE readings (id timeuuid PRIMARY KEY, at timestamp, day date, hour time, every duration, price decimal, big varint, source inet)");

        var id = TimeUuid.NewId();
        var insert = await session.PrepareAsync(
            "INSERT INTO readings (id, at, day, hour, every, price, big, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        await session.ExecuteAsync(insert.Bind(
            id,
            DateTimeOffset.UnixEpoch,
            new DateOnly(2026, 11, 24),
            new TimeOnly(4, 16),
            CqlDuration.Parse("1mo2d3h"),
            12.50m,
            BigInteger.Pow(10, 40),
            IPAddress.IPv6Loopback));

        var row = (await session.ExecuteAsync($"SELECT * FROM readings WHERE id = {id}")).First();
        Console.WriteLine($"{row.Get<decimal>("price")} on {row.Get<DateOnly>("day")}");
        // end
        Assert.Equal(id, row.Get<TimeUuid>("id"));
        Assert.Equal(DateTimeOffset.UnixEpoch, row.Get<DateTimeOffset>("at"));
        Assert.Equal(new DateOnly(2026, 11, 24), row.Get<DateOnly>("day"));
        Assert.Equal(new TimeOnly(4, 16), row.Get<TimeOnly>("hour"));
        Assert.Equal(new CqlDuration(1, 2, 3L * 3600 * 1_000_000_000), row.Get<CqlDuration>("every"));
        Assert.Equal(12.50m, row.Get<decimal>("price"));
        Assert.Equal(BigInteger.Pow(10, 40), row.Get<BigInteger>("big"));
        Assert.Equal(IPAddress.IPv6Loopback, row.Get<IPAddress>("source"));
    }

    [Fact]
    public async Task Collections_tuples_vectors_and_user_defined_types()
    {
        var (cluster, session) = await ring.ShopAsync();
        await using var _ = cluster;
        // snippet: types-collections
        await session.ExecuteAsync("CREATE TYPE address (street text, number int)");
        await session.ExecuteAsync(
            "CREATE TABLE things (id int PRIMARY KEY, tags set<text>, scores list<int>, prices map<text, decimal>, " +
            "place tuple<double, double>, embedding vector<float, 3>, home frozen<address>)");

        var insert = await session.PrepareAsync(
            "INSERT INTO things (id, tags, scores, prices, place, embedding, home) VALUES (?, ?, ?, ?, ?, ?, ?)");
        var home = new UdtValue((CqlUserType)insert.Variables[6].Type, "High Street", 12);
        await session.ExecuteAsync(insert.Bind(
            1,
            new HashSet<string> { "new", "red" },
            new[] { 3, 1, 3 },
            new Dictionary<string, decimal> { ["EUR"] = 9.90m },
            (52.5, 13.4),
            new[] { 0.1f, 0.2f, 0.3f },
            home));

        var row = (await session.ExecuteAsync("SELECT * FROM things WHERE id = 1")).First();
        var tags = row.Get<HashSet<string>>("tags");
        var scores = row.Get<List<int>>("scores");
        var prices = row.Get<Dictionary<string, decimal>>("prices");
        var (latitude, longitude) = row.Get<(double, double)>("place");
        var embedding = row.Get<float[]>("embedding");
        var number = row.Get<UdtValue>("home").Get<int>("number");
        // end
        Assert.Equal(["new", "red"], tags.Order());
        Assert.Equal([3, 1, 3], scores);
        Assert.Equal(9.90m, prices["EUR"]);
        Assert.Equal((52.5, 13.4), (latitude, longitude));
        Assert.Equal([0.1f, 0.2f, 0.3f], embedding);
        Assert.Equal(12, number);
    }

    [Fact]
    public void Times_of_a_timeuuid_can_be_bounded()
    {
        // snippet: types-timeuuid
        var at = new DateTimeOffset(2026, 11, 24, 4, 16, 0, TimeSpan.Zero);
        var from = TimeUuid.Min(at);                            // WHERE id >= ? AND id <= ?
        var to = TimeUuid.Max(at);
        Console.WriteLine(TimeUuid.NewId(at).Timestamp);
        // end
        Assert.True(from < to);
        Assert.Equal(at, from.Timestamp);
    }
}
