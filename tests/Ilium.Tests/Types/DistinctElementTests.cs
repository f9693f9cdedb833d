using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Ilium.Types;

namespace Ilium.Tests.Types;

/// <summary>What the server keeps apart stays apart: no element of a set and no entry of a map is lost because the CLR takes two for the same.</summary>
public class DistinctElementTests
{
    // Its bits: equality of doubles does not tell the zeros apart.
    private const long MinusZero = long.MinValue;

    private static readonly CqlType Doubles = new CqlSetType(CqlType.Double);
    private static readonly byte[] Zeros = Sequence(Double(-0d), Double(0d));

    [Fact]
    public void Minus_zero_and_zero_are_two_elements()
    {
        Assert.Equal([MinusZero, 0L], Read<HashSet<double>>(Doubles, Zeros).Select(BitConverter.DoubleToInt64Bits).Order());
        Assert.Equal([MinusZero, 0L], Read<SortedSet<double>>(Doubles, Zeros).Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(2, Read<ImmutableHashSet<double>>(Doubles, Zeros).Count);
        var singles = Sequence([0x80, 0, 0, 0], [0, 0, 0, 0]);
        Assert.Equal(2, Read<HashSet<float>>(new CqlSetType(CqlType.Float), singles).Count);
        Assert.Equal(2, Read<SortedSet<float>>(new CqlSetType(CqlType.Float), singles).Count);
    }

    [Fact]
    public void Minus_zero_and_zero_are_two_keys()
    {
        var type = new CqlMapType(CqlType.Double, CqlType.Text);
        var entries = Map((Double(-0d), "minus"), (Double(0d), "plus"));
        foreach (IDictionary<double, string> map in new IDictionary<double, string>[]
        {
            Read<Dictionary<double, string>>(type, entries), Read<SortedDictionary<double, string>>(type, entries), Read<ImmutableDictionary<double, string>>(type, entries),
        })
        {
            Assert.Equal(("minus", "plus", 2), (map[-0d], map[0d], map.Count));
        }
    }

    [Fact]
    public void Minus_zero_and_zero_are_two_in_tuples_and_user_defined_types_too()
    {
        var tuples = new CqlSetType(new CqlTupleType([CqlType.Double]));
        Assert.Equal(2, Read<HashSet<CqlTuple>>(tuples, Sequence([.. Int(8), .. Double(-0d)], [.. Int(8), .. Double(0d)])).Count);
        Assert.Equal(new CqlTuple(double.NaN, 1f), new CqlTuple(double.NaN, 1f));
        var type = new CqlUserType("shop", "point", [new("x", CqlType.Float)]);
        Assert.NotEqual(new UdtValue(type, -0f), new UdtValue(type, 0f));
    }

    [Fact]
    public void Elements_read_as_objects_are_told_apart_as_their_own_types_are()
    {
        Assert.Equal(2, Read<HashSet<object>>(Doubles, Zeros).Count);
        Assert.Contains(new byte[] { 1 }, Read<HashSet<object>>(new CqlSetType(CqlType.Blob), Sequence([1], [2])));
        Assert.Equal("a", Read<Dictionary<object, string>>(new CqlMapType(CqlType.Blob, CqlType.Text), Map(([1], "a")))[new byte[] { 1 }]);
    }

    [Fact]
    public void Every_nan_is_the_same_and_the_last()
    {
        var set = Read<SortedSet<double>>(Doubles, Sequence(Double(double.NaN), Double(double.PositiveInfinity), Double(1)));
        Assert.Equal([1, double.PositiveInfinity, double.NaN], set);
        Assert.Contains(BitConverter.Int64BitsToDouble(0x7FF8000000000001), set);
    }

    [Fact]
    public void Text_is_sorted_by_its_code_units_in_every_culture()
    {
        Assert.Same(StringComparer.Ordinal, Read<SortedSet<string>>(new CqlSetType(CqlType.Text), Sequence("b"u8.ToArray(), "B"u8.ToArray())).Comparer);
        Assert.Same(
            StringComparer.Ordinal, Read<SortedDictionary<string, string>>(new CqlMapType(CqlType.Text, CqlType.Text), Map(("b"u8.ToArray(), "x"))).Comparer);
    }

    [Fact]
    public void Two_elements_that_the_CLR_takes_for_the_same_are_refused_not_lost()
    {
        var twice = Sequence(Double(1), Double(1));
        foreach (var type in new[] { typeof(HashSet<double>), typeof(SortedSet<double>), typeof(ImmutableHashSet<double>) })
        {
            var error = Assert.Throws<InvalidValueException>(() => new CodecRegistry().GetFor(Doubles, type).ReadObject(twice));
            Assert.Contains("one would be lost; read it as an array or list", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal([1, 1], Read<double[]>(Doubles, twice));
        var map = new CqlMapType(CqlType.Double, CqlType.Text);
        foreach (var type in new[] { typeof(Dictionary<double, string>), typeof(SortedDictionary<double, string>), typeof(ImmutableDictionary<double, string>) })
        {
            var error = Assert.Throws<InvalidValueException>(() => new CodecRegistry().GetFor(map, type).ReadObject(Map((Double(1), "a"), (Double(1), "b"))));
            Assert.Contains("read it as an array of KeyValuePair", error.Message, StringComparison.Ordinal);
        }
    }

    private static T Read<T>(CqlType type, byte[] bytes) => (T)new CodecRegistry().GetFor(type, typeof(T)).ReadObject(bytes)!;

    private static byte[] Double(double value)
    {
        var bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Sequence(params byte[][] elements) => [.. Int(elements.Length), .. elements.SelectMany(element => Int(element.Length).Concat(element))];

    private static byte[] Map(params (byte[] Key, string Value)[] entries) =>
        [.. Int(entries.Length), .. Sequence([.. entries.SelectMany(entry => new[] { entry.Key, Encoding.UTF8.GetBytes(entry.Value) })]).Skip(sizeof(int))];

    private static byte[] Int(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
