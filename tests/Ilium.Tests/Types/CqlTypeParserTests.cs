using System.Collections.Immutable;
using Ilium.Types;

namespace Ilium.Tests.Types;

public class CqlTypeParserTests
{
    private const string P = "org.apache.cassandra.db.marshal.";

    public static TheoryData<string, CqlType> Known { get; } = new()
    {
        { P + "Int32Type", CqlType.Int },
        { "UTF8Type", CqlType.Text },
        { $"{P}VectorType({P}FloatType , 3)", new CqlVectorType(CqlType.Float, 3) },
        { $"{P}VectorType({P}VectorType({P}UTF8Type,2), 3)", new CqlVectorType(new CqlVectorType(CqlType.Text, 2), 3) },
        { $"{P}FrozenType({P}ListType({P}LongType))", new CqlListType(CqlType.Bigint) },
        { $"{P}ReversedType({P}TimeUUIDType)", CqlType.Timeuuid },
        { $"{P}MapType({P}UTF8Type, {P}SetType({P}InetAddressType))", new CqlMapType(CqlType.Text, new CqlSetType(CqlType.Inet)) },
        { $"{P}TupleType({P}Int32Type,{P}UTF8Type)", new CqlTupleType([CqlType.Int, CqlType.Text]) },
        {
            $"{P}UserType(shop,61646472,737472656574:{P}UTF8Type,7a6970:{P}Int32Type)",
            new CqlUserType("shop", "addr", [new CqlField("street", CqlType.Text), new CqlField("zip", CqlType.Int)])
        },
        {
            $"{P}UserType(MyKeyspace,4164647222,c3bc:{P}FrozenType({P}ListType({P}UTF8Type)),6120 :{P}VectorType({P}UserType(MyKeyspace,75) , 2))",
            new CqlUserType(
                "MyKeyspace", "Addr\"", [new CqlField("ü", new CqlListType(CqlType.Text)), new CqlField("a ", new CqlVectorType(new CqlUserType("MyKeyspace", "u", []), 2))])
        },
        { $"{P}DynamicCompositeType(s=>{P}UTF8Type,i=>{P}Int32Type)", new CqlCustomType($"{P}DynamicCompositeType(s=>{P}UTF8Type,i=>{P}Int32Type)") },
        {
            $"{P}VectorType({P}CompositeType({P}Int32Type,{P}UTF8Type) , 2)",
            new CqlVectorType(new CqlCustomType($"{P}CompositeType({P}Int32Type,{P}UTF8Type)"), 2)
        },
        { $"{P}MapType(com.example.Odd,{P}TupleType(com.example.Odd(a),{P}Int32Type))", new CqlMapType(new CqlCustomType("com.example.Odd"), new CqlTupleType([new CqlCustomType("com.example.Odd(a)"), CqlType.Int])) },
        { "com.example.Odd", new CqlCustomType("com.example.Odd") },
        { $"com.example.Odd({P}Int32Type, (a, b))", new CqlCustomType($"com.example.Odd({P}Int32Type, (a, b))") },
        { $"{P}ListType(com.example.Odd(1))", new CqlListType(new CqlCustomType("com.example.Odd(1)")) },
        { $"{P}FrozenType(com.example.Odd(1))", new CqlCustomType("com.example.Odd(1)") },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void A_class_name_is_read_as_the_type_it_stands_for(string name, CqlType expected) =>
        Assert.Equal(expected, CqlTypeParser.FromClassName(name));

    [Theory]
    [InlineData("")]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("ListType(")]
    [InlineData("ListType()")]
    [InlineData("ListType(Int32Type")]
    [InlineData("ListType(Int32Type))")]
    [InlineData("MapType(Int32Type)")]
    [InlineData("VectorType(FloatType)")]
    [InlineData("VectorType(FloatType, x)")]
    [InlineData("VectorType(FloatType, 0)")]
    [InlineData("VectorType(FloatType, -1)")]
    [InlineData("VectorType(FloatType, 99999999999)")]
    [InlineData("UserType(shop,zz)")]
    [InlineData("UserType(shop,61,61)")]
    [InlineData("Odd(((")]
    [InlineData("Odd)")]
    [InlineData("UserType(")]
    [InlineData("UserType(shop,6)")]
    [InlineData("UserType(shop,61,62:Int32Type,63)")]
    [InlineData("TupleType(,)")]
    [InlineData("'quoted'(Int32Type")]
    [InlineData("ListType(Int32Type) trailing")]
    public void What_makes_no_sense_is_kept_as_a_custom_type(string name) =>
        Assert.Equal(new CqlCustomType(name), CqlTypeParser.FromClassName(name));

    [Fact]
    public void Nesting_has_an_end()
    {
        var name = string.Concat(Enumerable.Repeat("ListType(", 100_000)) + "Int32Type" + new string(')', 100_000);
        Assert.IsType<CqlCustomType>(CqlTypeParser.FromClassName(name));
    }
}
