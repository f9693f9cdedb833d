using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Ilium.IntegrationTests.Sessions;

[Collection(PlainRingCollection.Name)]
public sealed class HostingTests(PlainRing ring)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, EachVersion(From = ProtocolVersion.V4)]
    public async Task A_host_connects_serves_is_healthy_and_leaves_no_connection_behind(ProtocolVersion version)
    {
        var contactPoint = (await ring.StartedAsync()).ContactPoints[0];
        var name = $"hosting-{Guid.NewGuid():N}";
        await using var watcher = new Cluster($"{contactPoint}");
        var watch = await watcher.ConnectAsync(Token);

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = name });
        builder.Services.AddCassandra($"Contact Points={contactPoint};Keyspace=system;Protocol Version={(int)version}").AddSession("system_schema");
        builder.Services.AddHealthChecks().AddCassandra();
        using (var host = builder.Build())
        {
            await host.StartAsync(Token);
            Assert.Equal(version, host.Services.GetRequiredService<Cluster>().ProtocolVersion);
            Assert.NotEqual(0, await ConnectionsAsync());
            Assert.Single(await host.Services.GetRequiredService<Session>().ExecuteAsync("SELECT key FROM local", cancellationToken: Token));
            Assert.NotEmpty(await host.Services.GetRequiredKeyedService<Session>("system_schema").ExecuteAsync("SELECT keyspace_name FROM keyspaces", cancellationToken: Token));
            var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
            Assert.Equal((HealthStatus.Healthy, "1 of 1 nodes are up."), (report.Status, report.Entries["cassandra"].Description));
            await host.StopAsync(Token);
        }

        while (await ConnectionsAsync() > 0)
        {
            Token.ThrowIfCancellationRequested();
        }

        async Task<int> ConnectionsAsync()
        {
            var clients = await watch.ExecuteAsync("SELECT client_options FROM system_views.clients", cancellationToken: Token);
            return clients.Count(row => row.Get<Dictionary<string, string>>(0)?.GetValueOrDefault("APPLICATION_NAME") == name);
        }
    }
}
