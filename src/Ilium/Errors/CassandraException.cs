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
    /// True when the same request may well succeed if it is sent again later or to another node: overload, a node that is down, a timeout.
    /// It does not say that sending it again is safe: see <see cref="MayHaveBeenApplied"/>.
    /// </summary>
    public virtual bool IsTransient => false;

    /// <summary>
    /// True when a write may have been applied although the request failed. False means that it was certainly not applied.
    /// </summary>
    public virtual bool MayHaveBeenApplied => false;
}
