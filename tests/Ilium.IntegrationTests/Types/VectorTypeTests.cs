using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Numerics;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using static Ilium.IntegrationTests.Types.TypedValue;

namespace Ilium.IntegrationTests.Types;

/// <summary>Vectors of every subtype, with lengths before their elements and without, against the server's own literals and JSON.</summary>
[Collection(PlainRingCollection.Name)]
public class VectorTypeTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    [Theory, EachVersion]
    public async Task Floats(ProtocolVersion version)
    {
        float[] items = [0.1f, -2f, float.MaxValue];
        await columns.CheckAsync(
            version, "vector<float, 3>", "[0.1, -2, 3.4028235E38]", "[0.1, -2.0, 3.4028235E38]", Natural(new CqlVector<float>(items)), Both(items), Both<ReadOnlyMemory<float>>(items), Both<Memory<float>>(items),
            Both(new List<float>(items)), Both<IReadOnlyList<float>>(items), Both<IEnumerable<float>>(items), Both(ImmutableArray.Create(items)), Both(new float?[] { 0.1f, -2f, float.MaxValue }),
            Both<CqlVector<float>?>(new CqlVector<float>(items)), Both<ReadOnlyMemory<float>?>(items), Written(new float[] { 9, 0.1f, -2f, float.MaxValue, 9 }.AsMemory(1, 3)), Written<object>(items),
            Written(new Queue<float>(items)));
        var embedding = Enumerable.Range(0, 1536).Select(i => (i - 768) / 7f).ToArray();
        var literal = $"[{string.Join(", ", embedding.Select(item => item.ToString("R", CultureInfo.InvariantCulture)))}]";
        var row = await (await columns.OfAsync(version, "vector<float, 1536>")).LiteralAsync(literal);
        Assert.Equal(embedding, row.Get<float[]>(0));
        Assert.Equal(embedding, row.Get<ReadOnlyMemory<float>>(0).ToArray());
        Assert.Equal(row.GetBytes(0).ToArray(), (await (await columns.OfAsync(version, "vector<float, 1536>")).WrittenAsync(embedding)).GetBytes(0).ToArray());
    }

    [Theory, EachVersion]
    public async Task Elements_of_a_fixed_size(ProtocolVersion version)
    {
        await CheckAsync(version, "int", "[1, -2]", "[1, -2]", 1, -2);
        await CheckAsync(version, "bigint", "[1, -9223372036854775808]", "[1, -9223372036854775808]", 1, long.MinValue);
        await CheckAsync(version, "double", "[0.1, -0.0]", "[0.1, -0.0]", 0.1, -0d);
        await CheckAsync(version, "boolean", "[true, false]", "[true, false]", true, false);
        await CheckAsync(version, "timestamp", "[0, 1]", "[\"1970-01-01 00:00:00.000Z\", \"1970-01-01 00:00:00.001Z\"]", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMilliseconds(1));
        await CheckAsync(
            version, "uuid", "[00112233-4455-6677-8899-aabbccddeeff, 00000000-0000-0000-0000-000000000000]", "[\"00112233-4455-6677-8899-aabbccddeeff\", \"00000000-0000-0000-0000-000000000000\"]",
            Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), Guid.Empty);
        var time = TimeUuid.Parse("50554d6e-29bb-11e5-b345-feff819cdc9f");
        await CheckAsync(version, "timeuuid", $"[{time}, {time}]", $"[\"{time}\", \"{time}\"]", time, time);
        await columns.CheckAsync(
            version, "vector<vector<float, 2>, 2>", "[[1, 2], [3, 4]]", "[[1.0, 2.0], [3.0, 4.0]]", Natural(new CqlVector<CqlVector<float>>(new CqlVector<float>(1, 2), new(3, 4))),
            Both(new[] { new float[] { 1, 2 }, [3, 4] }));
    }

    [Theory, EachVersion]
    public async Task Elements_with_a_length_each(ProtocolVersion version)
    {
        await CheckAsync(version, "text", "['a', '']", "[\"a\", \"\"]", "a", "");
        await CheckAsync(version, "ascii", "['', 'a']", "[\"\", \"a\"]", "", "a");
        await CheckAsync(version, "blob", "[0x, 0x0102]", "[\"0x\", \"0x0102\"]", Array.Empty<byte>(), new byte[] { 1, 2 });
        await CheckAsync(version, "varint", "[0, 340282366920938463463374607431768211456]", "[0, 340282366920938463463374607431768211456]", BigInteger.Zero, BigInteger.Pow(2, 128));
        await CheckAsync(version, "decimal", "[0.10, 1E+6]", "[0.10, 1E+6]", CqlDecimal.Parse("0.10"), CqlDecimal.Parse("1E+6"));
        await CheckAsync(version, "inet", "['10.0.0.1', '::1']", "[\"10.0.0.1\", \"0:0:0:0:0:0:0:1\"]", IPAddress.Parse("10.0.0.1"), IPAddress.IPv6Loopback);
        await CheckAsync(version, "tinyint", "[1, -128]", "[1, -128]", (sbyte)1, sbyte.MinValue);
        await CheckAsync(version, "smallint", "[1, -32768]", "[1, -32768]", (short)1, short.MinValue);
        await CheckAsync(version, "date", "['1970-01-01', '9999-12-31']", "[\"1970-01-01\", \"9999-12-31\"]", new DateOnly(1970, 1, 1), DateOnly.MaxValue);
        await CheckAsync(version, "time", "['00:00:00', '12:34:56.7']", "[\"00:00:00.000000000\", \"12:34:56.700000000\"]", default, new TimeOnly(12, 34, 56, 700));
        await CheckAsync(version, "duration", "[1mo, 2d3h]", "[\"1mo\", \"2d3h\"]", new CqlDuration(1, 0, 0), new CqlDuration(0, 2, 10_800_000_000_000));
        await CheckAsync(version, "frozen<list<int>>", "[[1, 2], []]", "[[1, 2], []]", new List<int> { 1, 2 }, new List<int>());
        await CheckAsync(version, "frozen<set<text>>", "[{'b', 'a'}, {}]", "[[\"a\", \"b\"], []]", new HashSet<string> { "a", "b" }, new HashSet<string>());
        await CheckAsync(version, "frozen<map<int, text>>", "[{1: 'a'}, {}]", "[{\"1\": \"a\"}, {}]", new Dictionary<int, string> { [1] = "a" }, new Dictionary<int, string>());
        await CheckAsync(version, "frozen<tuple<int, text>>", "[(1, null), (null, 'b')]", "[[1, null], [null, \"b\"]]", new CqlTuple(1, null), new CqlTuple(null, "b"));
        await CheckAsync(version, "vector<text, 2>", "[['a', 'b'], ['', 'd']]", "[[\"a\", \"b\"], [\"\", \"d\"]]", new CqlVector<string>("a", "b"), new CqlVector<string>("", "d"));
        var session = await columns.Keyspace.SessionAsync(version);
        var name = columns.Keyspace.NewName("u");
        await session.RunAsync($"CREATE TYPE {name} (a int, b text)");
        var type = (CqlUserType)((CqlVectorType)(await columns.OfAsync(version, $"vector<frozen<{name}>, 2>")).Type).Element;
        await CheckAsync(version, $"frozen<{name}>", "[{a: 1, b: 'x'}, {b: 'y'}]", "[{\"a\": 1, \"b\": \"x\"}, {\"a\": null, \"b\": \"y\"}]", new UdtValue(type, 1, "x"), new UdtValue(type, null, "y"));
    }

    /// <summary>The length before an element takes one byte to 127, two to 16,383, and so on.</summary>
    [Theory, EachVersion]
    public async Task Elements_of_any_length(ProtocolVersion version)
    {
        var column = await columns.OfAsync(version, "vector<text, 2>");
        foreach (var length in new[] { 0, 1, 127, 128, 16_383, 16_384, 100_000, 2_097_152 })
        {
            string[] items = [new('x', length), "y"];
            var literal = await column.LiteralAsync($"['{items[0]}', '{items[1]}']");
            Assert.Equal(items, literal.Get<string[]>(0));
            var written = await column.WrittenAsync(items);
            Assert.True(literal.GetBytes(0).SequenceEqual(written.GetBytes(0)), $"{length}");
        }
    }

    [Theory, EachVersion]
    public async Task A_vector_has_as_many_elements_as_its_type_says_and_none_is_null(ProtocolVersion version)
    {
        var column = await columns.OfAsync(version, "vector<float, 3>");
        foreach (var items in new[] { Array.Empty<float>(), [1], [1, 2], [1, 2, 3, 4] })
        {
            var error = Assert.Throws<InvalidValueException>(() => column.Insert.Bind(1, items));
            Assert.Equal($"Column 'v': A vector<float, 3> takes exactly 3 elements; {items.Length} were given.", error.Message);
        }

        Assert.Equal("Column 'v': A vector<float, 3> takes exactly 3 elements; 0 were given.", Assert.Throws<InvalidValueException>(() => column.Insert.Bind(1, default(CqlVector<float>))).Message);
        Assert.Equal("Column 'v': A vector<float, 3> cannot hold null; leave the element out.", Assert.Throws<InvalidValueException>(() => column.Insert.Bind(1, new float?[] { 1, null, 3 })).Message);
        Assert.Equal(
            "Column 'v': vector<float, 3> and double[] do not go together; use float[], ReadOnlyMemory<float>, CqlVector<float>, List<float>.",
            Assert.Throws<InvalidTypeException>(() => column.Insert.Bind(1, new double[] { 1, 2, 3 })).Message);
        var row = await column.WrittenAsync<float[]?>(null);
        Assert.True(row.IsNull(0));
        Assert.Null(row.Get<float[]?>(0));
        Assert.Throws<InvalidValueException>(() => row.Get<CqlVector<float>>(0));
    }

    private Task CheckAsync<T>(ProtocolVersion version, string element, string literal, string json, T first, T second) => columns.CheckAsync(
        version, $"vector<{element}, 2>", literal, json, Natural(new CqlVector<T>(first, second)), Both(new[] { first, second }), Both(new List<T> { first, second }), Both<IReadOnlyList<T>>([first, second]));
}
