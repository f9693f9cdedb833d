using System.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// Protocol v5: segments with check sums, each holding whole envelopes or a slice of one (native protocol v5 §2.2). Envelopes are read from
/// the segments' payloads only, never from the socket.
/// </summary>
internal sealed class SegmentDecoder(ProtocolVersion version, bool compressed) : FrameDecoder(version)
{
    private readonly int _headerSize = compressed ? SegmentCodec.CompressedHeaderSize : SegmentCodec.PlainHeaderSize;
    private readonly byte[] _slicedHeader = new byte[EnvelopeHeader.Size];
    private readonly PayloadChecksum _checksum = new();
    private byte[] _decompressed = [];
    private int _slicedHeaderLength;

    internal override int Decode(ReadOnlySpan<byte> received, IEnvelopeSink sink)
    {
        var at = 0;
        while (received.Length - at >= _headerSize)
        {
            var segment = received[at..];
            var header = compressed ? SegmentCodec.ReadCompressedHeader(segment) : SegmentCodec.ReadPlainHeader(segment);
            var size = _headerSize + header.PayloadLength + SegmentCodec.TrailerSize;
            if (segment.Length < size)
            {
                break;
            }

            var payload = SegmentCodec.ReadPayload(segment[_headerSize..size], _checksum);
            if (header.UncompressedLength > 0)
            {
                payload = Decompress(payload, header.UncompressedLength);
            }

            if (header.IsSelfContained)
            {
                SplitEnvelopes(payload, sink);
            }
            else
            {
                AddSlice(payload, sink);
            }

            at += size;
        }

        return at;
    }

    public override void Dispose()
    {
        base.Dispose();
        if (_decompressed.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_decompressed);
            _decompressed = [];
        }
    }

    private void SplitEnvelopes(ReadOnlySpan<byte> payload, IEnvelopeSink sink)
    {
        if (IsGathering || _slicedHeaderLength > 0)
        {
            throw new MalformedResponseException("The server began a self-contained segment in the middle of a sliced envelope.");
        }

        while (!payload.IsEmpty)
        {
            if (payload.Length < EnvelopeHeader.Size)
            {
                throw new MalformedResponseException($"A self-contained segment ends with {payload.Length} bytes of an envelope header.");
            }

            var header = ReadHeader(payload);
            payload = payload[EnvelopeHeader.Size..];
            if (header.BodyLength > payload.Length)
            {
                throw new MalformedResponseException($"A self-contained segment holds {payload.Length} of the {header.BodyLength} bytes of a body.");
            }

            CheckNotCompressed(header);
            sink.OnEnvelope(header, payload[..header.BodyLength]);
            payload = payload[header.BodyLength..];
        }
    }

    private void AddSlice(ReadOnlySpan<byte> payload, IEnvelopeSink sink)
    {
        // The nine bytes of the header may themselves be cut.
        if (!IsGathering)
        {
            var missing = Math.Min(EnvelopeHeader.Size - _slicedHeaderLength, payload.Length);
            payload[..missing].CopyTo(_slicedHeader.AsSpan(_slicedHeaderLength));
            _slicedHeaderLength += missing;
            payload = payload[missing..];
            if (_slicedHeaderLength < EnvelopeHeader.Size)
            {
                return;
            }

            var header = ReadHeader(_slicedHeader);
            CheckNotCompressed(header);
            _slicedHeaderLength = 0;
            BeginGathering(header);
            if (header.BodyLength == 0)
            {
                Gathered(0, sink);
            }
        }

        if (IsGathering)
        {
            payload = payload[Gather(payload, sink)..];
        }

        if (!payload.IsEmpty)
        {
            throw new MalformedResponseException($"A slice of an envelope is {payload.Length} bytes longer than what its header announced.");
        }
    }

    private ReadOnlySpan<byte> Decompress(ReadOnlySpan<byte> payload, int length)
    {
        if (_decompressed.Length < length)
        {
            if (_decompressed.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_decompressed);
            }

            _decompressed = ArrayPool<byte>.Shared.Rent(SegmentCodec.MaxPayload);
        }

        var target = _decompressed.AsSpan(0, length);
        SegmentCodec.Decompress(payload, target);
        return target;
    }

    private static void CheckNotCompressed(in EnvelopeHeader header)
    {
        if ((header.Flags & EnvelopeFlags.Compressed) != 0)
        {
            throw new MalformedResponseException("The server marked a v5 envelope as compressed; in v5 only segments are.");
        }
    }
}
