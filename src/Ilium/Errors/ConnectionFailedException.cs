using System.Net;
using Ilium.Errors;

namespace Ilium;

/// <summary>
/// A connection to a node could not be opened. The message says where, what was wrong and what to do. No request had been sent on it.
/// </summary>
public sealed class ConnectionFailedException : CassandraException
{
    internal ConnectionFailedException(
        EndPoint endPoint,
        ConnectionFailureReason reason,
        string message,
        Exception? innerException = null)
        : base(message, innerException)
    {
        EndPoint = endPoint;
        Reason = reason;
    }

    /// <summary>
    /// Where the connection should have gone, as configured or as the cluster reported it: a <see cref="DnsEndPoint"/> keeps the name.
    /// </summary>
    public EndPoint EndPoint { get; }

    /// <summary><see cref="EndPoint"/> as text, such as <c>node1.example:9042</c>.</summary>
    public string Target => EndPointText.Format(EndPoint);

    /// <summary>What kind of failure it was.</summary>
    public ConnectionFailureReason Reason { get; }

    /// <summary>
    /// True for faults of the network or of a server that is starting or stopping; false where somebody must change a setting.
    /// </summary>
    public override bool IsTransient => Reason
        is ConnectionFailureReason.Network
        or ConnectionFailureReason.NameNotResolved
        or ConnectionFailureReason.Refused
        or ConnectionFailureReason.Unreachable
        or ConnectionFailureReason.TimedOut
        or ConnectionFailureReason.Closed
        or ConnectionFailureReason.Handshake
        or ConnectionFailureReason.AstraMetadata;
}
