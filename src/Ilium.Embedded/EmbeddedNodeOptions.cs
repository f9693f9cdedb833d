using System.Net;
using System.Net.Security;

namespace Ilium.Embedded;

/// <summary>How an embedded node is started. Immutable; every setting has a default.</summary>
public sealed record EmbeddedNodeOptions
{
    /// <summary>The name of the cluster, in <c>system.local</c>.</summary>
    public string ClusterName { get; init; } = "embedded";

    /// <summary>The node's data center.</summary>
    public string Datacenter { get; init; } = "dc1";

    /// <summary>The node's rack.</summary>
    public string Rack { get; init; } = "rack1";

    /// <summary>The address it listens on and gives to clients; the loopback address by default.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port it listens on; 0, the default, for a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// False for a node without a socket, which is reached through <see cref="EmbeddedNode.Connect"/> alone. Such a node shows port 9042 unless
    /// <see cref="Port"/> says otherwise.
    /// </summary>
    public bool Listen { get; init; } = true;

    /// <summary>How many tokens the node has, evenly spread; 8 by default, at least one.</summary>
    public int Tokens { get; init; } = 8;

    /// <summary>The node's tokens, where they are not to be made by <see cref="Tokens"/>. No other node of the cluster has the same.</summary>
    public IReadOnlyList<long>? InitialTokens { get; init; }

    /// <summary>The node's identity; null for a random one.</summary>
    public Guid? HostId { get; init; }

    /// <summary>
    /// True to ask for a user name and a password. There is one superuser at first, <c>cassandra</c> with the password <c>cassandra</c>; CREATE ROLE makes more.
    /// </summary>
    public bool RequireLogin { get; init; }

    /// <summary>Makes the node speak TLS; null for none. Not for connections without a socket.</summary>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>Where time comes from: timestamps, expiry, faults that delay. The system's clock by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// A directory that keeps schema and rows, but no roles, between runs: read at the start, written when the node or its cluster is disposed. What was
    /// written since the start is lost with the process when it ends otherwise; what was saved before is not. Null, the default, for a node that forgets.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>The largest request in bytes; 16 MiB by default.</summary>
    public int MaxFrameSize { get; init; } = 16 * 1024 * 1024;

    /// <exception cref="ArgumentException">A setting can't be.</exception>
    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(ClusterName);
        ArgumentException.ThrowIfNullOrEmpty(Datacenter);
        ArgumentException.ThrowIfNullOrEmpty(Rack);
        ArgumentNullException.ThrowIfNull(Address);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentOutOfRangeException.ThrowIfLessThan(Port, IPEndPoint.MinPort);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, IPEndPoint.MaxPort);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxFrameSize);
        if (InitialTokens is null)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Tokens);
        }
        else if (InitialTokens.Count == 0)
        {
            throw new ArgumentException("A node has at least one token; without InitialTokens it gets some.", nameof(InitialTokens));
        }
    }
}
