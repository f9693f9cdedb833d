namespace Ilium;

/// <summary>
/// The server (or something between) sent bytes that are not the native protocol. Where the fault is in the framing, the connection is
/// closed, since nothing after it can be trusted; a fault in one value fails that request only.
/// </summary>
public sealed class MalformedResponseException : CassandraException
{
    internal MalformedResponseException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>True: the request had been sent when its answer turned out to be unreadable.</summary>
    public override bool MayHaveBeenApplied => true;
}
