using System.Buffers;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <summary>Gathers the items of a <see cref="NodeList{T}"/> in an array of the pool. One that is given up is left to the collector.</summary>
internal ref struct NodeListBuilder<T>
{
    private T[]? _items;

    public int Count { get; private set; }

    public readonly ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public void Add(T item)
    {
        if (_items is null)
        {
            _items = ArrayPool<T>.Shared.Rent(8);
        }
        else if (Count == _items.Length)
        {
            var larger = ArrayPool<T>.Shared.Rent(Count * 2);
            _items.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<T>.Shared.Return(_items, clearArray: true);
            _items = larger;
        }

        _items[Count++] = item;
    }

    /// <summary>The list; afterwards the builder is empty.</summary>
    public NodeList<T> Build()
    {
        if (_items is null)
        {
            return default;
        }

        var list = NodeList.Create(Items);
        _items.AsSpan(0, Count).Clear();
        ArrayPool<T>.Shared.Return(_items);
        _items = null;
        Count = 0;
        return list;
    }
}
