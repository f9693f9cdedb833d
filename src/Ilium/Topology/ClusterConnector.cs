using System.Net;
using Ilium.Connection;
using Ilium.Pool;

namespace Ilium.Topology;

/// <summary>Finds a cluster: tries the contact points, settles the protocol version, reads who else there is, and makes the nodes.</summary>
internal sealed class ClusterConnector(
    ClusterOptions options, ContactSource contacts, ConnectionOpener opener, PoolEvents events, TopologyReader topology, SnapshotBuilder builder,
    Func<TimeSpan, long> after) : IDisposable
{
    private readonly CancellationTokenSource _disposed = new();

    /// <summary>Connects to the first contact point that answers.</summary>
    /// <returns>The cluster as that node sees it, and the connection to it, which its pool has adopted.</returns>
    internal async Task<(ClusterSnapshot Snapshot, CqlConnection Connection)> ConnectAsync()
    {
        var errors = new Dictionary<EndPoint, Exception>();
        foreach (var target in await FindAsync().Inline())
        {
            try
            {
                return await ConnectAsync(target).Inline();
            }
            catch (AuthenticationFailedException)
            {
                // Every node would say the same.
                throw;
            }
            catch (Exception e) when (e is LoadBalancingPolicyException or InvalidOptionsException)
            {
                // The application's own fault, whichever node is asked.
                throw;
            }
            catch (Exception e) when (!_disposed.IsCancellationRequested)
            {
                errors[target] = e;
            }
        }

        throw new NoNodeAvailableException(errors);
    }

    public void Dispose() => _disposed.Cancel();

    private async Task<IReadOnlyList<EndPoint>> FindAsync()
    {
        try
        {
            return await contacts.FindAsync(_disposed.Token).Inline();
        }
        catch (ConnectionFailedException e)
        {
            throw new NoNodeAvailableException(new Dictionary<EndPoint, Exception> { [e.EndPoint] = e });
        }
    }

    private async Task<(ClusterSnapshot Snapshot, CqlConnection Connection)> ConnectAsync(EndPoint target)
    {
        var adoption = new AdoptingOwner(options.MaxRequestsPerConnection);
        var connection = await NegotiateAsync(target, adoption).Inline();
        try
        {
            var deadline = after(options.ConnectTimeout);
            var local = await topology.ReadLocalAsync(connection, target, deadline).Inline();
            var peers = await topology.ReadPeersAsync(connection, deadline, events.PeerIgnored, static _ => null).Inline();
            var replication = await topology.ReadReplicationAsync(connection, deadline).Inline();
            builder.Version = connection.Version;
            var snapshot = builder.Build(previous: null, local, peers, replication).Snapshot;
            var own = snapshot.Nodes.First(node => node.HostId == local.Node.HostId);
            if (own.Distance == NodeDistance.Ignored)
            {
                // The contact point is in another data center: it was only asked.
                connection.Retire();
            }
            else
            {
                own.Pools.Plain.Adopt(connection);
                adoption.HandTo(own.Pools.Plain);
            }

            return (snapshot, connection);
        }
        catch (Exception e)
        {
            connection.Break(e);
            throw;
        }
    }

    /// <summary>Starts with the highest version and steps down by one while the server refuses (R8); a pinned version is never lowered.</summary>
    private async Task<CqlConnection> NegotiateAsync(EndPoint target, ConnectionOwner owner)
    {
        var version = options.HighestProtocolVersion;
        var tried = new List<ProtocolVersion>();
        while (true)
        {
            try
            {
                // On v3 and v4 the keyspace pools select their own; this connection stays without.
                return await opener.OpenAsync(target, version, keyspace: null, owner, _disposed.Token).Inline();
            }
            catch (UnsupportedProtocolVersionException e)
            {
                tried.Add(version);
                if (options.ProtocolVersion is not null || version == ProtocolVersion.V3)
                {
                    throw new UnsupportedProtocolVersionException(target, tried, e.ServerMessage);
                }

                events.VersionRefused(target, version, e.ServerMessage ?? "");
                version--;
            }
        }
    }

    /// <summary>Owns the first connection until it is known whose it is.</summary>
    private sealed class AdoptingOwner(int maxRequests) : ConnectionOwner
    {
        private readonly Lock _gate = new();
        private NodePool? _pool;
        private (CqlConnection Connection, Exception Reason)? _broken;

        internal override int MaxRequests => maxRequests;

        internal void HandTo(NodePool pool)
        {
            (CqlConnection Connection, Exception Reason)? broken;
            lock (_gate)
            {
                _pool = pool;
                broken = _broken;
            }

            if (broken is { } early)
            {
                pool.OnBroken(early.Connection, early.Reason);
            }
        }

        internal override void OnRetired(CqlConnection connection, string reason) => Pool?.OnRetired(connection, reason);

        internal override void OnBroken(CqlConnection connection, Exception reason)
        {
            NodePool? pool;
            lock (_gate)
            {
                pool = _pool;
                _broken = (connection, reason);
            }

            pool?.OnBroken(connection, reason);
        }

        internal override void OnCapacity(int freed) => Pool?.OnCapacity(freed);

        private NodePool? Pool
        {
            get
            {
                lock (_gate)
                {
                    return _pool;
                }
            }
        }
    }
}
