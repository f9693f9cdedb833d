using Ilium.Routing;
using Ilium.Statements;
using Ilium.TestKit;

namespace Ilium.Tests.Routing;

public class PartitionKeyTests
{
    private static readonly byte[] Values = [.. Value(ValueBytes.Int(1)), .. Value("a"u8), .. Null, .. Unset, .. Value([])];

    private static byte[] Null => [0xff, 0xff, 0xff, 0xff];

    private static byte[] Unset => [0xff, 0xff, 0xff, 0xfe];

    [Fact]
    public void One_component_is_hashed_as_it_is_and_several_each_with_length_and_a_zero()
    {
        Assert.Equal(Hash([0, 0, 0, 1]), TokenOf([0]));
        Assert.Equal(Hash([97]), TokenOf([1]));
        Assert.Equal(Hash([0, 4, 0, 0, 0, 1, 0, 0, 1, 97, 0]), TokenOf([0, 1]));
        Assert.Equal(Hash([0, 1, 97, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1, 0]), TokenOf([1, 4, 0]));
    }

    [Fact]
    public void A_key_with_a_part_that_is_null_unset_or_missing_has_no_token()
    {
        Assert.Null(TokenOf([]));
        Assert.Null(TokenOf([2]));
        Assert.Null(TokenOf([3]));
        Assert.Null(TokenOf([5]));
        Assert.Null(TokenOf([0, 2]));
        Assert.Null(TokenOf([3, 0]));
        Assert.Null(TokenOf([0, 9]));
    }

    [Fact]
    public void Components_of_a_composite_key_have_at_most_65535_bytes_and_large_keys_are_hashed_alike()
    {
        byte[] values = [.. Value(new byte[65_535]), .. Value(new byte[65_536]), .. Value(ValueBytes.Int(7))];
        Assert.Equal(Hash([0xff, 0xff, .. new byte[65_536], 0, 4, 0, 0, 0, 7, 0]), Find([0, 2], values));
        Assert.Null(Find([1, 2], values));
        Assert.Equal(Hash(new byte[65_536]), Find([1], values));
    }

    [Fact]
    public void Bytes_of_a_key_are_those_that_are_hashed()
    {
        Assert.Equal([0, 4, 0, 0, 0, 1, 0, 0, 1, 97, 0], PartitionKey.Extract([0, 1], Values));
        Assert.Equal([97], PartitionKey.Extract([1], Values));
        Assert.Null(PartitionKey.Extract([1, 2], Values));
        Assert.Equal("0004000000010000016100", RoutingKey.FromComponents(ValueBytes.Int(1), "a"u8.ToArray()).ToString());
        Assert.Equal("61", RoutingKey.FromComponents("a"u8.ToArray()).ToString());
        Assert.Throws<ArgumentException>(() => RoutingKey.FromComponents());
        Assert.Throws<ArgumentException>(() => RoutingKey.FromComponents(new byte[65_536], new byte[1]));
    }

    [Theory]
    [InlineData("INSERT INTO t (k) VALUES (?) IF NOT EXISTS", true)]
    [InlineData("update t set v = 'it''s' where k = ? if v = ?", true)]
    [InlineData("  -- a comment\n/* IF */ DELETE FROM t WHERE k = ?\nIF EXISTS", true)]
    [InlineData("BEGIN BATCH UPDATE t SET v=? WHERE k=? IF v=1; APPLY BATCH", true)]
    [InlineData("INSERT INTO t (k, v) VALUES (?, ' IF ')", false)]
    [InlineData("INSERT INTO t (k, \"IF\") VALUES (?, $$ IF $$)", false)]
    [InlineData("UPDATE t SET v = ? WHERE k = ? -- IF v = 1", false)]
    [InlineData("UPDATE t SET notif = ?, if_ = ?, x1if = 2 WHERE k = ?", false)]
    [InlineData("CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY)", false)]
    [InlineData("SELECT v FROM t WHERE k = ?", false)]
    [InlineData("UPDATE t SET v = 'unclosed", false)]
    [InlineData("", false)]
    public void Conditional_statements_are_known_by_the_word_IF(string cql, bool isConditional) =>
        Assert.Equal(isConditional, ConditionalStatement.Is(cql));

    private static Token? TokenOf(ushort[] indexes) => Find(indexes, Values);

    private static Token? Find(ushort[] indexes, byte[] values) =>
        PartitionKey.TryHash(Murmur3Partitioner.Instance, indexes, values, out var token) ? token : null;

    private static Token Hash(byte[] key) => Murmur3Partitioner.Instance.Hash(key);

    private static byte[] Value(ReadOnlySpan<byte> content) => [.. ValueBytes.Int(content.Length), .. content];
}
