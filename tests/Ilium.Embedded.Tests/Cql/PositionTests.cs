using Ilium.Embedded.Cql;

namespace Ilium.Embedded.Tests.Cql;

/// <summary>What is a statement, and where the error is when it is none: as a real server has it, recorded in <c>positions.txt</c>.</summary>
public class PositionTests
{
    [Fact]
    public void Errors_are_where_the_server_has_them()
    {
        var differences = new List<string>();
        var count = 0;
        foreach (var line in Lines())
        {
            count++;
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var expected = line[..space];
            var cql = line[(space + 1)..].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal);
            var actual = PositionOf(cql);
            if (actual != expected)
            {
                differences.Add($"{cql}: {actual} instead of {expected}");
            }
        }

        Assert.Empty(differences);
        Assert.True(count > 400, $"only {count} lines");
    }

    [Theory]
    [InlineData("SELEC", "line 1:0 no viable alternative at input 'SELEC' ([SELEC])")]
    [InlineData("SELECT FROM", "line 1:7 no viable alternative at input 'FROM' (SELECT [FROM])")]
    [InlineData("SELECT * FROM t; x", "line 1:17 mismatched input 'x' expecting EOF (SELECT * FROM t; [x])")]
    [InlineData("DELETE * FROM t WHERE k = 1", "line 1:7 mismatched input '*' expecting K_FROM (DELETE [*]...)")]
    [InlineData("SELECT a FROM t WHERE a IN (1 2)", "line 1:30 mismatched input '2' expecting ')' (... WHERE a IN (1 [2]...)")]
    [InlineData("SELECT a", "line 0:-1 mismatched input '<EOF>' expecting K_FROM")]
    [InlineData("SELECT a ! FROM t", "line 1:10 mismatched character ' ' expecting '='")]
    [InlineData("UPDATE t SET a = b + 1 WHERE k = 1", "Only expressions of the form X = X +<value> are supported.")]
    [InlineData("UPDATE t SET a = 1, a = 2 WHERE k = 1", "Multiple incompatible setting of column a")]
    [InlineData("CREATE KEYSPACE k WITH a = 1 AND a = 2", "Multiple definitions for property 'a'")]
    [InlineData("CREATE KEYSPACE k WITH a = {'x': 1, 'x': 2}", "Multiple definition for property x")]
    [InlineData("CREATE KEYSPACE k WITH r = {'a': [1]}", "Invalid property value: [1] for property: 'a'")]
    [InlineData("CREATE TABLE t (a frozen<int> PRIMARY KEY)", "frozen<> is only allowed on collections, tuples, and user-defined types (got int)")]
    [InlineData("CREATE TYPE byte (a int)", "Invalid (reserved) user type name byte")]
    [InlineData("SELECT a FROM ?", "Bind variables cannot be used for table names")]
    [InlineData("GRANT EXECUTE ON t TO r", "Resource type DataResource does not support any of the requested permissions")]
    [InlineData("CREATE ROLE r WITH PASSWORD = 'a' AND PASSWORD = 'b'", "Multiple definition for property 'PASSWORD'")]
    public void Messages_are_worded_as_the_server_words_them(string cql, string message) =>
        Assert.Equal(message, Assert.Throws<CqlSyntaxException>(() => CqlParser.ParseStatement(cql)).Message);

    [Fact]
    public void A_text_nested_beyond_the_stack_is_an_error()
    {
        var cql = $"INSERT INTO t (a) VALUES ({new string('(', 200_000)}";

        Assert.Equal("The statement is nested too deeply", Assert.Throws<CqlSyntaxException>(() => CqlParser.ParseStatement(cql)).Message);
    }

    private static string PositionOf(string cql)
    {
        try
        {
            CqlParser.ParseStatement(cql);
            return "ok";
        }
        catch (CqlSyntaxException error)
        {
            return error.Position?.ToString() ?? "nowhere";
        }
    }

    private static IEnumerable<string> Lines()
    {
        using var stream = typeof(PositionTests).Assembly.GetManifestResourceStream("positions.txt")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
    }
}
