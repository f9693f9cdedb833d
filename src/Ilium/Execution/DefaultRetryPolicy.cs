namespace Ilium.Execution;

/// <summary>See <see cref="RetryPolicy.Default"/>.</summary>
internal sealed class DefaultRetryPolicy : RetryPolicy
{
    public override RetryDecision OnReadTimeout(ReadTimeoutException error, in RetryContext context) =>
        context.Retries == 0 && error.Received >= error.Required && !error.DataPresent ? RetryDecision.RetrySame() : RetryDecision.Rethrow;

    public override RetryDecision OnWriteTimeout(WriteTimeoutException error, in RetryContext context) =>
        context.Retries == 0 && error.WriteType == WriteType.BatchLog ? RetryDecision.RetrySame() : RetryDecision.Rethrow;

    public override RetryDecision OnUnavailable(UnavailableException error, in RetryContext context) =>
        context.Retries == 0 ? RetryDecision.RetryNext() : RetryDecision.Rethrow;

    // What a replica failed to execute fails with every coordinator; another coordinator has its own load, state and bugs.
    public override RetryDecision OnServerError(ServerException error, in RetryContext context) =>
        error is OverloadedException or IsBootstrappingException or TruncateException or ServerErrorException { IsTransient: true }
            ? RetryDecision.RetryNext()
            : RetryDecision.Rethrow;

    public override RetryDecision OnConnectionClosed(ConnectionClosedException error, in RetryContext context) => RetryDecision.RetryNext();
}
