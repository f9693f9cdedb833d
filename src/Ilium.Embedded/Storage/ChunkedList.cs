namespace Ilium.Embedded.Storage;

/// <summary>Says where an item lies against what is looked for: negative before it, 0 equal, positive behind it.</summary>
internal interface IProbe<T>
{
    int Compare(T item);
}

/// <summary>A place in a <see cref="ChunkedList{T}"/>, valid until the list changes.</summary>
internal readonly record struct ChunkPosition(int Chunk, int Index);

/// <summary>
/// A sorted list in pieces of a few hundred items: finding is two binary searches, inserting moves one piece. A million rows are some thousand pieces.
/// </summary>
/// <remarks>Threads: under the lock of the table it belongs to.</remarks>
internal sealed class ChunkedList<T>
    where T : class
{
    private const int MaxChunk = 512;
    private const int InitialChunk = 4;

    private readonly List<Chunk> _chunks = [];

    internal int Count { get; private set; }

    /// <summary>The position of the first item that is not before the probe; behind the last item when all are.</summary>
    internal ChunkPosition LowerBound<TProbe>(TProbe probe)
        where TProbe : struct, IProbe<T>, allows ref struct
    {
        // The last chunk whose first item is before the probe may hold it; else the next one begins with it.
        var low = 0;
        var high = _chunks.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (probe.Compare(_chunks[middle].Items[0]!) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            return new ChunkPosition(0, 0);
        }

        var chunk = _chunks[low - 1];
        var from = 1;
        var to = chunk.Count;
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (probe.Compare(chunk.Items[middle]!) < 0)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return from == chunk.Count ? new ChunkPosition(low, 0) : new ChunkPosition(low - 1, from);
    }

    /// <summary>The item the probe is equal to; null for none, and then <paramref name="position"/> is where it belongs.</summary>
    internal T? Find<TProbe>(TProbe probe, out ChunkPosition position)
        where TProbe : struct, IProbe<T>, allows ref struct
    {
        position = LowerBound(probe);
        return TryGet(position, out var item) && probe.Compare(item) == 0 ? item : null;
    }

    internal bool TryGet(ChunkPosition position, out T item)
    {
        if (position.Chunk < _chunks.Count && position.Index < _chunks[position.Chunk].Count)
        {
            item = _chunks[position.Chunk].Items[position.Index]!;
            return true;
        }

        item = null!;
        return false;
    }

    internal ChunkPosition Next(ChunkPosition position) =>
        position.Index + 1 < _chunks[position.Chunk].Count ? position with { Index = position.Index + 1 } : new ChunkPosition(position.Chunk + 1, 0);

    /// <summary>The position before; false at the first.</summary>
    internal bool TryPrevious(ref ChunkPosition position)
    {
        if (position.Index > 0)
        {
            position = position with { Index = position.Index - 1 };
            return true;
        }

        if (position.Chunk == 0)
        {
            return false;
        }

        position = new ChunkPosition(position.Chunk - 1, _chunks[position.Chunk - 1].Count - 1);
        return true;
    }

    internal static ChunkPosition First => new(0, 0);

    internal ChunkPosition End => new(_chunks.Count, 0);

    /// <summary>Puts an item before the one at a position that <see cref="Find"/> gave.</summary>
    internal void Insert(ChunkPosition position, T item)
    {
        Count++;
        if (position.Index == 0 && position.Chunk > 0)
        {
            // Between two chunks: the end of the one before costs nothing to move.
            position = new ChunkPosition(position.Chunk - 1, _chunks[position.Chunk - 1].Count);
        }

        if (_chunks.Count == 0)
        {
            _chunks.Add(new Chunk { Items = new T[InitialChunk] });
        }

        var chunk = _chunks[position.Chunk];
        if (chunk.Count == MaxChunk)
        {
            Split(position.Chunk, position.Index == MaxChunk && position.Chunk == _chunks.Count - 1);
            if (position.Index >= chunk.Count)
            {
                position = new ChunkPosition(position.Chunk + 1, position.Index - chunk.Count);
                chunk = _chunks[position.Chunk];
            }
        }

        if (chunk.Count == chunk.Items.Length)
        {
            Array.Resize(ref chunk.Items, Math.Min(MaxChunk, chunk.Items.Length * 2));
        }

        Array.Copy(chunk.Items, position.Index, chunk.Items, position.Index + 1, chunk.Count - position.Index);
        chunk.Items[position.Index] = item;
        chunk.Count++;
    }

    internal void RemoveAt(ChunkPosition position)
    {
        var chunk = _chunks[position.Chunk];
        chunk.Count--;
        Count--;
        Array.Copy(chunk.Items, position.Index + 1, chunk.Items, position.Index, chunk.Count - position.Index);
        chunk.Items[chunk.Count] = null;
        if (chunk.Count == 0)
        {
            _chunks.RemoveAt(position.Chunk);
        }
    }

    internal void Clear()
    {
        _chunks.Clear();
        Count = 0;
    }

    // Items that come in order leave full chunks behind; others leave halves.
    private void Split(int index, bool atEnd)
    {
        var chunk = _chunks[index];
        var kept = atEnd ? MaxChunk : MaxChunk / 2;
        var next = new Chunk { Items = new T[atEnd ? InitialChunk : MaxChunk], Count = MaxChunk - kept };
        Array.Copy(chunk.Items, kept, next.Items, 0, next.Count);
        Array.Clear(chunk.Items, kept, MaxChunk - kept);
        chunk.Count = kept;
        _chunks.Insert(index + 1, next);
    }

    private sealed class Chunk
    {
        internal T?[] Items = [];
        internal int Count;
    }
}
