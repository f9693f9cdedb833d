using System.Collections.Concurrent;
using System.Net;
using Ilium.Connection;
using Ilium.Pool;

namespace Ilium.Topology;

/// <summary>The connections to one address of one node.</summary>
/// <remarks>Threads: any. On v3 and v4 there is a pool per keyspace, so that sessions in different keyspaces never change each other's; v5
/// sends the keyspace with each request and needs one pool.</remarks>
internal sealed class NodePools
{
    private readonly ConcurrentDictionary<string, NodePool> _keyspacePools = new();
    private readonly Func<EndPoint, string?, NodePool> _create;
    private readonly Lock _gate = new();
    private bool _closed;

    // Replaced, never changed: looked at for each request, to see how busy the node is.
    private NodePool[] _all;

    /// <param name="target">Where the pools connect to.</param>
    /// <param name="create">Makes a pool for a keyspace, or for none.</param>
    internal NodePools(EndPoint target, Func<EndPoint, string?, NodePool> create)
    {
        Target = target;
        _create = create;
        Plain = create(target, null);
        _all = [Plain];
    }

    internal EndPoint Target { get; }

    /// <summary>The connections without a keyspace.</summary>
    internal NodePool Plain { get; }

    internal IReadOnlyList<NodePool> All => Volatile.Read(ref _all);

    /// <summary>Requests that wait for their answers.</summary>
    internal int InFlight
    {
        get
        {
            var count = 0;
            foreach (var pool in Volatile.Read(ref _all))
            {
                count += pool.InFlight;
            }

            return count;
        }
    }

    /// <summary>Answers that the open connections have brought.</summary>
    internal long Received => All.Sum(static pool => pool.Connections.Sum(static connection => connection.Received));

    internal int OpenConnections => All.Sum(static pool => pool.Connections.Count);

    /// <summary>The connections that use a keyspace, made on first use; those without one for null.</summary>
    internal NodePool For(string? keyspace)
    {
        if (keyspace is null)
        {
            return Plain;
        }

        if (_keyspacePools.TryGetValue(keyspace, out var pool))
        {
            return pool;
        }

        lock (_gate)
        {
            if (_keyspacePools.TryGetValue(keyspace, out pool))
            {
                return pool;
            }

            pool = _create(Target, keyspace);
            _keyspacePools[keyspace] = pool;
            Volatile.Write(ref _all, [.. _all, pool]);
            if (_closed)
            {
                // The node has left, or moved: this one gives no connections.
                pool.Drain();
            }

            return pool;
        }
    }

    /// <summary>A keyspace is no more: its connections close when those in flight are answered. Whoever uses it again looks for it again.</summary>
    internal void Forget(string keyspace)
    {
        lock (_gate)
        {
            if (!_keyspacePools.TryRemove(keyspace, out var pool))
            {
                return;
            }

            Volatile.Write(ref _all, [.. _all.Where(other => other != pool)]);
            pool.Drain();
        }
    }

    /// <summary>Takes no more requests; connections close when those in flight are answered.</summary>
    internal void Drain()
    {
        lock (_gate)
        {
            _closed = true;
        }

        foreach (var pool in All)
        {
            pool.Drain();
        }
    }

    /// <summary>Ends every connection at once.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }

        foreach (var pool in All)
        {
            pool.Dispose();
        }
    }
}
