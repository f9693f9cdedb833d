using System.Buffers;

namespace Ilium.Connection;

/// <summary>
/// What an <see cref="System.Net.Security.SslStream"/> stands on. Writing never blocks: ciphertext gathers here until somebody pushes it
/// into the transport. Reading blocks on the transport.
/// </summary>
/// <remarks>
/// Threads: the reader calls Read; the sender calls Write and <see cref="TryFlush"/>. TLS itself may answer what it reads (a key update),
/// so Write may come from the reader too: the lock keeps the bytes in order. It is never held while waiting.
/// </remarks>
internal sealed class CipherStream : Stream
{
    // Two full records of 16 KiB: most batches fit, and an idle connection keeps no more than this.
    private const int KeptBytes = 32 * 1024;
    private const int SmallestBuffer = 4 * 1024;

    private readonly Transport _inner;
    private readonly Lock _lock = new();
    private byte[] _pending = [];
    private int _start;
    private volatile int _end;
    private bool _closed;

    internal CipherStream(Transport inner)
    {
        _inner = inner;
    }

    /// <summary>
    /// While shaking hands one thread both reads and writes, so reading must first get everything out, waiting if need be.
    /// </summary>
    internal bool Handshaking { get; set; } = true;

    /// <summary>Passed to <see cref="Transport.Receive"/>; set by the reader before it reads.</summary>
    internal bool Likely { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (Handshaking)
        {
            FlushAll();
        }
        else if (_end > 0)
        {
            // Not waited for: were the peer waiting for us to read, both would wait forever. The sender pushes the rest.
            TryFlush();
        }

        return buffer.IsEmpty ? 0 : _inner.Receive(buffer, Likely);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (buffer.Length > _pending.Length - _end)
            {
                MakeRoom(buffer.Length);
            }

            buffer.CopyTo(_pending.AsSpan(_end));
            _end += buffer.Length;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Pushes what the transport takes right now; false when something is left.</summary>
    internal bool TryFlush()
    {
        lock (_lock)
        {
            while (_start < _end)
            {
                var count = _inner.TrySend(_pending.AsSpan(_start, _end - _start));
                if (count == 0)
                {
                    return false;
                }

                _start += count;
            }

            _start = 0;
            _end = 0;
            if (_pending.Length > KeptBytes)
            {
                Release();
            }

            return true;
        }
    }

    /// <summary>Pushes everything, waiting for the peer to take it.</summary>
    internal void FlushAll()
    {
        while (!TryFlush())
        {
            _inner.WaitWritable();
        }
    }

    protected override void Dispose(bool disposing)
    {
        _inner.Close();
        lock (_lock)
        {
            _closed = true;
            _start = 0;
            _end = 0;
            Release();
        }

        base.Dispose(disposing);
    }

    private void MakeRoom(int more)
    {
        var length = _end - _start;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestBuffer, Math.Max(length + more, 2 * length)));
        _pending.AsSpan(_start, length).CopyTo(larger);
        Release();
        _pending = larger;
        _start = 0;
        _end = length;
    }

    private void Release()
    {
        if (_pending.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_pending);
            _pending = [];
        }
    }
}
