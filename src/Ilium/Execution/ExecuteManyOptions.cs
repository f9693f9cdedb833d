namespace Ilium;

/// <summary>How many statements are run. Immutable; may be shared.</summary>
public sealed record ExecuteManyOptions
{
    /// <summary>The most of them in flight, or answered and not taken yet, at the same time. Default 256.</summary>
    public int MaxInFlight { get; init; } = 256;

    /// <summary>True, the default, for outcomes in the order of the statements; false for each as soon as it is there. Synchronous ones are always in order.</summary>
    public bool InOrder { get; init; } = true;

    /// <summary>
    /// False, the default, to stop at the first failure: no more statements are begun, those in flight are waited for, and the failure is thrown. True to
    /// go on: failures are outcomes like others.
    /// </summary>
    public bool ContinueOnError { get; init; }

    /// <summary>For each of them; null for their own and the session's.</summary>
    public ExecutionOptions? Execution { get; init; }

    /// <summary>Told after each statement, from whichever thread it ended on, one call at a time. Default null.</summary>
    public IProgress<ExecuteManyProgress>? Progress { get; init; }

    internal void Validate()
    {
        if (MaxInFlight < 1)
        {
            throw new ArgumentException($"MaxInFlight is 1 or more, not {MaxInFlight}.");
        }

        Execution?.Validate();
    }
}
