using System.Buffers;
using Ilium.Protocol;

namespace Ilium.Connection;

/// <summary>Receives from a transport and splits what came into envelopes. One thread at a time: the handshake, then the reader.</summary>
internal sealed class FrameReader(Transport transport, FrameDecoder decoder) : IDisposable
{
    // Holds several hundred small answers, and a quarter of a page of 5,000 rows; what is larger is received where it is kept.
    private const int BufferSize = 128 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private FrameDecoder _decoder = decoder;
    private int _start;
    private int _end;

    /// <summary>Replaced when the handshake changes the framing; bytes already received are split by the new one.</summary>
    internal FrameDecoder Decoder
    {
        get => _decoder;
        set
        {
            _decoder.Dispose();
            _decoder = value;
        }
    }

    /// <summary>Waits for bytes and splits them; false at the end of the stream.</summary>
    internal bool Read(IEnvelopeSink sink, bool likely)
    {
        var direct = _decoder.FillTarget;
        if (!direct.IsEmpty)
        {
            var filled = transport.Receive(direct.Span, likely);
            if (filled > 0)
            {
                _decoder.Filled(filled, sink);
            }

            return filled > 0;
        }

        MakeRoom();
        var count = transport.Receive(_buffer.AsSpan(_end), likely);
        if (count <= 0)
        {
            return false;
        }

        _end += count;
        _start += _decoder.Decode(_buffer.AsSpan(_start, _end - _start), sink);
        if (_start == _end)
        {
            _start = _end = 0;
        }

        return true;
    }

    public void Dispose()
    {
        _decoder.Dispose();
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves the unfinished rest to the front; it is less than <see cref="FrameDecoder.MaxLeftover"/>.</summary>
    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
    }
}
