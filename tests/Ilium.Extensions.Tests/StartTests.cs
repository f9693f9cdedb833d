using Ilium.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ilium.Extensions.Tests;

public sealed class StartTests
{
    private readonly RecordingLog _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_application_starts_when_every_node_of_every_cluster_is_connected_to()
    {
        await using var nodes = await EmbeddedCluster.StartAsync(3, Token);
        await using var other = await EmbeddedNode.StartAsync(cancellationToken: Token);
        using var host = Build(services =>
        {
            services.AddCassandra(nodes.Connect);
            services.AddKeyedCassandra("other", other.Connect);
            services.AddHostedService<Worker>();
        });
        await host.StartAsync(Token);
        var metadata = host.Services.GetRequiredService<Cluster>().Metadata;
        Assert.Equal([NodeState.Up, NodeState.Up, NodeState.Up], metadata.Nodes.Select(node => node.State));
        Assert.Equal("embedded", host.Services.GetRequiredKeyedService<Cluster>("other").Name);
        Assert.True(Worker.Of(host).FoundConnected);
        Assert.Equal(2, _log.Of(400).Count);
        Assert.Equal("tests", host.Services.GetRequiredService<Cluster>().Options.ApplicationName);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Faulty_options_fail_the_start_with_the_drivers_exception_before_anything_starts()
    {
        using var host = Build(services =>
        {
            services.AddHostedService<Worker>();
            services.AddCassandra(options => options with { PageSize = -1 }).WarmUp(WarmUpMode.None);
        });
        var thrown = await Assert.ThrowsAsync<InvalidOptionsException>(() => host.StartAsync(Token));
        Assert.Equal(2, thrown.Faults.Count);
        Assert.Equal(0, Worker.Started(host));
    }

    [Fact]
    public async Task A_cluster_that_can_not_be_reached_fails_the_start_with_each_nodes_reason()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        node.RefuseConnections();
        using var host = Build(services =>
        {
            services.AddHostedService<Worker>();
            services.AddCassandra($"Contact Points={node.ContactPoint}").WarmUp(WarmUpMode.Required, TimeSpan.FromMilliseconds(700));
        });
        var thrown = await Assert.ThrowsAsync<NoNodeAvailableException>(() => host.StartAsync(Token));
        Assert.Equal([node.EndPoint], thrown.Errors.Keys);
        Assert.NotEmpty(_log.Of(401));
        Assert.Equal(0, Worker.Started(host));
    }

    [Fact]
    public async Task A_cluster_that_starts_too_is_waited_for()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        node.RefuseConnections();
        using var host = Build(services => services.AddCassandra($"Contact Points={node.ContactPoint}").WarmUp(WarmUpMode.Required, Timeout.InfiniteTimeSpan));
        var start = host.StartAsync(Token);
        await UntilAsync(() => _log.Of(401).Count > 0);
        node.AcceptConnections();
        await start;
        Assert.Equal("embedded", host.Services.GetRequiredService<Cluster>().Name);
    }

    [Fact]
    public async Task Where_it_is_optional_the_application_starts_without_and_requests_connect_later()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        node.RefuseConnections();
        using var host = Build(services => services.AddCassandra($"Contact Points={node.ContactPoint}").WarmUp(WarmUpMode.Optional, TimeSpan.FromMilliseconds(100)));
        await host.StartAsync(Token);
        Assert.Single(_log.Of(402));
        var session = host.Services.GetRequiredService<Session>();
        await Assert.ThrowsAsync<NoNodeAvailableException>(() => session.ExecuteAsync("SELECT key FROM system.local", cancellationToken: Token).AsTask());
        node.AcceptConnections();
        using var rows = await session.ExecuteAsync("SELECT key FROM system.local", cancellationToken: Token);
        Assert.Single(rows);
    }

    [Fact]
    public async Task Where_there_is_none_nothing_is_connected_to()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        using var host = Build(services => services.AddCassandra($"Contact Points={node.ContactPoint}").WarmUp(WarmUpMode.None));
        await host.StartAsync(Token);
        Assert.Equal(0, node.ConnectionCount);
        await host.StopAsync(Token);
        Assert.Equal(0, node.ConnectionCount);
    }

    [Fact]
    public async Task Wrong_credentials_fail_the_start_at_once()
    {
        await using var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { RequireLogin = true }, Token);
        using var host = Build(services => services.AddCassandra($"Contact Points={node.ContactPoint};Username=x;Password=y").WarmUp(WarmUpMode.Required, Timeout.InfiniteTimeSpan));
        await Assert.ThrowsAsync<AuthenticationFailedException>(() => host.StartAsync(Token));
        Assert.Empty(_log.Of(401));
    }

    [Fact]
    public async Task A_node_that_stands_still_ends_the_wait_with_the_bound()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        node.Pause();
        using var host = Build(services => services.AddCassandra($"Contact Points={node.ContactPoint};Connect Timeout=1h").WarmUp(WarmUpMode.Required, TimeSpan.FromMilliseconds(100)));
        var thrown = await Assert.ThrowsAsync<TimeoutException>(() => host.StartAsync(Token));
        Assert.Equal(
            "Within 00:00:00.1000000, which is CassandraOptions.WarmUpTimeout, the cluster could not be connected to. WarmUpMode.Optional starts without.", thrown.Message);
    }

    [Fact]
    public async Task Nodes_that_are_missing_do_not_hold_up_the_start_once_the_cluster_is_connected_to()
    {
        await using var nodes = await EmbeddedCluster.StartAsync(2, Token);
        nodes.Nodes[1].Pause();
        using var host = Build(services => services
            .AddCassandra($"Contact Points={nodes.Nodes[0].ContactPoint};Connect Timeout=1h").WarmUp(WarmUpMode.Required, TimeSpan.FromSeconds(2)));
        await host.StartAsync(Token);
        Assert.Single(_log.Of(404));
        Assert.Single(_log.Of(400));
    }

    [Fact]
    public async Task An_application_that_is_stopped_while_it_connects_ends_and_leaves_nothing_open()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        node.Pause();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var host = Build(services => services.AddCassandra($"Contact Points={node.ContactPoint};Connect Timeout=1h").WarmUp(WarmUpMode.Required, Timeout.InfiniteTimeSpan));
        var start = host.StartAsync(stop.Token);
        await UntilAsync(() => node.ConnectionCount > 0);
        Assert.False(start.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        host.Dispose();
        node.Resume();
        await UntilAsync(() => node.ConnectionCount == 0);
    }

    private IHost Build(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Services.AddSingleton<ILoggerFactory>(_log);
        builder.Services.AddSingleton<WorkerState>();
        configure(builder.Services);
        return builder.Build();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class WorkerState
    {
        public int Started { get; set; }

        public bool FoundConnected { get; set; }
    }

    private sealed class Worker(WorkerState state, Session session) : IHostedService
    {
        public static int Started(IHost host) => Of(host).Started;

        public static WorkerState Of(IHost host) => host.Services.GetRequiredService<WorkerState>();

        public Task StartAsync(CancellationToken cancellationToken)
        {
            state.Started++;
            state.FoundConnected = session.Cluster.Metadata.Nodes.Count > 0;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
