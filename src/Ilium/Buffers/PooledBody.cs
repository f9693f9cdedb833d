using System.Buffers;

namespace Ilium.Buffers;

/// <summary>
/// The bytes of one answer in an array from a pool: its connection's for small ones, the shared one for others. Whoever holds it last
/// gives it back; one that is never given back is collected like any other array.
/// </summary>
internal readonly struct PooledBody(byte[] array, int offset, int length, BodyPool? pool = null)
{
    internal BodyPool? Pool { get; } = pool;

    internal byte[] Array { get; } = array;

    internal int Offset { get; } = offset;

    internal int Length { get; } = length;

    internal bool IsEmpty => Length == 0;

    internal ReadOnlySpan<byte> Span => Array.AsSpan(Offset, Length);

    internal static PooledBody Copy(ReadOnlySpan<byte> bytes, BodyPool? pool = null)
    {
        if (bytes.IsEmpty)
        {
            return new PooledBody([], 0, 0);
        }

        var owner = bytes.Length <= BodyPool.ArraySize ? pool : null;
        var array = owner is null ? ArrayPool<byte>.Shared.Rent(bytes.Length) : owner.Rent();
        bytes.CopyTo(array);
        return new PooledBody(array, 0, bytes.Length, owner);
    }

    internal void Return() => Return(Array, Pool);

    /// <summary>Gives back an array that was taken out of its <see cref="PooledBody"/>.</summary>
    internal static void Return(byte[]? array, BodyPool? pool)
    {
        if (array is not { Length: > 0 })
        {
            return;
        }

        if (pool is not null)
        {
            pool.Return(array);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
