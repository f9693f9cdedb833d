using Ilium.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Ilium.Extensions.Tests;

public sealed class HealthCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_whose_nodes_are_up_is_healthy_and_checks_open_nothing_of_their_own()
    {
        await using var nodes = await EmbeddedCluster.StartAsync(2, Token);
        await using var provider = Build(nodes.Connect);
        var cluster = provider.GetRequiredService<Cluster>();
        await cluster.WarmUpAsync(Token);
        while (cluster.ControlNode is null)
        {
            // That connection is in no pool, and nobody waits for it.
            await Task.Delay(10, Token);
        }

        var connections = nodes.Nodes.Sum(node => node.ConnectionCount);
        Assert.Equal(3, connections);
        for (var i = 0; i < 100; i++)
        {
            var entry = await CheckAsync(provider);
            Assert.Equal(HealthStatus.Healthy, entry.Status);
            Assert.Equal("2 of 2 nodes are up.", entry.Description);
            Assert.Equal(3, entry.Data.Count);
            Assert.Equal("embedded", entry.Data["cluster"]);
            Assert.All(nodes.Nodes, node => Assert.Equal("Up", entry.Data[$"{node.EndPoint} (dc1, rack1)"]));
        }

        Assert.Equal(connections, nodes.Nodes.Sum(node => node.ConnectionCount));
    }

    [Fact]
    public async Task The_first_check_connects_where_nobody_has()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var provider = Build(node.Connect);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(provider)).Status);
    }

    [Fact]
    public async Task With_some_nodes_down_it_is_degraded_and_with_all_of_them_unhealthy_and_it_recovers()
    {
        await using var nodes = await EmbeddedCluster.StartAsync(2, Token);
        await using var provider = Build(options => nodes.Connect(options with { ReconnectBaseDelay = TimeSpan.FromMilliseconds(20), ReconnectMaxDelay = TimeSpan.FromMilliseconds(20) }));
        await provider.GetRequiredService<Cluster>().WarmUpAsync(Token);

        nodes.Nodes[1].RefuseConnections();
        var degraded = await UntilAsync(provider, HealthStatus.Degraded);
        Assert.Equal($"1 of 2 nodes are up; down: {nodes.Nodes[1].EndPoint} (dc1, rack1).", degraded.Description);
        Assert.Equal("Down", degraded.Data[$"{nodes.Nodes[1].EndPoint} (dc1, rack1)"]);
        Assert.Equal("Up", degraded.Data[$"{nodes.Nodes[0].EndPoint} (dc1, rack1)"]);

        nodes.Nodes[0].RefuseConnections();
        var unhealthy = await UntilAsync(provider, HealthStatus.Unhealthy);
        Assert.Equal("No node answers.", unhealthy.Description);
        Assert.IsAssignableFrom<CassandraException>(unhealthy.Exception);
        Assert.Equal(3, unhealthy.Data.Count);

        nodes.Nodes[0].AcceptConnections();
        nodes.Nodes[1].AcceptConnections();
        await UntilAsync(provider, HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_cluster_that_was_never_reached_is_unhealthy_and_failure_status_says_what_to_call_that()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        node.RefuseConnections();
        var entry = await CheckAsync(Build(node.Connect));
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("The cluster could not be connected to.", entry.Description);
        Assert.IsType<NoNodeAvailableException>(entry.Exception);
        Assert.Empty(entry.Data);

        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(Build(node.Connect, HealthStatus.Degraded))).Status);
    }

    [Fact]
    public async Task Options_that_can_not_be_are_unhealthy()
    {
        var entry = await CheckAsync(Build(options => options with { PageSize = -1 }));
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.IsType<InvalidOptionsException>(entry.Exception);
    }

    [Fact]
    public async Task A_node_that_stands_still_among_others_does_not_look_like_a_cluster_that_does()
    {
        await using var nodes = await EmbeddedCluster.StartAsync(2, Token);
        await using var provider = Build(nodes.Connect, timeout: TimeSpan.FromSeconds(20));
        await provider.GetRequiredService<Cluster>().WarmUpAsync(Token);
        nodes.Nodes[0].Pause();
        for (var i = 0; i < 4; i++)
        {
            Assert.NotEqual(HealthStatus.Unhealthy, (await CheckAsync(provider)).Status);
        }
    }

    [Fact]
    public async Task A_cluster_that_stands_still_is_unhealthy_by_the_checks_own_deadline()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var provider = Build(options => node.Connect(options with { RequestTimeout = Timeout.InfiniteTimeSpan, StallInterval = TimeSpan.Zero }), timeout: TimeSpan.FromMilliseconds(300));
        var cluster = provider.GetRequiredService<Cluster>();
        await cluster.WarmUpAsync(Token);
        node.Pause();
        var entry = await CheckAsync(provider);
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal(TimeSpan.FromMilliseconds(300), Assert.IsType<OperationTimedOutException>(entry.Exception).Timeout);
        Assert.All(cluster.Metadata.Nodes, one => Assert.InRange(one.OpenConnections, 1, 8));
    }

    [Fact]
    public async Task A_cluster_that_refuses_for_now_is_degraded()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var provider = Build(node.Connect);
        await provider.GetRequiredService<Cluster>().WarmUpAsync(Token);
        using var fault = node.Faults.Add(Fault.Overloaded() with { Statement = "system.local" });
        var entry = await CheckAsync(provider);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal("The cluster refuses requests for now.", entry.Description);
        Assert.IsType<OverloadedException>(entry.Exception);
    }

    [Fact]
    public async Task A_check_that_is_cancelled_says_so()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var provider = Build(node.Connect, timeout: TimeSpan.FromHours(1));
        await provider.GetRequiredService<Cluster>().WarmUpAsync(Token);
        node.Pause();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var check = provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
    }

    [Fact]
    public async Task Each_cluster_has_a_check_with_its_key_in_the_name()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(new RecordingLog()).AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddCassandra(node.Connect);
        services.AddKeyedCassandra("east", node.Connect);
        services.AddHealthChecks().AddCassandra().AddCassandra("east", tags: ["ready"]).AddCassandra("east", name: "again");
        await using var provider = services.BuildServiceProvider();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        Assert.Equal(["again", "cassandra", "cassandra_east"], report.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["ready"], report.Entries["cassandra_east"].Tags);
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Throws<ArgumentOutOfRangeException>(() => services.AddHealthChecks().AddCassandra(timeout: TimeSpan.Zero));
    }

    private static ServiceProvider Build(Func<ClusterOptions, ClusterOptions> configure, HealthStatus? failureStatus = null, TimeSpan? timeout = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(new RecordingLog()).AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddCassandra(configure);
        services.AddHealthChecks().AddCassandra(failureStatus: failureStatus, timeout: timeout ?? TimeSpan.FromSeconds(30));
        return services.BuildServiceProvider();
    }

    private static async Task<HealthReportEntry> CheckAsync(ServiceProvider provider) =>
        (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Entries["cassandra"];

    private static async Task<HealthReportEntry> UntilAsync(ServiceProvider provider, HealthStatus status)
    {
        while (true)
        {
            var entry = await CheckAsync(provider);
            if (entry.Status == status && (status != HealthStatus.Unhealthy || entry.Description == "No node answers."))
            {
                return entry;
            }

            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
