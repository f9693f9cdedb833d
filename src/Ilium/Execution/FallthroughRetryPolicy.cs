namespace Ilium.Execution;

/// <summary>See <see cref="RetryPolicy.Fallthrough"/>.</summary>
internal sealed class FallthroughRetryPolicy : RetryPolicy;
