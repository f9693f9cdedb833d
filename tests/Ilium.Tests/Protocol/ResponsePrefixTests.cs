using Ilium.Buffers;
using Ilium.Protocol;
using static Ilium.Tests.Protocol.Wire;

namespace Ilium.Tests.Protocol;

public class ResponsePrefixTests
{
    private const string TracingId = "00112233445566778899AABBCCDDEEFF";
    private const string Warnings = "0002 0002 'w1' 0002 'w2'";
    private const string Payload = "0002 0001 'k' 00000002 0102 0001 'n' FFFFFFFF";

    [Fact]
    public void Tracing_id_then_warnings_then_payload_then_the_body()
    {
        var (prefix, next) = Read(
            EnvelopeFlags.Tracing | EnvelopeFlags.Warning | EnvelopeFlags.CustomPayload, $"{TracingId} {Warnings} {Payload} 2A");

        Assert.Equal(0x2A, next);
        Assert.Equal(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), prefix.TracingId);
        Assert.Equal(["w1", "w2"], prefix.Warnings);
        Assert.Equal([1, 2], prefix.Payload["k"]);
        Assert.Empty(prefix.Payload["n"]);
    }

    [Theory]
    [InlineData(EnvelopeFlags.None, "2A")]
    [InlineData(EnvelopeFlags.Beta, "2A")]
    [InlineData(EnvelopeFlags.Tracing, TracingId + "2A")]
    [InlineData(EnvelopeFlags.Warning, Warnings + "2A")]
    [InlineData(EnvelopeFlags.CustomPayload, Payload + "2A")]
    public void Each_part_is_read_only_when_its_flag_is_set(object flags, string body)
    {
        var (prefix, next) = Read((EnvelopeFlags)flags, body);

        Assert.Equal(0x2A, next);
        Assert.Equal(flags.Equals(EnvelopeFlags.Tracing), prefix.TracingId is not null);
        Assert.Equal(flags.Equals(EnvelopeFlags.Warning) ? 2 : 0, prefix.Warnings.Count);
        Assert.Equal(flags.Equals(EnvelopeFlags.CustomPayload) ? 2 : 0, prefix.Payload.Count);
    }

    [Fact]
    public void Without_flags_nothing_is_allocated()
    {
        var header = Header(EnvelopeFlags.None);
        var total = 0;

        Assert.Equal(0, Allocations.Of(() =>
        {
            var reader = new CqlReader(default);
            var prefix = ResponsePrefix.Read(in header, ref reader);
            total += prefix.Warnings.Count + prefix.Payload.Count;
        }));
        Assert.Equal(0, total);
    }

    [Theory]
    [InlineData(EnvelopeFlags.Tracing, "0011")]
    [InlineData(EnvelopeFlags.Warning, "FFFF 0001 'w'")]
    [InlineData(EnvelopeFlags.CustomPayload, "FFFF 0001 'k' 00000000")]
    [InlineData(EnvelopeFlags.CustomPayload, "0001 0001 'k' 7FFFFFFF 00")]
    public void Truncated_prefixes_are_malformed(object flags, string body) =>
        Assert.Throws<MalformedResponseException>(() => Read((EnvelopeFlags)flags, body));

    private static EnvelopeHeader Header(EnvelopeFlags flags) =>
        EnvelopeHeader.Read(Envelope(ProtocolVersion.V4, 1, Opcode.Result, [], flags));

    private static (ResponsePrefix Prefix, byte Next) Read(EnvelopeFlags flags, string body)
    {
        var header = Header(flags);
        var reader = new CqlReader(Bytes(body));
        var prefix = ResponsePrefix.Read(in header, ref reader);
        return (prefix, reader.ReadByte());
    }
}
