using System.Collections.Concurrent;
using Ilium.Connection;
using Ilium.Topology;

namespace Ilium.Execution;

/// <summary>
/// Prepares statements where they are not yet, without anybody waiting: on the other nodes once one has prepared them, and on a node that
/// has come up all that the cache holds. What fails is left: such a node prepares when it is first asked.
/// </summary>
/// <remarks>Threads: any. Nothing here is needed for a request to work; it saves requests a round trip.</remarks>
internal sealed class BackgroundPreparation(ClusterRuntime cluster)
{
    // On one node at a time: enough to keep the way there full, few enough to leave the node to its requests.
    private const int AtOnce = 16;

    /// <summary>A node has prepared a statement: so will the others that are connected.</summary>
    internal void Spread(PreparedStatement statement, CqlConnection prepared)
    {
        if (!cluster.Options.PrepareOnAllNodes)
        {
            return;
        }

        foreach (var node in cluster.Snapshot.Used)
        {
            if (node.State == NodeState.Up && !node.Has(prepared))
            {
                _ = PrepareAsync(node, new ConcurrentQueue<PreparedStatement>([statement]));
            }
        }
    }

    /// <summary>A node has come up: it may have been away while statements were prepared, or have forgotten them.</summary>
    internal void CatchUp(Node node)
    {
        var statements = cluster.Options.ReprepareOnUp ? cluster.Prepared.Statements : [];
        var queue = new ConcurrentQueue<PreparedStatement>(statements);
        for (var i = 0; i < Math.Min(AtOnce, statements.Length); i++)
        {
            _ = PrepareAsync(node, queue);
        }
    }

    private async Task PrepareAsync(Node node, ConcurrentQueue<PreparedStatement> statements)
    {
        while (statements.TryDequeue(out var statement))
        {
            try
            {
                var connection = await node.Pools.For(cluster.PoolKeyspace(statement.Keyspace)).GetAsync().Inline();
                await cluster.Preparer.PrepareThereAsync(connection, statement, cluster.Clock.After(cluster.Options.RequestTimeout)).Inline();
            }
            catch (Exception e)
            {
                cluster.Diagnostics.BackgroundPreparationFailed(node, statement, e);
                if (e is not ServerException)
                {
                    // It is the node that can't be reached, not the statement that is no good.
                    return;
                }
            }
        }
    }
}
