namespace Ilium.Execution;

/// <summary>See <see cref="SpeculativeExecutionPolicy.Constant"/>.</summary>
internal sealed class ConstantSpeculativeExecution(TimeSpan delay, int maxAttempts) : SpeculativeExecutionPolicy
{
    public override TimeSpan? NextDelay(Statement statement, int attempts) => attempts < maxAttempts ? delay : null;
}
