namespace Ilium.Buffers;

/// <summary>
/// Arrays for the small answers of one connection. All answers of one read are copied before the first is given back, which is more than
/// the shared pool keeps of one size: without this, every third array of 256 in flight was a new one.
/// </summary>
/// <remarks>
/// Threads: any. Whoever finds another thread inside does without: it takes a new array, or leaves its own to the collector.
/// Ownership: an array belongs to whoever rented it; one that is never given back is collected like any other.
/// </remarks>
internal sealed class BodyPool
{
    /// <summary>The size of every array, and so the largest answer that fits: a row of a dozen columns with their names.</summary>
    internal const int ArraySize = 512;

    // Half a megabyte at most stays with a connection.
    private const int Capacity = 1024;
    private const int InitialCapacity = 64;

    private byte[]?[] _free = new byte[InitialCapacity][];
    private int _count;
    private int _entered;

    internal byte[] Rent()
    {
        byte[]? array = null;
        if (TryEnter())
        {
            if (_count > 0)
            {
                array = _free[--_count];
                _free[_count] = null;
            }

            Leave();
        }

        return array ?? GC.AllocateUninitializedArray<byte>(ArraySize);
    }

    internal void Return(byte[] array)
    {
        if (!TryEnter())
        {
            return;
        }

        if (_count < Capacity)
        {
            if (_count == _free.Length)
            {
                Array.Resize(ref _free, _count * 2);
            }

            _free[_count++] = array;
        }

        Leave();
    }

    private bool TryEnter() => Interlocked.Exchange(ref _entered, 1) == 0;

    private void Leave() => Volatile.Write(ref _entered, 0);
}
