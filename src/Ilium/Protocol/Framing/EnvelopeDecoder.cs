using System.Buffers;
using System.Diagnostics;

namespace Ilium.Protocol;

/// <summary>Envelopes one after the other: v3 and v4, and v5 until STARTUP has been answered.</summary>
internal sealed class EnvelopeDecoder : FrameDecoder
{
    private readonly EnvelopeRules _rules;
    private readonly EnvelopeCompressor? _compressor;
    private EnvelopeHeader _gatheredHeader;

    internal EnvelopeDecoder(ProtocolVersion version, EnvelopeCompressor? compressor = null, int maxBodyLength = DefaultMaxBodyLength)
    {
        _rules = new EnvelopeRules(version, maxBodyLength);
        _compressor = compressor;
    }

    protected override int DecodeWhole(ReadOnlySpan<byte> received, IEnvelopeSink sink)
    {
        var consumed = 0;
        while (true)
        {
            var rest = received[consumed..];
            if (rest.Length < EnvelopeHeader.Size)
            {
                if (!rest.IsEmpty)
                {
                    _rules.CheckFirst(rest[0]);
                }

                return consumed;
            }

            var header = _rules.Read(rest);
            if (rest.Length - EnvelopeHeader.Size < header.BodyLength)
            {
                if (header.BodyLength + EnvelopeHeader.Size < MaxLeftover)
                {
                    return consumed;
                }

                _gatheredHeader = header;
                Gather(header.BodyLength);
                return consumed + EnvelopeHeader.Size;
            }

            Deliver(in header, rest.Slice(EnvelopeHeader.Size, header.BodyLength), sink);
            consumed += EnvelopeHeader.Size + header.BodyLength;
        }
    }

    protected override void OnGathered(byte[] pooledArray, int length, IEnvelopeSink sink)
    {
        if ((_gatheredHeader.Flags & EnvelopeFlags.Compressed) == 0)
        {
            sink.OnEnvelope(in _gatheredHeader, pooledArray, 0, length);
            return;
        }

        try
        {
            Deliver(in _gatheredHeader, pooledArray.AsSpan(0, length), sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pooledArray);
        }
    }

    protected override void OnGatheredInto(ReadOnlySpan<byte> bytes, IEnvelopeSink sink) =>
        throw new UnreachableException("Whole envelopes are gathered in arrays of their own.");

    private void Deliver(in EnvelopeHeader header, ReadOnlySpan<byte> body, IEnvelopeSink sink)
    {
        if ((header.Flags & EnvelopeFlags.Compressed) == 0)
        {
            sink.OnEnvelope(in header, body);
            return;
        }

        if (_compressor is null)
        {
            throw new MalformedResponseException("The server sent a compressed envelope, but no compression was agreed.");
        }

        var plain = _compressor.Decompress(body, _rules.MaxBodyLength, out var length);
        var plainHeader = header.WithPlainBody(length);
        sink.OnEnvelope(in plainHeader, plain, 0, length);
    }
}
