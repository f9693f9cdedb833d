using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using static Ilium.IntegrationTests.Types.TypedValue;

namespace Ilium.IntegrationTests.Types;

/// <summary>Tuples of any length against the server's own literals and JSON.</summary>
[Collection(PlainRingCollection.Name)]
public class TupleTypeTests(TypeColumns columns) : IClassFixture<TypeColumns>
{
    [Theory, EachVersion]
    public async Task Tuples(ProtocolVersion version)
    {
        await columns.CheckAsync(
            version, "tuple<int, text, boolean>", "(1, 'a', true)", "[1, \"a\", true]", Natural(new CqlTuple(1, "a", true)), Both((1, "a", true)), Both<(int, string, bool)?>((1, "a", true)),
            Both<(int?, string?, bool?)>((1, "a", true)), Read((1L, "a".ToCharArray(), true)), Written(((short)1, "a", true)), Written<object>((1, "a", true)), Written(Tuple.Create(1, "a", true)),
            Both((1, (object)"a", true)));
        await columns.CheckAsync(version, "frozen<tuple<int, text>>", "(1, '')", "[1, \"\"]", Natural(new CqlTuple(1, "")), Both((1, "")));
        await columns.CheckAsync(version, "tuple<int>", "(7)", "[7]", Natural(new CqlTuple(7)), Both(ValueTuple.Create(7)));
        await columns.CheckAsync(
            version, "tuple<int, tuple<text, tuple<double, blob>>>", "(1, ('a', (1.5, 0xFF)))", "[1, [\"a\", [1.5, \"0xff\"]]]", Both((1, ("a", (1.5, new byte[] { 255 })))),
            Natural(new CqlTuple(1, new CqlTuple("a", new CqlTuple(1.5, new byte[] { 255 })))), Both((1, new CqlTuple("a", (1.5, new byte[] { 255 })))));
        await columns.CheckAsync(
            version, "tuple<frozen<list<int>>, frozen<map<text, int>>>", "([1, 2], {'a': 1})", "[[1, 2], {\"a\": 1}]", Both((new[] { 1, 2 }, new Dictionary<string, int> { ["a"] = 1 })));
    }

    [Theory, EachVersion]
    public async Task Null_elements(ProtocolVersion version)
    {
        await columns.CheckAsync(
            version, "tuple<int, text, boolean>", "(1, null, true)", "[1, null, true]", Natural(new CqlTuple(1, null, true)), Both<(int, string?, bool)>((1, null, true)), Both<(int?, string?, bool?)>((1, null, true)));
        await columns.CheckAsync(version, "tuple<int, text, boolean>", "(null, 'a', null)", "[null, \"a\", null]", Natural(new CqlTuple(null, "a", null)), Both<(int?, string?, bool?)>((null, "a", null)));
        await columns.CheckAsync(version, "tuple<int, text, boolean>", "(null, null, null)", "[null, null, null]", Natural(new CqlTuple(null, null, null)), Both<(int?, string?, bool?)>(default));
        var row = await (await columns.OfAsync(version, "tuple<int, text, boolean>")).LiteralAsync("(null, 'a', true)");
        var error = Assert.Throws<InvalidValueException>(() => row.Get<(int, string, bool)>(0));
        Assert.Equal("Column 'v': A null inside a tuple<int, text, boolean> cannot be read as int; use a nullable element type.", error.Message);
        var tuple = row.Get<CqlTuple>(0);
        Assert.Equal((true, false, null, "a", null), (tuple.IsNull(0), tuple.IsNull(1), tuple.Get<int?>(0), tuple.Get<string>(1), tuple[0]));
        Assert.Equal("Element 0 of tuple<int, text, boolean>: is null, which int can't hold. Read it as int?, or ask IsNull first.", Assert.Throws<InvalidValueException>(() => tuple.Get<int>(0)).Message);
    }

    [Theory, EachVersion]
    public async Task More_than_seven_elements(ProtocolVersion version)
    {
        await CheckLongAsync(version, 8, (0, 1, 2, 3, 4, 5, 6, 7));
        await CheckLongAsync(version, 9, (0, 1, 2, 3, 4, 5, 6, 7, 8));
        await CheckLongAsync(version, 14, (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13));
        await CheckLongAsync(version, 15, (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
        await CheckLongAsync(version, 22, (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21));
        await columns.CheckAsync(
            version, "tuple<int, int, int, int, int, int, int, text, boolean>", "(0, null, 2, 3, 4, 5, 6, null, true)", "[0, null, 2, 3, 4, 5, 6, null, true]",
            Both<(int, int?, int, int, int, int, int, string?, bool)>((0, null, 2, 3, 4, 5, 6, null, true)), Natural(new CqlTuple(0, null, 2, 3, 4, 5, 6, null, true)));

        // A tuple within a tuple is not the nesting of a long one.
        await columns.CheckAsync(
            version, "tuple<int, int, int, int, int, int, int, tuple<int>>", "(0, 1, 2, 3, 4, 5, 6, (7))", "[0, 1, 2, 3, 4, 5, 6, [7]]", Both((0, 1, 2, 3, 4, 5, 6, ValueTuple.Create(7))));
    }

    [Theory, EachVersion]
    public async Task Another_number_of_elements_is_refused_and_the_error_says_so(ProtocolVersion version)
    {
        var column = await columns.OfAsync(version, "tuple<int, text, boolean>");
        var count = Assert.Throws<InvalidTypeException>(() => column.Insert.Bind(1, new CqlTuple(1, "a")));
        Assert.Equal("Column 'v': A tuple<int, text, boolean> has 3 elements; the CqlTuple has 2.", count.Message);
        var typed = Assert.Throws<InvalidTypeException>(() => column.Insert.Bind(1, (1, "a")));
        Assert.Equal("Column 'v': tuple<int, text, boolean> and (int, string) do not go together; use (int, string, bool) or CqlTuple.", typed.Message);
        var element = Assert.Throws<InvalidTypeException>(() => column.Insert.Bind(1, new CqlTuple(1, 2, true)));
        Assert.Equal("Column 'v': Element 1 of tuple<int, text, boolean>: text and int do not go together; use string, char[], ReadOnlyMemory<char>.", element.Message);
        var row = await column.LiteralAsync("(1, 'a', true)");
        Assert.Throws<InvalidTypeException>(() => row.Get<(int, string)>(0));
        Assert.Throws<InvalidTypeException>(() => row.Get<(int, string, bool, int)>(0));
        Assert.Throws<InvalidTypeException>(() => row.Get<(short, string, bool)>(0));
    }

    private Task CheckLongAsync<T>(ProtocolVersion version, int count, T tuple)
        where T : struct
    {
        var items = string.Join(", ", Enumerable.Range(0, count));
        return columns.CheckAsync(
            version, $"tuple<{string.Join(", ", Enumerable.Repeat("int", count))}>", $"({items})", $"[{items}]", Both(tuple), Both<T?>(tuple), Written<object>(tuple),
            Natural(new CqlTuple([.. Enumerable.Range(0, count).Cast<object>()])));
    }
}
