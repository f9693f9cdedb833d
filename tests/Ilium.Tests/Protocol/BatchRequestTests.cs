using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class BatchRequestTests
{
    [Theory]
    [InlineData(ProtocolVersion.V3, "30")]
    [InlineData(ProtocolVersion.V4, "30")]
    [InlineData(ProtocolVersion.V5, "00000030")]
    public void Statements_come_before_consistency_and_flags_and_carry_no_metadata_id(ProtocolVersion version, string flags)
    {
        var actual = Written(w =>
        {
            var batch = BatchRequest.Begin(w, version, BatchType.Unlogged);
            batch.AddQuery(w, "Q", 1, Bytes("00000001 07"));
            batch.AddPrepared(w, Bytes("A1A2"), 2, Bytes("FFFFFFFF 00000000"));
            batch.AddQuery(w, "é", 0, default);
            batch.End(
                w, new BatchParameters { Consistency = ConsistencyLevel.Two, SerialConsistency = ConsistencyLevel.Serial, Timestamp = 9 });
        });

        Assert.Equal(
            Hex($"""
                01 0003
                00 00000001 'Q' 0001 00000001 07
                01 0002 A1A2 0002 FFFFFFFF 00000000
                00 00000002 C3A9 0000
                0002 {flags} 0008 0000000000000009
                """),
            actual);
    }

    [Fact]
    public void V5_adds_keyspace_and_now_in_seconds_at_the_end() => Assert.Equal(
        Hex("00 0000 0001 00000180 0002 'ks' 00000005"),
        Written(w => BatchRequest.Begin(w, ProtocolVersion.V5, BatchType.Logged).End(
            w, new BatchParameters { Consistency = ConsistencyLevel.One, Keyspace = "ks", NowInSeconds = 5 })));

    [Fact]
    public void A_counter_batch_is_type_2() => Assert.StartsWith(
        "020000",
        Written(w => BatchRequest.Begin(w, ProtocolVersion.V4, BatchType.Counter).End(w, default)),
        StringComparison.Ordinal);

    [Fact]
    public void The_count_is_patched_where_the_batch_began_even_behind_an_envelope_header() => Assert.Equal(
        Hex("04 00 0000 0D 00000011  00 0001  01 0001 AA 0001 00000001 BB  0001 00"),
        Written(w =>
        {
            var start = EnvelopeWriter.Begin(w, ProtocolVersion.V4, Opcode.Batch);
            var batch = BatchRequest.Begin(w, ProtocolVersion.V4, BatchType.Logged);
            batch.AddPrepared(w, Bytes("AA"), 1, Bytes("00000001 BB"));
            batch.End(w, new BatchParameters { Consistency = ConsistencyLevel.One });
            EnvelopeWriter.End(w, start);
        }));

    [Fact]
    public void At_most_65535_statements_fit_a_batch()
    {
        using var writer = new CqlWriter();
        var batch = BatchRequest.Begin(writer, ProtocolVersion.V4, BatchType.Logged);
        for (var i = 0; i < 65_535; i++)
        {
            batch.AddPrepared(writer, [1], 0, default);
        }

        var length = writer.Length;
        var error = Assert.Throws<InvalidOperationException>(() => batch.AddPrepared(writer, [1], 0, default));

        Assert.Equal("A batch holds at most 65,535 statements.", error.Message);
        Assert.Equal(length, writer.Length);
        batch.End(writer, default);
        Assert.Equal("00FFFF", Hex(writer.WrittenSpan[..3]));
    }

    [Fact]
    public void What_the_version_cannot_carry_is_refused()
    {
        Assert.Throws<NotSupportedByProtocolException>(
            () => Written(
                w => BatchRequest.Begin(w, ProtocolVersion.V4, BatchType.Logged).End(w, new BatchParameters { Keyspace = "ks" })));
        Assert.Throws<NotSupportedByProtocolException>(
            () => Written(w => BatchRequest.Begin(w, ProtocolVersion.V3, BatchType.Logged).AddPrepared(w, [1], 1, Bytes("FFFFFFFE"))));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Written(w => BatchRequest.Begin(w, ProtocolVersion.V5, BatchType.Logged).End(
                w, new BatchParameters { Timestamp = long.MinValue })));
    }
}
