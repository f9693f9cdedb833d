using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Tests.Cql;

public class TermTests
{
    private static readonly SourcePosition Anywhere = new(1, 0);

    [Theory]
    [InlineData("'it''s'", LiteralKind.String, "it's")]
    [InlineData("''", LiteralKind.String, "")]
    [InlineData("$$a 'quoted' $ b$$", LiteralKind.String, "a 'quoted' $ b")]
    [InlineData("0", LiteralKind.Integer, "0")]
    [InlineData("-17", LiteralKind.Integer, "-17")]
    [InlineData("1.5", LiteralKind.Float, "1.5")]
    [InlineData("1.", LiteralKind.Float, "1.")]
    [InlineData("-1e-5", LiteralKind.Float, "-1e-5")]
    [InlineData("nan", LiteralKind.Float, "NaN")]
    [InlineData("-NaN", LiteralKind.Float, "NaN")]
    [InlineData("INFINITY", LiteralKind.Float, "Infinity")]
    [InlineData("-infinity", LiteralKind.Float, "-Infinity")]
    [InlineData("True", LiteralKind.Boolean, "True")]
    [InlineData("0x0aFF", LiteralKind.Hex, "0x0aFF")]
    [InlineData("0x", LiteralKind.Hex, "0x")]
    [InlineData("123e4567-e89b-12d3-a456-426655440000", LiteralKind.Uuid, "123e4567-e89b-12d3-a456-426655440000")]
    [InlineData("abcdefab-e89b-12d3-a456-426655440000", LiteralKind.Uuid, "abcdefab-e89b-12d3-a456-426655440000")]
    [InlineData("-1y2mo3w4d5h6m7s8ms9us10ns", LiteralKind.Duration, "-1y2mo3w4d5h6m7s8ms9us10ns")]
    [InlineData("1\u00B5s", LiteralKind.Duration, "1\u00B5s")]
    [InlineData("P1Y2M3DT4H5M6S", LiteralKind.Duration, "P1Y2M3DT4H5M6S")]
    [InlineData("-P2W", LiteralKind.Duration, "-P2W")]
    [InlineData("P0001-02-03T04:05:06", LiteralKind.Duration, "P0001-02-03T04:05:06")]
    internal void Literals_have_their_kind_from_their_shape(string cql, LiteralKind kind, string text) =>
        Assert.Equal(new Literal(Anywhere, kind, text), CqlParser.ParseTerm(cql));

    [Fact]
    public void Operators_bind_as_in_arithmetic()
    {
        var expected = new ArithmeticTerm(
            Anywhere,
            ArithmeticOperator.Subtract,
            new ArithmeticTerm(Anywhere, ArithmeticOperator.Add, Integer(1), new ArithmeticTerm(Anywhere, ArithmeticOperator.Multiply, Integer(2), Integer(3))),
            new NegatedTerm(Anywhere, new TupleLiteral(Anywhere, [Integer(4)])));

        Assert.Equal(expected, CqlParser.ParseTerm("1 + 2 * 3 - -(4)"));
    }

    [Fact]
    public void Braces_hold_sets_maps_and_user_defined_types()
    {
        Assert.Equal(new SetLiteral(Anywhere, []), CqlParser.ParseTerm("{}"));
        Assert.Equal(new SetLiteral(Anywhere, [Integer(1), Integer(2)]), CqlParser.ParseTerm("{1, 2}"));
        Assert.Equal(new MapLiteral(Anywhere, [new MapEntry(Anywhere, Integer(1), new NullLiteral(Anywhere))]), CqlParser.ParseTerm("{1: NULL}"));
        Assert.Equal(
            new UserTypeLiteral(Anywhere, [new FieldValue(Anywhere, "a", Integer(1)), new FieldValue(Anywhere, "B", Integer(2))]),
            CqlParser.ParseTerm("{A: 1, \"B\": 2}"));
    }

    [Fact]
    public void Parentheses_hold_tuples_and_types()
    {
        var text = new NativeTypeName(Anywhere, "text", CqlTypeCode.Text);

        Assert.Equal(new TupleLiteral(Anywhere, [Integer(1), Integer(2)]), CqlParser.ParseTerm("(1, 2)"));
        Assert.Equal(new TypeHintTerm(Anywhere, text, Integer(1)), CqlParser.ParseTerm("(text) 1"));
        Assert.Equal(
            new TypeHintTerm(Anywhere, new ListTypeName(Anywhere, text), new ArrayLiteral(Anywhere, [])), CqlParser.ParseTerm("(list<text>)[]"));
        Assert.Equal(new CastTerm(Anywhere, Integer(1), text), CqlParser.ParseTerm("CAST(1 AS text)"));
    }

    [Fact]
    public void Functions_may_have_a_keyspace()
    {
        Assert.Equal(new FunctionCall(Anywhere, new QualifiedName(Anywhere, null, "now"), []), CqlParser.ParseTerm("NOW()"));
        Assert.Equal(
            new FunctionCall(Anywhere, new QualifiedName(Anywhere, "Ks", "f"), [Integer(1), Integer(2)]), CqlParser.ParseTerm("\"Ks\".f(1, 2)"));
    }

    [Theory]
    [InlineData("int")]
    [InlineData("varchar")]
    [InlineData("frozen<map<text, list<int>>>")]
    [InlineData("tuple<int, vector<float, 3>>")]
    [InlineData("set<ks.\"Udt\">")]
    [InlineData("'org.apache.cassandra.db.marshal.Int32Type'")]
    public void Types_are_written_as_they_are_read(string cql) => Assert.Equal(cql, CqlText.Of(CqlParser.ParseType(cql)));

    [Theory]
    [InlineData("'a'")]
    [InlineData("{'a': 1, 'b': NULL}")]
    [InlineData("{a: 1, \"B\": ?}")]
    [InlineData("[1, (2, 3), {4}]")]
    [InlineData("(list<int>)[1]")]
    [InlineData("ks.f(1, :x)")]
    public void Terms_are_written_as_they_are_read(string cql) => Assert.Equal(cql, CqlText.Of(CqlParser.ParseTerm(cql)));

    private static Literal Integer(int value) => new(Anywhere, LiteralKind.Integer, $"{value}");
}
