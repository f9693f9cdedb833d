using System.Collections.Immutable;
using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class TypeReaderTests
{
    [Theory]
    [InlineData("0001", "ascii")]
    [InlineData("0002", "bigint")]
    [InlineData("0003", "blob")]
    [InlineData("0004", "boolean")]
    [InlineData("0005", "counter")]
    [InlineData("0006", "decimal")]
    [InlineData("0007", "double")]
    [InlineData("0008", "float")]
    [InlineData("0009", "int")]
    [InlineData("000A", "text")]
    [InlineData("000B", "timestamp")]
    [InlineData("000C", "uuid")]
    [InlineData("000D", "text")]
    [InlineData("000E", "varint")]
    [InlineData("000F", "timeuuid")]
    [InlineData("0010", "inet")]
    [InlineData("0011", "date")]
    [InlineData("0012", "time")]
    [InlineData("0013", "smallint")]
    [InlineData("0014", "tinyint")]
    [InlineData("0015", "duration")]
    [InlineData("0020 0009", "list<int>")]
    [InlineData("0022 000D", "set<text>")]
    [InlineData("0021 000D 0020 0009", "map<text, list<int>>")]
    [InlineData("0031 0002 0009 0022 000C", "tuple<int, set<uuid>>")]
    [InlineData("0031 0000", "tuple<>")]
    [InlineData("0000 0003 'x.Y'", "'x.Y'")]
    [InlineData("0099", "'0x0099'")]
    [InlineData("FF01", "'0xFF01'")]
    public void Every_option_id_gives_its_type(string bytes, string expected)
    {
        var reader = new CqlReader(Bytes(bytes));

        Assert.Equal(expected, TypeReader.Read(ref reader).ToString());
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void A_user_type_has_keyspace_name_and_fields()
    {
        var reader = new CqlReader(Bytes("0030 0002 'ks' 0004 'Addr' 0002 0001 'a' 0009 0001 'b' 0020 000D"));

        Assert.Equal(
            new CqlUserType(
                "ks",
                "Addr",
                ImmutableArray.Create(new CqlField("a", CqlType.Int), new CqlField("b", new CqlListType(CqlType.Text)))),
            TypeReader.Read(ref reader));
    }

    [Fact]
    public void A_vector_comes_as_a_custom_class()
    {
        const string Class = "org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.FloatType, 3)";
        var reader = new CqlReader(Bytes($"0000 {Class.Length:X4} '{Class}'"));

        Assert.Equal(new CqlVectorType(CqlType.Float, 3), TypeReader.Read(ref reader));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(1_000_000, false)]
    public void Nesting_is_bounded(int depth, bool accepted)
    {
        var bytes = Bytes(string.Concat(Enumerable.Repeat("0020", depth)) + "0009");
        void Read()
        {
            var reader = new CqlReader(bytes);
            TypeReader.Read(ref reader);
        }

        if (accepted)
        {
            Read();
        }
        else
        {
            Assert.Contains("64 levels", Assert.Throws<MalformedResponseException>(Read).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0020")]
    [InlineData("0021 0009")]
    [InlineData("0031 FFFF 0009")]
    [InlineData("0030 0002 'ks' 0001 'u' FFFF 0001 'a' 0009")]
    [InlineData("0000 0005 'abc'")]
    public void Truncated_types_are_malformed(string bytes) => Assert.Throws<MalformedResponseException>(() =>
    {
        var reader = new CqlReader(Bytes(bytes));
        TypeReader.Read(ref reader);
    });
}
