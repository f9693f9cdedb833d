using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Ilium.Buffers;
using Ilium.Types;

namespace Ilium.Tests.Types;

/// <summary>User-defined types and tuples: equality, text, errors that name the field, fields nobody knew of.</summary>
public class FieldValueTests
{
    private static readonly CqlUserType Bag = new(
        "shop", "bag", [new("tags", new CqlSetType(CqlType.Text)), new("counts", new CqlMapType(CqlType.Text, CqlType.Int)), new("items", new CqlListType(CqlType.Int))]);

    private static readonly CqlUserType Address = new("shop", "address", [new("street", CqlType.Text), new("number", CqlType.Int)]);

    [Fact]
    public void Sets_and_maps_in_fields_are_equal_in_any_order_and_lists_in_theirs()
    {
        var made = new UdtValue(Bag, new HashSet<string> { "b", "a" }, new Dictionary<string, int> { ["y"] = 2, ["x"] = 1 }, new[] { 1, 2 });
        var read = Read(Bag, Write(Bag, new UdtValue(Bag, new[] { "a", "b" }, new SortedDictionary<string, int> { ["x"] = 1, ["y"] = 2 }, new List<int> { 1, 2 })));
        Assert.Equal(read, made);
        Assert.Equal(read.GetHashCode(), made.GetHashCode());
        Assert.NotEqual(made, made.With("items", new[] { 2, 1 }));
        Assert.NotEqual(made, made.With("tags", new HashSet<string> { "a" }));
        Assert.NotEqual(made, made.With("tags", new HashSet<string> { "a", "c" }));
        Assert.NotEqual(made, made.With("counts", new Dictionary<string, int> { ["x"] = 1, ["y"] = 3 }));
        Assert.NotEqual(made, made.With("tags", null));
        var nested = new CqlUserType("shop", "nested", [new("sets", new CqlListType(new CqlSetType(CqlType.Int)))]);
        Assert.Equal(new UdtValue(nested, new List<HashSet<int>> { new() { 1, 2 } }), new UdtValue(nested, new List<HashSet<int>> { new() { 2, 1 } }));
    }

    [Fact]
    public void Text_shows_what_is_inside_in_every_culture()
    {
        var type = new CqlUserType("shop", "Odd", [new("Name", CqlType.Text), new("n", CqlType.Double), new("l", new CqlListType(CqlType.Int)), new("b", CqlType.Blob), new("none", CqlType.Int)]);
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        try
        {
            var value = new UdtValue(type, "x", 1.5, new List<int> { 1, 2 }, new byte[] { 0xAB });
            Assert.Equal("{\"Name\": x, n: 1.5, l: [1, 2], b: 0xab, none: null}", value.ToString());
            Assert.Equal(
                "(1.5, {a: [1]}, 10.0.0.1, null)",
                new CqlTuple(1.5, new Dictionary<string, int[]> { ["a"] = [1] }, IPAddress.Parse("10.0.0.1"), null).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void An_error_in_a_field_names_the_field_at_every_depth()
    {
        var outer = new CqlUserType("shop", "person", [new("home", Address), new("place", new CqlTupleType([CqlType.Double, CqlType.Int]))]);
        var type = Assert.Throws<InvalidTypeException>(() => Write(outer, new UdtValue(outer, new UdtValue(Address, "High Street", "12"))));
        Assert.StartsWith("Field 'home' of shop.person: Field 'number' of shop.address: int and string do not go together", type.Message, StringComparison.Ordinal);
        var column = type.WithColumn("who");
        Assert.Equal(("who", $"Column 'who': {type.Message}"), (column.Column, column.Message));
        var value = Assert.Throws<InvalidTypeException>(() => Write(outer, new UdtValue(outer, null, new CqlTuple(1.5, 1L))));
        Assert.StartsWith("Field 'place' of shop.person: Element 1 of tuple<double, int>: ", value.Message, StringComparison.Ordinal);
        var nothing = Assert.Throws<InvalidValueException>(() => Read(Address, Write(Address, new UdtValue(Address, "x"))).Get<int>("number"));
        Assert.StartsWith("Field 'number' of shop.address: ", nothing.Message, StringComparison.Ordinal);
        var tuple = (CqlTuple)new CodecRegistry().GetDefault(new CqlTupleType([CqlType.Int])).ReadObject([0, 0, 0, 4, 0, 0, 0, 1])!;
        Assert.StartsWith("Element 0 of tuple<int>: ", Assert.Throws<InvalidTypeException>(() => tuple.Get<string>(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_added_since_the_type_was_looked_up_are_not_lost_when_the_value_is_written_back()
    {
        var longer = Address with { Fields = Address.Fields.Add(new CqlField("zip", CqlType.Text)) };
        var bytes = Write(longer, new UdtValue(longer, "High Street", 12, "1000"));
        var read = Read(Address, bytes);
        Assert.Equal(2, read.Count);
        Assert.Equal(bytes, Write(Address, read));
        var changed = Read(longer, Write(Address, read.With("number", 13)));
        Assert.Equal(("High Street", 13, "1000"), (changed.Get<string>("street"), changed.Get<int>("number"), changed.Get<string>("zip")));

        // Cut off in a field it does not know: still the bytes that came.
        var cut = bytes[..^2];
        Assert.Equal(cut, Write(Address, Read(Address, cut)));
    }

    [Fact]
    public void A_value_is_written_by_field_name_when_the_type_was_altered_between()
    {
        var longer = Address with { Fields = [new("zip", CqlType.Text), .. Address.Fields] };
        Assert.Equal(Write(longer, new UdtValue(longer, null, "High Street", 12)), Write(longer, new UdtValue(Address, "High Street", 12)));
        var lost = Assert.Throws<InvalidTypeException>(() => Write(Address, new UdtValue(longer, "1000", "High Street", 12)));
        Assert.Equal("The user-defined type shop.address has no field 'zip'.", lost.Message);
        Assert.Equal(Write(Address, new UdtValue(Address, "High Street", 12)), Write(Address, new UdtValue(longer, null, "High Street", 12)));
    }

    [Fact]
    public void What_no_type_of_the_platform_holds_can_be_compared_and_printed_all_the_same()
    {
        var type = new CqlUserType("shop", "event", [new("day", CqlType.Date)]);
        var bytes = Write(type, new UdtValue(type, CqlDate.MaxValue));
        var read = Read(type, bytes);
        Assert.Throws<InvalidValueException>(() => read["day"]);
        Assert.Equal(Read(type, bytes), read);
        Assert.Equal(Read(type, bytes).GetHashCode(), read.GetHashCode());
        Assert.NotEqual(Read(type, Write(type, new UdtValue(type, CqlDate.MinValue))), read);
        Assert.Equal("{day: 0xffffffff}", read.ToString());
        var tuples = (HashSet<CqlTuple>)new CodecRegistry().GetDefault(new CqlSetType(new CqlTupleType([CqlType.Date]))).ReadObject([0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 4, 255, 255, 255, 255])!;
        Assert.Equal(CqlDate.MaxValue, Assert.Single(tuples).Get<CqlDate>(0));
    }

    [Fact]
    public void A_tuple_with_fewer_elements_than_its_type_ends_in_nulls_and_one_with_more_is_refused()
    {
        var type = new CqlTupleType([CqlType.Int, CqlType.Text]);
        byte[] one = [0, 0, 0, 4, 0, 0, 0, 7];
        var codecs = new CodecRegistry();
        Assert.Equal((7, null), codecs.Get<(int, string?)>(type).Read(one));
        Assert.Equal(new CqlTuple(7, null), codecs.Get<CqlTuple>(type).Read(one));
        byte[] three = [.. one, 255, 255, 255, 255, .. one];
        Assert.Contains("8 bytes too many", Assert.Throws<InvalidValueException>(() => codecs.Get<(int, string?)>(type).Read(three)).Message, StringComparison.Ordinal);
        Assert.Contains("8 bytes too many", Assert.Throws<InvalidValueException>(() => codecs.Get<CqlTuple>(type).Read(three)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_key_is_read_into_pairs_and_never_lost()
    {
        var type = new CqlMapType(CqlType.Int, CqlType.Int);
        byte[] bytes = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 7];
        var codecs = new CodecRegistry();
        Assert.Equal([new(null, 7)], codecs.Get<KeyValuePair<int?, int>[]>(type).Read(bytes));
        Assert.Contains("read it as a nullable type", Assert.Throws<InvalidValueException>(() => codecs.Get<Dictionary<int, int>>(type).Read(bytes)).Message, StringComparison.Ordinal);
        Assert.False(codecs.TryGet<IReadOnlyDictionary<string, int>>(type, out _));
        var addresses = new CqlMapType(CqlType.Inet, CqlType.Int);
        Assert.Equal([new(null!, 7)], codecs.Get<KeyValuePair<IPAddress, int>[]>(addresses).Read(bytes));
        Assert.Contains("KeyValuePair", Assert.Throws<InvalidValueException>(() => codecs.Get<Dictionary<IPAddress, int>>(addresses).Read(bytes)).Message, StringComparison.Ordinal);
    }

    private static byte[] Write(CqlType type, object value)
    {
        using var writer = new CqlWriter();
        new CodecRegistry().GetFor(type, value.GetType()).WriteObject(writer, value);
        return writer.WrittenSpan.ToArray();
    }

    private static UdtValue Read(CqlUserType type, byte[] bytes) => new CodecRegistry().Get<UdtValue>(type).Read(bytes);
}
