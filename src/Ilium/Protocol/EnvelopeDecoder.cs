using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>Protocol v3 and v4, and the handshake of v5: envelopes one after another, each perhaps compressed (native protocol §2, §5).</summary>
internal sealed class EnvelopeDecoder : FrameDecoder
{
    private readonly EnvelopeCompressor? _compressor;
    private readonly bool _handshake;

    /// <summary>For the handshake: answers in another version are let through.</summary>
    internal static EnvelopeDecoder ForHandshake(ProtocolVersion version, EnvelopeCompressor? compressor) => new(version, compressor, handshake: true);

    internal EnvelopeDecoder(ProtocolVersion version, EnvelopeCompressor? compressor)
        : this(version, compressor, handshake: false)
    {
    }

    private EnvelopeDecoder(ProtocolVersion version, EnvelopeCompressor? compressor, bool handshake)
        : base(version)
    {
        _compressor = compressor;
        _handshake = handshake;
    }

    internal override Span<byte> FillTarget => GatherTarget;

    protected override bool IsOtherVersionAllowed => _handshake;

    internal override int Decode(ReadOnlySpan<byte> received, IEnvelopeSink sink)
    {
        var at = 0;
        if (IsGathering)
        {
            at = Gather(received, sink);
        }

        while (at < received.Length)
        {
            var rest = received[at..];
            if (rest.Length < EnvelopeHeader.Size)
            {
                CheckVersion(rest[0]);
                break;
            }

            var header = ReadHeader(rest);
            rest = rest[EnvelopeHeader.Size..];
            if (rest.Length < header.BodyLength)
            {
                BeginGathering(header);
                at += EnvelopeHeader.Size + Gather(rest, sink);
                break;
            }

            Deliver(header, rest[..header.BodyLength], sink);
            at += EnvelopeHeader.Size + header.BodyLength;
        }

        return at;
    }

    internal override void Filled(int count, IEnvelopeSink sink) => Gathered(count, sink);

    protected override void Deliver(in EnvelopeHeader header, PooledBody body, IEnvelopeSink sink)
    {
        if ((header.Flags & EnvelopeFlags.Compressed) == 0)
        {
            sink.OnEnvelope(header, body);
            return;
        }

        Deliver(header, body.Span, sink);
        body.Return();
    }

    private void Deliver(in EnvelopeHeader header, ReadOnlySpan<byte> body, IEnvelopeSink sink)
    {
        if ((header.Flags & EnvelopeFlags.Compressed) == 0)
        {
            sink.OnEnvelope(header, body);
            return;
        }

        if (_compressor is null)
        {
            throw new MalformedResponseException("The server sent a compressed body although no compression was agreed on.");
        }

        sink.OnEnvelope(header, _compressor.Decompress(body, MaxBodyLength));
    }
}
