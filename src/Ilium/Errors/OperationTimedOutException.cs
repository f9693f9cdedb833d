using System.Globalization;

namespace Ilium;

/// <summary>
/// The driver gave up: no answer within the request's timeout. <see cref="CassandraException.Attempts"/> says where the time went. This is the client's
/// clock; a coordinator that misses its replicas' answers reports that itself.
/// </summary>
public sealed class OperationTimedOutException : CassandraException
{
    internal OperationTimedOutException(TimeSpan timeout, IReadOnlyList<AttemptInfo> attempts, bool mayHaveBeenApplied)
        : base(Describe(timeout, attempts))
    {
        Timeout = timeout;
        Tell(attempts);
        MayHaveBeenApplied = mayHaveBeenApplied;
    }

    /// <summary>The same of a request that was given more than what its last step had left.</summary>
    internal OperationTimedOutException Of(TimeSpan whole) => new(whole, Attempts, MayHaveBeenApplied);

    /// <summary>The time the whole request was given.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>True: the next one may be in time.</summary>
    public override bool IsTransient => true;

    /// <summary>True when a write had been sent, so that a node may have applied it; false when it never left the driver.</summary>
    public override bool MayHaveBeenApplied { get; }

    private static string Describe(TimeSpan timeout, IReadOnlyList<AttemptInfo> attempts)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"No answer within {timeout.TotalMilliseconds:0} ms");
        return attempts.Count switch
        {
            0 => $"{head}; the request was never sent: it waited for a connection or for its turn.",
            1 => $"{head}; {attempts[0]}.",
            _ => $"{head}, in {attempts.Count} attempts:\n- {string.Join("\n- ", attempts)}",
        };
    }
}
