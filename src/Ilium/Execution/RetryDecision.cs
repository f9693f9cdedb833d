namespace Ilium;

/// <summary>What a <see cref="RetryPolicy"/> says about a failed attempt. Immutable; made by its static members.</summary>
public readonly record struct RetryDecision
{
    private RetryDecision(RetryVerdict verdict, ConsistencyLevel? consistency)
    {
        if (consistency is { } level && !Enum.IsDefined(level))
        {
            throw new ArgumentOutOfRangeException(nameof(consistency), level, "This is no consistency level; take one that ConsistencyLevel names, or null to leave it as it is.");
        }

        Verdict = verdict;
        Consistency = consistency;
    }

    /// <summary>The failure goes to the caller.</summary>
    public static RetryDecision Rethrow => default;

    /// <summary>The failure is dropped and the caller gets an empty result.</summary>
    public static RetryDecision Ignore => new(RetryVerdict.Ignore, null);

    /// <summary>What is to be done.</summary>
    public RetryVerdict Verdict { get; }

    /// <summary>The consistency of the next attempt and those after it; null leaves it.</summary>
    public ConsistencyLevel? Consistency { get; }

    /// <summary>The request is sent again to the node that failed.</summary>
    /// <param name="consistency">The consistency from now on; null leaves it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="consistency"/> is none of those there are.</exception>
    public static RetryDecision RetrySame(ConsistencyLevel? consistency = null) => new(RetryVerdict.RetrySame, consistency);

    /// <summary>The request is sent to a node that it has not been sent to yet; where there is none, the failure goes to the caller.</summary>
    /// <param name="consistency">The consistency from now on; null leaves it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="consistency"/> is none of those there are.</exception>
    public static RetryDecision RetryNext(ConsistencyLevel? consistency = null) => new(RetryVerdict.RetryNext, consistency);
}
