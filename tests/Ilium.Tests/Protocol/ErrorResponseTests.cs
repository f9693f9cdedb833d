using System.Net;
using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class ErrorResponseTests
{
    [Theory]
    [InlineData("00000000", typeof(ServerErrorException), true, true)]
    [InlineData("0000000A", typeof(ProtocolErrorException), false, false)]
    [InlineData("00000100", typeof(AuthenticationFailedException), false, false)]
    [InlineData("00001000", typeof(UnavailableException), true, false)]
    [InlineData("00001001", typeof(OverloadedException), true, true)]
    [InlineData("00001002", typeof(IsBootstrappingException), true, false)]
    [InlineData("00001003", typeof(TruncateException), true, true)]
    [InlineData("00001100", typeof(WriteTimeoutException), true, true)]
    [InlineData("00001200", typeof(ReadTimeoutException), true, false)]
    [InlineData("00001300", typeof(ReadFailureException), false, false)]
    [InlineData("00001400", typeof(FunctionFailureException), false, false)]
    [InlineData("00001500", typeof(WriteFailureException), false, true)]
    [InlineData("00001600", typeof(CdcWriteFailureException), true, true)]
    [InlineData("00001700", typeof(CasWriteUnknownException), true, true)]
    [InlineData("00002000", typeof(SyntaxErrorException), false, false)]
    [InlineData("00002100", typeof(UnauthorizedException), false, false)]
    [InlineData("00002200", typeof(InvalidQueryException), false, false)]
    [InlineData("00002300", typeof(ConfigurationErrorException), false, false)]
    [InlineData("00002400", typeof(AlreadyExistsException), false, false)]
    [InlineData("00002500", typeof(UnpreparedException), true, false)]
    [InlineData("0000F00D", typeof(ServerErrorException), false, true)]
    [InlineData("FFFFFFFF", typeof(ServerErrorException), false, true)]
    public void Each_code_has_its_type_even_when_all_details_are_cut_off(string code, Type type, bool transient, bool applied)
    {
        foreach (var version in new[] { ProtocolVersion.V3, ProtocolVersion.V4, ProtocolVersion.V5 })
        {
            var error = Read(version, $"{code} 0003 'why'");

            Assert.IsType(type, error);
            Assert.Equal(Convert.ToInt32(code, 16), error.Code);
            Assert.Equal("why", error.ServerMessage);
            Assert.EndsWith("why", error.Message, StringComparison.Ordinal);
            Assert.Equal(transient, error.IsTransient);
            Assert.Equal(applied, error.MayHaveBeenApplied);
            Assert.Null(error.Node);
            Assert.Empty(error.Warnings);
        }
    }

    [Fact]
    public void An_unknown_code_is_named_in_the_message() => Assert.Equal(
        "Error 0xF00D, which this driver has no name for. The server says: why",
        Read(ProtocolVersion.V5, "0000F00D 0003 'why' 01 02 03").Message);

    [Fact]
    public void Unavailable_says_what_was_needed_and_what_is_alive()
    {
        var error = Assert.IsType<UnavailableException>(Read(ProtocolVersion.V4, "00001000 0001 'm' 0006 00000002 00000001"));

        Assert.Equal((ConsistencyLevel.LocalQuorum, 2, 1), (error.Consistency, error.Required, error.Alive));
        Assert.Equal("LocalQuorum needs 2 live replicas and there are 1. The server says: m", error.Message);
    }

    [Theory]
    [InlineData(ProtocolVersion.V3, "0003 'CAS' 0007", "CAS", null)]
    [InlineData(ProtocolVersion.V4, "0003 'CAS' 0007", "CAS", null)]
    [InlineData(ProtocolVersion.V5, "0003 'CAS' 0007", "CAS", 7)]
    [InlineData(ProtocolVersion.V5, "0003 'CAS' FFFF", "CAS", 65535)]
    [InlineData(ProtocolVersion.V5, "0003 'CAS'", "CAS", null)]
    [InlineData(ProtocolVersion.V5, "0006 'SIMPLE' 0007", "SIMPLE", null)]
    [InlineData(ProtocolVersion.V4, "0009 'BATCH_LOG'", "BATCH_LOG", null)]
    [InlineData(ProtocolVersion.V4, "0006 'TABLET'", "TABLET", null)]
    [InlineData(ProtocolVersion.V4, "0006 'TAB", "UNKNOWN", null)]
    [InlineData(ProtocolVersion.V4, "", "UNKNOWN", null)]
    public void A_write_timeout_has_contentions_only_for_CAS_in_v5_and_keeps_unknown_write_types(
        ProtocolVersion version, string rest, string writeType, int? contentions)
    {
        rest = rest.Count(c => c == '\'') == 1 ? rest + "'" : rest;
        var error = Assert.IsType<WriteTimeoutException>(Read(version, $"00001100 0001 'm' 0004 00000001 00000002 {rest}"));

        Assert.Equal((ConsistencyLevel.Quorum, 1, 2), (error.Consistency, error.Received, error.Required));
        Assert.Equal(writeType, error.WriteType.Name);
        Assert.Equal(contentions, error.Contentions);
    }

    [Fact]
    public void Every_write_type_is_known_by_its_word()
    {
        (WriteType Type, string Word)[] all =
        [
            (WriteType.Simple, "SIMPLE"), (WriteType.Batch, "BATCH"), (WriteType.UnloggedBatch, "UNLOGGED_BATCH"),
            (WriteType.Counter, "COUNTER"), (WriteType.BatchLog, "BATCH_LOG"), (WriteType.Cas, "CAS"), (WriteType.View, "VIEW"),
            (WriteType.Cdc, "CDC"), (WriteType.Unknown, "UNKNOWN"),
        ];
        foreach (var (type, word) in all)
        {
            var error = (WriteTimeoutException)Read(
                ProtocolVersion.V4, $"00001100 0001 'm' 0004 00000001 00000002 {word.Length:X4} '{word}'");

            Assert.Equal(type, error.WriteType);
            Assert.Equal(word, error.WriteType.ToString());
        }

        Assert.NotEqual(WriteType.Simple, WriteType.Batch);
    }

    [Theory]
    [InlineData("00", false)]
    [InlineData("01", true)]
    [InlineData("FF", true)]
    public void A_read_timeout_says_whether_data_was_present(string flag, bool present)
    {
        var error = Assert.IsType<ReadTimeoutException>(Read(ProtocolVersion.V4, $"00001200 0001 'm' 0001 00000000 00000001 {flag}"));

        Assert.Equal((ConsistencyLevel.One, 0, 1, present), (error.Consistency, error.Received, error.Required, error.DataPresent));
    }

    [Fact]
    public void A_read_failure_has_a_count_in_v4()
    {
        var error = Assert.IsType<ReadFailureException>(Read(ProtocolVersion.V4, "00001300 0001 'm' 0004 00000001 00000002 00000003 01"));

        Assert.Equal((1, 2, 3, true), (error.Received, error.Required, error.Failures, error.DataPresent));
        Assert.Empty(error.Reasons);
    }

    [Fact]
    public void A_read_failure_has_a_map_of_addresses_without_ports_in_v5()
    {
        var error = Assert.IsType<ReadFailureException>(Read(
            ProtocolVersion.V5,
            "00001300 0001 'm' 0004 00000001 00000002 00000002 04 0A000001 0001 10 00000000000000000000000000000001 0002 01"));

        Assert.Equal(2, error.Failures);
        Assert.Equal(1, error.Reasons[IPAddress.Parse("10.0.0.1")]);
        Assert.Equal(2, error.Reasons[IPAddress.IPv6Loopback]);
        Assert.True(error.DataPresent);
    }

    [Fact]
    public void A_write_failure_has_a_count_in_v4_and_a_map_in_v5()
    {
        var four = Assert.IsType<WriteFailureException>(
            Read(ProtocolVersion.V4, "00001500 0001 'm' 0004 00000001 00000002 00000003 0005 'BATCH'"));
        var five = Assert.IsType<WriteFailureException>(
            Read(ProtocolVersion.V5, "00001500 0001 'm' 0004 00000001 00000002 00000001 04 7F000001 0000 0007 'COUNTER'"));

        Assert.Equal((1, 2, 3, WriteType.Batch), (four.Received, four.Required, four.Failures, four.WriteType));
        Assert.Empty(four.Reasons);
        Assert.Equal((1, WriteType.Counter), (five.Failures, five.WriteType));
        Assert.Equal(0, five.Reasons[IPAddress.Loopback]);
        Assert.True(five.MayHaveBeenApplied);
    }

    [Theory]
    [InlineData("7FFFFFFF")]
    [InlineData("FFFFFFFF")]
    [InlineData("00000002 04 7F000001 0000 05 00")]
    public void A_hostile_map_of_failures_leaves_the_error_what_it_is(string map)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.IsType<ReadFailureException>(Read(ProtocolVersion.V5, $"00001300 0001 'm' 0004 00000001 00000002 {map}"));

        Assert.Equal((1, 2), (error.Received, error.Required));
        Assert.InRange(error.Failures, 0, 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_function_failure_names_the_function_and_its_arguments()
    {
        var error = Assert.IsType<FunctionFailureException>(
            Read(ProtocolVersion.V4, "00001400 0001 'm' 0002 'ks' 0001 'f' 0002 0003 'int' 0004 'text'"));

        Assert.Equal(("ks", "f"), (error.Keyspace, error.Function));
        Assert.Equal(["int", "text"], error.ArgumentTypes);
        Assert.Equal("ks.f(int, text) failed. The server says: m", error.Message);
    }

    [Fact]
    public void The_body_of_a_CDC_failure_is_not_read() => Assert.IsType<CdcWriteFailureException>(
        Read(ProtocolVersion.V5, "00001600 0001 'm' FFFFFFFF FFFFFFFF"));

    [Fact]
    public void An_unknown_outcome_of_a_CAS_write_has_its_counts()
    {
        var error = Assert.IsType<CasWriteUnknownException>(Read(ProtocolVersion.V5, "00001700 0001 'm' 0008 00000001 00000002"));

        Assert.Equal((ConsistencyLevel.Serial, 1, 2), (error.Consistency, error.Received, error.Required));
    }

    [Fact]
    public void Already_exists_names_keyspace_and_table()
    {
        var table = Assert.IsType<AlreadyExistsException>(Read(ProtocolVersion.V4, "00002400 0001 'm' 0002 'ks' 0001 't'"));
        var keyspace = Assert.IsType<AlreadyExistsException>(Read(ProtocolVersion.V4, "00002400 0001 'm' 0002 'ks' 0000"));
        var cut = Assert.IsType<AlreadyExistsException>(Read(ProtocolVersion.V4, "00002400 0001 'm' 0002 'ks'"));

        Assert.Equal(("ks", "t"), (table.Keyspace, table.Table));
        Assert.Equal(("ks", string.Empty), (keyspace.Keyspace, keyspace.Table));
        Assert.Equal(("ks", string.Empty), (cut.Keyspace, cut.Table));
    }

    [Fact]
    public void Unprepared_has_the_id() => Assert.Equal(
        [1, 2, 3], Assert.IsType<UnpreparedException>(Read(ProtocolVersion.V4, "00002500 0001 'm' 0003 010203")).Id);

    [Theory]
    [InlineData("")]
    [InlineData("00001000")]
    [InlineData("00001000 0005 'abcd'")]
    [InlineData("00001000 0001 FF")]
    public void Without_a_code_and_a_readable_message_it_is_malformed(string body) =>
        Assert.Throws<MalformedResponseException>(() => Read(ProtocolVersion.V4, body));

    [Fact]
    public void Trailing_bytes_are_ignored() => Assert.IsType<UnavailableException>(
        Read(ProtocolVersion.V4, "00001000 0001 'm' 0006 00000002 00000001 DEADBEEF"));

    [Fact]
    public void Any_truncation_behind_the_message_gives_the_right_type()
    {
        string[] bodies =
        [
            "00001000 0001 'm' 0006 00000002 00000001",
            "00001100 0001 'm' 0004 00000001 00000002 0003 'CAS' 0007",
            "00001200 0001 'm' 0001 00000000 00000001 01",
            "00001300 0001 'm' 0004 00000001 00000002 00000002 04 0A000001 0001 04 0A000002 0002 01",
            "00001400 0001 'm' 0002 'ks' 0001 'f' 0002 0003 'int' 0004 'text'",
            "00001500 0001 'm' 0004 00000001 00000002 00000001 04 7F000001 0000 0007 'COUNTER'",
            "00001700 0001 'm' 0008 00000001 00000002",
            "00002400 0001 'm' 0002 'ks' 0001 't'",
            "00002500 0001 'm' 0003 010203",
        ];
        foreach (var body in bodies)
        {
            var bytes = Bytes(body);
            var reader = new CqlReader(bytes);
            var type = ErrorResponse.Read(ref reader, ProtocolVersion.V5).GetType();
            for (var length = 7; length < bytes.Length; length++)
            {
                reader = new CqlReader(bytes.AsSpan(0, length));
                Assert.IsType(type, ErrorResponse.Read(ref reader, ProtocolVersion.V5));
            }
        }
    }

    private static ServerException Read(ProtocolVersion version, string body)
    {
        var reader = new CqlReader(Bytes(body));
        return ErrorResponse.Read(ref reader, version);
    }
}
