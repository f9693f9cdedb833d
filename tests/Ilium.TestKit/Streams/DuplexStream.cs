namespace Ilium.TestKit;

/// <summary>
/// One end of an in-memory connection that behaves as a socket's stream does: synchronous reads and writes block, asynchronous ones wait, closing gives
/// the other end an end of stream, aborting gives it an <see cref="IOException"/>.
/// <para>
/// Closing an end while it is blocked in a read or write makes that call throw <see cref="IOException"/>; calls made afterwards throw
/// <see cref="ObjectDisposedException"/>. One thread may read while another writes.
/// </para>
/// </summary>
public sealed class DuplexStream : Stream
{
    private readonly BytePipe _incoming;
    private readonly BytePipe _outgoing;
    private int _disposed;

    private DuplexStream(BytePipe incoming, BytePipe outgoing, int maxBytesPerRead)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        MaxBytesPerRead = maxBytesPerRead;
    }

    /// <summary>The most bytes one read returns; may be changed at any time.</summary>
    public int MaxBytesPerRead { get; set; }

    /// <summary>Bytes this end has read so far.</summary>
    public long BytesRead => _incoming.BytesRead;

    /// <summary>Bytes this end has written so far, whether or not the other end has read them.</summary>
    public long BytesWritten => _outgoing.BytesWritten;

    /// <summary>Bytes that wait to be read by this end.</summary>
    public int Available => _incoming.Buffered;

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    public override bool CanRead => !IsDisposed;

    public override bool CanWrite => !IsDisposed;

    public override bool CanSeek => false;

    public override bool CanTimeout => true;

    /// <summary>Milliseconds a synchronous read may block; infinite by default.</summary>
    public override int ReadTimeout { get; set; } = Timeout.Infinite;

    /// <summary>Milliseconds a synchronous write may block; infinite by default.</summary>
    public override int WriteTimeout { get; set; } = Timeout.Infinite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Two ends of one connection.</summary>
    public static (DuplexStream Client, DuplexStream Server) CreatePair(DuplexOptions? options = null)
    {
        options ??= new DuplexOptions();
        var toServer = new BytePipe(options.ClientToServerCapacity);
        var toClient = new BytePipe(options.ServerToClientCapacity);
        return (new DuplexStream(toClient, toServer, options.ClientMaxBytesPerRead), new DuplexStream(toServer, toClient, options.ServerMaxBytesPerRead));
    }

    /// <summary>Half-close: the other end reads what is buffered and then the end of the stream, and may go on writing.</summary>
    public void CompleteWrites() => _outgoing.CompleteWriter();

    /// <summary>Stops reading only: the other end's writes fail, this end may go on writing.</summary>
    public void CompleteReads() => _incoming.CompleteReader();

    /// <summary>As a TCP reset: buffered bytes are lost, reads and writes of both ends throw <see cref="IOException"/>.</summary>
    public void Abort()
    {
        _incoming.Abort();
        _outgoing.Abort();
    }

    /// <summary>Completes once a write of this end is stalled because the other end doesn't read.</summary>
    public Task WhenWriteBlocksAsync(CancellationToken cancellationToken = default) => _outgoing.WhenWriterWaitsAsync(cancellationToken);

    /// <summary>Completes once a read of this end waits for bytes.</summary>
    public Task WhenReadBlocksAsync(CancellationToken cancellationToken = default) => _incoming.WhenReaderWaitsAsync(cancellationToken);

    /// <summary>Completes once this end has written that many bytes in all.</summary>
    public Task WhenWrittenAsync(long totalBytes, CancellationToken cancellationToken = default) => _outgoing.WhenWrittenAsync(totalBytes, cancellationToken);

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _incoming.Read(buffer, MaxBytesPerRead, ReadTimeout);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _incoming.ReadAsync(buffer, MaxBytesPerRead, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _outgoing.Write(buffer, WriteTimeout);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _outgoing.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _outgoing.CompleteWriter();
            _incoming.CompleteReader();
        }

        base.Dispose(disposing);
    }
}
