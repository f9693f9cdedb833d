using System.Buffers.Binary;
using Ilium.Connection;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>
/// Passes bytes through to a scripted server until it is told to learn. From the next answer on, every request gets that answer again, with its own
/// stream id, and nothing here allocates: what a test then counts is the driver's. Without compression.
/// </summary>
internal sealed class ReplayingTransport(Stream stream, ProtocolVersion version) : Transport
{
    private const int EnvelopeHeaderSize = 9;
    private const int SegmentHeaderSize = 6;
    private const int SegmentTrailerSize = 4;
    private const int IdOffset = 2;

    private readonly object _gate = new();
    private readonly short[] _ids = new short[4096];
    private readonly MemoryStream _learned = new();
    private byte[] _answer = [];
    private int _first;
    private int _next;
    private int _position;
    private bool _learns;
    private bool _replays;
    private bool _closed;

    private bool HasSegments => version >= ProtocolVersion.V5;

    /// <summary>The answer to the next request, sent while nothing else is in flight, is the one to repeat.</summary>
    internal void Learn()
    {
        lock (_gate)
        {
            _learned.SetLength(0);
            _learns = true;
        }
    }

    /// <summary>Passes bytes through again.</summary>
    internal void Forget()
    {
        lock (_gate)
        {
            _replays = false;
            Monitor.PulseAll(_gate);
        }
    }

    internal override int TrySend(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_replays)
            {
                Note(bytes);
                Monitor.Pulse(_gate);
                return bytes.Length;
            }
        }

        stream.Write(bytes);
        return bytes.Length;
    }

    internal override int Receive(Span<byte> buffer, bool likely)
    {
        if (WaitForReplay(buffer) is var replayed and > 0)
        {
            return replayed;
        }

        var count = stream.Read(buffer);
        lock (_gate)
        {
            if (!_learns)
            {
                return count;
            }
        }

        LearnFrom(buffer[..count]);
        return WaitForReplay(buffer);
    }

    internal override void WaitWritable()
    {
    }

    internal override void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        stream.Dispose();
    }

    /// <summary>Reads the rest of the answer; its request is then the first to get it replayed.</summary>
    private void LearnFrom(ReadOnlySpan<byte> begin)
    {
        _learned.Write(begin);
        var chunk = new byte[64 * 1024];
        while (!IsComplete(_learned.GetBuffer().AsSpan(0, (int)_learned.Length)))
        {
            _learned.Write(chunk, 0, stream.Read(chunk));
        }

        lock (_gate)
        {
            _answer = _learned.ToArray();
            (_learns, _replays, _position) = (false, true, 0);
            Add(BinaryPrimitives.ReadInt16BigEndian(_answer.AsSpan(FirstEnvelope + IdOffset)));
        }
    }

    private int FirstEnvelope => HasSegments ? SegmentHeaderSize : 0;

    private bool IsComplete(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FirstEnvelope + EnvelopeHeaderSize)
        {
            return false;
        }

        var length = EnvelopeHeaderSize + BinaryPrimitives.ReadInt32BigEndian(bytes[(FirstEnvelope + 5)..]);
        if (!HasSegments)
        {
            return bytes.Length >= length;
        }

        while (length > 0 && bytes.Length >= SegmentHeaderSize)
        {
            var payload = PayloadLength(bytes);
            if (bytes.Length < SegmentHeaderSize + payload + SegmentTrailerSize)
            {
                return false;
            }

            length -= payload;
            bytes = bytes[(SegmentHeaderSize + payload + SegmentTrailerSize)..];
        }

        return length == 0;
    }

    /// <summary>0 when there is nothing to replay, or the transport is closed.</summary>
    private int WaitForReplay(Span<byte> buffer)
    {
        lock (_gate)
        {
            while (_replays && !_closed && _position == 0 && _first == _next)
            {
                Monitor.Wait(_gate);
            }

            if (!_replays || _closed)
            {
                return 0;
            }

            var count = 0;
            while (count < buffer.Length && (_position > 0 || _first != _next))
            {
                if (_position == 0)
                {
                    Address(_ids[_first++ % _ids.Length]);
                }

                var part = Math.Min(buffer.Length - count, _answer.Length - _position);
                _answer.AsSpan(_position, part).CopyTo(buffer[count..]);
                count += part;
                _position = (_position + part) % _answer.Length;
            }

            return count;
        }
    }

    private void Address(short id)
    {
        BinaryPrimitives.WriteInt16BigEndian(_answer.AsSpan(FirstEnvelope + IdOffset), id);
        if (HasSegments)
        {
            var payload = _answer.AsSpan(SegmentHeaderSize, PayloadLength(_answer));
            BinaryPrimitives.WriteUInt32LittleEndian(_answer.AsSpan(SegmentHeaderSize + payload.Length), WireChecksum.Crc32(payload));
        }
    }

    private void Note(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!HasSegments)
            {
                bytes = bytes[NoteEnvelope(bytes)..];
                continue;
            }

            var payload = bytes.Slice(SegmentHeaderSize, PayloadLength(bytes));
            bytes = bytes[(SegmentHeaderSize + payload.Length + SegmentTrailerSize)..];
            while (!payload.IsEmpty)
            {
                payload = payload[NoteEnvelope(payload)..];
            }
        }
    }

    private int NoteEnvelope(ReadOnlySpan<byte> envelope)
    {
        Add(BinaryPrimitives.ReadInt16BigEndian(envelope[IdOffset..]));
        return EnvelopeHeaderSize + BinaryPrimitives.ReadInt32BigEndian(envelope[5..]);
    }

    private void Add(short id)
    {
        if (_next - _first >= _ids.Length)
        {
            throw new InvalidOperationException("More requests in flight than this test transport takes.");
        }

        _ids[_next++ % _ids.Length] = id;
    }

    private static int PayloadLength(ReadOnlySpan<byte> segment) => segment[0] | (segment[1] << 8) | ((segment[2] & 1) << 16);
}
