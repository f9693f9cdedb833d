using System.Collections.Immutable;
using System.Net;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Pool;
using Ilium.Protocol;
using Ilium.Routing;
using Ilium.Rows;
using Ilium.Statements;
using Ilium.Topology;
using Ilium.Topology.Schema;
using Ilium.Types;

namespace Ilium.Execution;

/// <summary>
/// Everything a cluster object owns, apart from the object itself: threads and timers refer to this, so that a <see cref="Cluster"/> that
/// was forgotten can be collected, and ends them when it is.
/// </summary>
/// <remarks>Threads: any. The snapshot is replaced by one reference write; everything else is set once.</remarks>
internal sealed partial class ClusterRuntime : IDisposable
{
    // Deadlines are kept to within this; ten looks a second at a list of requests cost nothing that can be measured.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(100);

    private readonly Overseer _overseer = new();
    private readonly AstraIdentity? _astra;
    private readonly ContactSource _contacts;
    private readonly AnyNode _anyNode;
    private readonly ClusterConnector _connector;
    private readonly RuntimePoolEvents _events;
    private readonly Upkeep _upkeep;
    private readonly BackgroundPreparation _background;
    private readonly Lock _gate = new();
    private Task? _connecting;
    private RoutingTable? _routing;
    private ClusterMetadata? _metadata;
    private int _disposed;

    internal ClusterRuntime(ClusterOptions options)
    {
        Clock = new RequestClock(options.TimeProvider);
        Codecs = new CodecRegistry(custom: options.Codecs);
        Diagnostics = new ClusterDiagnostics(options);
        if (options.Astra is { } bundle)
        {
            _astra = new AstraIdentity(bundle, Diagnostics.AstraBundleReplaced, Diagnostics.AstraBundleFailed);
            options = options.SecuredBy(_astra);
        }

        Options = options;
        _contacts = ContactSource.For(options, _astra is null ? null : new AstraMetadataService(options, _astra, Diagnostics.AstraMetadataRead));
        Writers = new ObjectPool<CqlWriter>(() => new CqlWriter(), 64);
        Prepared = new PreparedCache(options.PreparedCacheSize);
        _background = new BackgroundPreparation(this);
        _events = new RuntimePoolEvents(this);
        var opener = new ConnectionOpener(options, Clock, _overseer, new Readers(_overseer, options.Processors), new DriverIdentity(options.ClientId ?? Guid.NewGuid()));
        var reader = new TopologyReader(Codecs, options, _contacts);
        _anyNode = new AnyNode(this);
        Encrypted = EncryptedColumns.For(options.ColumnEncryption, options.TimeProvider, static () => ReaderContext.Current?.Relinquish());
        Preparer = new StatementPreparer(Codecs, Writers, Doubts, Encrypted, new KeyColumns(reader, () => Schema!.Current));
        var changes = new RuntimeTopologyEvents(this);
        var builder = new SnapshotBuilder(options, _contacts, opener, _events, changes);
        Changes = new ChangeFeed(Diagnostics);
        _connector = new ClusterConnector(options, _contacts, opener, _events, reader, builder, Clock.After);
        Topology = new TopologyKeeper(options, _contacts, opener, reader, builder, changes, _events, Clock.After);
        Schema = new SchemaKeeper(
            new SchemaReader(Codecs, options.Schema.Keyspaces, Diagnostics.SchemaRowIgnored, () => Clock.After(options.RequestTimeout)),
            options.MetadataRefreshPause, options.TimeProvider, Topology.Control.GetAsync, OnSchemaChanged, Diagnostics.SchemaFailed);
        Ddl = new DdlCompletion(this, new SchemaAgreement(reader, options.Schema.AgreementInterval, options.TimeProvider, Clock.After));
        Router = new RequestRouter(this);
        Executor = new RequestExecutor(this);
        Encoder = null!;
        _upkeep = new Upkeep(this, SweepInterval);
    }

    internal ClusterOptions Options { get; }

    internal RequestClock Clock { get; }

    internal ClusterDiagnostics Diagnostics { get; }

    internal CodecRegistry Codecs { get; }

    /// <summary>null where nothing is encrypted.</summary>
    internal EncryptedColumns? Encrypted { get; }

    internal ObjectPool<CqlWriter> Writers { get; }

    internal PreparedCache Prepared { get; }

    internal StatementPreparer Preparer { get; }

    internal SchemaDoubts Doubts { get; } = new();

    /// <summary>True once a node was met that has shards.</summary>
    internal bool HasShards { get; private set; }

    /// <summary>Where ScyllaDB's tables are; empty for other servers.</summary>
    internal Tablets Tablets { get; } = new();

    internal RequestRouter Router { get; }

    internal RequestExecutor Executor { get; }

    /// <summary>Keeps <see cref="Snapshot"/> up to date once the cluster is connected.</summary>
    internal TopologyKeeper Topology { get; }

    /// <summary>Tells users of changes.</summary>
    internal ChangeFeed Changes { get; }

    /// <summary>Knows the schema once somebody has asked for it.</summary>
    internal SchemaKeeper Schema { get; }

    internal DdlCompletion Ddl { get; }

    /// <summary>Known once the first connection has settled the protocol version.</summary>
    internal RequestEncoder Encoder { get; private set; }

    internal CapacitySignal Capacity { get; } = new();

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>False before requests can be sent.</summary>
    internal bool IsConnected => Routing is not null;

    /// <summary>What requests are routed by; null before the cluster is connected.</summary>
    internal RoutingTable? Routing => Volatile.Read(ref _routing);

    internal ClusterSnapshot Snapshot => Routing?.Snapshot ?? throw new InvalidOperationException("The cluster is not connected; call ConnectAsync first.");

    /// <summary>The newest snapshot with the newest schema, as users see them: the same object as long as both are.</summary>
    internal ClusterMetadata Metadata
    {
        get
        {
            var topology = Snapshot.Metadata;
            if (Schema.Current is not { } schema)
            {
                return topology;
            }

            var known = Volatile.Read(ref _metadata);
            if (known is null || !known.IsOf(topology, schema))
            {
                known = topology.With(schema);
                Volatile.Write(ref _metadata, known);
            }

            return known;
        }
    }

    internal ProtocolVersion Version => Encoder.Version;

    internal IEnumerable<CqlConnection> Connections =>
        Pools.SelectMany(pool => pool.Connections);

    /// <summary>Those in no pool too: being opened, being replaced, or of a cluster that is still looked at.</summary>
    internal IEnumerable<CqlConnection> AllConnections => _overseer.Connections;

    internal IEnumerable<NodePool> Pools => Routing?.Snapshot.Used.SelectMany(node => node.Pools.All) ?? [];

    internal int InFlight => Connections.Sum(connection => connection.InFlight);

    /// <summary>Connects once, however often and by however many it is asked; a failure is forgotten, so that the next call tries again.</summary>
    internal Task ConnectAsync()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, typeof(Cluster));
            if (_connecting is null || _connecting.IsFaulted || _connecting.IsCanceled)
            {
                _connecting = ConnectOnceAsync();
            }

            return _connecting;
        }
    }

    /// <summary>Connects, and reads the schema where that is to be done first.</summary>
    internal async Task<bool> OpenAsync()
    {
        await ConnectAsync().Inline();
        if (Options.Schema.Loading == SchemaLoading.OnConnect)
        {
            await Schema.GetAsync().Inline();
        }

        return true;
    }

    /// <summary>As <see cref="OpenAsync()"/>, for a request that came before anybody has connected.</summary>
    internal Task OpenAsync(long deadline) => WithinAsync(OpenAsync(), deadline, "waiting for the cluster to be connected to");

    /// <summary>Connects to every node that is used, in the keyspace that sessions have by default.</summary>
    /// <returns>The nodes that could not be connected to.</returns>
    internal async Task<Dictionary<Node, Exception>> WarmUpAsync()
    {
        await ConnectAsync().Inline();
        var fills = Snapshot.Used.Select(node => (Node: node, Failure: node.Pools.For(PoolKeyspace(Options.Keyspace)).FillAsync())).ToArray();
        var failures = new Dictionary<Node, Exception>();
        foreach (var (node, failure) in fills)
        {
            if (await failure.Inline() is { } reason)
            {
                failures[node] = reason;
            }
        }

        ObjectDisposedException.ThrowIf(IsDisposed, typeof(Cluster));
        return failures;
    }

    /// <summary>A connection to the same node in a keyspace: prepared statements belong to nodes, and their names to keyspaces.</summary>
    internal Task<CqlConnection> ConnectionBesideAsync(CqlConnection connection, string? keyspace)
    {
        if (PoolKeyspace(keyspace) is { } name)
        {
            foreach (var node in Snapshot.Used)
            {
                if (node.Has(connection))
                {
                    return node.Pools.For(name).GetAsync();
                }
            }
        }

        return Task.FromResult(connection);
    }

    /// <summary>Waits to be woken, at most until the deadline or a cancellation.</summary>
    internal async Task WaitAsync(Task woken, long deadline, CancellationToken token)
    {
        var left = deadline == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(deadline - Clock.Now, 1, int.MaxValue));
        // Not WhenAny with a delay: its timer would stay until the deadline, one for each time this request was woken for nothing.
        await woken.WaitAsync(left, Options.TimeProvider, token).InlineEnd();
    }

    internal async Task<PreparedStatement> PrepareAsync(string? keyspace, string cql, long deadline)
    {
        if (!IsConnected)
        {
            await OpenAsync(deadline).Inline();
        }

        while (true)
        {
            try
            {
                return await WithinAsync(
                    Prepared.GetAsync(keyspace, cql, (name, text) => PrepareOnAnyNodeAsync(name, text, SharedDeadline(deadline))),
                    deadline).Inline();
            }
            catch (OperationTimedOutException) when (Clock.Now < deadline)
            {
                // Begun by somebody who had less time.
            }
        }
    }

    /// <summary>Has a node say anew what a statement's columns are.</summary>
    internal async Task RefreshAsync(PreparedStatement statement, long deadline)
    {
        await _anyNode.TryAsync(statement.Keyspace, deadline, connection =>
        {
            Diagnostics.Reprepared(connection, statement);
            return WithinAsync(Preparer.RepairAsync(connection, statement, SharedDeadline(deadline)), deadline);
        }).Inline();
    }

    /// <summary>The deadline for work that others may join: whoever happens to begin it must not make it fail for them.</summary>
    internal long SharedDeadline(long deadline) => Math.Max(deadline, Clock.After(Options.RequestTimeout));

    /// <summary>The outcome of work that has a longer deadline than the one who waits here.</summary>
    internal async Task<T> WithinAsync<T>(Task<T> work, long deadline, string waiting = "waiting for its statement to be prepared")
    {
        var left = deadline == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(deadline - Clock.Now, 1, int.MaxValue));
        try
        {
            return await work.WithinAsync(left, Options.TimeProvider).Inline();
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            throw new OperationTimedOutException(left, [new AttemptInfo(null, left, waiting)], mayHaveBeenApplied: false);
        }
    }

    /// <summary>Throws what the server says when there is no such keyspace.</summary>
    internal async Task CheckKeyspaceAsync(string keyspace, long deadline)
    {
        if (Version < ProtocolVersion.V5)
        {
            // Opening a connection in the keyspace is the check.
            await _anyNode.OpenAsync(keyspace).Inline();
            return;
        }

        var connection = await _anyNode.OpenAsync(null).Inline();
        using var response = await InternalRequest.SendAsync(
            connection, Opcode.Query,
            static (writer, version, name) => QueryRequest.Write(
                writer, version, "SELECT key FROM system.local", new QueryParameters { Consistency = ConsistencyLevel.One, Keyspace = name }),
            keyspace, deadline, $"Looking for keyspace '{keyspace}'").Inline();
        response.ThrowIfError();
    }

    /// <summary>Ends everything and waits until no thread of the cluster's connections is left, but for one that calls this itself.</summary>
    internal async Task DisposeAsync()
    {
        var isReader = ReaderContext.Current is not null;
        Dispose();
        if (!isReader)
        {
            await _overseer.Ended.ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _upkeep.Dispose();
        Encrypted?.Close();
        _connector.Dispose();
        Topology.Dispose();
        Schema.Dispose();
        foreach (var node in Routing?.Snapshot.Nodes ?? ImmutableArray<Node>.Empty)
        {
            node.Pools.Close();
        }

        // After this no connection can begin; those that are in no pool, or not in one any more, end here.
        _overseer.Dispose();
        foreach (var connection in _overseer.Connections)
        {
            connection.Break(new ObjectDisposedException(nameof(Cluster), "The cluster was disposed."));
        }

        Capacity.WakeAll();
        Executor.EndWaiting();
        _astra?.Dispose();
    }

    private void OnSchemaChanged(SchemaChange change) => Changes.Add(new SchemaChangedEventArgs(change));

    /// <summary>The keyspace that a connection must be in for a request in this one; null where any will do.</summary>
    internal string? PoolKeyspace(string? keyspace) => Version >= ProtocolVersion.V5 ? null : keyspace;

    private async Task ConnectOnceAsync()
    {
        var (snapshot, connection) = await ConnectUnlessDisposedAsync().Inline();
        var timestamps = Options.TimestampGenerator ?? new MonotonicTimestampGenerator(Options.TimeProvider, Options.LoggerFactory);
        if (IsAstra(connection) && Options.SaidConsistency is null)
        {
            Executor.DefaultConsistency = ConsistencyLevel.LocalQuorum;
            Diagnostics.AstraConsistency();
        }

        Encoder = new RequestEncoder(connection.Version, connection.Compressor, Prepared, Writers, timestamps, Doubts, Router, snapshot.IsDse);
        Publish(snapshot);
        if (IsDisposed)
        {
            foreach (var node in snapshot.Nodes)
            {
                node.Pools.Close();
            }

            throw new ObjectDisposedException(nameof(Cluster));
        }

        foreach (var node in snapshot.Used)
        {
            // In the background: a node that is down must not hold up the others.
            node.Pools.Plain.Begin();
        }

        Topology.Start(snapshot, connection.Version);
        Diagnostics.Connected(snapshot, connection);
    }

    /// <summary>Astra says so in its answer to OPTIONS, by the name that it had at first.</summary>
    private static bool IsAstra(CqlConnection connection) =>
        connection.Supported.TryGetValue(StartupOptions.ProductType, out var products) && products.Contains("DATASTAX_APOLLO");

    private async Task<(ClusterSnapshot Snapshot, CqlConnection Connection)> ConnectUnlessDisposedAsync()
    {
        try
        {
            if (Encrypted is not null)
            {
                await Encrypted.LoadAsync().Inline();
            }

            return await _connector.ConnectAsync().Inline();
        }
        catch (Exception e) when (IsDisposed)
        {
            throw new ObjectDisposedException("The cluster was disposed while it was connecting.", e);
        }
    }

    /// <summary>A connection to any node, in no keyspace on v3 and v4.</summary>
    internal Task<CqlConnection> AnyConnectionAsync() => _anyNode.OpenAsync(null);

    /// <summary>Whether all nodes that are up have the same schema, as a node of this cluster sees it.</summary>
    internal async Task<bool> AgreeAsync()
    {
        var connection = await _anyNode.OpenAsync(null).Inline();
        return await Ddl.AgreeAsync(connection, long.MaxValue).Inline() ?? await Ddl.LookAsync(connection).Inline();
    }

    private void Publish(ClusterSnapshot snapshot)
    {
        Volatile.Write(ref _routing, RoutingTable.Build(snapshot, Routing, Options.LoadBalancingPolicy));
        Tablets.Keep(snapshot);
    }

    private Task<PreparedStatement> PrepareOnAnyNodeAsync(string? keyspace, string cql, long deadline) =>
        _anyNode.TryAsync(keyspace, deadline, async connection =>
        {
            var statement = await Preparer.PrepareAsync(connection, keyspace, cql, deadline).Inline();
            _background.Spread(statement, connection);
            return statement;
        });
}
