using System.Collections.Frozen;
using System.Collections.Immutable;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using static Ilium.IntegrationTests.Types.TypedValue;

namespace Ilium.IntegrationTests.Types;

/// <summary>Lists, sets and maps as every .NET type they go with, against the server's own literals and JSON.</summary>
[Collection(PlainRingCollection.Name)]
public class CollectionTypeTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    [Theory, EachVersion]
    public async Task Lists(ProtocolVersion version)
    {
        foreach (var type in new[] { "list<int>", "frozen<list<int>>" })
        {
            int[] items = [3, 1, 3, int.MinValue];
            await columns.CheckAsync(
                version, type, "[3, 1, 3, -2147483648]", "[3, 1, 3, -2147483648]", Natural(new List<int>(items)), Both(items), Both<IReadOnlyList<int>>(items),
                Both<IList<int>>(items), Both<IEnumerable<int>>(items), Both<IReadOnlyCollection<int>>(items), Both<ICollection<int>>(items), Both(ImmutableArray.Create(items)),
                Both<ImmutableArray<int>?>([.. items]), Both(ImmutableList.Create(items)), Both(new int?[] { 3, 1, 3, int.MinValue }), Both(new List<int?> { 3, 1, 3, int.MinValue }),
                Both(new object[] { 3, 1, 3, int.MinValue }), Read(new long[] { 3, 1, 3, int.MinValue }), Read(new List<long> { 3, 1, 3, int.MinValue }),
                Written(new Queue<int>(items)), Written(new LinkedList<int>(items)), Written(Array.AsReadOnly(items)), Written(new ArraySegment<int>(items)),
                Written(items.Select(item => item)), Written<object>(items), Written<object>(new List<int>(items)), Written<object>(ImmutableArray.Create(items)));
            await columns.CheckAsync(version, type, "[200, 1]", "[200, 1]", Written(new short[] { 200, 1 }), Written(new List<ushort> { 200, 1 }));
        }

        await columns.CheckAsync(version, "list<text>", "['a', '', 'a', 'naïve']", "[\"a\", \"\", \"a\", \"naïve\"]", Natural(new List<string> { "a", "", "a", "naïve" }), Both(new[] { "a", "", "a", "naïve" }));
        await columns.CheckAsync(version, "list<blob>", "[0x00FF, 0x]", "[\"0x00ff\", \"0x\"]", Natural(new List<byte[]> { new byte[] { 0, 255 }, Array.Empty<byte>() }), Both(new ReadOnlyMemory<byte>[] { new byte[] { 0, 255 }, default }));
        await columns.CheckAsync(version, "list<timestamp>", "[0, -1]", "[\"1970-01-01 00:00:00.000Z\", \"1969-12-31 23:59:59.999Z\"]", Natural(new List<DateTimeOffset> { DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMilliseconds(-1) }), Both(new CqlTimestamp[] { new(0), new(-1) }));
    }

    [Theory, EachVersion]
    public async Task Sets(ProtocolVersion version)
    {
        foreach (var type in new[] { "set<int>", "frozen<set<int>>" })
        {
            // Given in another order than the server's, which is what comes back.
            int[] items = [3, -1, 2];
            await columns.CheckAsync(
                version, type, "{3, -1, 2, 3}", "[-1, 2, 3]", Natural(new HashSet<int>(items)), Both<ISet<int>>(new HashSet<int>(items)), Both<IReadOnlySet<int>>(new HashSet<int>(items)),
                Both(new SortedSet<int>(items)), Both(ImmutableHashSet.Create(items)), Both(new HashSet<int?> { 3, -1, 2 }), Read(new[] { -1, 2, 3 }), Read(new List<int> { -1, 2, 3 }),
                Read<IReadOnlyList<int>>([-1, 2, 3]), Read(ImmutableArray.Create(-1, 2, 3)), Read(new HashSet<long> { -1, 2, 3 }), Written(items), Written(new List<int>(items)),
                Written<IReadOnlyCollection<int>>(items), Written(items.ToFrozenSet()), Written(ImmutableSortedSet.Create(items)), Written<IEnumerable<int>>(items.ToHashSet()),
                Written<object>(items.ToHashSet()), Written(new[] { 2, 3, 2, -1, -1 }));
        }

        await columns.CheckAsync(
            version, "set<text>", "{'b', 'a', 'B', ''}", "[\"\", \"B\", \"a\", \"b\"]", Natural(new HashSet<string> { "b", "a", "B", "" }), Both(new SortedSet<string>(StringComparer.Ordinal) { "b", "a", "B", "" }), Read(new[] { "", "B", "a", "b" }));
        await columns.CheckAsync(version, "set<double>", "{0.0, -0.0, NaN, 1.5}", "[-0.0, 0.0, 1.5, null]", Read(new HashSet<double>(ZeroComparer.Instance) { -0d, 0d, 1.5, BitConverter.Int64BitsToDouble(0x7FF8000000000000) }));
        var blobs = (await (await columns.OfAsync(version, "set<blob>")).WrittenAsync(new[] { new byte[] { 2 }, [1], [2] })).Get<HashSet<byte[]>>(0);
        Assert.Equal(2, blobs.Count);
        Assert.Contains(new byte[] { 1 }, blobs);
    }

    [Theory, EachVersion]
    public async Task Maps(ProtocolVersion version)
    {
        foreach (var type in new[] { "map<text, int>", "frozen<map<text, int>>" })
        {
            var map = new Dictionary<string, int> { ["b"] = 2, ["a"] = 1, [""] = 0 };
            KeyValuePair<string, int>[] sorted = [new("", 0), new("a", 1), new("b", 2)];
            await columns.CheckAsync(
                version, type, "{'b': 2, 'a': 1, '': 0}", "{\"\": 0, \"a\": 1, \"b\": 2}", Natural(map), Both<IDictionary<string, int>>(map), Both<IReadOnlyDictionary<string, int>>(map),
                Both(new SortedDictionary<string, int>(map, StringComparer.Ordinal)), Both(map.ToImmutableDictionary()), Both(new Dictionary<string, int?> { ["b"] = 2, ["a"] = 1, [""] = 0 }),
                Both(sorted), Both(new List<KeyValuePair<string, int>>(sorted)), Both<IEnumerable<KeyValuePair<string, int>>>(sorted), Both<IReadOnlyList<KeyValuePair<string, int>>>(sorted),
                Both<IReadOnlyCollection<KeyValuePair<string, int>>>(sorted), Read(new Dictionary<string, long> { ["b"] = 2, ["a"] = 1, [""] = 0 }), Written(map.ToFrozenDictionary()),
                Written(map.AsReadOnly()), Written(new SortedList<string, int>(map)), Written(map.ToImmutableSortedDictionary()), Written<object>(map), Written<IEnumerable<KeyValuePair<string, int>>>(map));
        }

        await columns.CheckAsync(
            version, "map<int, blob>", "{1: 0xFF, -1: 0x}", "{\"-1\": \"0x\", \"1\": \"0xff\"}", Natural(new Dictionary<int, byte[]> { [1] = [255], [-1] = [] }),
            Both(new Dictionary<int, ReadOnlyMemory<byte>> { [1] = new byte[] { 255 }, [-1] = default }));
        await columns.CheckAsync(
            version, "map<timeuuid, inet>", "{50554d6e-29bb-11e5-b345-feff819cdc9f: '10.0.0.1'}", "{\"50554d6e-29bb-11e5-b345-feff819cdc9f\": \"10.0.0.1\"}",
            Natural(new Dictionary<TimeUuid, System.Net.IPAddress> { [TimeUuid.Parse("50554d6e-29bb-11e5-b345-feff819cdc9f")] = System.Net.IPAddress.Parse("10.0.0.1") }));

        var insert = (await columns.OfAsync(version, "map<int, int>")).Insert;
        var twice = Assert.Throws<InvalidValueException>(() => insert.Bind(1, new KeyValuePair<int, int>[] { new(3, 1), new(1, 1), new(1, 2) }));
        Assert.Equal("Column 'v': A map<int, int> was given two entries with one key (by the server's order, entries 0 and 1); leave one out.", twice.Message);
    }

    [Theory, EachVersion]
    public async Task Three_deep(ProtocolVersion version)
    {
        await columns.CheckAsync(
            version, "list<frozen<list<frozen<list<int>>>>>", "[[[1, 2], []], [], [[3]]]", "[[[1, 2], []], [], [[3]]]",
            Natural(new List<List<List<int>>> { new() { new() { 1, 2 }, new() }, new(), new() { new() { 3 } } }), Both(new[] { new int[][] { [1, 2], [] }, [], [[3]] }),
            Both(ImmutableArray.Create<IReadOnlyList<int[]>>(new int[][] { [1, 2], [] }, Array.Empty<int[]>(), new int[][] { [3] })));
        await columns.CheckAsync(
            version, "map<text, frozen<map<int, frozen<set<text>>>>>", "{'k': {1: {'b', 'a'}, 0: {}}, 'e': {}}", "{\"e\": {}, \"k\": {\"0\": [], \"1\": [\"a\", \"b\"]}}",
            Natural(new Dictionary<string, Dictionary<int, HashSet<string>>> { ["k"] = new() { [0] = [], [1] = ["a", "b"] }, ["e"] = [] }),
            Both(new SortedDictionary<string, IReadOnlyDictionary<int, string[]>> { ["k"] = new Dictionary<int, string[]> { [0] = [], [1] = ["a", "b"] }, ["e"] = new Dictionary<int, string[]>() }));
        await columns.CheckAsync(
            version, "set<frozen<set<frozen<set<int>>>>>", "{{{1, 2}, {0}}, {}}", "[[], [[0], [1, 2]]]",
            Read(new List<List<List<int>>> { new(), new() { new() { 0 }, new() { 1, 2 } } }), Both(new[] { Array.Empty<int[]>(), [[0], [1, 2]] }));
        await columns.CheckAsync(
            version, "list<frozen<tuple<int, frozen<map<text, frozen<list<double>>>>>>>", "[(1, {'a': [1.5, -2]}), (null, null)]", "[[1, {\"a\": [1.5, -2.0]}], [null, null]]",
            Both(new List<(int?, Dictionary<string, double[]>?)> { (1, new() { ["a"] = [1.5, -2] }), (null, null) }), Both(new (int?, IReadOnlyDictionary<string, List<double>>?)[] { (1, new Dictionary<string, List<double>> { ["a"] = [1.5, -2] }), (null, null) }));
        await columns.CheckAsync(
            version, "map<frozen<tuple<int, text>>, frozen<list<frozen<set<int>>>>>", "{(1, 'a'): [{2, 1}, {}]}", "{\"[1, \\\"a\\\"]\": [[1, 2], []]}",
            Read(new Dictionary<(int, string), List<HashSet<int>>> { [(1, "a")] = [[1, 2], []] }), Both(new Dictionary<(int, string), int[][]> { [(1, "a")] = [[1, 2], []] }));
    }

    /// <summary>The server sorts what is given for a whole column, and takes what is inside tuples and user-defined types as it is.</summary>
    [Theory, EachVersion]
    public async Task Sets_and_maps_inside_others_are_the_same_to_the_server_in_whatever_order_they_were_given(ProtocolVersion version)
    {
        await columns.CheckAsync(version, "set<frozen<set<int>>>", "{{3, 1, 2}}", "[[1, 2, 3]]", Both(new List<HashSet<int>> { new() { 3, 1, 2 } }), Written(new[] { new[] { 2, 3, 1 } }));
        await columns.CheckAsync(
            version, "list<frozen<map<text, int>>>", "[{'b': 1, 'a': 2}]", "[{\"a\": 2, \"b\": 1}]", Both(new List<Dictionary<string, int>> { new() { ["b"] = 1, ["a"] = 2 } }));
        await columns.CheckAsync(
            version, "tuple<frozen<set<int>>, frozen<map<text, int>>>", "({3, 1, -2, 1}, {'b': 1, 'a': 2})", "[[-2, 1, 3], {\"a\": 2, \"b\": 1}]",
            Both((new HashSet<int> { 3, 1, -2 }, new Dictionary<string, int> { ["b"] = 1, ["a"] = 2 })), Written((new[] { 3, 1, -2, 1, 3 }, new SortedDictionary<string, int> { ["b"] = 1, ["a"] = 2 })),
            Written(new CqlTuple(new List<int> { 3, 1, -2 }, new KeyValuePair<string, int>[] { new("b", 1), new("a", 2) })));

        // What it would mean otherwise: a row that is not found by its own key.
        var session = await columns.Keyspace.SessionAsync(version);
        var table = await columns.Keyspace.TableAsync(session, "id frozen<tuple<int, frozen<set<text>>>> PRIMARY KEY, v int");
        await session.RunAsync($"INSERT INTO {table} (id, v) VALUES ((1, {{'c', 'a', 'b'}}), 7)");
        var select = session.Prepare($"SELECT v FROM {table} WHERE id = ?");
        foreach (var set in new[] { new HashSet<string> { "c", "b", "a" }, ["a", "b", "c"], ["b", "a", "c"] })
        {
            Assert.Equal(7, Assert.Single((IEnumerable<Row>)await session.RunAsync(select.Bind((1, set)))).Get<int>(0));
        }
    }

    [Theory, EachVersion]
    public async Task Thousands_of_elements(ProtocolVersion version)
    {
        var items = Enumerable.Range(-5_000, 10_000).ToArray();
        await columns.CheckAsync(version, "frozen<list<int>>", $"[{string.Join(", ", items)}]", $"[{string.Join(", ", items)}]", Both(items), Both(new HashSet<int>(items).ToList()));
        var texts = items.Select(item => $"k{item:D5}").ToArray();
        var map = items.ToDictionary(item => $"k{item:D5}");
        var read = (await (await columns.OfAsync(version, "map<text, int>")).WrittenAsync(map)).Get<Dictionary<string, int>>(0);
        Assert.Equal(texts.Order(StringComparer.Ordinal), read.Keys);
        Assert.All(map, entry => Assert.Equal(entry.Value, read[entry.Key]));
    }

    private sealed class ZeroComparer : IEqualityComparer<double>
    {
        internal static ZeroComparer Instance { get; } = new();

        public bool Equals(double x, double y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y);

        public int GetHashCode(double obj) => BitConverter.DoubleToInt64Bits(obj).GetHashCode();
    }
}
