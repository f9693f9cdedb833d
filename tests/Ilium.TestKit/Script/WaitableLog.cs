namespace Ilium.TestKit;

/// <summary>A growing list that many threads may add to, with waiters that an addition wakes. Nothing is removed.</summary>
internal sealed class WaitableLog<T>
{
    private readonly Lock _lock = new();
    private readonly List<T> _items = [];
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<T> Snapshot()
    {
        lock (_lock)
        {
            return [.. _items];
        }
    }

    public void Add(T item)
    {
        TaskCompletionSource added;
        lock (_lock)
        {
            _items.Add(item);
            added = _added;
            _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        added.SetResult();
    }

    /// <summary>The first <paramref name="count"/> matching items, as soon as there are so many.</summary>
    public async Task<IReadOnlyList<T>> WaitForAsync(Func<T, bool> match, int count, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        while (true)
        {
            Task added;
            IReadOnlyList<T> found;
            lock (_lock)
            {
                found = [.. _items.Where(match).Take(count)];
                added = _added.Task;
            }

            if (found.Count == count)
            {
                return found;
            }

            try
            {
                await added.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{found.Count} of {count} came within {patience}. All there was: {string.Join("; ", Snapshot())}");
            }
        }
    }
}
