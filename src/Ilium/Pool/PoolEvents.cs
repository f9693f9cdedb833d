using System.Net;
using Ilium.Connection;

namespace Ilium.Pool;

/// <summary>What the cluster hears from its pools. Members are called from any thread and must not block.</summary>
internal abstract class PoolEvents
{
    internal abstract void Opened(NodePool pool, CqlConnection connection);

    internal abstract void OpenFailed(NodePool pool, Exception reason);

    internal abstract void Retired(NodePool pool, CqlConnection connection, string reason);

    internal abstract void Closed(NodePool pool, CqlConnection connection, Exception reason);

    internal abstract void PeerIgnored(string why);

    internal abstract void VersionRefused(EndPoint node, ProtocolVersion version, string reason);

    /// <summary>So many stream ids have become free on a connection that had none left.</summary>
    internal abstract void Freed(int requests);

    /// <summary>A connection was opened, lost, or could not be opened: whoever waits for one should look again.</summary>
    internal abstract void Changed();
}
