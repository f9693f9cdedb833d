using System.Net;
using Ilium.Connection;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>A driver whose connections are in-memory streams to several scripted servers, the nodes of one cluster.</summary>
internal sealed class ScriptedRing : TransportFactory, IAsyncDisposable
{
    internal const string Write = "INSERT INTO t (k) VALUES (?)";

    private readonly Lock _lock = new();
    private readonly List<(int Node, ServerRequest Request)> _asked = [];
    private readonly Queue<Action<ServerRequest>> _answers = new();
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ScriptedRing(int nodes, ClusterOptions? options = null)
    {
        var all = Enumerable.Range(1, nodes)
            .Select(i => new ServerNode(new IPEndPoint(IPAddress.Parse($"127.0.0.{i}"), 9042)) { HostId = new Guid(i, 0, 0, new byte[8]), Tokens = [$"{i}"] }).ToArray();
        Servers = [.. all.Select(node => new ScriptedServer(new ScriptedServerOptions { Local = node }) { Peers = [.. all.Except([node])] })];
        for (var i = 0; i < nodes; i++)
        {
            var node = i;
            Servers[i].Define(ScriptedCluster.ByKey, new ServerStatement { Bind = ScriptedCluster.Key, Result = ScriptedCluster.Value });
            Servers[i].Define(Write, new ServerStatement { Bind = ScriptedCluster.Key });
            Servers[i].On(IsUsers, request => Answer(node, request));
        }

        Cluster = new Cluster((options ?? new ClusterOptions()) with { ContactPoints = ["127.0.0.1"], TransportFactory = this });
    }

    internal IReadOnlyList<ScriptedServer> Servers { get; }

    internal Cluster Cluster { get; }

    /// <summary>The node of each of the user's requests, from 0, in the order of arrival.</summary>
    internal IReadOnlyList<int> Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked.Select(asked => asked.Node)];
            }
        }
    }

    internal IReadOnlyList<ServerRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked.Select(asked => asked.Request)];
            }
        }
    }

    /// <summary>How the user's next requests are answered, whichever node they come to; those after them get what they ask for.</summary>
    internal void Answers(params IEnumerable<Action<ServerRequest>> answers)
    {
        lock (_lock)
        {
            foreach (var answer in answers)
            {
                _answers.Enqueue(answer);
            }
        }
    }

    internal static Action<ServerRequest> Error(int code, Action<WireWriter>? rest = null)
    {
        var writer = new WireWriter();
        rest?.Invoke(writer);
        return request => request.Error(code, "why", writer.ToArray());
    }

    /// <summary>Connected to every node, with both statements prepared everywhere.</summary>
    internal async Task<(Session Session, PreparedStatement Read, PreparedStatement Write)> ConnectAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var session = await Cluster.ConnectAsync(token);
        await Task.WhenAll(Cluster.Runtime.Pools.Select(pool => pool.GetAsync())).WaitAsync(token);
        // Statements prepared before the control connection is there are asked about again.
        await ScriptedCluster.SettleAsync(Cluster);
        var read = await session.PrepareAsync(ScriptedCluster.ByKey, token);
        var write = await session.PrepareAsync(Write, token);
        foreach (var statement in new[] { read, write })
        {
            // Whichever node is asked next.
            while (Servers.Any(server => !server.Requests.Any(request => request.Is(WireOpcode.Prepare) && request.Cql == statement.Cql)))
            {
                await session.ExecuteAsync(statement.Bind(0), cancellationToken: token);
            }
        }

        lock (_lock)
        {
            _asked.Clear();
        }

        return (session, read, write);
    }

    /// <summary>The user's request of a number, from 0, now or when it comes.</summary>
    internal async Task<ServerRequest> AskedAsync(int number)
    {
        while (true)
        {
            Task added;
            lock (_lock)
            {
                if (_asked.Count > number)
                {
                    return _asked[number].Request;
                }

                added = _added.Task;
            }

            await added.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Requests that were given up and not answered.</summary>
    internal int Orphans => Cluster.Runtime.Connections.Sum(connection => connection.Orphans);

    /// <summary>The node at an address.</summary>
    internal static EndPoint NodeAt(int node) => new IPEndPoint(IPAddress.Parse($"127.0.0.{node + 1}"), 9042);

    internal override Transport Connect(EndPoint target, ClusterOptions options, CancellationToken cancellationToken) =>
        new StreamTransport(Servers[((IPEndPoint)target).Address.GetAddressBytes()[3] - 1].Connect());

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        foreach (var server in Servers)
        {
            await server.DisposeAsync();
            server.ThrowIfViolated();
        }
    }

    private static bool IsUsers(ServerRequest request) => request.Is(WireOpcode.Batch) || (request.Cql is ScriptedCluster.ByKey or Write && request.Is(WireOpcode.Execute));

    private void Answer(int node, ServerRequest request)
    {
        Action<ServerRequest>? answer;
        TaskCompletionSource added;
        lock (_lock)
        {
            _asked.Add((node, request));
            _answers.TryDequeue(out answer);
            added = _added;
            _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        added.SetResult();

        answer ??= request.Cql == ScriptedCluster.ByKey ? ScriptedCluster.Echo : static r => r.Void();
        answer(request);
    }
}
