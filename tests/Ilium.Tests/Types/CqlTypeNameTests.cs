namespace Ilium.Tests.Types;

public class CqlTypeNameTests
{
    [Theory]
    [InlineData("shop", "address", "shop.address")]
    [InlineData("shop", "Address", "shop.\"Address\"")]
    [InlineData("Shop", "a1_b", "\"Shop\".a1_b")]
    [InlineData("shop", "1a", "shop.\"1a\"")]
    [InlineData("shop", "_a", "shop.\"_a\"")]
    [InlineData("shop", "two words", "shop.\"two words\"")]
    [InlineData("shop", "a\"b", "shop.\"a\"\"b\"")]
    [InlineData("shop", "a.b", "shop.\"a.b\"")]
    [InlineData("shop", "naïve", "shop.\"naïve\"")]
    [InlineData("shop", "", "shop.\"\"")]
    [InlineData("select", "table", "\"select\".\"table\"")]
    [InlineData("shop", "int", "shop.\"int\"")]
    public void The_name_of_a_user_defined_type_is_quoted_where_CQL_needs_it(string keyspace, string name, string expected)
    {
        var type = new CqlUserType(keyspace, name, [new("f", CqlType.Int)]);
        Assert.Equal(expected, type.ToString());
        Assert.Equal($"map<text, list<{expected}>>", new CqlMapType(CqlType.Text, new CqlListType(type)).ToString());
    }

    [Fact]
    public void Every_type_is_written_as_CQL_writes_it()
    {
        Assert.Equal("vector<tuple<set<inet>, timeuuid>, 3>", new CqlVectorType(new CqlTupleType([new CqlSetType(CqlType.Inet), CqlType.Timeuuid]), 3).ToString());
        Assert.Equal("'com.example.It''s(1)'", new CqlCustomType("com.example.It's(1)").ToString());
    }
}
