using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class ExecuteRequestTests
{
    private static readonly byte[] Id = Bytes("A1A2A3");
    private static readonly byte[] MetadataId = Bytes("B1B2");

    [Theory]
    [InlineData(ProtocolVersion.V3, "0003 A1A2A3 000A 07 0001 00000001 2A 00000064")]
    [InlineData(ProtocolVersion.V4, "0003 A1A2A3 000A 07 0001 00000001 2A 00000064")]
    [InlineData(ProtocolVersion.V5, "0003 A1A2A3 0002 B1B2 000A 00000007 0001 00000001 2A 00000064")]
    public void The_metadata_id_is_sent_from_v5_only(ProtocolVersion version, string expected) => Assert.Equal(
        Hex(expected),
        Written(w => ExecuteRequest.Write(w, version, Id, MetadataId, new QueryParameters
        {
            Consistency = ConsistencyLevel.LocalOne,
            EncodedValues = Bytes("00000001 2A"),
            ValueCount = 1,
            SkipMetadata = true,
            PageSize = 100,
        })));

    [Fact]
    public void Where_Scyllas_extension_was_agreed_v4_sends_a_metadata_id_even_an_empty_one() => Assert.Equal(
        Hex("0003 A1A2A3 0000 0001 00"),
        Written(w => ExecuteRequest.Write(
            w, ProtocolVersion.V4, Id, default, new QueryParameters { Consistency = ConsistencyLevel.One }, metadataIdExtension: true)));

    [Fact]
    public void Without_values_there_is_no_count() => Assert.Equal(
        Hex("0003 A1A2A3 0002 B1B2 0001 00000000"),
        Written(
            w => ExecuteRequest.Write(w, ProtocolVersion.V5, Id, MetadataId, new QueryParameters { Consistency = ConsistencyLevel.One })));

    [Fact]
    public void Null_and_unset_keep_their_own_lengths() => Assert.Equal(
        Hex("0003 A1A2A3 0001 01 0002 FFFFFFFF FFFFFFFE"),
        Written(w => ExecuteRequest.Write(w, ProtocolVersion.V4, Id, default, new QueryParameters
        {
            Consistency = ConsistencyLevel.One,
            EncodedValues = Bytes("FFFFFFFF FFFFFFFE"),
            ValueCount = 2,
        })));

    [Theory]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public void A_whole_request_is_encoded_without_allocating(ProtocolVersion version)
    {
        using var writer = new CqlWriter();
        var values = Bytes("00000004 0000002A 00000003 'abc'");
        void Encode()
        {
            writer.Clear();
            var start = EnvelopeWriter.Begin(writer, version, Opcode.Execute);
            ExecuteRequest.Write(writer, version, Id, MetadataId, new QueryParameters
            {
                Consistency = ConsistencyLevel.LocalQuorum,
                EncodedValues = values,
                ValueCount = 2,
                SkipMetadata = true,
                PageSize = 5000,
                SerialConsistency = ConsistencyLevel.Serial,
                Timestamp = 1,
            });
            EnvelopeWriter.End(writer, start);
            EnvelopeWriter.SetStreamId(writer.Written(start, writer.Length), 77);
        }

        Assert.Equal(0, Allocations.Of(Encode));
    }
}
