namespace Ilium.SyncProbe;

/// <summary>Runs something on every thread of the pool at the same time, and waits for it outside of the pool.</summary>
internal sealed class BlockedPool(int threads)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    internal bool Run(string what, Action<int> action)
    {
        var together = new Barrier(threads);
        // Not disposed: the last of the threads may still be about to return from waiting for it.
        var done = new CountdownEvent(threads);
        var failures = 0;
        for (var i = 0; i < threads; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                thread =>
                {
                    try
                    {
                        // From here on no thread of the pool is free until all have ended.
                        together.SignalAndWait();
                        action(thread);
                    }
                    catch (Exception e)
                    {
                        Interlocked.Increment(ref failures);
                        Console.Error.WriteLine($"{what}, thread {thread}: {e}");
                    }

                    done.Signal();
                    done.Wait(Patience);
                },
                i,
                preferLocal: false);
        }

        var finished = done.Wait(Patience);
        Console.WriteLine($"{what}: {(finished ? "came back" : $"{done.CurrentCount} threads hang")}, {failures} failed");
        return finished && failures == 0;
    }
}
