namespace Ilium.Execution;

/// <summary>See <see cref="SpeculativeExecutionPolicy.None"/>.</summary>
internal sealed class NoSpeculativeExecution : SpeculativeExecutionPolicy
{
    public override TimeSpan? NextDelay(Statement statement, int attempts) => null;
}
