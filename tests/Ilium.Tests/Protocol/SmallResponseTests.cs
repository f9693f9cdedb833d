using System.Net;
using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class SmallResponseTests
{
    private delegate T Parser<T>(ref CqlReader reader);

    [Theory]
    [InlineData("NEW_NODE")]
    [InlineData("REMOVED_NODE")]
    [InlineData("MOVED_NODE")]
    [InlineData("REPAINTED_NODE")]
    public void A_topology_change_keeps_any_word(string word) => Assert.Equal(
        new TopologyChange(word, new IPEndPoint(IPAddress.Parse("10.0.0.1"), 9042)),
        Parse(ServerEvent.Read, $"000F 'TOPOLOGY_CHANGE' {word.Length:X4} '{word}' 04 0A000001 00002352"));

    [Theory]
    [InlineData("UP")]
    [InlineData("DOWN")]
    [InlineData("SIDEWAYS")]
    public void A_status_change_keeps_any_word_and_reads_IPv6(string word) => Assert.Equal(
        new StatusChange(word, new IPEndPoint(IPAddress.IPv6Loopback, 9042)),
        Parse(ServerEvent.Read, $"000D 'STATUS_CHANGE' {word.Length:X4} '{word}' 10 00000000000000000000000000000001 00002352"));

    [Fact]
    public void An_unknown_event_never_throws() => Assert.Equal(
        new UnknownEvent("CLIENT_ROUTES_CHANGE"), Parse(ServerEvent.Read, "0014 'CLIENT_ROUTES_CHANGE' DEADBEEF"));

    [Theory]
    [InlineData("05 0A00000100 00002352")]
    [InlineData("00 00002352")]
    [InlineData("04 0A000001 00010000")]
    [InlineData("04 0A000001 FFFFFFFF")]
    [InlineData("04 0A000001")]
    public void An_event_with_an_impossible_address_is_malformed(string address) => Assert.Throws<MalformedResponseException>(
        () => Parse(ServerEvent.Read, $"000D 'STATUS_CHANGE' 0002 'UP' {address}"));

    [Fact]
    public void A_schema_change_is_type_target_keyspace_and_name()
    {
        AssertChange(("CREATED", "KEYSPACE", "ks", null), "0007 'CREATED' 0008 'KEYSPACE' 0002 'ks'");
        AssertChange(("UPDATED", "TABLE", "ks", "t"), "0007 'UPDATED' 0005 'TABLE' 0002 'ks' 0001 't'");
        AssertChange(("DROPPED", "TYPE", "ks", "u"), "0007 'DROPPED' 0004 'TYPE' 0002 'ks' 0001 'u'");
    }

    [Theory]
    [InlineData("FUNCTION")]
    [InlineData("AGGREGATE")]
    public void A_function_or_aggregate_has_its_argument_types(string target)
    {
        var change = Parse(SchemaChange.Read,
            $"0007 'CREATED' {target.Length:X4} '{target}' 0002 'ks' 0001 'f' 0002 0003 'int' 0004 'text'");

        Assert.Equal((target, "ks", "f"), (change.Target, change.Keyspace, change.Name));
        Assert.Equal(["int", "text"], change.Arguments);
    }

    [Fact]
    public void Unknown_words_of_a_schema_change_are_kept()
    {
        AssertChange(("RENAMED", "INDEX", "ks", "i"), "0007 'RENAMED' 0005 'INDEX' 0002 'ks' 0001 'i' DEADBEEF");
        AssertChange(("RENAMED", "REALM", "r", null), "0007 'RENAMED' 0005 'REALM' 0001 'r'");
    }

    [Fact]
    public void A_schema_change_event_holds_the_same_as_the_result()
    {
        var found = Assert.IsType<SchemaChangeEvent>(
            Parse(ServerEvent.Read, "000D 'SCHEMA_CHANGE' 0007 'DROPPED' 0005 'TABLE' 0002 'ks' 0001 't'"));

        Assert.Equal(("DROPPED", "TABLE", "ks", "t"),
            (found.Change.ChangeType, found.Change.Target, found.Change.Keyspace, found.Change.Name));
    }

    [Fact]
    public void Supported_is_a_multimap()
    {
        var supported = Parse(SupportedResponse.Read, "0002 000B 'COMPRESSION' 0002 0006 'snappy' 0003 'lz4' 0001 'X' 0000 FF");

        Assert.Equal(["snappy", "lz4"], supported[StartupOptions.Compression]);
        Assert.Empty(supported["X"]);
        Assert.Equal(2, supported.Count);
    }

    [Fact]
    public void Authenticate_is_a_class_name() => Assert.Equal("a.B", Parse(AuthenticateResponse.Read, "0003 'a.B'"));

    [Fact]
    public void A_token_may_be_empty_or_null()
    {
        Assert.Equal([1, 2], Parse(AuthToken.Read, "00000002 0102")!);
        Assert.Equal([], Parse(AuthToken.Read, "00000000")!);
        Assert.Null(Parse(AuthToken.Read, "FFFFFFFF"));
    }

    [Fact]
    public void Set_keyspace_is_the_name() => Assert.Equal("ks", Parse(SetKeyspaceResult.Read, "0002 'ks'"));

    [Fact]
    public void Result_kinds_have_the_protocols_numbers() => Assert.Equal(
        [1, 2, 3, 4, 5],
        new[] { ResultKind.Void, ResultKind.Rows, ResultKind.SetKeyspace, ResultKind.Prepared, ResultKind.SchemaChange }
            .Select(k => (int)k));

    [Theory]
    [InlineData("FFFF 0001 'X' 0000")]
    [InlineData("0001 0001 'X' FFFF 0001 'v'")]
    public void Hostile_counts_in_supported_are_malformed(string body) =>
        Assert.Throws<MalformedResponseException>(() => Parse(SupportedResponse.Read, body));

    private static void AssertChange((string Type, string Target, string Keyspace, string? Name) expected, string body)
    {
        var change = Parse(SchemaChange.Read, body);
        Assert.Equal(expected, (change.ChangeType, change.Target, change.Keyspace, change.Name));
        Assert.Empty(change.Arguments);
    }

    private static T Parse<T>(Parser<T> parser, string body)
    {
        var reader = new CqlReader(Bytes(body));
        return parser(ref reader);
    }
}
