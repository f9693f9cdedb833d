using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Tests.Cql;

public class KeywordTests
{
    public static TheoryData<string> Keywords { get; } = [.. Embedded.Cql.Keywords.Listed.Select(keyword => keyword.Text)];

    [Theory]
    [MemberData(nameof(Keywords))]
    public void Each_keyword_is_a_name_where_the_server_takes_it_for_one(string word)
    {
        var keywordClass = Embedded.Cql.Keywords.Listed.Single(keyword => keyword.Text == word).Class;

        Assert.Equal(keywordClass != KeywordClass.Reserved, Parses($"CREATE TABLE t ({word} blob PRIMARY KEY)"));
        Assert.Equal(keywordClass is KeywordClass.Unreserved or KeywordClass.NativeType || word is "TOKEN" or "COUNT", Parses($"SELECT {word}(a) FROM t", typeof(FunctionSelectable)));
        Assert.Equal(keywordClass == KeywordClass.Unreserved || word == "KEY", Parses($"CREATE TYPE {word} (a int)"));
    }

    [Fact]
    public void The_words_that_are_reserved_are_those_that_the_driver_quotes()
    {
        var reserved = Embedded.Cql.Keywords.Listed.Where(keyword => keyword.Class == KeywordClass.Reserved).Select(keyword => keyword.Text);

        Assert.All(reserved, word => Assert.True(CqlIdentifier.NeedsQuotes(word.ToLowerInvariant()), word));
    }

    [Theory]
    [InlineData("select a from t")]
    [InlineData("SELECT a FROM t")]
    [InlineData("SeLeCt A fRoM T")]
    [InlineData("SELECT \"a\" FROM \"t\"")]
    public void Names_and_keywords_are_read_in_any_case_of_letters(string cql) =>
        Assert.Equal(CqlParser.ParseStatement("SELECT a FROM t"), CqlParser.ParseStatement(cql));

    [Fact]
    public void Quoted_names_keep_their_case_and_their_quotes() =>
        Assert.Equal("A\"b", Assert.IsType<UseStatement>(CqlParser.ParseStatement("USE \"A\"\"b\"")).Keyspace);

    private static bool Parses(string cql, Type? selectable = null)
    {
        try
        {
            var statement = CqlParser.ParseStatement(cql);
            return selectable is null || ((SelectStatement)statement).Selectors[0].Selectable.GetType() == selectable;
        }
        catch (CqlSyntaxException)
        {
            return false;
        }
    }
}
