namespace Ilium.Types;

/// <summary>The keys of one name: asked for once, kept, and asked for again in time. Threads: any.</summary>
internal sealed class ColumnKeys(string name, ColumnEncryption encryption, TimeProvider time, Action beforeBlocking)
{
    // Values that somebody forged must not have a key service asked again and again, nor hold up who reads them for ever.
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private ColumnKeyRing? _ring;
    private Task<ColumnKeyRing>? _loading;
    private long _asked;
    private long? _missed;

    internal string Name => name;

    /// <summary>What values are encrypted with now.</summary>
    /// <exception cref="Exception">Whatever the provider has failed with, when there are no keys yet.</exception>
    internal ColumnKey Current
    {
        get
        {
            var ring = Volatile.Read(ref _ring);
            if (ring is not null && time.GetElapsedTime(Volatile.Read(ref _asked)) > encryption.RefreshInterval)
            {
                // In the background: what is there goes on being used.
                _ = Begin();
            }

            return (ring ?? Block()).Current;
        }
    }

    /// <summary>The key with a number, after asking for keys anew if need be; null where there is none.</summary>
    internal ColumnKey? Find(uint id)
    {
        if ((Volatile.Read(ref _ring) ?? Block()).Find(id) is { } known)
        {
            return known;
        }

        lock (_gate)
        {
            if (_missed is { } missed && time.GetElapsedTime(missed) < LeastPause)
            {
                return null;
            }
        }

        // The keys may have been changed since they were asked for.
        ColumnKey? key = null;
        try
        {
            key = Block().Find(id);
        }
        finally
        {
            if (key is null)
            {
                lock (_gate)
                {
                    _missed = time.GetTimestamp();
                }
            }
        }

        return key;
    }

    /// <summary>Asks for the keys, or joins who does.</summary>
    internal Task<ColumnKeyRing> Begin()
    {
        lock (_gate)
        {
            if (_loading is not null)
            {
                return _loading;
            }

            Volatile.Write(ref _asked, time.GetTimestamp());
            // The provider is the application's code: never on a reader, and not waited for when it blocks. On a thread of its own, since every thread of the pool may be waiting for a
            // synchronous request that needs the keys.
            var work = Task.Factory.StartNew(Load, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
            _ = work.ContinueWith(static done => done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            var loading = Patiently(work);
            _loading = loading;
            _ = loading.ContinueWith(
                done =>
                {
                    // Who has not waited for it leaves no failure behind that nobody has seen.
                    _ = done.Exception;
                    lock (_gate)
                    {
                        _loading = null;
                    }
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return loading;
        }
    }

    // Here and below nothing is awaited: what ends in the moment it is awaited goes on by way of the pool, every thread of which may be waiting for it.
    private Task<ColumnKeyRing> Patiently(Task<ColumnKeyRing> work) => work.WaitAsync(Patience, time).ContinueWith(
        done => done.Exception?.InnerException is TimeoutException && !work.IsCompleted ? Task.FromException<ColumnKeyRing>(TooLate()) : done,
        CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Unwrap();

    /// <summary>On a thread of its own, which it blocks as long as the provider takes.</summary>
    private ColumnKeyRing Load()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            var ring = encryption.Keys.GetKeysAsync(name, patience.Token).AsTask().WaitAsync(patience.Token).GetAwaiter().GetResult()
                ?? throw new InvalidOperationException($"The key provider has given null for the keys of the name '{name}'.");
            Volatile.Write(ref _ring, ring);
            return ring;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw TooLate();
        }
    }

    private static TimeoutException TooLate() => new($"It has not answered within {Patience:c}.");

    private ColumnKeyRing Block()
    {
        beforeBlocking();
        var loading = Begin();
        try
        {
            // The timers of the task need the pool, every thread of which may be waiting here.
            _ = loading.Wait(Patience);
        }
        catch (AggregateException)
        {
            // Thrown below, as it is.
        }

        return loading.IsCompleted ? loading.GetAwaiter().GetResult() : throw TooLate();
    }
}
