using Ilium.Tests.Types.Random;
using Ilium.Types;

namespace Ilium.Tests.Types;

/// <summary>The order of sets and of the keys of maps; that it is the server's, the integration tests show.</summary>
public class ServerOrderTests
{
    [Theory]
    [InlineData("tinyint", "FF", "01")]
    [InlineData("int", "FFFFFFFF", "00000000")]
    [InlineData("bigint", "8000000000000000", "0000000000000000")]
    [InlineData("blob", "01", "FF")]
    [InlineData("text", "61", "6161")]
    [InlineData("varint", "80", "7F")]
    [InlineData("varint", "7F", "0080")]
    [InlineData("decimal", "0000000105", "0000000005")]
    [InlineData("double", "8000000000000000", "0000000000000000")]
    [InlineData("double", "7FF0000000000000", "7FF8000000000000")]
    [InlineData("date", "00000000", "80000000")]
    [InlineData("uuid", "00000000000000000000000000000000", "00000000000040008000000000000000")]
    [InlineData("uuid", "FFFFFFFF000010008000000000000000", "00000000000110008000000000000000")]
    [InlineData("timeuuid", "00000000000010008000000000000000", "00000000000010000000000000000000")]
    [InlineData("int", "", "80000000")]
    public void Scalars(string type, string smaller, string larger)
    {
        var cql = CqlTypes[type];
        var (left, right) = (Convert.FromHexString(smaller), Convert.FromHexString(larger));
        Assert.True(ServerOrder.Compare(cql, left, right) < 0);
        Assert.True(ServerOrder.Compare(cql, right, left) > 0);
        Assert.Equal(0, ServerOrder.Compare(cql, left, left));
    }

    [Fact]
    public void Numbers_of_another_scale_are_the_same_one() =>
        Assert.Equal(0, ServerOrder.Compare(CqlType.Decimal, Convert.FromHexString("000000010A"), Convert.FromHexString("0000000001")));

    [Fact]
    public void It_is_an_order_for_values_of_any_type()
    {
        for (var i = 0; i < 200; i++)
        {
            var type = RandomCase.Draw(RandomTypes.Of(3, asKey: true), 7, i);
            var values = Enumerable.Range(0, 6).Select(j => ReferenceEncoding.Of(type, RandomCase.Draw(RandomValues.Of(type), 7, (i * 6) + j))).ToArray();
            Assert.All(values, x => Assert.All(values, y =>
            {
                Assert.Equal(Math.Sign(ServerOrder.Compare(type, x, y)), -Math.Sign(ServerOrder.Compare(type, y, x)));
                Assert.All(values, z => Assert.False(ServerOrder.Compare(type, x, y) <= 0 && ServerOrder.Compare(type, y, z) <= 0 && ServerOrder.Compare(type, x, z) > 0, $"{type}"));
            }));
        }
    }

    private static readonly Dictionary<string, CqlType> CqlTypes = new[]
    {
        CqlType.Tinyint, CqlType.Int, CqlType.Bigint, CqlType.Blob, CqlType.Text, CqlType.Varint, CqlType.Decimal, CqlType.Double, CqlType.Date, CqlType.Uuid, CqlType.Timeuuid,
    }.ToDictionary(type => type.ToString());
}
