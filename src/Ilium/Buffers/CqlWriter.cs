using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ilium.Buffers;

/// <summary>
/// A growing buffer that protocol values are written to, big-endian.
/// </summary>
/// <remarks>
/// What it is: one array, taken from the shared pool and kept between uses, with a write position.
/// Threads: one at a time; whoever rented the object that owns the writer.
/// Ownership: the array is the writer's until <see cref="Dispose"/>; spans handed out are valid until the next write.
/// </remarks>
internal sealed class CqlWriter : IDisposable
{
    // Most requests are a 9-byte header, a 16-byte id and a few values: 256 bytes hold them without growing.
    private const int InitialCapacity = 256;

    private byte[] _buffer;
    private int _position;

    internal CqlWriter(int capacity = InitialCapacity)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    }

    /// <summary>Bytes written so far.</summary>
    internal int Length => _position;

    internal int Capacity => _buffer.Length;

    internal ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _position);

    /// <summary>Written bytes that may still be changed, to patch a length or a stream id.</summary>
    internal Span<byte> Written(int start, int length) => _buffer.AsSpan(0, _position).Slice(start, length);

    internal void Clear() => _position = 0;

    /// <summary>Drops everything written after <paramref name="length"/>.</summary>
    internal void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _position);
        _position = length;
    }

    /// <summary>Space for <paramref name="count"/> bytes at the end; counts as written at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> Reserve(int count)
    {
        var position = _position;
        var end = position + count;
        if ((uint)end > (uint)_buffer.Length)
        {
            Grow(count);
        }

        _position = end;
        return _buffer.AsSpan(position, count);
    }

    internal void WriteByte(byte value) => Reserve(1)[0] = value;

    internal void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Reserve(2), value);

    internal void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    internal void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);

    internal void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    internal void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Reserve(8), value);

    internal void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>[string]: a 16-bit length and UTF-8 (native protocol §3).</summary>
    internal void WriteString(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException($"A protocol [string] holds at most 65,535 bytes; this one has {length}.", nameof(value));
        }

        WriteUInt16((ushort)length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    /// <summary>[long string]: a 32-bit length and UTF-8.</summary>
    internal void WriteLongString(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteInt32(length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    /// <summary>[bytes]: a 32-bit length and that many bytes.</summary>
    internal void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteInt32(bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>[short bytes]: a 16-bit length and that many bytes.</summary>
    internal void WriteShortBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"A protocol [short bytes] holds at most 65,535 bytes; this one has {bytes.Length}.", nameof(bytes));
        }

        WriteUInt16((ushort)bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Writes a placeholder for a 32-bit length; <see cref="EndLength"/> fills it in.</summary>
    internal int BeginLength()
    {
        Reserve(4);
        return _position;
    }

    /// <summary>Sets the length reserved by <see cref="BeginLength"/> to the bytes written since.</summary>
    internal void EndLength(int start) =>
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(start - 4, 4), _position - start);

    /// <summary>Gives the array back when one large request has made it larger than <paramref name="limit"/>.</summary>
    internal void Shrink(int limit)
    {
        _position = 0;
        if (_buffer.Length > limit)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(InitialCapacity);
        }
    }

    /// <summary>Overwrites what was written with zeros, for buffers that held credentials.</summary>
    internal void Erase()
    {
        _buffer.AsSpan(0, _position).Clear();
        _position = 0;
    }

    /// <summary>Returns the array to the pool.</summary>
    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        _position = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        var needed = (long)_position + count;
        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException($"A request of {needed} bytes is larger than any buffer.");
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, (long)_buffer.Length * 2)));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
