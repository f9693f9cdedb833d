using Ilium.TestKit;

namespace Ilium.Docs.Tests;

/// <summary>What docs/prepared.md promises, against a scripted server.</summary>
public sealed class PreparedPageTests : IAsyncLifetime
{
    private static readonly ServerStatement Insert = new() { Bind = [new("k", TypeBytes.Int)], PartitionKey = [0] };

    private readonly ScriptedServer _server = new();
    private ScriptedListener _listener = null!;
    private Cluster _cluster = null!;
    private Session _session = null!;

    public async ValueTask InitializeAsync()
    {
        _server.Define("INSERT a", Insert);
        _server.Define("INSERT b", Insert);
        _listener = new ScriptedListener(_server);
        _cluster = new Cluster(_listener.EndPoint);
        _session = await _cluster.ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _listener.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_forgotten_statement_is_prepared_again_and_once_for_all_that_find_out()
    {
        var insert = await _session.PrepareAsync("INSERT a");
        _server.ForgetPrepared();
        var gate = new TaskCompletionSource();
        _server.On(request => request.Is(WireOpcode.Prepare), request => request.ReplyWhen(gate.Task, _server.AnswerByDefault));
        var executions = Enumerable.Range(0, 50).Select(i => _session.ExecuteAsync(insert.Bind(i)).AsTask()).ToArray();
        await _server.WaitForAsync(request => request.Is(WireOpcode.Execute), 50, TestContext.Current.CancellationToken);
        gate.SetResult();
        await Task.WhenAll(executions);
        Assert.Equal(2, _server.Requests.Count(request => request.Is(WireOpcode.Prepare)));
    }

    [Fact]
    public async Task A_forgotten_statement_inside_a_batch_is_prepared_again_and_the_batch_sent_again()
    {
        var (a, b) = (await _session.PrepareAsync("INSERT a"), await _session.PrepareAsync("INSERT b"));
        _server.ForgetPrepared();
        await _session.ExecuteAsync(new BatchStatement { a.Bind(1), b.Bind(2) });
        Assert.Equal(4, _server.Requests.Count(request => request.Is(WireOpcode.Prepare)));
    }

    [Fact]
    public async Task A_statement_that_gets_another_id_goes_on_with_that()
    {
        var insert = await _session.PrepareAsync("INSERT a");
        var bound = insert.Bind(1);
        _server.ForgetPrepared();
        byte[] other = [1, 2, 3, 4];
        _server.Once(request => request.Is(WireOpcode.Prepare), request => request.Prepared(other, Insert));
        _server.On(request => request.Is(WireOpcode.Execute) && request.Body.AsSpan(2).StartsWith(other), request => request.Void());
        await _session.ExecuteAsync(bound);
        await _session.ExecuteAsync(insert.Bind(2));
        Assert.Equal(3, _server.Requests.Count(request => request.Is(WireOpcode.Execute)));
    }

    [Fact]
    public async Task A_node_that_forgets_for_ever_is_sent_the_text_after_three_repairs()
    {
        var insert = await _session.PrepareAsync("INSERT a");
        _server.On(request => request.Is(WireOpcode.Execute), request => request.Unprepared(request.Body[2..(2 + request.Body[1])]));
        _server.On(request => request.Is(WireOpcode.Query) && request.Cql == "INSERT a", request => request.Void());
        await _session.ExecuteAsync(insert.Bind(1));
        Assert.Equal(1 + 3, _server.Requests.Count(request => request.Is(WireOpcode.Prepare)));
        Assert.Single(_server.Requests, request => request.Is(WireOpcode.Query) && request.Cql == "INSERT a");

        _server.On(request => request.Is(WireOpcode.Query) && request.Cql == "INSERT a", request => request.Unprepared([1]));
        await Assert.ThrowsAsync<UnpreparedException>(() => _session.ExecuteAsync(insert.Bind(1)).AsTask());
    }
}
