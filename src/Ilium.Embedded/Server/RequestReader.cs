using System.Diagnostics.CodeAnalysis;
using Ilium.Protocol;

namespace Ilium.Embedded.Server;

/// <summary>
/// Splits what a client sends into envelopes: bare ones, and once STARTUP was answered on v5, those inside of segments.
/// </summary>
/// <remarks>Threads: the connection's own. A body is valid until the next call.</remarks>
internal sealed class RequestReader(int maxBodyLength)
{
    private const int InitialSize = 64 * 1024;

    private byte[] _buffer = new byte[InitialSize];
    private int _start;
    private int _end;
    private bool _segmented;
    private bool _compressedSegments;
    private byte[] _inflated = [];

    // The payload of the segment that is being taken apart; it lies in _buffer or _inflated.
    private byte[] _payload = [];
    private int _payloadStart;
    private int _payloadEnd;

    // An envelope whose slices come in several segments.
    private byte[] _slices = [];
    private int _sliced;

    /// <summary>Where the next bytes go.</summary>
    internal Span<byte> Room()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_buffer.Length - _end < 4096)
        {
            if (_start > _buffer.Length / 2)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
            else
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
        }

        return _buffer.AsSpan(_end);
    }

    internal void Received(int count) => _end += count;

    /// <summary>From here on segments are read.</summary>
    internal void UseSegments(bool compressed)
    {
        _segmented = true;
        _compressedSegments = compressed;
    }

    /// <summary>The next whole envelope, as sent.</summary>
    /// <exception cref="CqlError">The bytes can't be a request; the connection has to be closed.</exception>
    /// <exception cref="MalformedResponseException">A segment is damaged; the connection has to be closed.</exception>
    internal bool TryRead(out EnvelopeHeader header, out ReadOnlySpan<byte> body) =>
        _segmented ? TryReadFromSegments(out header, out body) : TryReadBare(out header, out body);

    private bool TryReadBare(out EnvelopeHeader header, out ReadOnlySpan<byte> body)
    {
        header = default;
        body = default;
        var received = _buffer.AsSpan(_start, _end - _start);
        if (received.Length < EnvelopeHeader.Size)
        {
            if (!received.IsEmpty && (received[0] & 0x7F) is 1 or 2)
            {
                // Headers of v1 and v2 have eight bytes: waiting for a ninth would wait forever.
                header = EnvelopeHeader.Read([received[0], 0, 0, 0, 0, 0, 0, 0, 0]);
                _start = _end;
                return true;
            }

            return false;
        }

        header = EnvelopeHeader.Read(received);
        if ((header.Version & 0x7F) is < 3 or > 6)
        {
            _start = _end;
            return true;
        }

        CheckLength(header.BodyLength);
        if (received.Length - EnvelopeHeader.Size < header.BodyLength)
        {
            EnsureBuffer(EnvelopeHeader.Size + header.BodyLength);
            return false;
        }

        body = received.Slice(EnvelopeHeader.Size, header.BodyLength);
        _start += EnvelopeHeader.Size + header.BodyLength;
        return true;
    }

    private bool TryReadFromSegments(out EnvelopeHeader header, out ReadOnlySpan<byte> body)
    {
        while (true)
        {
            if (_payloadStart < _payloadEnd)
            {
                var payload = _payload.AsSpan(_payloadStart, _payloadEnd - _payloadStart);
                if (payload.Length < EnvelopeHeader.Size)
                {
                    throw CqlError.Protocol("A self-contained segment ends inside an envelope's header");
                }

                header = EnvelopeHeader.Read(payload);
                CheckLength(header.BodyLength);
                if (payload.Length - EnvelopeHeader.Size < header.BodyLength)
                {
                    throw CqlError.Protocol("A self-contained segment ends inside an envelope");
                }

                body = payload.Slice(EnvelopeHeader.Size, header.BodyLength);
                _payloadStart += EnvelopeHeader.Size + header.BodyLength;
                return true;
            }

            if (!TryTakeSegment(out var selfContained))
            {
                header = default;
                body = default;
                return false;
            }

            if (!selfContained && TryJoinSlices(out header, out body))
            {
                return true;
            }
        }
    }

    private bool TryTakeSegment(out bool selfContained)
    {
        selfContained = false;
        var received = _buffer.AsSpan(_start, _end - _start);
        var headerSize = SegmentCodec.HeaderSize(_compressedSegments);
        if (received.Length < headerSize)
        {
            return false;
        }

        if (!SegmentCodec.TryReadHeader(received, _compressedSegments, out var header))
        {
            throw CqlError.Protocol("A segment's header is damaged: its CRC24 is wrong");
        }

        var size = headerSize + header.PayloadLength + SegmentCodec.TrailerSize;
        if (received.Length < size)
        {
            EnsureBuffer(size);
            return false;
        }

        if (header.UncompressedLength > 0 && _inflated.Length == 0)
        {
            _inflated = new byte[SegmentCodec.MaxPayload];
        }

        var payload = SegmentCodec.ReadPayload(in header, received[headerSize..size], _inflated);
        _payload = header.UncompressedLength > 0 ? _inflated : _buffer;
        _payloadStart = header.UncompressedLength > 0 ? 0 : _start + headerSize;
        _payloadEnd = _payloadStart + payload.Length;
        _start += size;
        selfContained = header.SelfContained;
        return true;
    }

    private bool TryJoinSlices(out EnvelopeHeader header, out ReadOnlySpan<byte> body)
    {
        var slice = _payload.AsSpan(_payloadStart, _payloadEnd - _payloadStart);
        _payloadStart = _payloadEnd;
        if (_slices.Length - _sliced < slice.Length)
        {
            Array.Resize(ref _slices, Math.Max(_sliced + slice.Length, _slices.Length * 2));
        }

        slice.CopyTo(_slices.AsSpan(_sliced));
        _sliced += slice.Length;
        header = default;
        body = default;
        if (_sliced < EnvelopeHeader.Size)
        {
            return false;
        }

        header = EnvelopeHeader.Read(_slices);
        CheckLength(header.BodyLength);
        if (_sliced < EnvelopeHeader.Size + header.BodyLength)
        {
            return false;
        }

        body = _slices.AsSpan(EnvelopeHeader.Size, header.BodyLength);
        _slices = _sliced > SegmentCodec.MaxPayload * 8 ? [] : _slices;
        _sliced = 0;
        return true;
    }

    private void EnsureBuffer(int size)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_buffer.Length < size)
        {
            Array.Resize(ref _buffer, size);
        }
    }

    private void CheckLength(int length)
    {
        if ((uint)length > (uint)maxBodyLength)
        {
            Throw(length);
        }
    }

    [DoesNotReturn]
    private void Throw(int length) => throw CqlError.Protocol($"Request is too big: length {length} exceeds maximum allowed length {maxBodyLength}.");
}
