using System.Collections.Immutable;
using System.Net;
using Ilium.Connection;
using Ilium.Errors;

namespace Ilium.Execution;

/// <summary>The driver's own work that any node can do as well as another.</summary>
/// <remarks>Threads: any.</remarks>
internal sealed class AnyNode(ClusterRuntime cluster)
{
    /// <summary>Any connection in the keyspace, opening one where there is none.</summary>
    /// <param name="keyspace">The keyspace.</param>
    /// <param name="refusals">What nodes have said that are not to be asked again; null for none.</param>
    internal async Task<CqlConnection> OpenAsync(string? keyspace, Dictionary<EndPoint, Exception>? refusals = null)
    {
        ObjectDisposedException.ThrowIf(cluster.IsDisposed, typeof(Cluster));
        var errors = refusals is null ? [] : new Dictionary<EndPoint, Exception>(refusals);
        var snapshot = cluster.Snapshot;
        var poolKeyspace = cluster.PoolKeyspace(keyspace);
        // Whether a node answers to which nothing is connected may take as long to find out as connecting may take: those that do answer are asked first.
        foreach (var node in Shuffled(snapshot.Targets).Concat(Shuffled(snapshot.Remotes)).OrderBy(node => Doubt(node, poolKeyspace)))
        {
            var pool = node.Pools.For(poolKeyspace);
            if (errors.ContainsKey(pool.Target))
            {
                continue;
            }

            try
            {
                return await pool.GetAsync().Inline();
            }
            catch (ServerException)
            {
                throw;
            }
            catch (Exception e)
            {
                errors[pool.Target] = e;
            }
        }

        throw new NoNodeAvailableException(errors);
    }

    /// <summary>Prepares on one node after the other until one is able to: preparing twice is harmless.</summary>
    internal async Task<T> TryAsync<T>(string? keyspace, long deadline, Func<CqlConnection, Task<T>> prepare)
    {
        var refusals = new Dictionary<EndPoint, Exception>();
        while (true)
        {
            var connection = await OpenAsync(keyspace, refusals).Inline();
            try
            {
                return await prepare(connection).Inline();
            }
            catch (ConnectionClosedException) when (cluster.Clock.Now < deadline && !cluster.IsDisposed)
            {
                // Try the next connection.
            }
            catch (ServerException e) when (StatementPreparer.IsOnlyThere(e) && refusals.TryAdd(connection.EndPoint, e) && refusals.Count < cluster.Snapshot.Used.Length)
            {
                // Each node is asked once; the last one's refusal is the outcome.
            }
        }
    }

    private static int Doubt(Node node, string? poolKeyspace) =>
        node.Pick(poolKeyspace) is not null ? 0 : node.OpenConnections > 0 ? 1 : 2;

    private static Node[] Shuffled(ImmutableArray<Node> nodes)
    {
        Node[] shuffled = [.. nodes];
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }
}
