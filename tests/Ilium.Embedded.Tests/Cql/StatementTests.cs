using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Tests.Cql;

public class StatementTests
{
    private static readonly SourcePosition Anywhere = new(1, 0);

    [Fact]
    public void A_select_has_all_its_clauses()
    {
        const string cql = "SELECT JSON DISTINCT a AS \"X\", count(*), ttl(b.c), m['k'..] FROM ks.t WHERE k = ? AND c IN (1, :two) AND (d, e) > (1, 2) "
            + "AND token(k) <= 5 AND l CONTAINS KEY 'x' GROUP BY a ORDER BY c DESC, v ANN OF [1] PER PARTITION LIMIT 2 LIMIT 3 ALLOW FILTERING";
        var b = new ColumnSelectable(Anywhere, "b");
        var two = new BindMarker(Anywhere, 1, "two");
        var expected = new SelectStatement(
            Anywhere,
            IsJson: true,
            IsDistinct: true,
            [
                new Selector(Anywhere, new ColumnSelectable(Anywhere, "a"), "X"),
                new Selector(Anywhere, new CountRowsSelectable(Anywhere), null),
                new Selector(Anywhere, new WriteTimeOrTtlSelectable(Anywhere, WriteTimeOrTtlKind.Ttl, "b", new FieldSelectable(Anywhere, b, "c")), null),
                new Selector(Anywhere, new SliceSelectable(Anywhere, new ColumnSelectable(Anywhere, "m"), Text("k"), null), null),
            ],
            Name("ks", "t"),
            [
                new SingleColumnRelation(Anywhere, "k", RelationOperator.Equal, new BindMarker(Anywhere, 0, null)),
                new SingleColumnInRelation(Anywhere, "c", new InValues(Anywhere, null, [Integer(1), two])),
                new MultiColumnRelation(Anywhere, ["d", "e"], RelationOperator.GreaterThan, new TupleLiteral(Anywhere, [Integer(1), Integer(2)])),
                new TokenRelation(Anywhere, ["k"], RelationOperator.LessThanOrEqual, Integer(5)),
                new SingleColumnRelation(Anywhere, "l", RelationOperator.ContainsKey, Text("x")),
            ],
            [new ColumnSelectable(Anywhere, "a")],
            [new Ordering(Anywhere, "c", null, true), new Ordering(Anywhere, "v", new ArrayLiteral(Anywhere, [Integer(1)]), false)],
            Integer(2),
            Integer(3),
            AllowFiltering: true);

        var statement = CqlParser.ParseStatement(cql);

        Assert.Equal(expected, statement);
        Assert.Equal([new BindMarker(Anywhere, 0, null), two], statement.BindMarkers);
    }

    [Theory]
    [InlineData("SELECT JSON FROM t", false, "json")]
    [InlineData("SELECT JSON json FROM t", true, "json")]
    [InlineData("SELECT JSON AS a FROM t", false, "json")]
    [InlineData("SELECT JSON AS FROM t", true, "as")]
    [InlineData("SELECT json.a FROM t", false, null)]
    [InlineData("SELECT json[1] FROM t", true, null)]
    [InlineData("SELECT json[1..2] FROM t", false, null)]
    [InlineData("SELECT JSON - json FROM t", true, null)]
    public void Json_is_a_word_of_the_language_or_a_column(string cql, bool isJson, string? column)
    {
        var select = Assert.IsType<SelectStatement>(CqlParser.ParseStatement(cql));

        Assert.Equal(isJson, select.IsJson);
        if (column is not null)
        {
            Assert.Equal(new ColumnSelectable(Anywhere, column), Assert.Single((IEnumerable<Selector>)select.Selectors).Selectable);
        }
    }

    [Fact]
    public void An_insert_may_have_a_condition_and_attributes() => Assert.Equal(
        new InsertStatement(Anywhere, Name(null, "t"), ["a", "b"], [Integer(1), new NullLiteral(Anywhere)], true, new UsingAttributes(Integer(5), Integer(6))),
        CqlParser.ParseStatement("INSERT INTO t (a, b) VALUES (1, NULL) IF NOT EXISTS USING TTL 6 AND TIMESTAMP 5;"));

    [Fact]
    public void An_insert_of_json_says_what_becomes_of_the_other_columns() => Assert.Equal(
        new InsertJsonStatement(Anywhere, Name(null, "t"), Text("{}"), true, false, UsingAttributes.None),
        CqlParser.ParseStatement("INSERT INTO t JSON '{}' DEFAULT UNSET"));

    [Fact]
    public void An_update_has_assignments_of_all_kinds() => Assert.Equal(
        new UpdateStatement(
            Anywhere,
            Name(null, "t"),
            UsingAttributes.None,
            [
                new SetValue(Anywhere, "a", Integer(1)),
                new Addition(Anywhere, "b", Integer(1)),
                new Subtraction(Anywhere, "c", Integer(1)),
                new Addition(Anywhere, "d", Integer(-1)),
                new Prepend(Anywhere, "e", new ArrayLiteral(Anywhere, [Integer(1)])),
                new SetElement(Anywhere, "f", Integer(0), Integer(1)),
                new SetField(Anywhere, "g", "h", Integer(1)),
                new Addition(Anywhere, "i", Integer(1)),
                new Subtraction(Anywhere, "j", Integer(1)),
            ],
            [new SingleColumnRelation(Anywhere, "k", RelationOperator.Equal, Integer(1))],
            false,
            [
                new SimpleCondition(Anywhere, new ElementTarget(Anywhere, "f", Integer(0)), RelationOperator.Equal, Integer(1)),
                new InCondition(Anywhere, new FieldTarget(Anywhere, "g", "h"), new InValues(Anywhere, null, [Integer(1)])),
                new SimpleCondition(Anywhere, new ColumnTarget(Anywhere, "l"), RelationOperator.Contains, Integer(1)),
            ]),
        CqlParser.ParseStatement(
            "UPDATE t SET a = 1, b = b + 1, c = c - 1, d = d -1, e = [1] + e, f[0] = 1, g.h = 1, i += 1, j -= 1 WHERE k = 1 IF f[0] = 1 AND g.h IN (1) AND l CONTAINS 1"));

    [Fact]
    public void A_batch_counts_the_markers_of_all_its_statements()
    {
        var batch = Assert.IsType<CqlBatchStatement>(CqlParser.ParseStatement(
            "BEGIN UNLOGGED BATCH USING TIMESTAMP ? INSERT INTO t (a) VALUES (?); DELETE a, b[1], c.d FROM t WHERE k = ? IF EXISTS APPLY BATCH"));

        Assert.Equal(BatchKind.Unlogged, batch.Kind);
        Assert.Equal(3, batch.BindMarkers.Count);
        Assert.Equal(new InsertStatement(Anywhere, Name(null, "t"), ["a"], [new BindMarker(Anywhere, 1, null)], false, UsingAttributes.None), batch.Statements[0]);
        Assert.Equal(
            new DeleteStatement(
                Anywhere,
                [new ColumnDeletion(Anywhere, "a"), new ElementDeletion(Anywhere, "b", Integer(1)), new FieldDeletion(Anywhere, "c", "d")],
                Name(null, "t"),
                UsingAttributes.None,
                [new SingleColumnRelation(Anywhere, "k", RelationOperator.Equal, new BindMarker(Anywhere, 2, null))],
                true,
                []),
            batch.Statements[1]);
    }

    [Fact]
    public void A_table_has_columns_keys_order_and_properties() => Assert.Equal(
        new CreateTableStatement(
            Anywhere,
            Name("ks", "t"),
            IfNotExists: true,
            [
                new TableColumn(Anywhere, "a", new NativeTypeName(Anywhere, "int", CqlTypeCode.Int), false, null),
                new TableColumn(Anywhere, "b", new FrozenTypeName(Anywhere, new UserTypeName(Anywhere, Name(null, "u"))), true, null),
                new TableColumn(
                    Anywhere,
                    "c",
                    new NativeTypeName(Anywhere, "varchar", CqlTypeCode.Text),
                    false,
                    new MaskClause(Anywhere, Name("system", "mask_default"), [])),
            ],
            [new PrimaryKey(Anywhere, ["a", "x"], ["c"])],
            CompactStorage: true,
            [new ColumnOrder(Anywhere, "c", true)],
            [new TextProperty(Anywhere, "comment", "text"), new MapProperty(Anywhere, "caching", [new("keys", "ALL")])]),
        CqlParser.ParseStatement(
            "CREATE TABLE IF NOT EXISTS ks.t (a int, b frozen<u> STATIC, c varchar MASKED WITH DEFAULT, PRIMARY KEY ((a, x), c)) "
            + "WITH CLUSTERING ORDER BY (c DESC) AND COMPACT STORAGE AND comment = 'text' AND caching = {'keys': 'ALL'}"));

    [Fact]
    public void Positions_are_lines_and_columns()
    {
        var select = Assert.IsType<SelectStatement>(CqlParser.ParseStatement("SELECT a,\n  b -- comment\nFROM /* two\nlines */ t"));

        Assert.Equal(new SourcePosition(1, 0), select.Position);
        Assert.Equal(new SourcePosition(2, 2), select.Selectors[1].Position);
        Assert.Equal(new SourcePosition(4, 9), select.Table.Position);
    }

    private static QualifiedName Name(string? keyspace, string name) => new(Anywhere, keyspace, name);

    private static Literal Integer(int value) => new(Anywhere, LiteralKind.Integer, $"{value}");

    private static Literal Text(string value) => new(Anywhere, LiteralKind.String, value);
}
