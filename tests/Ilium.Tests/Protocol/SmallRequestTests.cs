using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class SmallRequestTests
{
    [Fact]
    public void Startup_is_a_string_map() => Assert.Equal(
        Hex("0002 000B 'CQL_VERSION' 0005 '3.0.0' 0011 'THROW_ON_OVERLOAD' 0001 '1'"),
        Written(w => StartupRequest.Write(w, new Dictionary<string, string>
        {
            [StartupOptions.CqlVersion] = "3.0.0",
            [StartupOptions.ThrowOnOverload] = "1",
        })));

    [Fact]
    public void An_option_longer_than_a_string_may_be_is_refused() => Assert.Throws<ArgumentException>(
        () => Written(
            w => StartupRequest.Write(w, new Dictionary<string, string> { [StartupOptions.ApplicationName] = new string('x', 65_536) })));

    [Fact]
    public void Startup_options_have_the_names_servers_know() => Assert.Equal(
        "CQL_VERSION COMPRESSION NO_COMPACT THROW_ON_OVERLOAD DRIVER_NAME DRIVER_VERSION APPLICATION_NAME APPLICATION_VERSION CLIENT_ID",
        string.Join(
            ' ',
            StartupOptions.CqlVersion,
            StartupOptions.Compression,
            StartupOptions.NoCompact,
            StartupOptions.ThrowOnOverload,
            StartupOptions.DriverName,
            StartupOptions.DriverVersion,
            StartupOptions.ApplicationName,
            StartupOptions.ApplicationVersion,
            StartupOptions.ClientId));

    [Fact]
    public void A_token_may_be_empty_or_null()
    {
        Assert.Equal(Hex("00000003 00'a'00"), Written(w => AuthResponseRequest.Write(w, Bytes("00 'a' 00"), isNull: false)));
        Assert.Equal(Hex("00000000"), Written(w => AuthResponseRequest.Write(w, default, isNull: false)));
        Assert.Equal(Hex("FFFFFFFF"), Written(w => AuthResponseRequest.Write(w, default, isNull: true)));
    }

    [Fact]
    public void Register_is_a_string_list() => Assert.Equal(
        Hex("0002 000D 'STATUS_CHANGE' 000D 'SCHEMA_CHANGE'"),
        Written(w => RegisterRequest.Write(w, [ServerEvent.StatusChangeType, ServerEvent.SchemaChangeType])));

    [Theory]
    [InlineData(ProtocolVersion.V3, null, "00000001 'Q'")]
    [InlineData(ProtocolVersion.V4, null, "00000001 'Q'")]
    [InlineData(ProtocolVersion.V5, null, "00000001 'Q' 00000000")]
    [InlineData(ProtocolVersion.V5, "ks", "00000001 'Q' 00000001 0002 'ks'")]
    public void Prepare_has_an_int_of_flags_and_a_keyspace_from_v5(ProtocolVersion version, string? keyspace, string expected) =>
        Assert.Equal(Hex(expected), Written(w => PrepareRequest.Write(w, version, "Q", keyspace)));

    [Theory]
    [InlineData(ProtocolVersion.V3)]
    [InlineData(ProtocolVersion.V4)]
    public void Prepare_refuses_a_keyspace_before_v5(ProtocolVersion version) => Assert.Throws<NotSupportedByProtocolException>(
        () => Written(w => PrepareRequest.Write(w, version, "Q", "ks")));
}
