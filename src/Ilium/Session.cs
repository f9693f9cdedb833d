using System.Runtime.CompilerServices;
using Ilium.Execution;

namespace Ilium;

/// <summary>
/// A view over a cluster in which unqualified names belong to one keyspace. Cheap: make as many as you like; they share the cluster's
/// connections and need no disposing. Thread-safe.
/// </summary>
/// <remarks>
/// Synchronous verbs block the calling thread and finish even when every thread of the pool is blocked in one.
/// A returned <see cref="ValueTask{TResult}"/> is awaited once, as always.
/// </remarks>
public sealed class Session
{
    private readonly RequestExecutor _executor;
    private string? _keyspace;

    private readonly RequestSettings _settings;

    internal Session(Cluster cluster, string? keyspace)
        : this(cluster, keyspace, cluster.Runtime.Executor.Defaults)
    {
    }

    private Session(Cluster cluster, string? keyspace, in RequestSettings settings)
    {
        _settings = settings;
        Cluster = cluster;
        _keyspace = keyspace;
        _executor = cluster.Runtime.Executor;
    }

    /// <summary>The cluster this is a view of.</summary>
    public Cluster Cluster { get; }

    /// <summary>The keyspace unqualified names belong to; null for none. Changed by a <c>USE</c> statement run in this session, for this session only.</summary>
    public string? Keyspace => Volatile.Read(ref _keyspace);

    /// <summary>A view in another keyspace. No request is made: a keyspace that does not exist shows with the first statement.</summary>
    /// <param name="keyspace">Its name, in its own case, without quotes.</param>
    public Session WithKeyspace(string keyspace)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyspace);
        return new Session(Cluster, keyspace, _settings);
    }

    /// <summary>A view whose requests are carried out as a profile of <see cref="ClusterOptions.Profiles"/> says. No request is made.</summary>
    /// <param name="name">The profile's name; case matters.</param>
    /// <exception cref="ArgumentException">There is no such profile; the message lists those there are.</exception>
    public Session WithProfile(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Cluster.Options.Profiles.TryGetValue(name, out var profile)
            ? WithProfile(profile)
            : throw new ArgumentException(
                $"There is no profile '{name}'. ClusterOptions.Profiles has: {string.Join(", ", Cluster.Options.Profiles.Keys.Order(StringComparer.Ordinal))}.", nameof(name));
    }

    /// <summary>A view whose requests are carried out as a profile says; what it leaves open stays as in this session. No request is made.</summary>
    /// <param name="profile">The profile.</param>
    public Session WithProfile(ExecutionProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ExecutionOptions.Validate(profile);
        return new Session(Cluster, Keyspace, _settings.With(profile));
    }

    /// <summary>The options of the cluster with the session's profile on top, worked out once.</summary>
    internal ref readonly RequestSettings Settings => ref _settings;

    /// <summary>A view that nothing moves.</summary>
    internal Session In(string? keyspace) => new(Cluster, keyspace, _settings);

    /// <summary>Runs a statement and gives the first page of what it returns.</summary>
    /// <param name="statement">What to run.</param>
    /// <param name="options">For this execution only; null for the statement's own.</param>
    /// <param name="cancellationToken">Ends the wait. The server is not told, so a write may still be applied.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    public ValueTask<RowSet> ExecuteAsync(Statement statement, ExecutionOptions? options = null, CancellationToken cancellationToken = default) =>
        _executor.ExecuteAsync(this, statement, options, cancellationToken);

    /// <summary>Runs CQL text without values and gives the first page of what it returns.</summary>
    /// <param name="cql">The text. Values belong in bind markers: use an interpolated string or a <see cref="SimpleStatement"/>.</param>
    /// <param name="options">For this execution only.</param>
    /// <param name="cancellationToken">Ends the wait. The server is not told, so a write may still be applied.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    public ValueTask<RowSet> ExecuteAsync(string cql, ExecutionOptions? options = null, CancellationToken cancellationToken = default) =>
        _executor.ExecuteAsync(this, new SimpleStatement(cql), options, cancellationToken);

    /// <summary>Runs an interpolated statement, whose holes become bind markers, and gives the first page of what it returns.</summary>
    /// <param name="cql">An interpolated string, such as <c>$"SELECT name FROM users WHERE id = {id}"</c>.</param>
    /// <param name="options">For this execution only.</param>
    /// <param name="cancellationToken">Ends the wait. The server is not told, so a write may still be applied.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask<RowSet> ExecuteAsync(
        CqlInterpolatedStringHandler cql, ExecutionOptions? options = null, CancellationToken cancellationToken = default) =>
        _executor.ExecuteAsync(this, cql.ToStatement(), options, cancellationToken);

    /// <summary>Runs a statement and gives the first page of what it returns. Blocks.</summary>
    /// <param name="statement">What to run.</param>
    /// <param name="options">For this execution only; null for the statement's own.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    public RowSet Execute(Statement statement, ExecutionOptions? options = null) => _executor.Execute(this, statement, options);

    /// <summary>Runs CQL text without values and gives the first page of what it returns. Blocks.</summary>
    /// <param name="cql">The text.</param>
    /// <param name="options">For this execution only.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    public RowSet Execute(string cql, ExecutionOptions? options = null) => _executor.Execute(this, new SimpleStatement(cql), options);

    /// <summary>Runs an interpolated statement, whose holes become bind markers. Blocks.</summary>
    /// <param name="cql">An interpolated string.</param>
    /// <param name="options">For this execution only.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    [OverloadResolutionPriority(1)]
    public RowSet Execute(CqlInterpolatedStringHandler cql, ExecutionOptions? options = null) =>
        _executor.Execute(this, cql.ToStatement(), options);

    /// <summary>Goes through all rows of a statement, page by page; the next page is fetched while the current one is read.</summary>
    /// <param name="statement">What to run.</param>
    /// <param name="options">For this query only; <see cref="ExecutionOptions.PageSize"/> sets the rows per page.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    public IAsyncEnumerable<Row> QueryAsync(Statement statement, ExecutionOptions? options = null, CancellationToken cancellationToken = default) =>
        PagedRows.ReadAsync<Row, PlainRows, RowSet.Enumerator>(this, statement, options, cancellationToken);

    /// <summary>Goes through all rows of CQL text without values, page by page.</summary>
    /// <param name="cql">The text.</param>
    /// <param name="options">For this query only.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    public IAsyncEnumerable<Row> QueryAsync(string cql, ExecutionOptions? options = null, CancellationToken cancellationToken = default) =>
        PagedRows.ReadAsync<Row, PlainRows, RowSet.Enumerator>(this, new SimpleStatement(cql), options, cancellationToken);

    /// <summary>Goes through all rows of an interpolated statement, page by page.</summary>
    /// <param name="cql">An interpolated string.</param>
    /// <param name="options">For this query only.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<Row> QueryAsync(
        CqlInterpolatedStringHandler cql, ExecutionOptions? options = null, CancellationToken cancellationToken = default) =>
        PagedRows.ReadAsync<Row, PlainRows, RowSet.Enumerator>(this, cql.ToStatement(), options, cancellationToken);

    /// <summary>Goes through all rows of a statement, page by page. Blocks for each page.</summary>
    /// <param name="statement">What to run.</param>
    /// <param name="options">For this query only.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    public IEnumerable<Row> Query(Statement statement, ExecutionOptions? options = null) => PagedRows.Read<Row, PlainRows, RowSet.Enumerator>(this, statement, options);

    /// <summary>Goes through all rows of CQL text without values, page by page. Blocks for each page.</summary>
    /// <param name="cql">The text.</param>
    /// <param name="options">For this query only.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    public IEnumerable<Row> Query(string cql, ExecutionOptions? options = null) => PagedRows.Read<Row, PlainRows, RowSet.Enumerator>(this, new SimpleStatement(cql), options);

    /// <summary>Goes through all rows of an interpolated statement, page by page. Blocks for each page.</summary>
    /// <param name="cql">An interpolated string.</param>
    /// <param name="options">For this query only.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    [OverloadResolutionPriority(1)]
    public IEnumerable<Row> Query(CqlInterpolatedStringHandler cql, ExecutionOptions? options = null) => PagedRows.Read<Row, PlainRows, RowSet.Enumerator>(this, cql.ToStatement(), options);

    /// <summary>Goes through all rows of a statement as values of a type of yours, page by page; the next page is fetched while the current one is read.</summary>
    /// <typeparam name="T">A type marked <see cref="CqlRowAttribute"/>.</typeparam>
    /// <param name="statement">What to run.</param>
    /// <param name="options">For this query only; <see cref="ExecutionOptions.PageSize"/> sets the rows per page.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    /// <exception cref="MappingException">The result has no column for a member that needs one.</exception>
    /// <exception cref="InvalidTypeException">A column's CQL type is not read as its member's type.</exception>
    /// <exception cref="InvalidValueException">A value is null and its member can't be, or it is beyond what the member's type holds.</exception>
    public IAsyncEnumerable<T> QueryAsync<T>(Statement statement, ExecutionOptions? options = null, CancellationToken cancellationToken = default)
        where T : IRowMapped<T> =>
        PagedRows.ReadAsync<T, MappedForm<T>, MappedRows<T>.Enumerator>(this, statement, options, cancellationToken);

    /// <summary>Goes through all rows of CQL text without values as values of a type of yours, page by page.</summary>
    /// <typeparam name="T">A type marked <see cref="CqlRowAttribute"/>.</typeparam>
    /// <param name="cql">The text.</param>
    /// <param name="options">For this query only.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    /// <exception cref="MappingException">The result has no column for a member that needs one.</exception>
    /// <exception cref="InvalidTypeException">A column's CQL type is not read as its member's type.</exception>
    /// <exception cref="InvalidValueException">A value is null and its member can't be, or it is beyond what the member's type holds.</exception>
    public IAsyncEnumerable<T> QueryAsync<T>(string cql, ExecutionOptions? options = null, CancellationToken cancellationToken = default)
        where T : IRowMapped<T> => QueryAsync<T>(new SimpleStatement(cql), options, cancellationToken);

    /// <summary>Goes through all rows of an interpolated statement as values of a type of yours, page by page.</summary>
    /// <typeparam name="T">A type marked <see cref="CqlRowAttribute"/>.</typeparam>
    /// <param name="cql">An interpolated string.</param>
    /// <param name="options">For this query only.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    /// <exception cref="MappingException">The result has no column for a member that needs one.</exception>
    /// <exception cref="InvalidTypeException">A column's CQL type is not read as its member's type.</exception>
    /// <exception cref="InvalidValueException">A value is null and its member can't be, or it is beyond what the member's type holds.</exception>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<T> QueryAsync<T>(
        CqlInterpolatedStringHandler cql, ExecutionOptions? options = null, CancellationToken cancellationToken = default)
        where T : IRowMapped<T> => QueryAsync<T>(cql.ToStatement(), options, cancellationToken);

    /// <summary>Goes through all rows of a statement as values of a type of yours, page by page. Blocks for each page.</summary>
    /// <typeparam name="T">A type marked <see cref="CqlRowAttribute"/>.</typeparam>
    /// <param name="statement">What to run.</param>
    /// <param name="options">For this query only.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    /// <exception cref="MappingException">The result has no column for a member that needs one.</exception>
    /// <exception cref="InvalidTypeException">A column's CQL type is not read as its member's type.</exception>
    /// <exception cref="InvalidValueException">A value is null and its member can't be, or it is beyond what the member's type holds.</exception>
    public IEnumerable<T> Query<T>(Statement statement, ExecutionOptions? options = null)
        where T : IRowMapped<T> => PagedRows.Read<T, MappedForm<T>, MappedRows<T>.Enumerator>(this, statement, options);

    /// <summary>Goes through all rows of CQL text without values as values of a type of yours, page by page. Blocks for each page.</summary>
    /// <typeparam name="T">A type marked <see cref="CqlRowAttribute"/>.</typeparam>
    /// <param name="cql">The text.</param>
    /// <param name="options">For this query only.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    /// <exception cref="MappingException">The result has no column for a member that needs one.</exception>
    /// <exception cref="InvalidTypeException">A column's CQL type is not read as its member's type.</exception>
    /// <exception cref="InvalidValueException">A value is null and its member can't be, or it is beyond what the member's type holds.</exception>
    public IEnumerable<T> Query<T>(string cql, ExecutionOptions? options = null)
        where T : IRowMapped<T> => Query<T>(new SimpleStatement(cql), options);

    /// <summary>Goes through all rows of an interpolated statement as values of a type of yours, page by page. Blocks for each page.</summary>
    /// <typeparam name="T">A type marked <see cref="CqlRowAttribute"/>.</typeparam>
    /// <param name="cql">An interpolated string.</param>
    /// <param name="options">For this query only.</param>
    /// <exception cref="CassandraException">The request failed; the type says how. See docs/errors.md.</exception>
    /// <exception cref="MappingException">The result has no column for a member that needs one.</exception>
    /// <exception cref="InvalidTypeException">A column's CQL type is not read as its member's type.</exception>
    /// <exception cref="InvalidValueException">A value is null and its member can't be, or it is beyond what the member's type holds.</exception>
    [OverloadResolutionPriority(1)]
    public IEnumerable<T> Query<T>(CqlInterpolatedStringHandler cql, ExecutionOptions? options = null)
        where T : IRowMapped<T> => Query<T>(cql.ToStatement(), options);

    /// <summary>
    /// Runs many statements, so many at a time, and gives each one's outcome. Statements are taken as places become free, and outcomes wait until
    /// they are taken: neither side runs away. When the enumeration ends, also early, nothing of it is in flight any more.
    /// </summary>
    /// <param name="statements">What to run; they need not exist before they are taken.</param>
    /// <param name="options">How many at a time, in which order, and what failures do; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it, and the requests in flight; the server is not told, so writes may still be applied.</param>
    /// <exception cref="CassandraException">A statement failed, and <see cref="ExecuteManyOptions.ContinueOnError"/> is not set.</exception>
    public IAsyncEnumerable<StatementOutcome> ExecuteManyAsync(
        IAsyncEnumerable<Statement> statements, ExecuteManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(statements);
        options ??= new ExecuteManyOptions();
        options.Validate();
        return ManyStatements.RunAsync(this, statements, options, cancellationToken);
    }

    /// <summary>Runs many statements, so many at a time, and gives each one's outcome.</summary>
    /// <param name="statements">What to run; they need not exist before they are taken.</param>
    /// <param name="options">How many at a time, in which order, and what failures do; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it, and the requests in flight; the server is not told, so writes may still be applied.</param>
    /// <exception cref="CassandraException">A statement failed, and <see cref="ExecuteManyOptions.ContinueOnError"/> is not set.</exception>
    public IAsyncEnumerable<StatementOutcome> ExecuteManyAsync(
        IEnumerable<Statement> statements, ExecuteManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(statements);
        return ExecuteManyAsync(statements.ToAsyncEnumerable(), options, cancellationToken);
    }

    /// <summary>Runs many statements, so many at a time, and gives each one's outcome, in order. Blocks for each; the others go on meanwhile.</summary>
    /// <param name="statements">What to run; they need not exist before they are taken.</param>
    /// <param name="options">How many at a time, and what failures do; null for the defaults.</param>
    /// <exception cref="CassandraException">A statement failed, and <see cref="ExecuteManyOptions.ContinueOnError"/> is not set.</exception>
    public IEnumerable<StatementOutcome> ExecuteMany(IEnumerable<Statement> statements, ExecuteManyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(statements);
        options ??= new ExecuteManyOptions();
        options.Validate();
        return ManyStatements.RunSynchronously(this, statements, options);
    }

    /// <summary>
    /// Prepares a statement, or gives the one that was prepared from the same text before. Calling it for each execution costs a look-up,
    /// not a round trip.
    /// </summary>
    /// <param name="cql">The text, with bind markers.</param>
    /// <param name="cancellationToken">Ends the wait; preparing goes on for others.</param>
    /// <exception cref="SyntaxErrorException">The text is not CQL.</exception>
    /// <exception cref="InvalidQueryException">A name in the text does not exist.</exception>
    public async ValueTask<PreparedStatement> PrepareAsync(string cql, CancellationToken cancellationToken = default) =>
        await Cluster.Hop(StartPreparing(cql)).WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Prepares a statement, or gives the one that was prepared from the same text before. Blocks.</summary>
    /// <param name="cql">The text, with bind markers.</param>
    /// <exception cref="SyntaxErrorException">The text is not CQL.</exception>
    /// <exception cref="InvalidQueryException">A name in the text does not exist.</exception>
    public PreparedStatement Prepare(string cql)
    {
        Connection.ReaderContext.Current?.Relinquish();
        return StartPreparing(cql).GetAwaiter().GetResult();
    }

    /// <summary>Fetches what the server recorded about a request that was run with <see cref="ExecutionOptions.Tracing"/>.</summary>
    /// <param name="tracingId">The <see cref="ExecutionInfo.TracingId"/> of its result.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TraceUnavailableException">The server had not finished writing the trace within 2 seconds.</exception>
    public ValueTask<QueryTrace> GetQueryTraceAsync(Guid tracingId, CancellationToken cancellationToken = default) =>
        QueryTrace.FetchAsync(this, tracingId, cancellationToken);

    internal void MoveTo(string keyspace) => Volatile.Write(ref _keyspace, keyspace);

    private Task<PreparedStatement> StartPreparing(string cql)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cql);
        var runtime = Cluster.Runtime;
        ObjectDisposedException.ThrowIf(runtime.IsDisposed, Cluster);
        return runtime.PrepareAsync(Keyspace, cql, runtime.Clock.After(Cluster.Options.RequestTimeout));
    }
}
