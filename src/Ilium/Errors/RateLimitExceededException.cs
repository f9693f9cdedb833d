namespace Ilium;

/// <summary>
/// ScyllaDB refused the request because its partition is read or written more often than its table's <c>per_partition_rate_limit</c> allows. The code is
/// the server's to choose and is agreed on with each connection.
/// </summary>
public sealed class RateLimitExceededException : ServerException
{
    internal RateLimitExceededException(int code, string serverMessage, bool isWrite, bool rejectedByCoordinator)
        : base(code, serverMessage,
            $"A {(isWrite ? "write" : "read")} was refused by the {(rejectedByCoordinator ? "coordinator" : "replicas")}: the partition's rate limit is exceeded.")
    {
        IsWrite = isWrite;
        RejectedByCoordinator = rejectedByCoordinator;
    }

    /// <summary>True when it was a write.</summary>
    public bool IsWrite { get; }

    /// <summary>True when the coordinator refused it; false when replicas did.</summary>
    public bool RejectedByCoordinator { get; }

    /// <summary>True: it works again when the partition is used less. Another node counts the same, so it is not tried there.</summary>
    public override bool IsTransient => true;

    /// <summary>True for writes that replicas refused: others may have applied them.</summary>
    public override bool MayHaveBeenApplied => IsWrite && !RejectedByCoordinator;
}
