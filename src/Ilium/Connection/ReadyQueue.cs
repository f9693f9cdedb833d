namespace Ilium.Connection;

/// <summary>
/// The answers of one read, waiting to be handed to their callers. The reader fills it and then takes from it; other threads may take too,
/// so that a caller's slow continuation holds up nobody else's.
/// </summary>
/// <remarks>
/// One word holds (fill number, next item, item count); taking is a compare-and-swap of that word. An item is read before the swap: if
/// the swap wins, the fill number has not changed, so the slot had not been filled again.
/// Only the reader, and only when <see cref="IsEmpty"/>, may fill it; stream ids bound what one read of one connection can bring to 32,768.
/// </remarks>
internal sealed class ReadyQueue
{
    private const int MaxItems = ushort.MaxValue;

    // fill number (32 bits) | next (16) | count (16)
    private long _word;
    private PendingRequest?[] _items = new PendingRequest?[64];
    private int _filled;

    internal int Count
    {
        get
        {
            var word = Volatile.Read(ref _word);
            return (int)(word & 0xFFFF) - (int)((word >> 16) & 0xFFFF);
        }
    }

    internal bool IsEmpty => Count == 0;

    /// <summary>True when whatever a connection may bring can be added to what was. By the filler.</summary>
    internal bool HasRoom => _filled <= MaxItems - StreamTable.MaxIds;

    /// <summary>
    /// Forgets what was taken, so that a finished request isn't kept from the collector until as many others have come. By the filler,
    /// when the queue is empty; a taker that read too much notices by the word, as always.
    /// </summary>
    internal void Forget() => Array.Clear(_items, 0, (int)(Volatile.Read(ref _word) & 0xFFFF));

    /// <summary>Adds an item that is not visible to takers yet.</summary>
    internal void Add(PendingRequest request)
    {
        if (_filled == _items.Length)
        {
            // Beyond what can be counted an answer would be lost in silence.
            ArgumentOutOfRangeException.ThrowIfEqual(_filled, MaxItems);
            Array.Resize(ref _items, Math.Min(MaxItems, _items.Length * 2));
        }

        _items[_filled++] = request;
    }

    /// <summary>Lets takers see what was added.</summary>
    internal void Publish()
    {
        var fill = (uint)(_word >>> 32) + 1;
        var word = ((long)fill << 32) | (uint)_filled;
        _filled = 0;
        Volatile.Write(ref _word, word);
    }

    internal bool TryTake(out PendingRequest request)
    {
        while (true)
        {
            var word = Volatile.Read(ref _word);
            var next = (int)((word >> 16) & 0xFFFF);
            if (next >= (int)(word & 0xFFFF))
            {
                request = null!;
                return false;
            }

            var item = Volatile.Read(ref _items)[next];
            if (Interlocked.CompareExchange(ref _word, word + (1 << 16), word) == word)
            {
                request = item!;
                return true;
            }
        }
    }
}
