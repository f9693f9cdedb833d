namespace Ilium.Execution;

/// <summary>See <see cref="SpeculativeExecutionPolicy.Percentile"/>.</summary>
/// <remarks>
/// Threads: any. Every 256th latency the one who brings it looks at the histogram and publishes the delay; the others read it. Requests that were
/// answered by a later attempt count with all of their time, so that speculation does not make the percentile, and so itself, run away.
/// </remarks>
internal sealed class PercentileSpeculativeExecution(double percentile, int maxAttempts, TimeSpan minimum) : SpeculativeExecutionPolicy
{
    private const int Look = 256;

    // Beyond it old latencies count half.
    private const int Remembered = 8192;

    private readonly LatencyHistogram _latencies = new();
    private long _seen;
    private long _delay = -1;
    private int _looking;

    public override bool WantsLatencies => true;

    public override TimeSpan? NextDelay(Statement statement, int attempts) =>
        attempts < maxAttempts && Volatile.Read(ref _delay) is >= 0 and var delay ? TimeSpan.FromMicroseconds(delay) : null;

    public override void OnLatency(TimeSpan latency)
    {
        _latencies.Record((long)latency.TotalMicroseconds);
        if (Interlocked.Increment(ref _seen) % Look != 0 || Interlocked.Exchange(ref _looking, 1) != 0)
        {
            return;
        }

        if (_latencies.Count > Remembered)
        {
            _latencies.Halve();
        }

        Volatile.Write(ref _delay, Math.Max(_latencies.Percentile(percentile), (long)minimum.TotalMicroseconds));
        Volatile.Write(ref _looking, 0);
    }
}
