using System.Buffers;

namespace Ilium.Buffers;

/// <summary>
/// The bytes of one answer in an array from the shared pool. Whoever holds it last gives it back; one that is never given back is
/// collected like any other array.
/// </summary>
internal readonly struct PooledBody(byte[] array, int offset, int length)
{
    internal byte[] Array { get; } = array;

    internal int Offset { get; } = offset;

    internal int Length { get; } = length;

    internal bool IsEmpty => Length == 0;

    internal ReadOnlySpan<byte> Span => Array.AsSpan(Offset, Length);

    internal static PooledBody Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return new PooledBody([], 0, 0);
        }

        var array = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(array);
        return new PooledBody(array, 0, bytes.Length);
    }

    internal void Return()
    {
        if (Array is { Length: > 0 })
        {
            ArrayPool<byte>.Shared.Return(Array);
        }
    }
}
