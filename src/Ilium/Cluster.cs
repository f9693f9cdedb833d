using Ilium.Connection;
using Ilium.Execution;

namespace Ilium;

/// <summary>
/// A Cassandra cluster and the connections to it. Make one per cluster and application, keep it, dispose it at the end. Thread-safe.
/// </summary>
/// <remarks>
/// Nothing is opened before the first <see cref="ConnectAsync(CancellationToken)"/>. Sessions are views that share the cluster's connections. A cluster that is
/// never disposed does not keep the process alive, and is closed when it and its sessions are collected.
/// </remarks>
public sealed class Cluster : IAsyncDisposable, IDisposable
{
    private readonly ClusterRuntime _runtime;

    /// <summary>Describes a cluster with default options.</summary>
    /// <param name="contactPoints">Addresses or names, <c>host</c> or <c>host:port</c>; one that works is enough.</param>
    /// <exception cref="InvalidOptionsException">There is none, or one can't be read.</exception>
    public Cluster(params ContactPoint[] contactPoints)
        : this(new ClusterOptions { ContactPoints = contactPoints })
    {
    }

    /// <summary>Describes a cluster.</summary>
    /// <param name="options">Checked at once; all faults are reported together.</param>
    /// <exception cref="InvalidOptionsException">Something in the options can't be; <see cref="InvalidOptionsException.Faults"/> lists everything.</exception>
    public Cluster(ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _runtime = new ClusterRuntime(options);
        _runtime.NodeChanges.Attach(this);
    }

    /// <summary>
    /// Told when a node joins, leaves, comes up, goes down or moves: one change after the other, in order, on a thread of the pool. An
    /// exception from a handler is logged and goes no further.
    /// </summary>
    public event EventHandler<NodeChangedEventArgs>? NodeChanged;

    /// <summary>Closes what a forgotten cluster left open.</summary>
    ~Cluster()
    {
        try
        {
            _runtime?.Dispose();
            _runtime?.Diagnostics.Forgotten();
        }
        catch (Exception)
        {
            // A logger that is gone, or throws: on the finalizer's thread it would end the process.
        }
    }

    /// <summary>What the cluster was described with.</summary>
    public ClusterOptions Options { get; }

    /// <summary>The version both sides agreed on.</summary>
    /// <exception cref="InvalidOperationException">The cluster is not connected yet.</exception>
    public ProtocolVersion ProtocolVersion
    {
        get
        {
            _ = _runtime.Snapshot;
            return _runtime.Version;
        }
    }

    /// <summary>The cluster's own name.</summary>
    /// <exception cref="InvalidOperationException">The cluster is not connected yet.</exception>
    public string Name => _runtime.Snapshot.Name;

    /// <summary>
    /// What is known about the cluster now: its nodes, data centers and racks. An immutable snapshot, and cheap to ask for; ask again for
    /// what is known later.
    /// </summary>
    /// <exception cref="InvalidOperationException">The cluster is not connected yet.</exception>
    public ClusterMetadata Metadata => _runtime.Snapshot.Metadata;

    /// <summary>
    /// The node over which the driver hears of changes, on a connection apart from those that carry requests; null while it has none and
    /// looks for another.
    /// </summary>
    public Node? ControlNode => _runtime.Topology.ControlNode;

    internal ClusterRuntime Runtime => _runtime;

    /// <summary>
    /// Describes a cluster by a connection string such as
    /// <c>Contact Points=node1,node2:9043;Keyspace=shop;Username=app;Password=...;Local Datacenter=dc1</c>.
    /// </summary>
    /// <param name="connectionString">Keys and values; see docs/connecting.md for all keys.</param>
    /// <exception cref="InvalidOptionsException">A key is unknown or a value can't be read; all faults are listed.</exception>
    public static Cluster Parse(string connectionString) => new(ConnectionStringParser.Parse(connectionString));

    /// <summary>Connects, the first time it is called, and gives a session in <see cref="ClusterOptions.Keyspace"/>.</summary>
    /// <param name="cancellationToken">Ends the wait; connecting goes on for others.</param>
    /// <exception cref="NoNodeAvailableException">No contact point could be used; each one's reason is listed.</exception>
    /// <exception cref="AuthenticationFailedException">The credentials were refused.</exception>
    public ValueTask<Session> ConnectAsync(CancellationToken cancellationToken = default) => ConnectAsync(Options.Keyspace, cancellationToken);

    /// <summary>Connects, the first time it is called, and gives a session in a keyspace.</summary>
    /// <param name="keyspace">Its name, in its own case; null for none.</param>
    /// <param name="cancellationToken">Ends the wait; connecting goes on for others.</param>
    /// <exception cref="NoNodeAvailableException">No contact point could be used; each one's reason is listed.</exception>
    /// <exception cref="AuthenticationFailedException">The credentials were refused.</exception>
    /// <exception cref="InvalidQueryException">There is no such keyspace.</exception>
    public async ValueTask<Session> ConnectAsync(string? keyspace, CancellationToken cancellationToken = default)
    {
        // Connecting ends on a thread of the driver's: callers go on elsewhere.
        await Hop(OpenAsync(keyspace)).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Session(this, keyspace);
    }

    /// <summary>Connects, the first time it is called, and gives a session in <see cref="ClusterOptions.Keyspace"/>. Blocks.</summary>
    public Session Connect() => Connect(Options.Keyspace);

    /// <summary>Connects, the first time it is called, and gives a session in a keyspace. Blocks.</summary>
    /// <param name="keyspace">Its name, in its own case; null for none.</param>
    public Session Connect(string? keyspace)
    {
        ReaderContext.Current?.Relinquish();
        OpenAsync(keyspace).GetAwaiter().GetResult();
        return new Session(this, keyspace);
    }

    /// <summary>Reads the cluster's nodes and keyspaces again. The driver does so by itself when servers tell of changes.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NoNodeAvailableException">No node can be asked at the moment; each one's reason is listed.</exception>
    /// <exception cref="InvalidOperationException">The cluster is not connected yet.</exception>
    public async ValueTask RefreshMetadataAsync(CancellationToken cancellationToken = default)
    {
        _ = _runtime.Snapshot;
        await Hop(_runtime.Topology.RefreshAsync()).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends every connection; requests in flight fail at once. Idempotent.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _runtime.Dispose();
    }

    /// <summary>
    /// Ends every connection; requests in flight fail at once. Idempotent. Ends when the cluster's threads have, which a continuation that
    /// blocks one of them can delay; called from such a continuation, it does not wait.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _runtime.DisposeAsync().ConfigureAwait(false);
    }

    internal void OnNodeChanged(NodeChangedEventArgs change)
    {
        // One by one: a handler that throws takes nothing from the others.
        List<Exception>? failures = null;
        foreach (var handler in NodeChanged?.GetInvocationList() ?? [])
        {
            try
            {
                ((EventHandler<NodeChangedEventArgs>)handler)(this, change);
            }
            catch (Exception e)
            {
                (failures ??= []).Add(e);
            }
        }

        if (failures is not null)
        {
            throw new AggregateException(failures);
        }
    }

    /// <summary>The outcome of driver code, for a user's code to go on from: on the thread pool, not on a reader.</summary>
    internal static Task Hop(Task task) => Hop(Typed(task));

    /// <summary>The outcome of driver code, for a user's code to go on from: on the thread pool, not on a reader.</summary>
    internal static Task<T> Hop<T>(Task<T> task)
    {
        if (task.IsCompleted)
        {
            return task;
        }

        var source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = PassOnAsync(task, source);
        return source.Task;
    }

    private static async Task<bool> Typed(Task task)
    {
        await task.Inline();
        return true;
    }

    private static async Task PassOnAsync<T>(Task<T> task, TaskCompletionSource<T> source)
    {
        await task.InlineEnd();
        source.SetFromTask(task);
    }

    private async Task OpenAsync(string? keyspace)
    {
        await _runtime.ConnectAsync().Inline();
        if (keyspace is not null)
        {
            await _runtime.CheckKeyspaceAsync(keyspace, _runtime.Clock.After(Options.RequestTimeout)).Inline();
        }
    }
}
