using System.Diagnostics;
using System.Net.Sockets;

namespace Ilium.TestKit;

/// <summary>
/// One direction of a <see cref="DuplexStream"/>. Everything happens under one monitor: blocking callers wait on it, asynchronous ones on a task that the
/// next change completes, so nothing ever polls.
/// </summary>
internal sealed class BytePipe(int capacity)
{
    private readonly object _gate = new();
    private byte[] _buffer = new byte[256];
    private int _head;
    private int _count;
    private bool _writerDone;
    private bool _readerDone;
    private bool _aborted;
    private int _waitingReaders;
    private int _waitingWriters;
    private long _bytesRead;
    private long _bytesWritten;
    private TaskCompletionSource? _changed;

    public long BytesRead => Locked(() => _bytesRead);

    public long BytesWritten => Locked(() => _bytesWritten);

    public int Buffered => Locked(() => _count);

    public Task WhenWriterWaitsAsync(CancellationToken cancellationToken) => WhenAsync(() => _waitingWriters > 0, cancellationToken);

    public Task WhenReaderWaitsAsync(CancellationToken cancellationToken) => WhenAsync(() => _waitingReaders > 0, cancellationToken);

    public Task WhenWrittenAsync(long total, CancellationToken cancellationToken) => WhenAsync(() => _bytesWritten >= total, cancellationToken);

    /// <summary>No more bytes will come; those already here can still be read.</summary>
    public void CompleteWriter() => Change(() => _writerDone = true);

    /// <summary>Nobody will read any more; writers fail from now on.</summary>
    public void CompleteReader() => Change(() => _readerDone = true);

    /// <summary>As a TCP reset: what is buffered is lost and both ends fail.</summary>
    public void Abort() => Change(() =>
    {
        _aborted = true;
        _count = 0;
    });

    public int Read(Span<byte> destination, int maxBytes, int timeoutMilliseconds)
    {
        var deadline = new Deadline(timeoutMilliseconds);
        lock (_gate)
        {
            int read;
            while (!TryRead(destination, maxBytes, out read))
            {
                _waitingReaders++;
                Signal();
                var signalled = Monitor.Wait(_gate, deadline.Remaining);
                _waitingReaders--;
                if (!signalled)
                {
                    throw Failed("The read took longer than ReadTimeout.", SocketError.TimedOut);
                }
            }

            return read;
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> destination, int maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_gate)
            {
                if (TryRead(destination.Span, maxBytes, out var read))
                {
                    return read;
                }

                _waitingReaders++;
                Signal();
                changed = Changed();
            }

            await LeaveAsync(changed, () => _waitingReaders--, cancellationToken);
        }
    }

    public void Write(ReadOnlySpan<byte> source, int timeoutMilliseconds)
    {
        var deadline = new Deadline(timeoutMilliseconds);
        lock (_gate)
        {
            while (true)
            {
                source = source[TryWrite(source)..];
                if (source.IsEmpty)
                {
                    return;
                }

                _waitingWriters++;
                Signal();
                var signalled = Monitor.Wait(_gate, deadline.Remaining);
                _waitingWriters--;
                if (!signalled)
                {
                    throw Failed("The write took longer than WriteTimeout.", SocketError.TimedOut);
                }
            }
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_gate)
            {
                source = source[TryWrite(source.Span)..];
                if (source.IsEmpty)
                {
                    return;
                }

                _waitingWriters++;
                Signal();
                changed = Changed();
            }

            await LeaveAsync(changed, () => _waitingWriters--, cancellationToken);
        }
    }

    private static IOException Failed(string message, SocketError error) => new(message, new SocketException((int)error));

    // An empty destination waits for bytes without taking any, as a socket does.
    private bool TryRead(Span<byte> destination, int maxBytes, out int read)
    {
        read = 0;
        if (_readerDone)
        {
            throw Failed("This end of the stream was closed.", SocketError.OperationAborted);
        }

        if (_aborted)
        {
            throw Failed("The stream was reset by the other end.", SocketError.ConnectionReset);
        }

        if (_count == 0)
        {
            return _writerDone;
        }

        read = Math.Min(Math.Min(destination.Length, maxBytes), _count);
        var first = Math.Min(read, _buffer.Length - _head);
        _buffer.AsSpan(_head, first).CopyTo(destination);
        _buffer.AsSpan(0, read - first).CopyTo(destination[first..]);
        _head = (_head + read) % _buffer.Length;
        _count -= read;
        _bytesRead += read;
        if (read > 0)
        {
            Signal();
        }

        return true;
    }

    private int TryWrite(ReadOnlySpan<byte> source)
    {
        if (_writerDone)
        {
            throw Failed("This end of the stream was closed for writing.", SocketError.Shutdown);
        }

        if (_aborted || _readerDone)
        {
            throw Failed("The other end of the stream is gone.", SocketError.ConnectionReset);
        }

        var written = Math.Min(source.Length, capacity - _count);
        if (written == 0)
        {
            return 0;
        }

        Reserve(_count + written);
        var tail = (_head + _count) % _buffer.Length;
        var first = Math.Min(written, _buffer.Length - tail);
        source[..first].CopyTo(_buffer.AsSpan(tail));
        source[first..written].CopyTo(_buffer);
        _count += written;
        _bytesWritten += written;
        Signal();
        return written;
    }

    private void Reserve(int size)
    {
        if (size <= _buffer.Length)
        {
            return;
        }

        var larger = new byte[Math.Max(size, _buffer.Length * 2)];
        var first = Math.Min(_count, _buffer.Length - _head);
        _buffer.AsSpan(_head, first).CopyTo(larger);
        _buffer.AsSpan(0, _count - first).CopyTo(larger.AsSpan(first));
        _buffer = larger;
        _head = 0;
    }

    private async ValueTask LeaveAsync(Task changed, Action leave, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(cancellationToken);
        }
        finally
        {
            Locked(() =>
            {
                leave();
                return 0;
            });
        }
    }

    private async Task WhenAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (condition())
                {
                    return;
                }

                changed = Changed();
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private Task Changed() => (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void Signal()
    {
        Monitor.PulseAll(_gate);
        var changed = _changed;
        _changed = null;
        changed?.SetResult();
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Signal();
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private readonly struct Deadline(int timeoutMilliseconds)
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        public int Remaining => timeoutMilliseconds == Timeout.Infinite
            ? Timeout.Infinite
            : (int)Math.Max(0, timeoutMilliseconds - Stopwatch.GetElapsedTime(_start).TotalMilliseconds);
    }
}
