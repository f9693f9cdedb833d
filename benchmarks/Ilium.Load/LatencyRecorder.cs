using System.Diagnostics;
using System.Numerics;

namespace Ilium.Load;

/// <summary>Counts latencies in buckets of about 3 %; one per flow, added up at the end, so that recording costs no sharing.</summary>
internal sealed class LatencyRecorder
{
    private const int StepsPerDoubling = 32;
    private readonly long[] _buckets = new long[64 * StepsPerDoubling];

    internal long Count { get; private set; }

    internal long Rows { get; set; }

    internal void Add(long ticks)
    {
        _buckets[Bucket(Math.Max(1, ticks))]++;
        Count++;
    }

    internal void Add(LatencyRecorder other)
    {
        for (var i = 0; i < _buckets.Length; i++)
        {
            _buckets[i] += other._buckets[i];
        }

        Count += other.Count;
        Rows += other.Rows;
    }

    /// <summary>The latency in microseconds that a share of the requests did not exceed.</summary>
    internal double Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        var seen = 0L;
        for (var i = 0; i < _buckets.Length; i++)
        {
            seen += _buckets[i];
            if (seen >= wanted && seen > 0)
            {
                return Ticks(i) * 1e6 / Stopwatch.Frequency;
            }
        }

        return 0;
    }

    private static int Bucket(long ticks)
    {
        var doublings = BitOperations.Log2((ulong)ticks);
        var step = doublings >= 5 ? (int)(ticks >> (doublings - 5)) & (StepsPerDoubling - 1) : (int)(ticks << (5 - doublings)) & (StepsPerDoubling - 1);
        return (doublings * StepsPerDoubling) + step;
    }

    private static double Ticks(int bucket) => Math.Pow(2, bucket / StepsPerDoubling) * (1 + ((bucket % StepsPerDoubling + 0.5) / StepsPerDoubling));
}
