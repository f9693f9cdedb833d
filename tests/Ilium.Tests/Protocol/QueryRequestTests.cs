using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class QueryRequestTests
{
    private static readonly byte[] OneValue = Bytes("00000002 CAFE");

    [Theory]
    [InlineData(ProtocolVersion.V3, "00000001 'Q' 0001 00")]
    [InlineData(ProtocolVersion.V4, "00000001 'Q' 0001 00")]
    [InlineData(ProtocolVersion.V5, "00000001 'Q' 0001 00000000")]
    public void Flags_are_a_byte_before_v5_and_an_int_from_v5(ProtocolVersion version, string expected) =>
        Assert.Equal(Hex(expected), Written(
            w => QueryRequest.Write(w, version, "Q", new QueryParameters { Consistency = ConsistencyLevel.One })));

    [Fact]
    public void All_parts_come_in_the_protocols_order()
    {
        var actual = Written(w => QueryRequest.Write(w, ProtocolVersion.V5, "SELECT é", new QueryParameters
        {
            Consistency = ConsistencyLevel.LocalQuorum,
            EncodedValues = Bytes("00000002 CAFE FFFFFFFF FFFFFFFE 00000000"),
            ValueCount = 4,
            ValueNames = ["a", "bc", "ü", "d"],
            SkipMetadata = true,
            PageSize = 5000,
            PagingState = Bytes("0102"),
            SerialConsistency = ConsistencyLevel.LocalSerial,
            Timestamp = -2,
            Keyspace = "ks",
            NowInSeconds = 7,
        }));

        Assert.Equal(
            Hex("""
                00000009 'SELECT ' C3A9  0006 000001FF
                0004  0001 'a' 00000002 CAFE  0002 'bc' FFFFFFFF  0002 C3BC FFFFFFFE  0001 'd' 00000000
                00001388  00000002 0102  0009  FFFFFFFFFFFFFFFE  0002 'ks'  00000007
                """),
            actual);
    }

    [Theory]
    [InlineData(ProtocolVersion.V3)]
    [InlineData(ProtocolVersion.V4)]
    public void All_parts_that_versions_before_v5_have_come_in_the_same_order(ProtocolVersion version)
    {
        var actual = Written(w => QueryRequest.Write(w, version, "Q", new QueryParameters
        {
            Consistency = ConsistencyLevel.Quorum,
            EncodedValues = OneValue,
            ValueCount = 1,
            SkipMetadata = true,
            PageSize = 1,
            PagingState = Bytes("FF"),
            SerialConsistency = ConsistencyLevel.Serial,
            Timestamp = 1,
        }));

        Assert.Equal(Hex("00000001 'Q' 0004 3F 0001 00000002 CAFE 00000001 00000001 FF 0008 0000000000000001"), actual);
    }

    [Fact]
    public void Names_without_a_page_size_or_anything_else_are_written_in_v3_too() => Assert.Equal(
        Hex("00000001 'Q' 0001 41 0001 0001 'n' 00000002 CAFE"),
        Written(w => QueryRequest.Write(w, ProtocolVersion.V3, "Q", new QueryParameters
        {
            Consistency = ConsistencyLevel.One,
            EncodedValues = OneValue,
            ValueCount = 1,
            ValueNames = ["n"],
        })));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_page_size_that_is_not_positive_is_left_out(int pageSize) => Assert.Equal(
        Hex("00000001 'Q' 0001 00"),
        Written(
            w => QueryRequest.Write(w, ProtocolVersion.V4, "Q",
                new QueryParameters { Consistency = ConsistencyLevel.One, PageSize = pageSize })));

    [Fact]
    public void An_unset_value_is_refused_before_v4_and_null_is_not()
    {
        var error = Assert.Throws<NotSupportedByProtocolException>(() => Written(w => QueryRequest.Write(
            w, ProtocolVersion.V3, "Q", new QueryParameters { EncodedValues = Bytes("00000001 00 FFFFFFFF FFFFFFFE"), ValueCount = 3 })));

        Assert.Equal("An unset value", error.Feature);
        Assert.Equal(ProtocolVersion.V4, error.RequiredVersion);
        Assert.Equal(ProtocolVersion.V3, error.ActualVersion);
        Assert.Equal("An unset value needs native protocol v4; this connection speaks v3.", error.Message);
        Assert.False(error.MayHaveBeenApplied);
        Assert.Equal(
            Hex("00000001 'Q' 0000 01 0001 FFFFFFFF"),
            Written(
                w => QueryRequest.Write(w, ProtocolVersion.V3, "Q",
                    new QueryParameters { EncodedValues = Bytes("FFFFFFFF"), ValueCount = 1 })));
    }

    [Theory]
    [InlineData(ProtocolVersion.V3)]
    [InlineData(ProtocolVersion.V4)]
    public void A_keyspace_or_now_in_seconds_is_refused_before_v5(ProtocolVersion version)
    {
        var keyspace = Assert.Throws<NotSupportedByProtocolException>(
            () => Written(w => QueryRequest.Write(w, version, "Q", new QueryParameters { Keyspace = "ks" })));
        var now = Assert.Throws<NotSupportedByProtocolException>(
            () => Written(w => QueryRequest.Write(w, version, "Q", new QueryParameters { NowInSeconds = 0 })));

        Assert.Equal(("A keyspace per request", ProtocolVersion.V5), (keyspace.Feature, keyspace.RequiredVersion));
        Assert.Equal(("Now-in-seconds per request", ProtocolVersion.V5), (now.Feature, now.RequiredVersion));
    }

    [Fact]
    public void The_timestamp_that_means_none_to_the_server_is_never_sent() => Assert.Throws<ArgumentOutOfRangeException>(
        () => Written(w => QueryRequest.Write(w, ProtocolVersion.V5, "Q", new QueryParameters { Timestamp = long.MinValue })));

    [Theory]
    [InlineData(ConsistencyLevel.Quorum)]
    [InlineData(ConsistencyLevel.Any)]
    public void A_serial_consistency_is_serial_or_local_serial(ConsistencyLevel serial) => Assert.Throws<ArgumentException>(
        () => Written(w => QueryRequest.Write(w, ProtocolVersion.V5, "Q", new QueryParameters { SerialConsistency = serial })));

    [Fact]
    public void Names_must_be_as_many_as_values() => Assert.Throws<ArgumentException>(
        () => Written(w => QueryRequest.Write(
            w, ProtocolVersion.V5, "Q", new QueryParameters { EncodedValues = OneValue, ValueCount = 1, ValueNames = ["a", "b"] })));

    [Fact]
    public void At_most_65535_values_fit_a_request()
    {
        var many = new byte[4 * 65_536];

        Assert.Throws<ArgumentException>(
            () => Written(
                w => QueryRequest.Write(w, ProtocolVersion.V5, "Q", new QueryParameters { EncodedValues = many, ValueCount = 65_536 })));
        var most = Written(w => QueryRequest.Write(
            w, ProtocolVersion.V5, "Q", new QueryParameters { EncodedValues = many.AsSpan(4), ValueCount = 65_535 }));

        Assert.StartsWith(Hex("00000001 'Q' 0000 00000001 FFFF 00000000"), most, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_request_leaves_nothing_in_the_buffer()
    {
        using var writer = new Ilium.Buffers.CqlWriter();

        Assert.Throws<NotSupportedByProtocolException>(
            () => QueryRequest.Write(writer, ProtocolVersion.V4, "Q", new QueryParameters { Keyspace = "ks" }));

        Assert.Equal(0, writer.Length);
    }
}
