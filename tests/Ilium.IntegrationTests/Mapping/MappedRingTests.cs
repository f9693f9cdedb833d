using System.Net;
using System.Numerics;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Mapping;

/// <summary>Rows of a real node straight into types.</summary>
[Collection(PlainRingCollection.Name)]
public sealed partial class MappedRingTests(PlainRing ring) : IAsyncDisposable
{
    private readonly ClassKeyspace _keyspace = new(ring);

    public ValueTask DisposeAsync() => _keyspace.DisposeAsync();

    [Theory, EachVersion]
    public async Task Every_type_of_column_is_read_into_its_member(ProtocolVersion version)
    {
        var session = await _keyspace.SessionAsync(version);
        var table = await _keyspace.TableAsync(
            session,
            "id int PRIMARY KEY, first_name text, \"LastName\" ascii, data blob, done boolean, small smallint, big bigint, huge varint, ratio double, price decimal, " +
            "at timestamp, day date, hour time, key uuid, version timeuuid, source inet, every duration, tags set<text>, scores list<int>, counts map<text, int>, place tuple<int, text>");
        var insert = $"INSERT INTO {table} (id, first_name, \"LastName\", data, done, small, big, huge, ratio, price, at, day, hour, key, version, source, every, tags, scores, counts, place) ";
        var key = Guid.NewGuid();
        var version1 = TimeUuid.NewId();
        await session.RunAsync(
            insert + "VALUES (1, 'Ann', 'Lee', 0x0102, true, 5, 6, 12345678901234567890123, 1.5, 2.50, 1000, '2026-11-28', '01:02:03', " +
            $"{key}, {version1}, '127.0.0.1', 1mo2d3h, {{'b', 'a'}}, [3, 1], {{'k': 7}}, (4, 'four'))");
        await session.RunAsync(insert + "VALUES (2, 'Bob', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)");

        var things = (await session.RunAsync($"SELECT * FROM {table}")).As<Thing>().OrderBy(thing => thing.Id).ToArray();

        var ann = things[0];
        Assert.Equal((1, "Ann", "Lee", true, (short)5, 6L), (ann.Id, ann.FirstName, ann.LastName, ann.Done, ann.Small, ann.Big));
        Assert.Equal((BigInteger.Parse("12345678901234567890123"), 1.5, 2.50m), (ann.Huge, ann.Ratio, ann.Price));
        Assert.Equal((DateTimeOffset.UnixEpoch.AddSeconds(1), new DateOnly(2026, 11, 28), new TimeOnly(1, 2, 3)), (ann.At, ann.Day, ann.Hour));
        Assert.Equal((key, version1, IPAddress.Loopback, CqlDuration.Parse("1mo2d3h")), (ann.Key, ann.Version, ann.Source, ann.Every));
        Assert.Equal([1, 2], ann.Data!);
        Assert.Equal(["a", "b"], ann.Tags.Order());
        Assert.Equal([3, 1], ann.Scores);
        Assert.Equal(7, ann.Counts!["k"]);
        Assert.Equal((4, "four"), ann.Place);

        var bob = things[1];
        Assert.Equal(
            (2, "Bob", null, null, null, null, null, null, null, null, null, null, null, null, null),
            (bob.Id, bob.FirstName, bob.LastName, bob.Done, bob.Small, bob.Big, bob.Huge, bob.Ratio, bob.Price, bob.At, bob.Day, bob.Hour, bob.Key, bob.Source, bob.Counts));
        Assert.Equal((0, 0, null), (bob.Tags.Count, bob.Scores.Count, bob.Place));
        Assert.Equal("Ann", session.Query<Thing>($"SELECT id, first_name FROM {table} WHERE id = 1".AsCql()).Single().FirstName);
    }

    [Theory, EachVersion]
    public async Task A_table_altered_between_two_pages_loses_no_value(ProtocolVersion version)
    {
        var session = await _keyspace.SessionAsync(version);
        var table = await _keyspace.TableAsync(session, "id int, part int, name text, PRIMARY KEY (id, part)");
        var insert = await session.PrepareAsync($"INSERT INTO {table} (id, part, name) VALUES (1, ?, ?)".AsCql(), CqlText.Cancelled);
        for (var i = 0; i < 100; i++)
        {
            await session.RunAsync(insert.Bind(i, $"name {i}"));
        }

        var select = (await session.PrepareAsync($"SELECT * FROM {table} WHERE id = ?".AsCql(), CqlText.Cancelled)).Bind(1);
        var parts = new List<Part>();
        await foreach (var part in session.QueryAsync<Part>(select, new ExecutionOptions { PageSize = 10 }, CqlText.Cancelled))
        {
            if (parts.Count == 25)
            {
                // Comes before 'name' and 'part' among the columns of SELECT *.
                await session.RunAsync($"ALTER TABLE {table} ADD aa text");
                await session.RunAsync($"UPDATE {table} SET aa = 'new' WHERE id = 1 AND part = 90");
            }

            parts.Add(part);
        }

        Assert.Equal(Enumerable.Range(0, 100), parts.Select(part => part.Number));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"name {i}"), parts.Select(part => part.Name));
        if (version == ProtocolVersion.V5)
        {
            Assert.Equal("new", parts[90].Aa);
        }

        Assert.Equal("new", session.Query<Part>($"SELECT * FROM {table} WHERE id = 1".AsCql()).ElementAt(90).Aa);
    }

    [CqlRow]
    private sealed partial class Thing
    {
        public required int Id { get; init; }

        public required string FirstName { get; init; }

        public string? LastName { get; init; }

        public byte[]? Data { get; set; }

        public bool? Done { get; set; }

        public short? Small { get; set; }

        public long? Big { get; set; }

        public BigInteger? Huge { get; set; }

        public double? Ratio { get; set; }

        public decimal? Price { get; set; }

        public DateTimeOffset? At { get; set; }

        public DateOnly? Day { get; set; }

        public TimeOnly? Hour { get; set; }

        public Guid? Key { get; set; }

        public TimeUuid? Version { get; set; }

        public IPAddress? Source { get; set; }

        public CqlDuration? Every { get; set; }

        public HashSet<string> Tags { get; init; } = [];

        public List<int> Scores { get; init; } = [];

        public Dictionary<string, int>? Counts { get; init; }

        public (int Number, string Text)? Place { get; init; }
    }

    [CqlRow]
    private sealed partial record Part([CqlName("part")] int Number, string Name, string? Aa = null);
}
