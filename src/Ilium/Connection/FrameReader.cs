using System.Buffers;
using Ilium.Protocol;

namespace Ilium.Connection;

/// <summary>Receives from a transport and splits what came into envelopes. One thread at a time: the handshake, then the reader.</summary>
/// <remarks>
/// The buffer is the reader's own. A read that fills it is followed by one into a large one: on loopback and fast networks every read wakes
/// the peer and costs more than its bytes, so a stream of pages is worth taking in pieces of a megabyte. It goes back when traffic is small again.
/// </remarks>
internal sealed class FrameReader(Transport transport, FrameDecoder decoder) : IDisposable
{
    // Holds several hundred small answers, or the largest segment and the beginning of the one behind it: the first slice of a page is
    // checked here and copied once. Further ones are received where they are kept.
    internal const int UsualSize = SegmentCodec.MaxSegment + (4 * 1024);
    internal const int LargeSize = 1024 * 1024;

    // So many reads in a row that would have fitted the usual buffer end the use of the large one.
    internal const int SmallReadsBeforeShrinking = 256;

    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(UsualSize);
    private byte[]? _usual;
    private FrameDecoder _decoder = decoder;
    private int _start;
    private int _end;
    private int _smallReads;

    // The last read got all that it had room for: there is more.
    private bool _more;

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

    internal bool IsLarge => _usual is not null;

    /// <summary>True when more bytes wait than the last read could take. Any thread may ask.</summary>
    internal bool HasMore => Volatile.Read(ref _more);

    /// <summary>Waits for bytes and splits them; false at the end of the stream.</summary>
    internal bool Read(IEnvelopeSink sink, bool likely) => Take(transport.Receive(Room(), likely || _more), sink);

    /// <summary>Splits what is there, perhaps nothing; false at the end of the stream. Where the transport has a socket.</summary>
    internal bool ReadWhatIsThere(IEnvelopeSink sink)
    {
        var count = transport.TryReceive(Room());
        if (count >= 0)
        {
            return Take(count, sink);
        }

        _more = false;
        return true;
    }

    /// <summary>Where the next bytes go: what the decoder keeps, or the buffer.</summary>
    private Span<byte> Room()
    {
        var direct = _decoder.FillTarget;
        if (!direct.IsEmpty)
        {
            return direct.Span;
        }

        MakeRoom();
        return _buffer.AsSpan(_end);
    }

    private bool Take(int count, IEnvelopeSink sink)
    {
        if (count == 0)
        {
            return false;
        }

        var direct = _decoder.FillTarget;
        if (!direct.IsEmpty)
        {
            _more = count == direct.Length;
            _decoder.Filled(count, sink);
            return true;
        }

        _more = count == _buffer.Length - _end;
        _end += count;
        _start += _decoder.Decode(_buffer.AsSpan(_start, _end - _start), sink);
        if (_start == _end)
        {
            _start = _end = 0;
        }

        Resize(count);
        return true;
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _start = _end = 0;
        Shrink();
        _buffer = [];
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

    private void Resize(int received)
    {
        if (!IsLarge)
        {
            if (_more)
            {
                var large = ArrayPool<byte>.Shared.Rent(LargeSize);
                _buffer.AsSpan(_start, _end - _start).CopyTo(large.AsSpan(_start));
                (_usual, _buffer) = (_buffer, large);
                _smallReads = 0;
            }

            return;
        }

        _smallReads = received < UsualSize / 2 ? _smallReads + 1 : 0;
        if (_smallReads >= SmallReadsBeforeShrinking)
        {
            MakeRoom();
            Shrink();
        }
    }

    private void Shrink()
    {
        if (_usual is { } usual)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(usual.AsSpan(_start));
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _usual) = (usual, null);
        }
    }
}
