using System.Net;

namespace Ilium;

/// <summary>
/// The connection that carried a request ended before the answer came. <see cref="Exception.InnerException"/> says why it ended.
/// </summary>
public sealed class ConnectionClosedException : CassandraException
{
    internal ConnectionClosedException(EndPoint endPoint, Exception reason, bool requestHadLeft)
        : base(
            $"The connection to {endPoint} ended before the request was answered: {reason.Message} " +
            (requestHadLeft ? "A write may have been applied." : "The request had not been sent."),
            reason)
    {
        EndPoint = endPoint;
        MayHaveBeenApplied = requestHadLeft;
    }

    /// <summary>The node's address.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>True: another connection may well work.</summary>
    public override bool IsTransient => true;

    /// <summary>True when the request's bytes had been given to the socket.</summary>
    public override bool MayHaveBeenApplied { get; }
}
