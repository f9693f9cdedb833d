namespace Ilium;

/// <summary>
/// The base of everything that goes wrong while talking to a cluster. Misuse of the API (a null argument, a disposed session)
/// gives the usual CLR exceptions instead.
/// </summary>
public abstract class CassandraException : Exception
{
    private protected CassandraException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
        HelpLink = $"docs/errors.md#{GetType().Name}";
    }

    /// <summary>
    /// Each attempt of the request in the order made, the last one included: which node, how long it took, how it ended. Empty where nothing was
    /// sent for the request.
    /// </summary>
    public IReadOnlyList<AttemptInfo> Attempts { get; private set; } = [];

    /// <summary>
    /// True when the same request may well succeed if it is sent again later or to another node: overload, a node that is down, a timeout.
    /// It does not say that sending it again is safe: see <see cref="MayHaveBeenApplied"/>.
    /// </summary>
    public virtual bool IsTransient => false;

    /// <summary>
    /// True when a write may have been applied although the request failed. False means that it was certainly not applied.
    /// </summary>
    public virtual bool MayHaveBeenApplied => false;

    /// <summary>Says what was tried; the first to say so counts, since some failures are told to several requests.</summary>
    internal void Tell(IReadOnlyList<AttemptInfo> attempts)
    {
        if (Attempts.Count == 0)
        {
            Attempts = attempts;
        }
    }
}
