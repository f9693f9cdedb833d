using System.Net;
using Ilium.Connection;
using Ilium.Pool;

namespace Ilium.Tests.Routing;

/// <summary>Pools of nodes that nobody connects to: to find out where requests would go. The benchmarks compile this file, too.</summary>
internal sealed class UnconnectedPools
{
    private readonly ConnectionOpener _opener;

    internal UnconnectedPools()
    {
        var options = new ClusterOptions();
        var overseer = new Overseer();
        _opener = new ConnectionOpener(options, new RequestClock(options.TimeProvider), overseer, new Readers(overseer, 2), new DriverIdentity(Guid.Empty));
    }

    internal NodePool Create(EndPoint target, string? keyspace) => new(target, ProtocolVersion.V5, keyspace, _opener, new NoEvents());

    private sealed class NoEvents : PoolEvents
    {
        internal override void Opened(NodePool pool, CqlConnection connection)
        {
        }

        internal override void OpenFailed(NodePool pool, Exception reason)
        {
        }

        internal override void Retired(NodePool pool, CqlConnection connection, string reason)
        {
        }

        internal override void Closed(NodePool pool, CqlConnection connection, Exception reason)
        {
        }

        internal override void PeerIgnored(string why)
        {
        }

        internal override void VersionRefused(EndPoint node, ProtocolVersion version, string reason)
        {
        }

        internal override void Freed(int requests)
        {
        }

        internal override void Changed()
        {
        }
    }
}
