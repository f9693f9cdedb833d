namespace Ilium.Tests.Protocol;

internal static class Allocations
{
    /// <summary>Bytes that 1,000 calls allocate on this thread, after the first calls have compiled the code and filled the pools.</summary>
    internal static long Of(Action action)
    {
        for (var i = 0; i < 10; i++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
