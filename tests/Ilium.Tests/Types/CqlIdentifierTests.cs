namespace Ilium.Tests.Types;

public class CqlIdentifierTests
{
    [Theory]
    [InlineData("users", "users")]
    [InlineData("t_1", "t_1")]
    [InlineData("Users", "\"Users\"")]
    [InlineData("1st", "\"1st\"")]
    [InlineData("_id", "\"_id\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("quo\"ted", "\"quo\"\"ted\"")]
    [InlineData("", "\"\"")]
    [InlineData("größe", "\"größe\"")]
    [InlineData("select", "\"select\"")]
    [InlineData("token", "\"token\"")]
    [InlineData("mbeans", "\"mbeans\"")]
    [InlineData("key", "key")]
    [InlineData("timestamp", "timestamp")]
    public void A_name_gets_quotes_when_it_means_itself_only_inside_them(string name, string cql)
    {
        Assert.Equal(cql, CqlIdentifier.ToCql(name));
        Assert.Equal(cql != name, CqlIdentifier.NeedsQuotes(name));
        Assert.Equal(name, CqlIdentifier.FromCql(cql));
        Assert.Equal(name, CqlIdentifier.FromCql(CqlIdentifier.Quote(name)));
    }

    [Fact]
    public void Text_without_quotes_is_folded_and_reserved_words_are_so_in_any_case()
    {
        Assert.Equal("users", CqlIdentifier.FromCql("Users"));
        Assert.True(CqlIdentifier.IsReserved("SELECT"));
        Assert.False(CqlIdentifier.IsReserved("users"));
        Assert.Throws<ArgumentNullException>(() => CqlIdentifier.ToCql(null!));
    }
}
