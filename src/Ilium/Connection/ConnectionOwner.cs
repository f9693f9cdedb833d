using Ilium.Protocol;

namespace Ilium.Connection;

/// <summary>Who keeps a connection and hears of its life: a pool, or the control connection. Members are called from any thread and must not block.</summary>
internal abstract class ConnectionOwner
{
    /// <summary>Requests in flight on one connection, at most 32,768.</summary>
    internal virtual int MaxRequests => StreamTable.MaxIds;

    /// <summary>So many requests given up and not answered make the connection be replaced. A quarter of all ids: more than any burst of
    /// timeouts leaves behind, early enough that the rest still works (R3: timeouts alone close nothing).</summary>
    internal virtual int MaxOrphans => Math.Max(1, MaxRequests / 4);

    /// <summary>The connection takes no more requests and wants to be replaced.</summary>
    internal abstract void OnRetired(CqlConnection connection, string reason);

    /// <summary>The connection has ended.</summary>
    internal abstract void OnBroken(CqlConnection connection, Exception reason);

    /// <summary>So many ids have become free on a connection that had none.</summary>
    internal virtual void OnCapacity(int freed)
    {
    }

    /// <summary>The server pushed an event; the body is valid during the call.</summary>
    internal virtual void OnEvent(CqlConnection connection, in EnvelopeHeader header, ReadOnlySpan<byte> body)
    {
    }
}
