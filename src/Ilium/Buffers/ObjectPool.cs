using System.Collections.Concurrent;

namespace Ilium.Buffers;

/// <summary>Objects that are dear to make and used for the length of a request. What is not returned is collected like anything else.</summary>
/// <remarks>Threads: any. The pool forgets objects beyond <c>capacity</c>, so that one burst does not stay in memory.</remarks>
internal sealed class ObjectPool<T>(Func<T> create, int capacity)
    where T : class
{
    private readonly ConcurrentQueue<T> _items = new();
    private T? _first;
    private int _count;

    internal T Rent()
    {
        var item = _first;
        if (item is not null && Interlocked.CompareExchange(ref _first, null, item) == item)
        {
            return item;
        }

        if (_items.TryDequeue(out item))
        {
            Interlocked.Decrement(ref _count);
            return item;
        }

        return create();
    }

    internal void Return(T item)
    {
        if (_first is null && Interlocked.CompareExchange(ref _first, item, null) is null)
        {
            return;
        }

        if (Interlocked.Increment(ref _count) <= capacity)
        {
            _items.Enqueue(item);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
