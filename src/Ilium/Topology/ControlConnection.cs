using System.Net;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Pool;
using Ilium.Protocol;

namespace Ilium.Topology;

/// <summary>
/// One connection, apart from the pools, over which the cluster's events come and its system tables are read. When it ends another node
/// is connected to, and when none can be reached, the next round follows after a pause that grows; it never gives up.
/// </summary>
/// <remarks>
/// Threads: any. The gate guards which connection is the one and whether one is being looked for.
/// Its end says nothing about its node: nodes are judged by their pools.
/// </remarks>
internal sealed class ControlConnection : ConnectionOwner, IDisposable
{
    private static readonly string[] EventTypes = [ServerEvent.TopologyChangeType, ServerEvent.StatusChangeType, ServerEvent.SchemaChangeType];

    // Connections that end sooner than this, one after another, are not replaced at once.
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ClusterOptions _options;
    private readonly ContactSource _contacts;
    private readonly ConnectionOpener _opener;
    private readonly TopologyEvents _events;
    private readonly Func<TimeSpan, long> _after;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _disposed = new();
    private CqlConnection? _current;
    private TaskCompletionSource<CqlConnection> _next = new();
    private TaskCompletionSource? _kick;
    private ProtocolVersion _version;
    private Func<IEnumerable<EndPoint>> _nodes = static () => [];
    private long _connectedAt;
    private int _shortLives;
    private bool _looking;

    internal ControlConnection(ClusterOptions options, ContactSource contacts, ConnectionOpener opener, TopologyEvents events, Func<TimeSpan, long> after)
    {
        _options = options;
        _contacts = contacts;
        _opener = opener;
        _events = events;
        _after = after;
        _backoff = new Backoff(options.ReconnectBaseDelay, options.ReconnectMaxDelay, Random.Shared);
    }

    /// <summary>A connection is there and has registered for events: everything is to be read, for events before it are lost.</summary>
    internal Action Established { get; set; } = static () => { };

    /// <summary>An event came; called by the reader.</summary>
    internal Action<ServerEvent> Received { get; set; } = static _ => { };

    /// <summary>The connection; null while another is looked for.</summary>
    internal CqlConnection? Current => Volatile.Read(ref _current);

    /// <summary>The connection, or the next there will be; fails when a round of looking for one does.</summary>
    internal Task<CqlConnection> GetAsync()
    {
        lock (_gate)
        {
            return _current is { } connection ? Task.FromResult(connection) : _next.Task;
        }
    }

    // Only the driver's own requests, few at a time.
    internal override int MaxRequests => 1024;

    /// <summary>Begins to look for a node; goes on for ever.</summary>
    /// <param name="version">The version the cluster speaks.</param>
    /// <param name="nodes">The addresses of the nodes, best first, each time it is called.</param>
    internal void Start(ProtocolVersion version, Func<IEnumerable<EndPoint>> nodes)
    {
        _version = version;
        _nodes = nodes;
        Look(afterPause: false);
    }

    /// <summary>A node has come up: whoever waits to try again does so now.</summary>
    internal void Kick() => Volatile.Read(ref _kick)?.TrySetResult();

    public void Dispose()
    {
        _disposed.Cancel();
        Kick();
        Fail(EndWait(), new ObjectDisposedException(nameof(Cluster)));
    }

    internal override void OnRetired(CqlConnection connection, string reason) =>
        connection.Break(new ConnectionFailedException(connection.EndPoint, ConnectionFailureReason.Closed, reason));

    internal override void OnBroken(CqlConnection connection, Exception reason)
    {
        bool pause;
        lock (_gate)
        {
            if (_current != connection)
            {
                return;
            }

            _current = null;
            _shortLives = _options.TimeProvider.GetElapsedTime(_connectedAt) < ShortLife ? _shortLives + 1 : 0;
            pause = _shortLives > 1;
            if (_shortLives == 0)
            {
                _backoff.Reset();
            }
        }

        if (!_disposed.IsCancellationRequested)
        {
            _events.ControlLost(connection.EndPoint, reason);
            Look(pause);
        }
    }

    internal override void OnEvent(CqlConnection connection, in EnvelopeHeader header, ReadOnlySpan<byte> body)
    {
        ServerEvent pushed;
        try
        {
            var reader = new CqlReader(body);
            ResponsePrefix.Read(header, ref reader);
            pushed = ServerEvent.Read(ref reader);
        }
        catch (MalformedResponseException e)
        {
            // Events are hints: one that can't be read is a reason to look for oneself, not to end the connection.
            _events.RefreshFailed(e);
            pushed = new UnknownEvent("");
        }

        if (connection == Current)
        {
            Received(pushed);
        }
    }

    private void Look(bool afterPause)
    {
        lock (_gate)
        {
            if (_looking || _disposed.IsCancellationRequested)
            {
                return;
            }

            _looking = true;
        }

        _ = LookAsync(afterPause);
    }

    private async Task LookAsync(bool afterPause)
    {
        try
        {
            var pause = afterPause;
            while (!_disposed.IsCancellationRequested)
            {
                if (pause)
                {
                    await WaitAsync(_backoff.Next()).Inline();
                }

                if (await TryEachAsync().Inline())
                {
                    return;
                }

                pause = true;
            }
        }
        catch (Exception e)
        {
            // Whatever it is, looking goes on: without this connection the driver would never learn of another node.
            _events.RefreshFailed(e);
            lock (_gate)
            {
                _looking = false;
            }

            Look(afterPause: true);
        }
    }

    /// <summary>One round: the known nodes, then the contact points, which are looked for anew, and whose names are resolved anew.</summary>
    private async Task<bool> TryEachAsync()
    {
        var errors = new Dictionary<EndPoint, Exception>();
        if (await TryAsync(_nodes(), errors).Inline())
        {
            return true;
        }

        try
        {
            if (!_disposed.IsCancellationRequested && await TryAsync(await _contacts.FindAsync(_disposed.Token).Inline(), errors).Inline())
            {
                return true;
            }
        }
        catch (ConnectionFailedException e)
        {
            errors[e.EndPoint] = e;
        }

        if (!_disposed.IsCancellationRequested)
        {
            var failure = new NoNodeAvailableException(errors);
            _events.ControlFailed(failure);
            Fail(EndWait(), failure);
        }

        return false;
    }

    /// <summary>Tries those that were not tried in this round.</summary>
    private async Task<bool> TryAsync(IEnumerable<EndPoint> targets, Dictionary<EndPoint, Exception> errors)
    {
        foreach (var target in targets.Where(target => !errors.ContainsKey(target)).Distinct().ToArray())
        {
            if (_disposed.IsCancellationRequested)
            {
                return false;
            }

            try
            {
                var connection = await _opener.OpenAsync(target, _version, keyspace: null, this, _disposed.Token, role: "control").Inline();
                await RegisterAsync(connection).Inline();
                if (Adopt(connection))
                {
                    return true;
                }
            }
            catch (Exception e)
            {
                errors[target] = e;
            }
        }

        return false;
    }

    private async Task RegisterAsync(CqlConnection connection)
    {
        try
        {
            using var response = await InternalRequest.SendAsync(
                connection, Opcode.Register, static (writer, _, types) => RegisterRequest.Write(writer, types), EventTypes, _after(_options.ConnectTimeout),
                "Registering for events").Inline();
            response.ThrowIfError();
        }
        catch (Exception e)
        {
            connection.Break(e);
            throw;
        }
    }

    private bool Adopt(CqlConnection connection)
    {
        lock (_gate)
        {
            // From here on its end begins another search; if it has ended already, the next node is tried.
            if (connection.BreakReason is not null)
            {
                return false;
            }

            _current = connection;
            _connectedAt = connection.OpenedAt = _options.TimeProvider.GetTimestamp();
            _looking = false;
        }

        if (connection.BreakReason is { } reason)
        {
            OnBroken(connection, reason);
            return true;
        }

        _events.ControlConnected(connection.EndPoint);
        Established();
        EndWait().TrySetResult(connection);
        return true;
    }

    private static void Fail(TaskCompletionSource<CqlConnection> waiting, Exception reason)
    {
        waiting.TrySetException(reason);
        // Most of the time nobody waits, and the failure has been told: it is not one that nobody has seen.
        _ = waiting.Task.Exception;
    }

    /// <summary>Those who wait for a connection until now; later ones wait anew.</summary>
    private TaskCompletionSource<CqlConnection> EndWait()
    {
        lock (_gate)
        {
            var waiting = _next;
            _next = new TaskCompletionSource<CqlConnection>();
            return waiting;
        }
    }

    private async Task WaitAsync(TimeSpan pause)
    {
        var kick = new TaskCompletionSource();
        Volatile.Write(ref _kick, kick);
        if (!_disposed.IsCancellationRequested)
        {
            await kick.Task.WaitAsync(pause, _options.TimeProvider).InlineEnd();
        }

        Volatile.Write(ref _kick, null);
    }
}
