using Ilium.Buffers;
using Ilium.TestKit;
using Ilium.Types;
using static Ilium.TestKit.ValueBytes;

namespace Ilium.Tests.Mapping;

/// <summary>User-defined types as types of the user's, whatever their fields' order and whichever were added since.</summary>
public class UdtMappingTests
{
    private static readonly CqlUserType StreetType = new("ks", "street", [new("number", CqlType.Int), new("name", CqlType.Text)]);
    private static readonly CqlUserType HomeType = new("ks", "home", [new("Zip Code", CqlType.Text), new("others", new CqlListType(StreetType)), new("street", StreetType)]);
    private readonly CodecRegistry _codecs = new(custom: [CqlCodec.Udt<Street>(), CqlCodec.Udt<Home>(), CqlCodec.EnumAsText<Color>()]);

    [Fact]
    public void Fields_go_by_name_in_the_order_of_their_type()
    {
        Check(StreetType, new Street("High", 5), Tuple(Int(5), Text("High")));
        Check(StreetType, new Street("", null), Tuple(null, Text("")));

        var home = Read<Home>(HomeType, Tuple(Text("123"), List(Tuple(Int(1), Text("a")), Tuple(null, Text("b"))), null));
        Assert.Equal((null, "123"), (home.Street, home.Zip));
        Assert.Equal([new Street("a", 1), new Street("b")], home.Others);
        Assert.Equal(
            Tuple(null, List(Tuple(Int(1), Text("a"))), Tuple(Int(2), Text("c"))), Written(HomeType, new Home(new Street("c", 2), [new Street("a", 1)])));

        // Without an element, as null is in a collection that can't be null.
        Assert.Empty(Read<Home>(HomeType, Tuple(null, null, null)).Others);
        Check(new CqlMapType(CqlType.Text, StreetType), new Dictionary<string, Street> { ["k"] = new("a") }, Map((Text("k"), Tuple(null, Text("a")))));
        Check<Home?>(HomeType, null, []);
    }

    [Fact]
    public void Collections_of_them_need_no_code_made_at_run_time()
    {
        var codecs = new CodecRegistry(dynamicCode: false, [CqlCodec.Udt<Street>()]);
        Assert.Equal([new Street("a", 1)], codecs.Get<List<Street>>(new CqlListType(StreetType)).Read(List(Tuple(Int(1), Text("a")))));
        Assert.Equal(new Street("a"), codecs.Get<Dictionary<int, Street>>(new CqlMapType(CqlType.Int, StreetType)).Read(Map((Int(1), Tuple(null, Text("a")))))[1]);
    }

    [Fact]
    public void Fields_that_were_added_since_a_value_was_stored_are_null_and_those_nobody_knows_are_skipped()
    {
        var grown = new CqlUserType("ks", "street", [.. StreetType.Fields, new("color", CqlType.Text), new("size", CqlType.Double)]);
        Assert.Equal(new Street("High", 5), Read<Street>(grown, Tuple(Int(5), Text("High"))));
        Assert.Equal(new Street("High", 5, Color.Red), Read<Street>(grown, Tuple(Int(5), Text("High"), Text("Red"), Double(1))));
        Assert.Equal(Tuple(Int(5), Text("High"), Text("Blue"), null), Written(grown, new Street("High", 5, Color.Blue)));

        // More than the type had when it was looked up.
        Assert.Equal(new Street("High", 5), Read<Street>(StreetType, Tuple(Int(5), Text("High"), Text("Red"))));
    }

    [Fact]
    public void What_would_be_lost_or_is_missing_is_an_error()
    {
        var lost = Assert.Throws<InvalidTypeException>(() => Written(StreetType, new Street("High", 5, Color.Red)));
        Assert.Equal("The user-defined type ks.street has no field 'color', and Street.Color has a value, which would be lost.", lost.Message);

        var unnamed = new CqlUserType("ks", "other", [new("number", CqlType.Int)]);
        var missing = Assert.Throws<MappingException>(() => Read<Street>(unnamed, Tuple(Int(5))));
        Assert.Equal(
            "Street needs the field 'name' (for Name), which the type ks.other does not have; it has number. Select it, name the field with [CqlName], or give the member a default value.",
            missing.Message);
    }

    [Fact]
    public void What_is_wrong_with_a_field_is_said_with_its_name_at_every_depth()
    {
        Assert.Equal("Field 'name' of ks.street: is null, which Street.Name can't be. Declare it as string?.", Assert.Throws<InvalidValueException>(() => Read<Street>(StreetType, Tuple(Int(5)))).Message);
        Assert.Equal(
            "Field 'street' of ks.home: Field 'number' of ks.street: A value of type int came with 3 bytes; it has 4.",
            Assert.Throws<InvalidValueException>(() => Read<Home>(HomeType, Tuple(null, null, Tuple([1, 2, 3], Text("a"))))).Message);
        Assert.Equal(
            "Field 'number' of ks.street: text and int do not go together; use string, char[], ReadOnlyMemory<char>.",
            Assert.Throws<InvalidTypeException>(() => Read<Street>(StreetType with { Fields = [new("name", CqlType.Text), new("number", CqlType.Text)] }, [])).Message);
        Assert.Throws<InvalidValueException>(() => Read<Street>(StreetType, [0, 0, 0, 9, 1]));
        Assert.Throws<InvalidValueException>(() => Read<Street>(StreetType, [0, 0]));
        Assert.Throws<InvalidValueException>(() => Read<Home>(HomeType, []));
        Assert.Equal(
            "ks.street and Street do not go together; use UdtValue, or a type marked [CqlUdt] with its CqlCodec.Udt among ClusterOptions.Codecs.",
            Assert.Throws<InvalidTypeException>(() => new CodecRegistry().Get<Street>(StreetType)).Message);
        Assert.Throws<InvalidTypeException>(() => _codecs.Get<Street>(CqlType.Text));
    }

    private void Check<T>(CqlType type, T value, byte[] bytes)
    {
        if (value is not null)
        {
            Assert.Equal(bytes, Written(type, value));
        }

        Assert.Equal(value, _codecs.Get<T>(type).Read(bytes));
    }

    private T Read<T>(CqlType type, byte[] bytes) => _codecs.Get<T>(type).Read(bytes);

    private byte[] Written(CqlType type, object value)
    {
        using var writer = new CqlWriter();
        _codecs.GetFor(type, value.GetType()).WriteObject(writer, value);
        return writer.WrittenSpan.ToArray();
    }
}
