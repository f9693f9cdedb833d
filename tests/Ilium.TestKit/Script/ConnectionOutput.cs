using System.Collections.Concurrent;

namespace Ilium.TestKit;

/// <summary>
/// The sending half of a scripted connection. Framing, faults and order are settled when a message is handed in, on the caller's thread; a thread of its own
/// then writes, so that neither a slow client nor a starved thread pool holds up whoever answers.
/// </summary>
internal sealed class ConnectionOutput
{
    private readonly Lock _lock = new();
    private readonly BlockingCollection<Piece> _pieces = [];
    private readonly Stream _stream;
    private readonly Action _reset;
    private List<byte[]>? _together;
    private bool _corruptCrc24;
    private bool _corruptCrc32;
    private long _bytesUntilClose = long.MaxValue;
    private bool _resetAtClose;
    private bool _closed;

    public ConnectionOutput(Stream stream, Action reset)
    {
        _stream = stream;
        _reset = reset;
    }

    private enum Ending
    {
        None = 0,
        Close = 1,
        Reset = 2,
    }

    public bool Segmented { get; private set; }

    public bool Lz4Segments { get; private set; }

    public int ChunkSize { get; set; } = int.MaxValue;

    public int MaxSegmentPayload { get; set; } = WireSegment.MaxPayload;

    /// <param name="envelope">What to send.</param>
    /// <param name="thenSegmentWithLz4">Not null: from the next message on, both sides use segments, compressed or not.</param>
    public void Send(byte[] envelope, bool? thenSegmentWithLz4 = null)
    {
        lock (_lock)
        {
            if (_together is not null)
            {
                _together.Add(envelope);
            }
            else
            {
                Frame([envelope]);
            }

            if (thenSegmentWithLz4 is { } lz4)
            {
                Segmented = true;
                Lz4Segments = lz4;
            }
        }
    }

    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            Add(bytes.ToArray());
        }
    }

    public void BeginTogether()
    {
        lock (_lock)
        {
            _together = _together is null ? [] : throw new InvalidOperationException("Answers are being gathered already.");
        }
    }

    public void EndTogether()
    {
        lock (_lock)
        {
            var gathered = _together ?? [];
            _together = null;
            Frame(gathered);
        }
    }

    public void Corrupt(bool crc24)
    {
        lock (_lock)
        {
            _corruptCrc24 |= crc24;
            _corruptCrc32 |= !crc24;
        }
    }

    public void CloseAfter(long bytes, bool reset)
    {
        lock (_lock)
        {
            _bytesUntilClose = bytes;
            _resetAtClose = reset;
            if (bytes == 0)
            {
                End(reset ? Ending.Reset : Ending.Close);
            }
        }
    }

    /// <summary>Closes once everything handed in so far has been written.</summary>
    public void Close()
    {
        lock (_lock)
        {
            End(Ending.Close);
        }
    }

    /// <summary>The writing thread's work; returns when the connection is over.</summary>
    public void Run()
    {
        try
        {
            foreach (var piece in _pieces.GetConsumingEnumerable())
            {
                for (var sent = 0; sent < piece.Bytes.Length; sent += Math.Min(piece.ChunkSize, piece.Bytes.Length - sent))
                {
                    _stream.Write(piece.Bytes.AsSpan(sent, Math.Min(piece.ChunkSize, piece.Bytes.Length - sent)));
                    _stream.Flush();
                }

                if (piece.Ending == Ending.Reset)
                {
                    _reset();
                }

                if (piece.Ending == Ending.Close)
                {
                    _stream.Dispose();
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client has gone; whatever else was to be sent has no reader.
        }
    }

    private void Frame(List<byte[]> envelopes)
    {
        if (!Segmented)
        {
            foreach (var envelope in envelopes)
            {
                Add(envelope);
            }

            return;
        }

        var packed = new List<byte>();
        foreach (var envelope in envelopes)
        {
            if (packed.Count > 0 && packed.Count + envelope.Length > MaxSegmentPayload)
            {
                AddSegment(packed.ToArray(), true);
                packed.Clear();
            }

            if (envelope.Length <= MaxSegmentPayload)
            {
                packed.AddRange(envelope);
                continue;
            }

            foreach (var slice in envelope.Chunk(MaxSegmentPayload))
            {
                AddSegment(slice, false);
            }
        }

        if (packed.Count > 0)
        {
            AddSegment(packed.ToArray(), true);
        }
    }

    private void AddSegment(byte[] payload, bool selfContained)
    {
        Add(new WireSegment(payload, selfContained).ToArray(Lz4Segments, _corruptCrc24, _corruptCrc32));
        _corruptCrc24 = false;
        _corruptCrc32 = false;
    }

    private void Add(byte[] bytes)
    {
        if (_closed)
        {
            return;
        }

        var cut = (int)Math.Min(bytes.Length, _bytesUntilClose);
        _pieces.Add(new Piece(bytes[..cut], ChunkSize, Ending.None));
        _bytesUntilClose -= cut;
        if (_bytesUntilClose == 0)
        {
            End(_resetAtClose ? Ending.Reset : Ending.Close);
        }
    }

    private void End(Ending ending)
    {
        if (!_closed)
        {
            _closed = true;
            _pieces.Add(new Piece([], ChunkSize, ending));
            _pieces.CompleteAdding();
        }
    }

    private sealed record Piece(byte[] Bytes, int ChunkSize, Ending Ending);
}
