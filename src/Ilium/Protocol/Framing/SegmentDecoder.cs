using System.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// v5 once STARTUP has been answered: segments with whole envelopes, or with slices of one. Envelopes are always taken from a segment
/// whose checksums were right, never from the stream.
/// </summary>
internal sealed class SegmentDecoder : FrameDecoder
{
    private readonly EnvelopeRules _rules;
    private readonly SliceAssembler _slices;
    private readonly bool _compressed;
    private SegmentHeader _gatheredHeader;
    private byte[] _inflated = [];

    /// <param name="version">v5 or what comes after it.</param>
    /// <param name="compressed">Whether LZ4 was agreed in STARTUP: it decides the form of every segment's header.</param>
    /// <param name="maxBodyLength">Larger envelopes are refused before memory is taken.</param>
    internal SegmentDecoder(ProtocolVersion version, bool compressed, int maxBodyLength = DefaultMaxBodyLength)
    {
        _rules = new EnvelopeRules(version, maxBodyLength);
        _slices = new SliceAssembler(_rules);
        _compressed = compressed;
    }

    protected override int DecodeWhole(ReadOnlySpan<byte> received, IEnvelopeSink sink)
    {
        var headerSize = SegmentCodec.HeaderSize(_compressed);
        var consumed = 0;
        while (true)
        {
            var rest = received[consumed..];
            if (rest.Length < headerSize)
            {
                return consumed;
            }

            if (!SegmentCodec.TryReadHeader(rest, _compressed, out var header))
            {
                ThrowHeader(rest);
            }

            var length = header.PayloadLength + SegmentCodec.TrailerSize;
            if (rest.Length - headerSize < length)
            {
                if (headerSize + length < MaxLeftover)
                {
                    return consumed;
                }

                _gatheredHeader = header;
                if (!header.SelfContained && header.UncompressedLength == 0
                    && _slices.TryGetPlace(header.PayloadLength, out var body, out var start))
                {
                    GatherInto(body, start, length);
                }
                else
                {
                    Gather(length);
                }

                return consumed + headerSize;
            }

            Deliver(in header, rest.Slice(headerSize, length), sink);
            consumed += headerSize + length;
        }
    }

    protected override void OnGathered(byte[] pooledArray, int length, IEnvelopeSink sink)
    {
        try
        {
            Deliver(in _gatheredHeader, pooledArray.AsSpan(0, length), sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pooledArray);
        }
    }

    protected override void OnGatheredInto(ReadOnlySpan<byte> bytes, IEnvelopeSink sink)
    {
        var slice = SegmentCodec.ReadPayload(in _gatheredHeader, bytes, []);
        _slices.Filled(slice.Length, sink);
    }

    protected override void Dispose(bool disposing)
    {
        _slices.Dispose();
        var inflated = _inflated;
        _inflated = [];
        if (inflated.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(inflated);
        }

        base.Dispose(disposing);
    }

    private static void ThrowHeader(ReadOnlySpan<byte> bytes)
    {
        // Servers are known to refuse a request on a v5 connection with an ERROR outside any segment.
        var looksBare = bytes[0] is > EnvelopeHeader.ResponseBit + 2 and <= EnvelopeHeader.ResponseBit + 6
            && bytes[4] == (byte)Opcode.Error;
        throw new MalformedResponseException(looksBare
            ? "A segment was due, but the bytes look like an ERROR envelope outside any segment: "
                + "the server refused the connection's framing."
            : $"A segment's header arrived damaged: its checksum (CRC24) is wrong. It begins with {Convert.ToHexString(bytes[..6])}.");
    }

    private void Deliver(in SegmentHeader header, ReadOnlySpan<byte> payloadAndTrailer, IEnvelopeSink sink)
    {
        if (header.UncompressedLength > _inflated.Length)
        {
            // Kept for the connection's life: segments are bounded, and traffic that had one compressed segment has more.
            _inflated = ArrayPool<byte>.Shared.Rent(SegmentCodec.MaxPayload);
        }

        var payload = SegmentCodec.ReadPayload(in header, payloadAndTrailer, _inflated);
        if (!header.SelfContained)
        {
            _slices.Append(payload, sink);
            return;
        }

        if (_slices.InProgress)
        {
            throw new MalformedResponseException("The server sent a self-contained segment where the next slice of an envelope was due.");
        }

        while (!payload.IsEmpty)
        {
            payload = payload[DeliverFirst(payload, sink)..];
        }
    }

    private int DeliverFirst(ReadOnlySpan<byte> payload, IEnvelopeSink sink)
    {
        if (payload.Length < EnvelopeHeader.Size)
        {
            throw new MalformedResponseException($"A self-contained segment ends with {payload.Length} bytes, too few for an envelope.");
        }

        var envelope = _rules.Read(payload);
        var rest = payload.Length - EnvelopeHeader.Size;
        if (envelope.BodyLength > rest)
        {
            throw new MalformedResponseException(
                $"A self-contained segment ends inside an envelope: {envelope.BodyLength} bytes were announced, {rest} are there.");
        }

        sink.OnEnvelope(in envelope, payload.Slice(EnvelopeHeader.Size, envelope.BodyLength));
        return EnvelopeHeader.Size + envelope.BodyLength;
    }
}
