using System.Collections.Immutable;
using System.Net;
using System.Numerics;

namespace Ilium.Docs.Tests;

/// <summary>The table of docs/types.md, cell by cell, on a real node.</summary>
[Collection(DocsRingCollection.Name)]
public sealed class TypeTableTests(DocsRing ring) : IAsyncLifetime
{
    private static readonly byte[] OneTwo = [1, 2];

    private Cluster _cluster = null!;
    private Session _session = null!;

    public async ValueTask InitializeAsync() => (_cluster, _session) = await ring.ShopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Ascii_and_text_are_strings_and_characters()
    {
        foreach (var type in new[] { "ascii", "text" })
        {
            await BothWaysAsync(type, "", "plain");
            await BothWaysAsync(type, new[] { "plain".ToCharArray() });
            Assert.Equal("plain", new string((await WrittenAsync(type, "plain".AsMemory())).Get<ReadOnlyMemory<char>>(0).Span));
        }

        await BothWaysAsync("text", "naïve 中文 🙂");
        await RefusedAsync<InvalidValueException, string>("ascii", "naïve");
    }

    [Fact]
    public async Task Blobs_are_bytes()
    {
        await BothWaysAsync("blob", Array.Empty<byte>(), new byte[] { 0, 255 });
        Assert.Equal(OneTwo, (await WrittenAsync("blob", new ReadOnlyMemory<byte>(OneTwo))).Get<Memory<byte>>(0).ToArray());
        Assert.Equal(OneTwo, (await WrittenAsync("blob", new ArraySegment<byte>(OneTwo))).Get<byte[]>(0));
        await RefusedAsync<InvalidTypeException, int>("blob", 3);
    }

    [Fact]
    public async Task Booleans_are_bool()
    {
        await BothWaysAsync("boolean", true, false);
        await RefusedAsync<InvalidTypeException, int>("boolean", 2);
    }

    [Fact]
    public async Task Tinyint_is_sbyte_and_read_as_larger_ones()
    {
        await BothWaysAsync("tinyint", sbyte.MinValue, sbyte.MaxValue);
        Assert.Equal(-128L, (await WrittenAsync("tinyint", sbyte.MinValue)).Get<long>(0));
        await RefusedAsync<InvalidTypeException, int>("tinyint", 3);
    }

    [Fact]
    public async Task Smallint_is_short_read_as_larger_and_written_from_smaller_ones()
    {
        await BothWaysAsync("smallint", short.MinValue, short.MaxValue);
        Assert.Equal(200, (await WrittenAsync("smallint", (byte)200)).Get<int>(0));
    }

    [Fact]
    public async Task Int_is_int_read_as_long_and_written_from_smaller_ones()
    {
        await BothWaysAsync("int", int.MinValue, int.MaxValue);
        Assert.Equal(65_535L, (await WrittenAsync("int", ushort.MaxValue)).Get<long>(0));
        await RefusedAsync<InvalidTypeException, long>("int", 3L);
    }

    [Fact]
    public async Task Bigint_is_long_and_written_from_smaller_ones()
    {
        await BothWaysAsync("bigint", long.MinValue, long.MaxValue);
        Assert.Equal(4_294_967_295L, (await WrittenAsync("bigint", uint.MaxValue)).Get<long>(0));
        var row = await WrittenAsync("bigint", 1L);
        Assert.Equal("v", Assert.Throws<InvalidTypeException>(() => row.Get<int>(0)).Column);
    }

    [Fact]
    public async Task Counters_are_long()
    {
        await _session.ExecuteAsync("CREATE TABLE counters (id int PRIMARY KEY, v counter)");
        var batch = new BatchStatement(BatchType.Counter) { $"UPDATE counters SET v = v + {5L} WHERE id = 1", $"UPDATE counters SET v = v - {2} WHERE id = 1" };
        await _session.ExecuteAsync(batch);
        Assert.Equal(3L, (await _session.ExecuteAsync("SELECT v FROM counters")).First().Get<long>(0));
    }

    [Fact]
    public async Task Varints_are_integers_of_any_size()
    {
        await BothWaysAsync("varint", BigInteger.Zero, BigInteger.Pow(-7, 101), 255, -129);
        await BothWaysAsync("varint", ulong.MaxValue);
        await BothWaysAsync("varint", Int128.MinValue);
        Assert.Equal(200, (await WrittenAsync("varint", new BigInteger(200))).Get<byte>(0));
        var large = await WrittenAsync("varint", BigInteger.Pow(2, 64));
        Assert.Equal("v", Assert.Throws<InvalidValueException>(() => large.Get<long>(0)).Column);
    }

    [Fact]
    public async Task Floats_and_doubles_are_themselves()
    {
        await BothWaysAsync("float", float.MinValue, float.NaN, float.NegativeInfinity, 0.1f);
        await BothWaysAsync("double", double.Epsilon, double.NaN, double.PositiveInfinity, 0.1);
        await RefusedAsync<InvalidTypeException, double>("float", 0.1);
    }

    [Fact]
    public async Task Decimals_have_any_scale()
    {
        await BothWaysAsync("decimal", decimal.MaxValue, -0.0001m);
        await BothWaysAsync("decimal", CqlDecimal.Parse("1E-400"), new CqlDecimal(BigInteger.Pow(10, 50), -20));
        var fine = await WrittenAsync("decimal", CqlDecimal.Parse("1E-400"));
        Assert.Throws<InvalidValueException>(() => fine.Get<decimal>(0));
    }

    [Fact]
    public async Task Timestamps_are_instants()
    {
        await BothWaysAsync("timestamp", DateTimeOffset.UnixEpoch, new DateTimeOffset(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero));
        await BothWaysAsync("timestamp", CqlTimestamp.MinValue, CqlTimestamp.MaxValue);
        Assert.Equal(DateTimeKind.Utc, (await WrittenAsync("timestamp", DateTime.UnixEpoch)).Get<DateTime>(0).Kind);
        Assert.Equal(DateTimeOffset.UnixEpoch, (await WrittenAsync("timestamp", DateTimeOffset.UnixEpoch.AddTicks(9_999))).Get<DateTimeOffset>(0));
        await RefusedAsync<InvalidValueException, DateTime>("timestamp", new DateTime(2026, 11, 24));
        await RefusedAsync<InvalidTypeException, long>("timestamp", 0L);
        var early = await WrittenAsync("timestamp", CqlTimestamp.MinValue);
        Assert.Throws<InvalidValueException>(() => early.Get<DateTimeOffset>(0));
    }

    [Fact]
    public async Task Dates_and_times_go_beyond_the_platforms()
    {
        await BothWaysAsync("date", DateOnly.MinValue, DateOnly.MaxValue);
        await BothWaysAsync("date", CqlDate.MinValue, CqlDate.MaxValue);
        await BothWaysAsync("time", TimeOnly.MinValue, TimeOnly.MaxValue);
        await BothWaysAsync("time", CqlTime.MaxValue);
        await BothWaysAsync("time", TimeSpan.FromHours(23));
        var (date, time) = (await WrittenAsync("date", CqlDate.MaxValue), await WrittenAsync("time", CqlTime.MaxValue));
        Assert.Throws<InvalidValueException>(() => date.Get<DateOnly>(0));
        Assert.Throws<InvalidValueException>(() => time.Get<TimeOnly>(0));
        await RefusedAsync<InvalidValueException, TimeSpan>("time", TimeSpan.FromDays(1));
    }

    [Fact]
    public Task Durations_have_months_days_and_nanoseconds() =>
        BothWaysAsync("duration", new CqlDuration(14, 3, 1), new CqlDuration(-1, -2, -3), new CqlDuration(int.MaxValue, int.MaxValue, long.MaxValue));

    [Fact]
    public async Task Uuids_and_timeuuids_are_guids()
    {
        await BothWaysAsync("uuid", Guid.Empty, Guid.NewGuid());
        await BothWaysAsync("timeuuid", TimeUuid.NewId());
        await BothWaysAsync("timeuuid", TimeUuid.NewId().ToGuid());
        await RefusedAsync<InvalidValueException, Guid>("timeuuid", Guid.NewGuid());
    }

    [Fact]
    public Task Inets_are_addresses_of_both_kinds() => BothWaysAsync("inet", IPAddress.Parse("10.0.0.1"), IPAddress.IPv6Loopback);

    [Fact]
    public async Task Lists_are_lists_arrays_and_immutable_ones()
    {
        await BothWaysAsync("list<int>", new List<int> { 3, 1, 3 });
        await BothWaysAsync("list<int>", new[] { new[] { 3, 1, 3 } });
        await BothWaysAsync<IReadOnlyList<int>>("list<int>", new List<int> { 2 });
        Assert.Equal(new[] { 1, 2 }, (await WrittenAsync("list<int>", ImmutableArray.Create(1, 2))).Get<ImmutableList<int>>(0));
        await BothWaysAsync("frozen<list<list<text>>>", new List<List<string>> { new() { "a" }, new() });
        await RefusedAsync<InvalidValueException, List<string?>>("list<text>", ["a", null]);
    }

    [Fact]
    public async Task Sets_are_sets()
    {
        await BothWaysAsync("set<text>", new HashSet<string> { "b", "a" });
        Assert.Equal(new[] { 1, 2 }, (await WrittenAsync("set<int>", new SortedSet<int> { 2, 1 })).Get<SortedSet<int>>(0));
        Assert.Equal(new[] { 1, 2 }, (await WrittenAsync("set<int>", new[] { 2, 1 })).Get<int[]>(0));
        Assert.Contains(new byte[] { 1 }, (await WrittenAsync("set<blob>", new List<byte[]> { new byte[] { 1 } })).Get<HashSet<byte[]>>(0));
    }

    [Fact]
    public async Task Maps_are_dictionaries_and_pairs()
    {
        await BothWaysAsync("map<text, int>", new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 });
        Assert.Equal([new("a", 1)], (await WrittenAsync("map<text, int>", ImmutableDictionary<string, int>.Empty.Add("a", 1))).Get<KeyValuePair<string, int>[]>(0));
        await BothWaysAsync("map<int, frozen<list<int>>>", new Dictionary<int, int[]> { [1] = [2, 3] });
    }

    [Fact]
    public async Task Vectors_are_arrays_of_their_length()
    {
        await BothWaysAsync("vector<float, 3>", new[] { new[] { 0.1f, 0.2f, 0.3f } });
        await BothWaysAsync("vector<float, 3>", new CqlVector<float>(0.1f, 0.2f, 0.3f));
        await BothWaysAsync("vector<text, 2>", new[] { new[] { "a", "" } });
        await RefusedAsync<InvalidValueException, float[]>("vector<float, 3>", [0.1f]);
    }

    [Fact]
    public async Task Tuples_are_value_tuples()
    {
        await BothWaysAsync("tuple<int, text, boolean>", (1, "a", true));
        var row = await WrittenAsync("tuple<int, text>", (1, (string?)null));
        Assert.Equal((1, null), row.Get<(int, string?)>(0));
        Assert.Equal(1, row.Get<CqlTuple>(0).Get<int>(0));
        Assert.True(row.Get<CqlTuple>(0).IsNull(1));
    }

    [Fact]
    public async Task User_defined_types_are_read_by_field_and_missing_fields_are_null()
    {
        await _session.ExecuteAsync("CREATE TYPE point (x int, y int)");
        await _session.ExecuteAsync("CREATE TABLE points (id int PRIMARY KEY, p frozen<point>)");
        await _session.ExecuteAsync("INSERT INTO points (id, p) VALUES (1, {x: 1, y: 2})");
        await _session.ExecuteAsync("ALTER TYPE point ADD z int");
        var point = (await _session.ExecuteAsync("SELECT p FROM points WHERE id = 1")).First().Get<UdtValue>(0);
        Assert.Equal(2, point.Get<int>("y"));
        Assert.True(point.IsNull("z"));
        await _session.ExecuteAsync($"UPDATE points SET p = {point.With("z", 3)} WHERE id = 1");
        Assert.Equal(3, (await _session.ExecuteAsync("SELECT p FROM points WHERE id = 1")).First().Get<UdtValue>(0).Get<int>("z"));
    }

    [Fact]
    public async Task Null_is_neither_a_default_nor_an_empty_collection()
    {
        await _session.ExecuteAsync("CREATE TABLE nulls (id int PRIMARY KEY, i int, t text, l list<int>)");
        await _session.ExecuteAsync($"INSERT INTO nulls (id, i, t, l) VALUES (1, {(int?)null}, {(string?)null}, {new List<int>()})");
        var row = (await _session.ExecuteAsync("SELECT i, t, l FROM nulls")).First();
        Assert.Null(row.Get<int?>(0));
        Assert.Null(row.Get<string?>(1));
        Assert.Null(row.Get<List<int>?>(2));
        Assert.Throws<InvalidValueException>(() => row.Get<int>(0));
    }

    [Fact]
    public async Task A_value_of_no_bytes_is_neither_null_nor_a_number()
    {
        await _session.ExecuteAsync("CREATE TABLE empties (id int PRIMARY KEY, i int)");
        await _session.ExecuteAsync("INSERT INTO empties (id, i) VALUES (1, blobAsInt(0x))");
        var row = (await _session.ExecuteAsync("SELECT i FROM empties")).First();
        Assert.False(row.IsNull(0));
        Assert.True(row.IsEmpty(0));
        Assert.Null(row.Get<int?>(0));
        Assert.Throws<InvalidValueException>(() => row.Get<int>(0));
    }

    private async Task BothWaysAsync<T>(string type, params T[] values)
    {
        foreach (var value in values)
        {
            Assert.Equal(value, (await WrittenAsync(type, value)).Get<T>(0));
        }
    }

    private async Task RefusedAsync<TError, T>(string type, T value)
        where TError : CassandraException
    {
        var insert = await PrepareInsertAsync(type);
        Assert.Throws<TError>(() => insert.Bind(1, value));
    }

    private async Task<Row> WrittenAsync<T>(string type, T value)
    {
        var insert = await PrepareInsertAsync(type);
        await _session.ExecuteAsync(insert.Bind(1, value));
        var table = insert.Variables[0].Table;
        return (await _session.ExecuteAsync(new SimpleStatement("SELECT v FROM " + table))).First();
    }

    private async Task<PreparedStatement> PrepareInsertAsync(string type)
    {
        var table = "t_" + string.Concat(type.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        await _session.ExecuteAsync(new SimpleStatement("CREATE TABLE IF NOT EXISTS " + table + " (id int PRIMARY KEY, v " + type + ")"));
        return await _session.PrepareAsync("INSERT INTO " + table + " (id, v) VALUES (?, ?)");
    }
}
