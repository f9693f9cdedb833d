using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class PreparedResultTests
{
    private const string Variables = "0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 000D";
    private const string Result = "00000001 00000001 0002 'ks' 0001 't' 0001 'c' 000C";

    [Fact]
    public void V3_has_neither_key_indexes_nor_a_metadata_id()
    {
        var prepared = Read(ProtocolVersion.V3, $"0002 A1A2 00000001 00000002 {Variables} {Result}");

        Assert.Equal([0xA1, 0xA2], prepared.Id);
        Assert.Null(prepared.ResultMetadataId);
        Assert.Empty(prepared.PartitionKeyIndexes);
        Assert.Equal(["a", "b"], prepared.Variables.Columns.Select(c => c.Name));
        Assert.Equal("c", Assert.Single(prepared.Result.Columns).Name);
        Assert.Null(prepared.Result.Id);
    }

    [Fact]
    public void V4_has_the_key_indexes_between_column_count_and_table_spec()
    {
        var prepared = Read(ProtocolVersion.V4, $"0002 A1A2 00000001 00000002 00000002 0001 0000 {Variables} {Result}");

        Assert.Equal([1, 0], prepared.PartitionKeyIndexes);
        Assert.Equal(["a", "b"], prepared.Variables.Columns.Select(c => c.Name));
        Assert.Equal(CqlType.Uuid, prepared.Result[0].Type);
        Assert.Null(prepared.ResultMetadataId);
    }

    [Fact]
    public void V5_has_the_metadata_id_behind_the_id_and_the_result_keeps_it()
    {
        var prepared = Read(ProtocolVersion.V5, $"0002 A1A2 0003 B1B2B3 00000001 00000002 00000001 0000 {Variables} {Result}");

        Assert.Equal([0xB1, 0xB2, 0xB3], prepared.ResultMetadataId);
        Assert.Same(prepared.ResultMetadataId, prepared.Result.Id);
        Assert.Null(prepared.Variables.Id);
    }

    [Fact]
    public void Where_Scyllas_extension_was_agreed_v4_has_the_metadata_id_too()
    {
        var reader = new CqlReader(Bytes($"0002 A1A2 0001 B1 00000001 00000002 00000000 {Variables} {Result}"));

        Assert.Equal([0xB1], PreparedResult.Read(ref reader, ProtocolVersion.V4, metadataIdExtension: true).ResultMetadataId);
    }

    [Theory]
    [InlineData("00000004 00000000")]
    [InlineData("00000000 00000000")]
    [InlineData("00000001 00000000 0000 0000")]
    public void A_result_without_columns_is_empty_and_keeps_its_id(string result)
    {
        var prepared = Read(ProtocolVersion.V5, $"0001 A1 0001 B1 00000000 00000000 00000000 {result}");

        Assert.Equal(0, prepared.Result.Count);
        Assert.Equal([0xB1], prepared.Result.Id);
        Assert.Equal(0, prepared.Variables.Count);
    }

    [Fact]
    public void Unknown_flags_are_kept_for_extensions() => Assert.Equal(
        unchecked((int)0x80000001),
        Read(ProtocolVersion.V4, $"0001 A1 80000001 00000002 00000000 {Variables} {Result}").VariableFlags);

    [Theory]
    [InlineData("0001 A1 00000001 00000002 FFFFFFFF", "a count of -1")]
    [InlineData("0001 A1 00000001 00000002 7FFFFFFF 0000", "a count of 2147483647")]
    [InlineData("0001 A1 00000001 00000002 00000001 0002", "bound to variable 2 of 2")]
    [InlineData("0001 A1 00000001 FFFFFFFF 00000000", "-1 columns")]
    public void Hostile_counts_and_indexes_are_malformed(string body, string words)
    {
        var error = Assert.Throws<MalformedResponseException>(() => Read(ProtocolVersion.V4, body));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static PreparedResult Read(ProtocolVersion version, string body)
    {
        var reader = new CqlReader(Bytes(body));
        var prepared = PreparedResult.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return prepared;
    }
}
