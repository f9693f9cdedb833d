using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using static Ilium.IntegrationTests.Types.TypedValue;

namespace Ilium.IntegrationTests.Types;

/// <summary>Null, empty, and the values of no bytes that are neither.</summary>
[Collection(PlainRingCollection.Name)]
public class EmptyValueTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    [Theory, EachVersion]
    public async Task An_empty_collection_that_is_not_frozen_is_null(ProtocolVersion version)
    {
        await CheckNullAsync(version, "list<int>", "[]", new List<int>(), Array.Empty<int>(), ImmutableArray<int>.Empty);
        await CheckNullAsync(version, "set<text>", "{}", new HashSet<string>(), Array.Empty<string>());
        await CheckNullAsync(version, "map<text, int>", "{}", new Dictionary<string, int>(), ImmutableDictionary<string, int>.Empty);
        var row = await (await columns.OfAsync(version, "list<int>")).LiteralAsync("[]");
        Assert.Null(row.Get<List<int>?>(0));
        Assert.Null(row.Get<int[]?>(0));
        Assert.Null(row.Get<ImmutableArray<int>?>(0));
        Assert.Throws<InvalidValueException>(() => row.Get<ImmutableArray<int>>(0));
        Assert.False(row.TryGet<List<int>>(0, out _));
    }

    [Theory, EachVersion]
    public async Task An_empty_collection_that_is_frozen_is_a_value(ProtocolVersion version)
    {
        await columns.CheckAsync(
            version, "frozen<list<int>>", "[]", "[]", Natural(new List<int>()), Both(Array.Empty<int>()), Both(ImmutableArray<int>.Empty), Both(ImmutableList<int>.Empty), Both<IEnumerable<int>>([]));
        await columns.CheckAsync(version, "frozen<set<int>>", "{}", "[]", Natural(new HashSet<int>()), Both(new SortedSet<int>()), Both(ImmutableHashSet<int>.Empty), Both(Array.Empty<int>()));
        await columns.CheckAsync(
            version, "frozen<map<int, int>>", "{}", "{}", Natural(new Dictionary<int, int>()), Both(ImmutableDictionary<int, int>.Empty), Both(Array.Empty<KeyValuePair<int, int>>()));
        await columns.CheckAsync(version, "list<frozen<list<int>>>", "[[], [1], []]", "[[], [1], []]", Both(new List<int[]> { Array.Empty<int>(), new[] { 1 }, Array.Empty<int>() }));
        foreach (var type in new[] { "frozen<list<int>>", "frozen<set<int>>" })
        {
            var row = await (await columns.OfAsync(version, type)).WrittenAsync(Array.Empty<int>());
            Assert.Equal((false, false, 4), (row.IsNull(0), row.IsEmpty(0), row.GetBytes(0).Length));
            row = await (await columns.OfAsync(version, type)).WrittenAsync<int[]?>(null);
            Assert.Equal((true, null), (row.IsNull(0), row[0]));
        }
    }

    [Theory, EachVersion]
    public async Task Empty_text_and_blob_are_values_at_every_depth(ProtocolVersion version)
    {
        await columns.CheckAsync(version, "text", "''", "\"\"", Natural(""), Both(Array.Empty<char>()), Both(ReadOnlyMemory<char>.Empty));
        await columns.CheckAsync(version, "ascii", "''", "\"\"", Natural(""));
        await columns.CheckAsync(version, "blob", "0x", "\"0x\"", Natural(Array.Empty<byte>()), Both(ReadOnlyMemory<byte>.Empty), Both<ReadOnlyMemory<byte>?>(default(ReadOnlyMemory<byte>)));
        await columns.CheckAsync(version, "list<text>", "['']", "[\"\"]", Natural(new List<string> { "" }));
        await columns.CheckAsync(version, "map<text, blob>", "{'': 0x}", "{\"\": \"0x\"}", Natural(new Dictionary<string, byte[]> { [""] = [] }));
        await columns.CheckAsync(version, "tuple<text, blob>", "('', 0x)", "[\"\", \"0x\"]", Both(("", Array.Empty<byte>())), Natural(new CqlTuple("", Array.Empty<byte>())));
        foreach (var type in new[] { "text", "blob" })
        {
            var column = await columns.OfAsync(version, type);
            var empty = await column.LiteralAsync(type == "text" ? "''" : "0x");
            Assert.Equal((false, true), (empty.IsNull(0), empty.IsEmpty(0)));
            var none = await column.LiteralAsync("null");
            Assert.Equal((true, false, null), (none.IsNull(0), none.IsEmpty(0), none[0]));
        }

        Assert.Null((await (await columns.OfAsync(version, "text")).WrittenAsync<string?>(null)).Get<string?>(0));
        Assert.Null((await (await columns.OfAsync(version, "blob")).WrittenAsync<ReadOnlyMemory<byte>?>(null)).Get<ReadOnlyMemory<byte>?>(0));
        Assert.Throws<InvalidValueException>(() => columns.OfAsync(version, "blob").Result.WrittenAsync<byte[]?>(null).Result.Get<ReadOnlyMemory<byte>>(0));
    }

    [Theory, EachVersion]
    public async Task A_null_element_is_refused_as_the_server_refuses_it(ProtocolVersion version)
    {
        await RefusedAsync(version, "list<text>", "['a', null]", "A list<text> cannot hold null; leave the element out.", new List<string?> { "a", null }, new[] { "a", null }, new object?[] { "a", null });
        await RefusedAsync(version, "list<int>", "[1, null]", "A list<int> cannot hold null; leave the element out.", new int?[] { 1, null }, new List<int?> { null }, new Queue<int?>([null]));
        await RefusedAsync(version, "set<text>", "{'a', null}", "A set<text> cannot hold null; leave the element out.", new HashSet<string?> { "a", null }, new[] { null, "a" });
        await RefusedAsync(version, "map<text, int>", "{'a': null}", "A map<text, int> cannot hold null; leave the element out.", new Dictionary<string, int?> { ["a"] = null }, new KeyValuePair<string, int>[] { new(null!, 1) });
        await RefusedAsync(version, "vector<text, 2>", "['a', null]", "A vector<text, 2> cannot hold null; leave the element out.", new[] { "a", null }, new CqlVector<string?>("a", null));
        await RefusedAsync(version, "frozen<list<frozen<list<int>>>>", "[null]", "A list<list<int>> cannot hold null; leave the element out.", (object)new int[]?[] { null });
        var column = await columns.OfAsync(version, "list<int>");
        Assert.StartsWith("Column 'v': default(ImmutableArray) is neither null nor empty", Assert.Throws<InvalidValueException>(() => column.Insert.Bind(1, default(ImmutableArray<int>))).Message, StringComparison.Ordinal);
        Assert.Contains("list<int>", Assert.Throws<InvalidTypeException>(() => column.Insert.Bind(1, new object[] { 1, Unset.Value })).Message.Replace("int and Unset", "list<int>", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory, EachVersion]
    public async Task A_value_of_no_bytes_is_null_to_a_nullable_type_and_refused_by_others(ProtocolVersion version)
    {
        await CheckEmptyAsync<int>(version, "int");
        await CheckEmptyAsync<long>(version, "bigint");
        await CheckEmptyAsync<bool>(version, "boolean");
        await CheckEmptyAsync<float>(version, "float");
        await CheckEmptyAsync<double>(version, "double");
        await CheckEmptyAsync<BigInteger>(version, "varint");
        await CheckEmptyAsync<long>(version, "varint");
        await CheckEmptyAsync<CqlDecimal>(version, "decimal");
        await CheckEmptyAsync<decimal>(version, "decimal");
        await CheckEmptyAsync<Guid>(version, "uuid");
        await CheckEmptyAsync<TimeUuid>(version, "timeuuid");
        await CheckEmptyAsync<Guid>(version, "timeuuid");
        await CheckEmptyAsync<DateTimeOffset>(version, "timestamp");
        await CheckEmptyAsync<DateTime>(version, "timestamp");
        await CheckEmptyAsync<CqlTimestamp>(version, "timestamp");
        var inet = await (await columns.OfAsync(version, "inet")).LiteralAsync("blob_as_inet(0x)");
        Assert.Equal((false, true, null, null), (inet.IsNull(0), inet.IsEmpty(0), inet.Get<IPAddress?>(0), inet[0]));
    }

    [Theory, EachVersion]
    public async Task A_value_of_no_bytes_inside_another_survives_being_read_and_written_back(ProtocolVersion version)
    {
        var list = await columns.OfAsync(version, "list<int>");
        var row = await list.LiteralAsync("[1, blob_as_int(0x)]");
        Assert.Equal([1, null], row.Get<List<int?>>(0));
        Assert.Equal([1, null], row.Get<object?[]>(0));
        Assert.Equal("Column 'v': An empty value (zero bytes, which is not null) of type int cannot be read as int; read it as a nullable type.", Assert.Throws<InvalidValueException>(() => row.Get<List<int>>(0)).Message);
        Assert.Throws<InvalidValueException>(() => list.Insert.Bind(1, row.Get<List<int?>>(0)));

        var tuple = await columns.OfAsync(version, "tuple<int, uuid>");
        row = await tuple.LiteralAsync("(blob_as_int(0x), null)");
        Assert.Equal((null, null), row.Get<(int?, Guid?)>(0));
        var value = row.Get<CqlTuple>(0);
        Assert.Equal((false, true, null), (value.IsNull(0), value.IsNull(1), value[0]));
        Assert.Equal(row.GetBytes(0).ToArray(), (await tuple.WrittenAsync(value)).GetBytes(0).ToArray());
    }

    private async Task CheckNullAsync(ProtocolVersion version, string type, string literal, params object[] values)
    {
        var column = await columns.OfAsync(version, type);
        var row = await column.LiteralAsync(literal);
        Assert.Equal((true, false, null), (row.IsNull(0), row.IsEmpty(0), row[0]));
        foreach (var value in values)
        {
            var written = await column.WrittenAsync(value);
            Assert.Equal((true, row.Get<string?>("json")), (written.IsNull(0), written.Get<string?>("json")));
        }
    }

    private async Task RefusedAsync(ProtocolVersion version, string type, string literal, string message, params object[] values)
    {
        var column = await columns.OfAsync(version, type);
        await Assert.ThrowsAsync<InvalidQueryException>(() => column.LiteralAsync(literal));
        foreach (var value in values)
        {
            var error = Assert.Throws<InvalidValueException>(() => column.Insert.Bind(1, value));
            Assert.Equal(("v", $"Column 'v': {message}"), (error.Column, error.Message));
        }
    }

    private async Task CheckEmptyAsync<T>(ProtocolVersion version, string type)
        where T : struct
    {
        var row = await (await columns.OfAsync(version, type)).LiteralAsync($"blob_as_{type}(0x)");
        Assert.Equal((false, true, null, null), (row.IsNull(0), row.IsEmpty(0), (object?)row.Get<T?>(0), row[0]));
        var error = Assert.Throws<InvalidValueException>(() => row.Get<T>(0));
        Assert.StartsWith($"Column 'v': An empty value (zero bytes, which is not null) of type {type} cannot be read as ", error.Message, StringComparison.Ordinal);
    }
}
