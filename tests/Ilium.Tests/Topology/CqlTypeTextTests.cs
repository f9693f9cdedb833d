using System.Collections.Immutable;
using Ilium.Topology.Schema;

namespace Ilium.Tests.Topology;

public class CqlTypeTextTests
{
    private static readonly CqlUserType Address = new("ks", "address", [new CqlField("street", CqlType.Text)]);

    public static TheoryData<string, CqlType> Known => new()
    {
        { "int", CqlType.Int },
        { "varchar", CqlType.Text },
        { "frozen<list<int>>", new CqlListType(CqlType.Int) },
        { "map<text, frozen<set<uuid>>>", new CqlMapType(CqlType.Text, new CqlSetType(CqlType.Uuid)) },
        { "frozen<tuple<int, text, frozen<list<date>>>>", new CqlTupleType([CqlType.Int, CqlType.Text, new CqlListType(CqlType.Date)]) },
        { "vector<float, 3>", new CqlVectorType(CqlType.Float, 3) },
        { "vector<vector<int, 2>, 4>", new CqlVectorType(new CqlVectorType(CqlType.Int, 2), 4) },
        { "address", Address },
        { "frozen<address>", Address },
        { "list<frozen<\"Odd Name\">>", new CqlListType(new CqlUserType("ks", "Odd Name", ImmutableArray<CqlField>.Empty)) },
        { "'org.apache.cassandra.db.marshal.LongType'", CqlType.Bigint },
    };

    [Theory, MemberData(nameof(Known))]
    public void Types_are_read_as_the_schema_tables_write_them(string text, CqlType type) => Assert.Equal(type, Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("list<int")]
    [InlineData("list<int>>")]
    [InlineData("map<int>")]
    [InlineData("vector<float, 0>")]
    [InlineData("vector<float, x>")]
    [InlineData("nosuchtype")]
    [InlineData("futuristic<int>")]
    [InlineData("'com.example.OwnType'")]
    [InlineData("\"unclosed")]
    [InlineData("empty")]
    public void What_makes_no_sense_is_kept_as_a_custom_type(string text) => Assert.Equal(CqlTypeCode.Custom, Parse(text).Code);

    [Fact]
    public void Nesting_without_end_costs_neither_the_stack_nor_an_exception()
    {
        var text = string.Concat(Enumerable.Repeat("list<", 100_000)) + "int" + new string('>', 100_000);
        Assert.IsType<CqlCustomType>(Parse(text));
    }

    private static CqlType Parse(string text) => CqlTypeText.Parse(text, static name => name switch
    {
        "address" => Address,
        "Odd Name" => new CqlUserType("ks", "Odd Name", ImmutableArray<CqlField>.Empty),
        _ => null,
    });
}
