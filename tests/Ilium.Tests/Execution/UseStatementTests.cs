using Ilium.Execution;

namespace Ilium.Tests.Execution;

public class UseStatementTests
{
    [Theory]
    [InlineData("USE shop", "shop")]
    [InlineData("  use\tShop ; ", "shop")]
    [InlineData("USE\nshop", "shop")]
    [InlineData("USE \"Shop\"", "Shop")]
    [InlineData("USE\"Shop\";", "Shop")]
    [InlineData("use \"odd\"\"name\"", "odd\"name")]
    public void The_keyspace_is_found_in_its_own_case(string cql, string keyspace) => Assert.Equal(keyspace, UseStatement.Parse(cql));

    [Theory]
    [InlineData("")]
    [InlineData("USE")]
    [InlineData("USED shop")]
    [InlineData("SELECT use FROM t")]
    [InlineData("USE ks.t")]
    [InlineData("USE ks t")]
    [InlineData("USE \"ks\".t")]
    [InlineData("USE \"ks\".\"t\"")]
    [InlineData("USE \"\"")]
    [InlineData("USE 1ks")]
    [InlineData("USE 'ks'")]
    [InlineData("USE ks -- and more")]
    [InlineData("INSERT INTO use (k) VALUES (1)")]
    public void Everything_else_is_not_one(string cql) => Assert.Null(UseStatement.Parse(cql));
}
