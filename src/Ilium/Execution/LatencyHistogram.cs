using System.Numerics;

namespace Ilium.Execution;

/// <summary>Counts of latencies in steps of at most 1/16 of their size, from a microsecond to 19 hours.</summary>
/// <remarks>Threads: any. Looking while others record gives figures of about now, which is what statistics are.</remarks>
internal sealed class LatencyHistogram
{
    // Each power of two is cut into so many steps.
    private const int Steps = 16;
    private const int StepBits = 4;
    private const int MaxBits = 36;

    private readonly int[] _counts = new int[((MaxBits - StepBits) * Steps) + (2 * Steps)];

    internal long Count
    {
        get
        {
            long sum = 0;
            foreach (ref var count in _counts.AsSpan())
            {
                sum += Volatile.Read(ref count);
            }

            return sum;
        }
    }

    internal void Record(long microseconds) => Interlocked.Increment(ref _counts[IndexOf(microseconds)]);

    /// <summary>The latency, rounded up to its step, within which so many of a hundred are; 0 when there are none.</summary>
    internal long Percentile(double percentile)
    {
        var rank = (long)Math.Ceiling(Count * percentile / 100);
        long sum = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            sum += Volatile.Read(ref _counts[i]);
            if (sum >= rank && sum > 0)
            {
                return LargestOf(i);
            }
        }

        return 0;
    }

    /// <summary>Forgets half of each count, and a single one.</summary>
    internal void Halve()
    {
        foreach (ref var count in _counts.AsSpan())
        {
            Interlocked.Add(ref count, -((Volatile.Read(ref count) + 1) / 2));
        }
    }

    private static int IndexOf(long microseconds)
    {
        var value = Math.Clamp(microseconds, 0, (1L << MaxBits) - 1);
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - StepBits);
        return (shift * Steps) + (int)(value >> shift);
    }

    private static long LargestOf(int index)
    {
        var shift = Math.Max(0, (index / Steps) - 1);
        return ((index - (shift * Steps) + 1L) << shift) - 1;
    }
}
