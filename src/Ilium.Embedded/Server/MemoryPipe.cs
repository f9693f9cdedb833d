namespace Ilium.Embedded.Server;

/// <summary>One direction of a connection within the process: bytes wait in an array that grows up to a limit.</summary>
/// <remarks>Threads: one writer and one reader at a time, and anybody may close.</remarks>
internal sealed class MemoryPipe
{
    private const int Limit = 4 * 1024 * 1024;

    private readonly object _gate = new();
    private byte[] _bytes = new byte[16 * 1024];
    private int _start;
    private int _end;
    private bool _closed;

    /// <summary>Waits for bytes; 0 when the pipe was closed and is empty.</summary>
    internal int Read(Span<byte> destination)
    {
        lock (_gate)
        {
            while (_start == _end && !_closed)
            {
                Monitor.Wait(_gate);
            }

            var count = Math.Min(destination.Length, _end - _start);
            _bytes.AsSpan(_start, count).CopyTo(destination);
            _start += count;
            if (_start == _end)
            {
                _start = _end = 0;
            }

            Monitor.PulseAll(_gate);
            return count;
        }
    }

    /// <summary>Takes what fits and returns how much that was.</summary>
    internal int TryWrite(ReadOnlySpan<byte> source)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new IOException("The other end has closed the connection.");
            }

            var count = Math.Min(source.Length, Limit - (_end - _start));
            MakeRoom(count);
            source[..count].CopyTo(_bytes.AsSpan(_end));
            _end += count;
            Monitor.PulseAll(_gate);
            return count;
        }
    }

    /// <summary>Waits until <see cref="TryWrite"/> would take something, or the pipe is closed.</summary>
    internal void WaitWritable()
    {
        lock (_gate)
        {
            while (!_closed && _end - _start >= Limit)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void MakeRoom(int count)
    {
        if (_bytes.Length - _end >= count)
        {
            return;
        }

        var waiting = _end - _start;
        var target = _bytes.Length - waiting >= count ? _bytes : new byte[Math.Max(waiting + count, _bytes.Length * 2)];
        _bytes.AsSpan(_start, waiting).CopyTo(target);
        _bytes = target;
        _start = 0;
        _end = waiting;
    }
}
