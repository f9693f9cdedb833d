using System.Buffers;

namespace Ilium.Connection;

/// <summary>
/// Requests gathered for one write. A connection has two: one fills while the other is being sent.
/// </summary>
/// <remarks>
/// Threads: <see cref="Append"/> under the connection's gate; <see cref="Seal"/> and <see cref="Clear"/> by the flusher, when the buffer is
/// out of reach of the others.
/// Ownership: the array is the buffer's, from the shared pool, and shrinks again after a large request.
/// </remarks>
internal abstract class OutgoingBuffer : IDisposable
{
    // One write of this size fills a pipe on any network; buffers above it were needed once and go back.
    protected const int KeptCapacity = 256 * 1024;
    private const int InitialCapacity = 16 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialCapacity);

    internal int Length { get; private set; }

    internal bool IsEmpty => Length == 0;

    protected Span<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>Copies one encoded envelope.</summary>
    internal abstract void Append(ReadOnlySpan<byte> envelope);

    /// <summary>Finishes what was appended and returns the bytes to send; valid until <see cref="Clear"/>.</summary>
    internal abstract ReadOnlySpan<byte> Seal();

    internal virtual void Clear()
    {
        Length = 0;
        if (_buffer.Length > KeptCapacity)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(InitialCapacity);
        }
    }

    /// <summary>Overwrites what it holds with zeros: it was credentials.</summary>
    internal void Erase() => Bytes.Clear();

    public virtual void Dispose()
    {
        Length = 0;
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected Span<byte> Reserve(int count)
    {
        var end = Length + count;
        if (end > _buffer.Length)
        {
            Grow(end);
        }

        var span = _buffer.AsSpan(Length, count);
        Length = end;
        return span;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
