using Ilium.Execution;

namespace Ilium;

/// <summary>
/// Decides whether, and after how long without an answer, a request is sent to one more node: the first answer counts, the others are dropped
/// when they come. It takes the edge off nodes that are slow or gone, for the price of the additional requests.
/// </summary>
/// <remarks>
/// Only for what is idempotent (<see cref="ExecutionOptions.IsIdempotent"/>; every SELECT, unless said otherwise): a request may well be carried out
/// twice. The request's timeout covers all attempts. Called by several threads at once: be thread-safe and short. One that throws is logged,
/// and that request gets no further attempt. May be shared by clusters and profiles; one with a memory then remembers for all of them.
/// </remarks>
public abstract class SpeculativeExecutionPolicy
{
    /// <summary>Never: the default.</summary>
    public static SpeculativeExecutionPolicy None { get; } = new NoSpeculativeExecution();

    /// <summary>Whether <see cref="OnLatency"/> is to be called. Default false, which spares looking at the clock.</summary>
    public virtual bool WantsLatencies => false;

    /// <summary>After a fixed time.</summary>
    /// <param name="delay">The time between two attempts; zero sends them at once. Kept to about a millisecond.</param>
    /// <param name="maxAttempts">The most attempts, the first included; at least 2.</param>
    public static SpeculativeExecutionPolicy Constant(TimeSpan delay, int maxAttempts = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAttempts, 2);
        return new ConstantSpeculativeExecution(delay, maxAttempts);
    }

    /// <summary>
    /// After the time within which so many of a hundred requests are answered, as measured over the last few thousand of those that have this
    /// policy; none before 256 have been answered. Make one for each kind of request whose times differ, for example one for each profile.
    /// </summary>
    /// <param name="percentile">Above 0 and below 100; 99 makes about one request in a hundred two.</param>
    /// <param name="maxAttempts">The most attempts, the first included; at least 2.</param>
    /// <param name="minimumDelay">The shortest time between two attempts. Default 1 ms.</param>
    public static SpeculativeExecutionPolicy Percentile(double percentile, int maxAttempts = 2, TimeSpan? minimumDelay = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(percentile, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(percentile, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAttempts, 2);
        var minimum = minimumDelay ?? TimeSpan.FromMilliseconds(1);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimum, TimeSpan.Zero, nameof(minimumDelay));
        return new PercentileSpeculativeExecution(percentile, maxAttempts, minimum);
    }

    /// <summary>The time from the latest attempt to the next one.</summary>
    /// <param name="statement">What is run.</param>
    /// <param name="attempts">Attempts begun so far, from 1.</param>
    /// <returns>null, or a negative time, for no further attempt.</returns>
    public abstract TimeSpan? NextDelay(Statement statement, int attempts);

    /// <summary>Tells how long a request took that was answered or timed out, all its attempts together. Where <see cref="WantsLatencies"/>.</summary>
    /// <param name="latency">From the call to the result.</param>
    public virtual void OnLatency(TimeSpan latency)
    {
    }
}
