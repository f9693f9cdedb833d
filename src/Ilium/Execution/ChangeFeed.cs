using System.Collections.Concurrent;

namespace Ilium.Execution;

/// <summary>
/// Tells users and logs what happens to nodes and to the schema: one change after the other, in order, on a thread of the pool, so that a
/// handler that takes long holds up no connection.
/// </summary>
/// <remarks>Refers to the cluster weakly: handlers are kept by the cluster, and a forgotten one is collected with them.</remarks>
internal sealed class ChangeFeed(ClusterDiagnostics diagnostics)
{
    private readonly ConcurrentQueue<EventArgs> _changes = new();
    private WeakReference<Cluster>? _cluster;
    private int _pumping;

    internal void Attach(Cluster cluster) => _cluster = new WeakReference<Cluster>(cluster);

    /// <param name="change">A <see cref="NodeChangedEventArgs"/> or a <see cref="SchemaChangedEventArgs"/>.</param>
    internal void Add(EventArgs change)
    {
        _changes.Enqueue(change);
        if (Interlocked.Exchange(ref _pumping, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static feed => feed.Pump(), this, preferLocal: false);
        }
    }

    private void Pump()
    {
        do
        {
            while (_changes.TryDequeue(out var change))
            {
                try
                {
                    if (change is NodeChangedEventArgs { Node: var node, Change: var what })
                    {
                        diagnostics.NodeChanged(node, what);
                    }

                    if (_cluster is { } reference && reference.TryGetTarget(out var cluster))
                    {
                        cluster.OnChanged(change);
                    }
                }
                catch (Exception e)
                {
                    // A user's handler, or logger. The next change is told all the same.
                    diagnostics.HandlerFailed(e);
                }
            }

            // A full fence: either this thread sees what was added since, or whoever added it sees that nobody pumps any more.
            Interlocked.Exchange(ref _pumping, 0);
        }
        while (!_changes.IsEmpty && Interlocked.Exchange(ref _pumping, 1) == 0);
    }
}
