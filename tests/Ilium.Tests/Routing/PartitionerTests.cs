using System.Text;
using Ilium.Routing;
using Ilium.Tests.Protocol;

namespace Ilium.Tests.Routing;

public sealed class PartitionerTests
{
    [Theory]
    [InlineData("", long.MinValue)]
    [InlineData("313233", -7468325962851647638)]
    [InlineData("fefefefefefefefe", -8927430733708461935)]
    [InlineData("1010101010101010", 1446172840243228796)]
    [InlineData("39323233333732303336383534373735383037", 7162290910810015547)]
    [InlineData(
        "00ff10fa9900ff10fa9900ff10fa9900ff10fa9900ff10fa9900ff10fa9900ff10fa9900ff10fa9900ff10fa9900ff10fa99", 5837342703291459765)]
    public void Murmur3_tokens_are_those_of_the_server(string key, long token) =>
        Assert.Equal(Token.FromMurmur3(token), Murmur3Partitioner.Instance.Hash(Convert.FromHexString(key)));

    // An unsigned tail would give the published MurmurHash3, which the server's is not.
    [Theory]
    [InlineData("7f", 5072634478945617755)]
    [InlineData("80", -5284281814142962636)]
    [InlineData("ff", -4442228696663692417)]
    [InlineData("808182838485868788898a8b8c8d8e", 63099782945186636)]
    public void Bytes_above_7f_behind_the_last_block_are_taken_as_signed(string key, long token) =>
        Assert.Equal(token, Murmur3Hash.Compute(Convert.FromHexString(key)));

    [Theory]
    [InlineData("", "58332598431525814501020785164969033090")]
    [InlineData("74657374", "12707736894140473154801792860916528374")]
    [InlineData("6b6579", "80325066489831061459460196859901989661")]
    public void Random_tokens_are_md5_without_its_sign(string key, string token) =>
        Assert.Equal(token, RandomPartitioner.Instance.Hash(Convert.FromHexString(key)).ToString());

    [Fact]
    public void The_token_of_the_byte_ordered_partitioner_is_the_key() =>
        Assert.Equal("00ff61", ByteOrderedPartitioner.Instance.Hash([0, 0xff, (byte)'a']).ToString());

    [Theory]
    [InlineData("org.apache.cassandra.dht.Murmur3Partitioner", typeof(Murmur3Partitioner))]
    [InlineData("Murmur3Partitioner", typeof(Murmur3Partitioner))]
    [InlineData("org.apache.cassandra.dht.RandomPartitioner", typeof(RandomPartitioner))]
    [InlineData("org.apache.cassandra.dht.ByteOrderedPartitioner", typeof(ByteOrderedPartitioner))]
    [InlineData("com.example.OwnPartitioner", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Partitioners_are_found_by_class_and_unknown_ones_are_none(string? name, Type? type) =>
        Assert.Equal(type, Partitioner.Find(name)?.GetType());

    [Theory]
    [InlineData("Murmur3Partitioner", "-9223372036854775808")]
    [InlineData("Murmur3Partitioner", "0")]
    [InlineData("Murmur3Partitioner", "9223372036854775807")]
    [InlineData("RandomPartitioner", "170141183460469231731687303715884105728")]
    [InlineData("ByteOrderedPartitioner", "00ff61")]
    public void Tokens_are_read_as_they_are_written(string partitioner, string text)
    {
        Assert.True(Partitioner.Find(partitioner)!.TryParse(text, out var token));
        Assert.Equal(text, token.ToString());
    }

    [Theory]
    [InlineData("Murmur3Partitioner", "9223372036854775808")]
    [InlineData("Murmur3Partitioner", "abc")]
    [InlineData("RandomPartitioner", "-1")]
    [InlineData("ByteOrderedPartitioner", "abc")]
    [InlineData("ByteOrderedPartitioner", "zz")]
    public void What_is_no_token_is_refused(string partitioner, string text) =>
        Assert.False(Partitioner.Find(partitioner)!.TryParse(text, out _));

    [Fact]
    public void Tokens_sort_as_their_numbers_and_bytes_do()
    {
        Assert.True(Token.FromMurmur3(long.MinValue) < Token.FromMurmur3(-1));
        Assert.True(Token.FromMurmur3(-1) < Token.FromMurmur3(0));
        Assert.True(Token.FromMurmur3(0) < Token.FromMurmur3(long.MaxValue));
        Assert.True(Token.FromRandom(ulong.MaxValue) < Token.FromRandom((UInt128)ulong.MaxValue + 1));
        Assert.True(Token.FromBytes([1]) < Token.FromBytes([1, 0]));
        Assert.True(Token.FromBytes([0x7f]) < Token.FromBytes([0x80]));
        Assert.Equal(Token.FromBytes([1, 2]), Token.FromBytes([1, 2]));
        Assert.Equal(Token.FromBytes([1, 2]).GetHashCode(), Token.FromBytes([1, 2]).GetHashCode());
        Assert.NotEqual(Token.FromMurmur3(long.MinValue), Token.FromRandom(0));
    }

    [Fact]
    public void Hashing_a_key_allocates_nothing()
    {
        var key = Encoding.UTF8.GetBytes("a partition key of more than two blocks");
        Assert.NotEqual(Murmur3Partitioner.Instance.Hash(key), RandomPartitioner.Instance.Hash(key));
        Assert.Equal(0, Allocations.Of(() =>
        {
            Murmur3Partitioner.Instance.Hash(key);
            RandomPartitioner.Instance.Hash(key);
        }));
    }
}
