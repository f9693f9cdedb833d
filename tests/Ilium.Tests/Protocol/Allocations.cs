namespace Ilium.Tests.Protocol;

internal static class Allocations
{
    /// <summary>How often <see cref="Of"/> calls its action.</summary>
    internal const int Calls = WarmUp + (Rounds * CallsPerRound);

    private const int WarmUp = 10;
    private const int Rounds = 3;
    private const int CallsPerRound = 1000;

    /// <summary>
    /// Bytes that 1,000 calls allocate on this thread, after the first calls have compiled the code and filled the pools. The least of a
    /// few rounds: a collection that other threads cause charges what is left of this thread's allocation block (up to 8 KB) to it, while
    /// code that allocates does so in every round.
    /// </summary>
    internal static long Of(Action action)
    {
        for (var i = 0; i < WarmUp; i++)
        {
            action();
        }

        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < CallsPerRound; i++)
            {
                action();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
