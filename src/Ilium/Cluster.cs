using Ilium.Connection;
using Ilium.Execution;
using Ilium.Topology.Schema;

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
        _runtime.Changes.Attach(this);
    }

    /// <summary>
    /// Told when a node joins, leaves, comes up, goes down or moves: one change after the other, in order, on a thread of the pool. An
    /// exception from a handler is logged and goes no further.
    /// </summary>
    public event EventHandler<NodeChangedEventArgs>? NodeChanged;

    /// <summary>
    /// Told when a server says that the schema has changed, whoever changed it: one change after the other, on a thread of the pool. Where the schema
    /// is kept (<see cref="GetSchemaAsync"/>), <see cref="Metadata"/> shows the change by then. Servers may tell of a change more than once, and changes
    /// made while the driver was without the connection they are told over are not told. An exception from a handler is logged and goes no further.
    /// </summary>
    public event EventHandler<SchemaChangedEventArgs>? SchemaChanged;

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
    public ClusterMetadata Metadata => _runtime.Metadata;

    /// <summary>
    /// The node over which the driver hears of changes, on a connection apart from those that carry requests; null while it has none and
    /// looks for another.
    /// </summary>
    public Node? ControlNode => _runtime.Topology.ControlNode;

    internal ClusterRuntime Runtime => _runtime;

    /// <summary>Describes a DataStax Astra database by its secure connect bundle and an application token; for more options see <see cref="ClusterOptions.Astra"/>.</summary>
    /// <param name="bundlePath">The bundle's zip, as it was downloaded; looked at again for each connection.</param>
    /// <param name="token">The token, which begins with <c>AstraCS:</c>.</param>
    /// <exception cref="InvalidOptionsException">The file can't be read or is no bundle.</exception>
    public static Cluster ForAstra(string bundlePath, string token) => new(new ClusterOptions
    {
        Astra = AstraBundle.Load(bundlePath),
        AuthProvider = PlainTextAuthProvider.ForAstra(token),
    });

    /// <summary>
    /// Describes a cluster by a connection string such as
    /// <c>Contact Points=node1,node2:9043;Keyspace=shop;Username=app;Password=...;Local Datacenter=dc1</c>.
    /// </summary>
    /// <param name="connectionString">Keys and values; see docs/connecting.md for all keys.</param>
    /// <exception cref="InvalidOptionsException">A key is unknown or a value can't be read; all faults are listed.</exception>
    public static Cluster Parse(string connectionString) => new(ConnectionStringParser.Parse(connectionString));

    /// <summary>
    /// A session in <see cref="ClusterOptions.Keyspace"/>, without connecting: its first request does that, if nobody has yet, within its own timeout. For those who can't
    /// await where they need the session, such as constructors. When connecting fails, so does that request; the next one tries again.
    /// </summary>
    public Session CreateSession() => CreateSession(Options.Keyspace);

    /// <summary>As <see cref="CreateSession()"/>, in another keyspace. One that does not exist shows with the first request.</summary>
    /// <param name="keyspace">Its name, in its own case; null for none.</param>
    public Session CreateSession(string? keyspace) => new(this, keyspace);

    /// <summary>Connects, the first time it is called, and gives a session in <see cref="ClusterOptions.Keyspace"/>.</summary>
    /// <param name="cancellationToken">Ends the wait; connecting goes on for others.</param>
    /// <exception cref="NoNodeAvailableException">No contact point could be used; each one's reason is listed.</exception>
    /// <exception cref="InvalidOptionsException">The cluster has no node in <see cref="ClusterOptions.LocalDatacenter"/>.</exception>
    /// <exception cref="LoadBalancingPolicyException">A policy failed, or leaves out every node.</exception>
    /// <exception cref="AuthenticationFailedException">The credentials were refused.</exception>
    /// <exception cref="InvalidQueryException">There is no such keyspace.</exception>
    public ValueTask<Session> ConnectAsync(CancellationToken cancellationToken = default) => ConnectAsync(Options.Keyspace, cancellationToken);

    /// <summary>Connects, the first time it is called, and gives a session in a keyspace.</summary>
    /// <param name="keyspace">Its name, in its own case; null for none.</param>
    /// <param name="cancellationToken">Ends the wait; connecting goes on for others.</param>
    /// <exception cref="NoNodeAvailableException">No contact point could be used; each one's reason is listed.</exception>
    /// <exception cref="InvalidOptionsException">The cluster has no node in <see cref="ClusterOptions.LocalDatacenter"/>.</exception>
    /// <exception cref="LoadBalancingPolicyException">A policy failed, or leaves out every node.</exception>
    /// <exception cref="AuthenticationFailedException">The credentials were refused.</exception>
    /// <exception cref="InvalidQueryException">There is no such keyspace.</exception>
    public async ValueTask<Session> ConnectAsync(string? keyspace, CancellationToken cancellationToken = default)
    {
        // Connecting ends on a thread of the driver's: callers go on elsewhere.
        await Hop(OpenAsync(keyspace)).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Session(this, keyspace);
    }

    /// <summary>Connects, the first time it is called, and gives a session in <see cref="ClusterOptions.Keyspace"/>. Blocks.</summary>
    /// <exception cref="NoNodeAvailableException">No contact point could be used; each one's reason is listed.</exception>
    /// <exception cref="InvalidOptionsException">The cluster has no node in <see cref="ClusterOptions.LocalDatacenter"/>.</exception>
    /// <exception cref="LoadBalancingPolicyException">A policy failed, or leaves out every node.</exception>
    /// <exception cref="AuthenticationFailedException">The credentials were refused.</exception>
    /// <exception cref="InvalidQueryException">There is no such keyspace.</exception>
    public Session Connect() => Connect(Options.Keyspace);

    /// <summary>Connects, the first time it is called, and gives a session in a keyspace. Blocks.</summary>
    /// <param name="keyspace">Its name, in its own case; null for none.</param>
    /// <exception cref="NoNodeAvailableException">No contact point could be used; each one's reason is listed.</exception>
    /// <exception cref="InvalidOptionsException">The cluster has no node in <see cref="ClusterOptions.LocalDatacenter"/>.</exception>
    /// <exception cref="LoadBalancingPolicyException">A policy failed, or leaves out every node.</exception>
    /// <exception cref="AuthenticationFailedException">The credentials were refused.</exception>
    /// <exception cref="InvalidQueryException">There is no such keyspace.</exception>
    public Session Connect(string? keyspace)
    {
        ReaderContext.Current?.Relinquish();
        OpenAsync(keyspace).GetAwaiter().GetResult();
        return new Session(this, keyspace);
    }

    /// <summary>
    /// Connects, if that was not done yet, and opens <see cref="ClusterOptions.MinConnectionsPerNode"/> connections to every node that is used, which goes on in the
    /// background otherwise: for applications that begin to serve only when the first requests will be as fast as all others. On native protocol v3 and v4 the
    /// connections are those of <see cref="ClusterOptions.Keyspace"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; connecting goes on.</param>
    /// <returns>The nodes that could not be connected to, and why; they are tried again. Empty when all are connected.</returns>
    /// <exception cref="NoNodeAvailableException">No contact point could be used; each one's reason is listed.</exception>
    /// <exception cref="InvalidOptionsException">The cluster has no node in <see cref="ClusterOptions.LocalDatacenter"/>.</exception>
    /// <exception cref="LoadBalancingPolicyException">A policy failed, or leaves out every node.</exception>
    /// <exception cref="AuthenticationFailedException">The credentials were refused.</exception>
    public async ValueTask<IReadOnlyDictionary<Node, Exception>> WarmUpAsync(CancellationToken cancellationToken = default) =>
        await Hop(_runtime.WarmUpAsync()).WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>As <see cref="WarmUpAsync"/>. Blocks.</summary>
    public IReadOnlyDictionary<Node, Exception> WarmUp() => Block(_runtime.WarmUpAsync());

    /// <summary>Reads the cluster's nodes and keyspaces again. The driver does so by itself when servers tell of changes.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NoNodeAvailableException">No node can be asked at the moment; each one's reason is listed.</exception>
    /// <exception cref="InvalidOperationException">The cluster is not connected yet.</exception>
    public async ValueTask RefreshMetadataAsync(CancellationToken cancellationToken = default)
    {
        _ = _runtime.Snapshot;
        await Hop(_runtime.Topology.RefreshAsync()).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// What is known about the cluster, with its schema: read now when this is the first time it is asked for, and kept up to date from then on.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait; reading goes on for others.</param>
    /// <returns><see cref="Metadata"/>, whose <see cref="ClusterMetadata.Keyspaces"/> are there from now on.</returns>
    /// <exception cref="NoNodeAvailableException">No node can be asked.</exception>
    /// <exception cref="InvalidOperationException">The cluster is not connected yet, or <see cref="SchemaOptions.Loading"/> is off.</exception>
    public async ValueTask<ClusterMetadata> GetSchemaAsync(CancellationToken cancellationToken = default)
    {
        await Hop(KeptSchema().GetAsync()).WaitAsync(cancellationToken).ConfigureAwait(false);
        return _runtime.Metadata;
    }

    /// <summary>As <see cref="GetSchemaAsync"/>. Blocks while the schema is read.</summary>
    public ClusterMetadata GetSchema()
    {
        Block(KeptSchema().GetAsync());
        return _runtime.Metadata;
    }

    /// <summary>
    /// Reads the schema again, or a part of it. Servers tell of changes and the driver follows by itself: this is for those who can't wait for that.
    /// </summary>
    /// <param name="keyspace">Its name, without quotes, in its own case; null for all keyspaces.</param>
    /// <param name="table">A table or view in it; null for all of the keyspace.</param>
    /// <param name="cancellationToken">Ends the wait; reading goes on.</param>
    /// <returns><see cref="Metadata"/> with what was read, and with a schema that is kept up to date from now on.</returns>
    /// <exception cref="ArgumentException">A table without a keyspace.</exception>
    /// <exception cref="NoNodeAvailableException">No node can be asked.</exception>
    /// <exception cref="InvalidOperationException">The cluster is not connected yet, or <see cref="SchemaOptions.Loading"/> is off.</exception>
    public async ValueTask<ClusterMetadata> RefreshSchemaAsync(string? keyspace = null, string? table = null, CancellationToken cancellationToken = default)
    {
        await Hop(StartRefresh(keyspace, table)).WaitAsync(cancellationToken).ConfigureAwait(false);
        return _runtime.Metadata;
    }

    /// <summary>As <see cref="RefreshSchemaAsync"/>. Blocks.</summary>
    /// <param name="keyspace">Its name, without quotes, in its own case; null for all keyspaces.</param>
    /// <param name="table">A table or view in it; null for all of the keyspace.</param>
    public ClusterMetadata RefreshSchema(string? keyspace = null, string? table = null)
    {
        Block(StartRefresh(keyspace, table));
        return _runtime.Metadata;
    }

    /// <summary>
    /// The statements that make the schema, or a part of it, in the server's own words: DESCRIBE, which Cassandra has since 4.0. Servers that have not
    /// get it described by the driver.
    /// </summary>
    /// <param name="keyspace">Its name, without quotes, in its own case; null for all keyspaces but the system's own.</param>
    /// <param name="name">A table, view or index in it; null for all of the keyspace.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One statement each, in an order that works; comments for what no statement makes.</returns>
    /// <exception cref="ArgumentException">A name without a keyspace.</exception>
    /// <exception cref="InvalidQueryException">There is no such keyspace, or nothing of that name in it.</exception>
    /// <exception cref="InvalidOperationException">The cluster is not connected yet.</exception>
    public ValueTask<IReadOnlyList<string>> DescribeAsync(string? keyspace = null, string? name = null, CancellationToken cancellationToken = default) =>
        SchemaDescription.ReadAsync(this, keyspace, name, cancellationToken);

    /// <summary>
    /// Waits until all nodes that are up have the same schema, at most for <see cref="SchemaOptions.AgreementTimeout"/>; where that is zero, looks once.
    /// Statements that change the schema do this by themselves.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when they have not agreed by then.</returns>
    /// <exception cref="NoNodeAvailableException">No node can be asked.</exception>
    /// <exception cref="InvalidOperationException">The cluster is not connected yet.</exception>
    public async ValueTask<bool> WaitForSchemaAgreementAsync(CancellationToken cancellationToken = default)
    {
        _ = _runtime.Snapshot;
        return await Hop(_runtime.AgreeAsync()).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="WaitForSchemaAgreementAsync"/>. Blocks.</summary>
    public bool WaitForSchemaAgreement()
    {
        _ = _runtime.Snapshot;
        return Block(_runtime.AgreeAsync());
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

    internal void OnChanged(EventArgs change)
    {
        switch (change)
        {
            case NodeChangedEventArgs node:
                Raise(NodeChanged, node);
                break;
            case SchemaChangedEventArgs schema:
                Raise(SchemaChanged, schema);
                break;
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

    private void Raise<T>(EventHandler<T>? handlers, T change)
    {
        // One by one: a handler that throws takes nothing from the others.
        List<Exception>? failures = null;
        foreach (var handler in handlers?.GetInvocationList() ?? [])
        {
            try
            {
                ((EventHandler<T>)handler)(this, change);
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

    private static T Block<T>(Task<T> task)
    {
        ReaderContext.Current?.Relinquish();
        return task.GetAwaiter().GetResult();
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
        // Who has cancelled the wait leaves no failure behind that nobody has seen.
        _ = source.Task.Exception;
    }

    private SchemaKeeper KeptSchema()
    {
        _ = _runtime.Snapshot;
        ObjectDisposedException.ThrowIf(_runtime.IsDisposed, this);
        return Options.Schema.Loading != SchemaLoading.Off
            ? _runtime.Schema
            : throw new InvalidOperationException("ClusterOptions.Schema.Loading is Off: set it to OnDemand or OnConnect to use the schema.");
    }

    private Task<SchemaSnapshot> StartRefresh(string? keyspace, string? table)
    {
        if (keyspace is null && table is not null)
        {
            throw new ArgumentException("A table without its keyspace says nothing: give both.", nameof(keyspace));
        }

        return KeptSchema().RefreshAsync(wants =>
        {
            if (keyspace is null)
            {
                wants.AddEverything();
            }
            else if (table is null)
            {
                wants.AddKeyspace(keyspace);
            }
            else
            {
                wants.AddRelation(keyspace, table);
            }
        });
    }

    private async Task OpenAsync(string? keyspace)
    {
        await _runtime.OpenAsync().Inline();
        if (keyspace is not null)
        {
            await _runtime.CheckKeyspaceAsync(keyspace, _runtime.Clock.After(Options.RequestTimeout)).Inline();
        }
    }
}
