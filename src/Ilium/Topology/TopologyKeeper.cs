using System.Net;
using Ilium.Connection;
using Ilium.Pool;
using Ilium.Protocol;

namespace Ilium.Topology;

/// <summary>
/// Keeps the picture of the cluster up to date: hears the servers' events, reads the system tables again, and publishes one snapshot after
/// the other. The only writer of snapshots once the first is there.
/// </summary>
/// <remarks>Threads: any; <see cref="MergedRefreshes"/> sees to it that one refresh runs at a time.</remarks>
internal sealed class TopologyKeeper : IDisposable
{
    // How often a node that was announced and is not in the tables yet is looked for again.
    private const int MaxLooks = 5;

    // So many readings in a row that a server refuses, and another server is asked.
    private const int MaxFailures = 5;

    private readonly Lock _gate = new();
    private readonly ClusterOptions _options;
    private readonly TopologyReader _reader;
    private readonly SnapshotBuilder _builder;
    private readonly TopologyEvents _events;
    private readonly PoolEvents _pools;
    private readonly Func<TimeSpan, long> _after;
    private readonly MergedRefreshes _refreshes;
    private readonly Dictionary<IPEndPoint, int> _announced = [];
    private ClusterSnapshot? _snapshot;
    private Node? _controlNode;
    private int _failures;
    private bool _disposed;

    internal TopologyKeeper(
        ClusterOptions options, ContactSource contacts, ConnectionOpener opener, TopologyReader reader, SnapshotBuilder builder, TopologyEvents events, PoolEvents pools,
        Func<TimeSpan, long> after)
    {
        _options = options;
        _reader = reader;
        _builder = builder;
        _events = events;
        _pools = pools;
        _after = after;
        _refreshes = new MergedRefreshes(RefreshAsync, options.MetadataRefreshPause, options.TimeProvider);
        Control = new ControlConnection(options, contacts, opener, events, after)
        {
            Established = OnEstablished,
            Received = OnEvent,
        };
    }

    internal ControlConnection Control { get; }

    /// <summary>The node that <see cref="Control"/> is connected to; null while there is none.</summary>
    internal Node? ControlNode => _controlNode is { } node && Control.Current is not null ? node : null;

    /// <summary>Takes over the first snapshot and begins to listen.</summary>
    internal void Start(ClusterSnapshot snapshot, ProtocolVersion version)
    {
        Volatile.Write(ref _snapshot, snapshot);
        Control.Start(version, Candidates);
    }

    /// <summary>Reads everything again; what others ask for meanwhile is read together.</summary>
    /// <exception cref="NoNodeAvailableException">No node could be asked.</exception>
    internal async Task RefreshAsync()
    {
        while (true)
        {
            try
            {
                await _refreshes.Ask(RefreshScope.All, urgent: true).Inline();
                return;
            }
            catch (ConnectionClosedException)
            {
                // The control connection ended meanwhile: another is looked for, and waited for by the next try.
            }
        }
    }

    /// <summary>A node has come up: a search for a control connection that pauses goes on.</summary>
    internal void OnNodeUp() => Control.Kick();

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        Control.Dispose();
        _refreshes.Dispose();
        foreach (var node in Volatile.Read(ref _snapshot)?.Nodes ?? [])
        {
            node.Pools.Close();
        }
    }

    /// <summary>Nodes that work first, in an order of their own for each client, so that not all listen to the same one.</summary>
    private IEnumerable<EndPoint> Candidates()
    {
        var nodes = _snapshot!.Used.ToArray();
        Random.Shared.Shuffle(nodes);
        return nodes.OrderBy(static node => node.OpenConnections > 0 ? 0 : 1).Select(static node => node.EndPoint);
    }

    /// <summary>What changed while nobody listened is not to be missed, and not to be put off.</summary>
    private void OnEstablished()
    {
        _ = _refreshes.Ask(RefreshScope.All, urgent: true);
        foreach (var node in _snapshot!.Used)
        {
            if (node.State == NodeState.Down)
            {
                node.Reconnect();
            }
        }
    }

    private void OnEvent(ServerEvent pushed)
    {
        switch (pushed)
        {
            case TopologyChange { Change: "NEW_NODE" } added:
                Announce(added.Address);
                break;
            case StatusChange { Change: "UP" } up when Find(up.Address) is { } node:
                node.Reconnect();
                // It may have come back with another version, or as another node.
                _ = _refreshes.Ask(RefreshScope.Nodes);
                break;
            case StatusChange { Change: "UP" } up:
                Announce(up.Address);
                break;
            case StatusChange:
                // DOWN is one server's opinion: the driver's own connections know better, and end when the node does.
                break;
            case SchemaChangeEvent { Change: var change }:
                if (change.Target == "KEYSPACE")
                {
                    _ = _refreshes.Ask(RefreshScope.Replication);
                }

                _events.SchemaChanged(change);
                break;
            default:
                _ = _refreshes.Ask(RefreshScope.All);
                break;
        }
    }

    /// <summary>Somebody new: servers say so before their tables do.</summary>
    private void Announce(IPEndPoint address)
    {
        lock (_gate)
        {
            if (_announced.Count < 1024)
            {
                _announced[address] = 0;
            }
        }

        _ = _refreshes.Ask(RefreshScope.Nodes);
    }

    private Node? Find(IPEndPoint address)
    {
        var nodes = _snapshot!.Nodes;
        return nodes.FirstOrDefault(node => address.Equals(node.Info.Reported)) ?? nodes.FirstOrDefault(node => address.Equals(node.EndPoint));
    }

    private async Task RefreshAsync(RefreshScope scope)
    {
        var connection = await Control.GetAsync().Inline();
        var previous = _snapshot!;
        try
        {
            var deadline = _after(_options.ConnectTimeout);
            var replication = scope.HasFlag(RefreshScope.Replication)
                ? await _reader.ReadReplicationAsync(connection, deadline).Inline()
                : previous.Replication;
            if (!scope.HasFlag(RefreshScope.Nodes))
            {
                Publish(SnapshotBuilder.WithReplication(previous, replication), []);
                _failures = 0;
                return;
            }

            var local = await _reader.ReadLocalAsync(connection, connection.EndPoint, deadline).Inline();
            var peers = await _reader.ReadPeersAsync(connection, deadline, _pools.PeerIgnored, id => previous.Metadata.FindNode(id)?.Info).Inline();
            var update = _builder.Build(previous, local, peers, replication);
            Volatile.Write(ref _controlNode, update.Snapshot.Metadata.FindNode(local.Node.HostId));
            Publish(update.Snapshot, update.Changes);
            _failures = 0;
            LookAgain();
        }
        catch (Exception e)
        {
            if (e is OperationTimedOutException)
            {
                // A server that does not answer its own tables serves as nobody's informant. Its pool is judged by itself.
                connection.Break(e);
            }

            if (connection.BreakReason is null)
            {
                _events.RefreshFailed(e);
                TryAgain(scope, connection, e);
            }

            throw;
        }
    }

    /// <summary>What an event told of is not to be missed because a server had no time to answer, or a user's code failed.</summary>
    private void TryAgain(RefreshScope scope, CqlConnection connection, Exception reason)
    {
        if (++_failures < MaxFailures)
        {
            _ = _refreshes.Ask(scope);
            return;
        }

        _failures = 0;
        if (reason is not LoadBalancingPolicyException)
        {
            // Another server has everything read from it at once; where there is none, with growing pauses.
            connection.Break(reason);
        }
    }

    private void Publish(ClusterSnapshot snapshot, IReadOnlyList<(Node Node, NodeChange Change)> changes)
    {
        bool disposed;
        lock (_gate)
        {
            disposed = _disposed;
            Volatile.Write(ref _snapshot, snapshot);
        }

        if (disposed)
        {
            // Those that were added are in no snapshot that was closed.
            foreach (var node in snapshot.Nodes)
            {
                node.Pools.Close();
            }

            return;
        }

        _events.Publish(snapshot);
        _events.Refreshed();
        foreach (var (node, change) in changes)
        {
            if (change == NodeChange.Removed)
            {
                // Before it is told: whoever hears of it and sends there finds nobody.
                node.Leave();
            }

            _events.NodeChanged(node, change);
        }

        foreach (var node in snapshot.Used)
        {
            node.Pools.Plain.Begin();
        }
    }

    private void LookAgain()
    {
        bool again;
        lock (_gate)
        {
            foreach (var (address, looks) in _announced.ToArray())
            {
                if (looks >= MaxLooks || Find(address) is not null)
                {
                    _announced.Remove(address);
                }
                else
                {
                    _announced[address] = looks + 1;
                }
            }

            again = _announced.Count > 0;
        }

        if (again)
        {
            _ = _refreshes.Ask(RefreshScope.Nodes);
        }
    }
}
