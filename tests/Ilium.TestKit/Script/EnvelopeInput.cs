namespace Ilium.TestKit;

/// <summary>Bytes in, envelopes out, with or without segments. Which of the two is asked anew for each envelope, since STARTUP changes it.</summary>
internal sealed class EnvelopeInput
{
    private readonly Queue<WireEnvelope> _ready = new();
    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;
    private byte[] _slices = [];

    /// <summary>Whether everything that came in has been taken.</summary>
    public bool IsEmpty => _start == _end && _slices.Length == 0 && _ready.Count == 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > _bytes.Length)
        {
            var unread = _bytes.AsSpan(_start, _end - _start);
            var target = unread.Length + bytes.Length > _bytes.Length / 2 ? new byte[(unread.Length + bytes.Length) * 2] : _bytes;
            unread.CopyTo(target);
            _bytes = target;
            _end -= _start;
            _start = 0;
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    public WireEnvelope? TryTake(bool segmented, bool lz4)
    {
        if (!segmented)
        {
            var envelope = WireEnvelope.TryParse(Unread, out var length);
            _start += length;
            return envelope;
        }

        while (_ready.Count == 0)
        {
            var segment = WireSegment.TryParse(Unread, lz4, out var length);
            if (segment is null)
            {
                return null;
            }

            _start += length;
            Add(segment);
        }

        return _ready.Dequeue();
    }

    private ReadOnlyMemory<byte> Unread => _bytes.AsMemory(_start, _end - _start);

    private void Add(WireSegment segment)
    {
        if (segment.Payload.IsEmpty)
        {
            throw new WireViolationException("A segment without payload.");
        }

        if (!segment.IsSelfContained)
        {
            _slices = [.. _slices, .. segment.Payload.Span];
            if (WireEnvelope.TryParse(_slices, out var length) is { } envelope)
            {
                Require(length == _slices.Length, "The last slice of an envelope holds more than its rest.");
                _slices = [];
                _ready.Enqueue(envelope);
            }

            return;
        }

        Require(_slices.Length == 0, "A self-contained segment where the next slice of an envelope was due.");
        for (var rest = segment.Payload; !rest.IsEmpty;)
        {
            var envelope = WireEnvelope.TryParse(rest, out var length);
            Require(envelope is not null, "A self-contained segment ends inside an envelope.");
            _ready.Enqueue(envelope!);
            rest = rest[length..];
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new WireViolationException(otherwise);
        }
    }
}
