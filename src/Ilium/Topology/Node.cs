using System.Collections.Concurrent;
using System.Net;
using Ilium.Pool;

namespace Ilium.Topology;

/// <summary>What a server's system tables say about one node.</summary>
internal sealed record NodeInfo(Guid HostId, EndPoint Address, string DataCenter, string Rack, string ReleaseVersion);

/// <summary>One node of the cluster and its connections. Identified by its host id; its address may change.</summary>
/// <remarks>Threads: any. On v3 and v4 there is a pool per keyspace, so that sessions in different keyspaces never change each other's; v5
/// sends the keyspace with each request and needs one pool.</remarks>
internal sealed class Node : IDisposable
{
    private readonly ConcurrentDictionary<string, NodePool> _keyspacePools = new();
    private readonly Func<Node, string?, NodePool> _createPool;
    private readonly Lock _gate = new();
    private bool _disposed;

    internal Node(NodeInfo info, Func<Node, string?, NodePool> createPool)
    {
        Info = info;
        _createPool = createPool;
        Pool = createPool(this, null);
    }

    internal NodeInfo Info { get; }

    /// <summary>The connections without a keyspace.</summary>
    internal NodePool Pool { get; }

    internal IEnumerable<NodePool> Pools => _keyspacePools.Values.Prepend(Pool);

    /// <summary>The connections that use a keyspace; made on first use.</summary>
    internal NodePool PoolFor(string keyspace)
    {
        if (_keyspacePools.TryGetValue(keyspace, out var pool))
        {
            return pool;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Cluster));
            return _keyspacePools.GetOrAdd(keyspace, static (name, node) => node._createPool(node, name), this);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        foreach (var pool in Pools)
        {
            pool.Dispose();
        }
    }
}
