namespace Ilium.Tests.Topology;

/// <summary>What a cluster has told of its nodes, for tests to wait on. Each change is handed out once.</summary>
internal sealed class NodeChangeLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly List<NodeChangedEventArgs> _changes = [];
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal NodeChangeLog(Cluster cluster) => cluster.NodeChanged += OnChanged;

    /// <summary>Those that nobody has waited for.</summary>
    internal IReadOnlyList<(Guid HostId, NodeChange Change)> Left
    {
        get
        {
            lock (_lock)
            {
                return [.. _changes.Select(change => (change.Node.HostId, change.Change))];
            }
        }
    }

    /// <summary>The node of the next change of this kind, now or when it comes; of any node unless one is named.</summary>
    internal async Task<Node> NextAsync(NodeChange change, Guid? hostId = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            Task added;
            lock (_lock)
            {
                if (_changes.Find(one => one.Change == change && (hostId is null || one.Node.HostId == hostId)) is { } found)
                {
                    _changes.Remove(found);
                    return found.Node;
                }

                added = _added.Task;
            }

            try
            {
                await added.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"No {change} of {hostId}. There was: {string.Join(", ", Left)}");
            }
        }
    }

    private void OnChanged(object? sender, NodeChangedEventArgs change)
    {
        TaskCompletionSource added;
        lock (_lock)
        {
            _changes.Add(change);
            added = _added;
            _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        added.SetResult();
    }
}
