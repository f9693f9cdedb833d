using Ilium.Diagnostics;
using Ilium.Embedded;
using Ilium.Extensions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Ilium.Docs.Tests.Snippets;

public sealed class HostingSnippets
{
    [Fact]
    public async Task A_worker_has_its_session_injected()
    {
        await using var node = await EmbeddedNode.StartAsync();
        string[] args = [$"--Cassandra:ContactPoints:0={node.ContactPoint}"];
        // snippet: hosting
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddCassandra(builder.Configuration.GetSection("Cassandra"));
        builder.Services.AddHealthChecks().AddCassandra();
        builder.Services.AddHostedService<Greeter>();

        using var host = builder.Build();
        await host.StartAsync();
        // end
        Assert.Equal("embedded", await host.Services.GetServices<IHostedService>().OfType<Greeter>().Single().Greeted.Task);
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, report.Status);
        await host.StopAsync();
    }

    // snippet: hosting-worker
    public sealed class Greeter(Session session) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            RowSet rows = await session.ExecuteAsync("SELECT cluster_name FROM system.local", cancellationToken: stoppingToken);
            Console.WriteLine($"Hello, {rows.First().Get<string>(0)}");
            //-
            Greeted.SetResult(rows.First().Get<string>(0)!);
        }
        //-

        //-
        public TaskCompletionSource<string> Greeted { get; } = new();
    }
    // end

    [Fact]
    public void Clusters_are_described_in_three_ways()
    {
        var services = new ServiceCollection();
        var configuration = new ConfigurationManager { ["ConnectionStrings:Cassandra"] = "Contact Points=node1.example", ["Cassandra:ContactPoints:0"] = "node2.example" };
        // snippet: hosting-describe
        // A connection string.
        services.AddCassandra(configuration.GetConnectionString("Cassandra")!);

        // A section of the configuration.
        services.AddCassandra(configuration.GetSection("Cassandra"));

        // Code, alone or after one of the others; with what the container has, where that is needed.
        services.AddCassandra(options => options with { ContactPoints = ["node1.example"], Consistency = ConsistencyLevel.LocalQuorum })
            .Configure((provider, options) => options with { ApplicationName = provider.GetRequiredService<IHostEnvironment>().ApplicationName });
        // end
        services.AddSingleton<IHostEnvironment>(new Microsoft.Extensions.Hosting.Internal.HostingEnvironment { ApplicationName = "docs" });
        using var provider = services.BuildServiceProvider();
        var cluster = provider.GetRequiredService<Cluster>();
        Assert.Equal(("docs", ConsistencyLevel.LocalQuorum), (cluster.Options.ApplicationName!, cluster.Options.Consistency));
        Assert.Equal([new ContactPoint("node1.example")], cluster.Options.ContactPoints);
    }

    [Fact]
    public async Task Sessions_and_clusters_have_keys()
    {
        await using var node = await EmbeddedNode.StartAsync();
        var services = new ServiceCollection();
        // snippet: hosting-keys
        services.AddCassandra("Contact Points=node1.example;Keyspace=shop")
            .AddSession("audit")
            .AddSession("reports", session => session.WithProfile(new ExecutionProfile { Timeout = TimeSpan.FromMinutes(1) }));
        services.AddKeyedCassandra("archive", "Contact Points=node2.example");
        services.AddSingleton<Orders>();
        // end
        await using var provider = services.BuildServiceProvider();
        var orders = provider.GetRequiredService<Orders>();
        Assert.Equal(["shop", "audit", "shop", null], orders.Keyspaces);
        Assert.Same(provider.GetRequiredKeyedService<Cluster>("archive"), orders.Archive.Cluster);
    }

    // snippet: hosting-keys-use
    public sealed class Orders(
        Session shop,
        [FromKeyedServices("audit")] Session audit,
        [FromKeyedServices("reports")] Session reports,
        [FromKeyedServices("archive")] Session archive)
    {
        public string?[] Keyspaces => [shop.Keyspace, audit.Keyspace, reports.Keyspace, archive.Keyspace];
        //-

        //-
        public Session Archive => archive;
    }
    // end

    [Fact]
    public async Task A_test_puts_its_own_node_in_the_place_of_the_applications_cluster()
    {
        var services = new ServiceCollection();
        services.AddCassandra("Contact Points=production.example;Page Size=100");
        // snippet: hosting-test
        await using var node = await EmbeddedNode.StartAsync();
        services.AddCassandra(options => node.Connect(options));
        // end
        await using var provider = services.BuildServiceProvider();
        var session = provider.GetRequiredService<Session>();
        Assert.Single(await session.ExecuteAsync("SELECT key FROM system.local"));
        Assert.Equal(100, session.Cluster.Options.PageSize);
    }

    [Fact]
    public async Task A_start_may_go_on_without_the_cluster()
    {
        await using var node = await EmbeddedNode.StartAsync();
        node.RefuseConnections();
        var services = Host.CreateApplicationBuilder();
        // snippet: hosting-warm-up
        services.Services.AddCassandra("Contact Points=node1.example")
            .WarmUp(WarmUpMode.Optional, TimeSpan.FromSeconds(5));
        // end
        services.Services.AddCassandra($"Contact Points={node.ContactPoint}").WarmUp(WarmUpMode.Optional, TimeSpan.FromMilliseconds(10));
        using var host = services.Build();
        await host.StartAsync();
        Assert.Equal("Ilium", Telemetry.Name);
    }
}
