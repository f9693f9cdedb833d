using System.Collections.Concurrent;

namespace Ilium.TestKit;

/// <summary>
/// The server's side of the native protocol (v3, v4, v5) over any stream, answering as a test says. Out of the box it is a one-node cluster that accepts
/// every connection, prepares every text and answers VOID; <see cref="Define"/> gives a text columns and rows, <see cref="On"/> takes over any request.
/// <para>
/// It uses threads of its own, never the thread pool, so that tests may starve the pool. It is strict: a request that breaks the protocol ends up in
/// <see cref="Violations"/> and its connection is reset.
/// </para>
/// </summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly WaitableLog<ServerRequest> _requests = new();
    private readonly WaitableLog<ScriptedConnection> _connections = new();
    private readonly ConcurrentQueue<Exception> _violations = new();
    private readonly DefaultAnswers _defaults;
    private readonly List<Handler> _handlers = [];

    public ScriptedServer(ScriptedServerOptions? options = null)
    {
        Options = options ?? new ScriptedServerOptions();
        _defaults = new DefaultAnswers(this);
    }

    public ScriptedServerOptions Options { get; }

    /// <summary>The other nodes, as <c>system.peers</c> and <c>system.peers_v2</c> list them; may be replaced at any time.</summary>
    public IReadOnlyList<ServerNode> Peers { get; set; } = [];

    /// <summary>Keyspaces with their replication maps, as <c>system_schema.keyspaces</c> lists them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Keyspaces { get; set; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Every request so far, in the order of arrival.</summary>
    public IReadOnlyList<ServerRequest> Requests => _requests.Snapshot();

    /// <summary>Every connection so far, closed ones too.</summary>
    public IReadOnlyList<ScriptedConnection> Connections => _connections.Snapshot();

    /// <summary>What clients did against the protocol, and what handlers threw.</summary>
    public IReadOnlyCollection<Exception> Violations => _violations;

    /// <summary>Serves this stream. <paramref name="abort"/> breaks the transport under it, for <see cref="ScriptedConnection.Reset"/>.</summary>
    public ScriptedConnection Serve(Stream stream, Action? abort = null) => Serve(new ScriptedConnection(this, stream, abort));

    /// <summary>A new in-memory connection; returns the client's end.</summary>
    public DuplexStream Connect(DuplexOptions? options = null)
    {
        var (client, server) = DuplexStream.CreatePair(options);
        Serve(server);
        return client;
    }

    /// <summary>Answers matching requests with <paramref name="reply"/>; the handler added last is asked first. Disposing the result removes it.</summary>
    public IDisposable On(Func<ServerRequest, bool> match, Action<ServerRequest> reply) => Add(match, reply, int.MaxValue);

    /// <summary>As <see cref="On"/>, for the first matching request only.</summary>
    public IDisposable Once(Func<ServerRequest, bool> match, Action<ServerRequest> reply) => Add(match, reply, 1);

    /// <summary>Keeps matching requests unanswered and hands them to the test, which answers in whatever order it likes, or never.</summary>
    public HeldRequests Hold(Func<ServerRequest, bool> match)
    {
        var held = new HeldRequests(Options.Patience);
        On(match, held.Add);
        return held;
    }

    /// <summary>What this exact text means; defining it again is as a schema change under a prepared statement.</summary>
    public void Define(string cql, ServerStatement statement) => _defaults.Define(cql, statement);

    /// <summary>Forgets what was prepared: EXECUTE answers UNPREPARED until the text is prepared again.</summary>
    public void ForgetPrepared() => _defaults.ForgetPrepared();

    /// <summary>Gives the request the answer it would have had without handlers.</summary>
    public void AnswerByDefault(ServerRequest request) => _defaults.Answer(request);

    /// <summary>Sends an event to every open connection that registered for its type (the first string of the body).</summary>
    public void SendEvent(byte[] body)
    {
        var type = new WireReader(body).String();
        foreach (var connection in Connections.Where(c => !c.Closed.IsCompleted && c.RegisteredEvents.Contains(type)))
        {
            connection.SendEvent(body);
        }
    }

    /// <summary>The first request that matches, now or when it comes.</summary>
    public async Task<ServerRequest> WaitForAsync(Func<ServerRequest, bool> match, CancellationToken cancellationToken = default) =>
        (await WaitForAsync(match, 1, cancellationToken))[0];

    /// <summary>The first <paramref name="count"/> requests that match, as soon as there are so many.</summary>
    public Task<IReadOnlyList<ServerRequest>> WaitForAsync(Func<ServerRequest, bool> match, int count, CancellationToken cancellationToken = default) =>
        _requests.WaitForAsync(match, count, Options.Patience, cancellationToken);

    /// <summary>The first <paramref name="count"/> connections, as soon as there are so many.</summary>
    public Task<IReadOnlyList<ScriptedConnection>> WaitForConnectionsAsync(int count, CancellationToken cancellationToken = default) =>
        _connections.WaitForAsync(_ => true, count, Options.Patience, cancellationToken);

    /// <summary>Throws the first violation, if there was one.</summary>
    public void ThrowIfViolated()
    {
        if (_violations.TryPeek(out var first))
        {
            throw new WireViolationException($"{_violations.Count} violations; the first: {first}");
        }
    }

    /// <summary>Resets every connection and waits for their threads.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in Connections)
        {
            connection.Reset();
            await connection.Closed;
        }
    }

    internal ScriptedConnection Serve(ScriptedConnection connection)
    {
        _connections.Add(connection);
        connection.Start();
        return connection;
    }

    internal void Dispatch(ServerRequest request)
    {
        _requests.Add(request);
        Action<ServerRequest> reply = _defaults.Answer;
        lock (_lock)
        {
            var handler = _handlers.FindLast(h => h.Match(request));
            if (handler is not null)
            {
                reply = handler.Reply;
                if (--handler.Left == 0)
                {
                    _handlers.Remove(handler);
                }
            }
        }

        reply(request);
    }

    internal void Violated(ScriptedConnection connection, Exception exception) =>
        _violations.Enqueue(new WireViolationException($"Connection (v{connection.Version}): {exception}"));

    internal RequestParts Complete(RequestParts parts) => parts.PreparedId is null ? parts : parts with { Cql = _defaults.TextOf(parts.PreparedId) };

    internal WireCompression CompressionFor(int version, IReadOnlyDictionary<string, string> startup)
    {
        var wanted = WireCompression.None;
        if (startup.TryGetValue("COMPRESSION", out var name) && !Enum.TryParse(name, ignoreCase: true, out wanted))
        {
            return WireCompression.None;
        }

        return Options.Compressions.Contains(wanted) && (version < 5 || wanted == WireCompression.Lz4) ? wanted : WireCompression.None;
    }

    private Handler Add(Func<ServerRequest, bool> match, Action<ServerRequest> reply, int times)
    {
        var handler = new Handler(this, match, reply) { Left = times };
        lock (_lock)
        {
            _handlers.Add(handler);
        }

        return handler;
    }

    private sealed class Handler(ScriptedServer server, Func<ServerRequest, bool> match, Action<ServerRequest> reply) : IDisposable
    {
        public Func<ServerRequest, bool> Match => match;

        public Action<ServerRequest> Reply => reply;

        public int Left { get; set; }

        public void Dispose()
        {
            lock (server._lock)
            {
                server._handlers.Remove(this);
            }
        }
    }
}
