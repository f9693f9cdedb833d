using System.Diagnostics.Metrics;
using Ilium.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ilium.Extensions.Tests;

public sealed class RegistrationTests
{
    private static readonly ServiceProviderOptions Strict = new() { ValidateOnBuild = true, ValidateScopes = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cluster_is_one_and_sessions_are_many_so_that_a_use_statement_moves_nobody_else()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        var services = new ServiceCollection();
        services.AddCassandra(options => node.Connect(options with { Keyspace = "system" })).AddSession("system_schema");
        await using var provider = services.BuildServiceProvider(Strict);

        var first = provider.GetRequiredService<Session>();
        await using var scope = provider.CreateAsyncScope();
        var second = scope.ServiceProvider.GetRequiredService<Session>();
        var tables = scope.ServiceProvider.GetRequiredKeyedService<Session>("system_schema");
        Assert.Same(provider.GetRequiredService<Cluster>(), first.Cluster);
        Assert.Same(first.Cluster, second.Cluster);
        Assert.Same(first.Cluster, tables.Cluster);
        Assert.Equal("system_schema", tables.Keyspace);

        await first.ExecuteAsync("USE system_schema", cancellationToken: Token);
        Assert.Equal("system_schema", first.Keyspace);
        Assert.Equal("system", second.Keyspace);
        Assert.Equal("system", provider.GetRequiredService<Session>().Keyspace);
    }

    [Fact]
    public async Task A_session_that_a_singleton_took_before_anybody_has_connected_connects_with_its_first_request()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        var services = new ServiceCollection();
        services.AddCassandra(node.Connect);
        services.AddSingleton<Keeper>();
        await using var provider = services.BuildServiceProvider(Strict);

        var keeper = provider.GetRequiredService<Keeper>();
        Assert.Throws<InvalidOperationException>(() => keeper.Session.Cluster.Name);
        using var rows = await keeper.Session.ExecuteAsync("SELECT key FROM system.local", cancellationToken: Token);
        Assert.Equal("local", rows.First().Get<string>(0));
        Assert.Equal("embedded", keeper.Session.Cluster.Name);
    }

    [Fact]
    public async Task What_two_calls_say_is_about_one_cluster_in_their_order()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        var services = new ServiceCollection();
        services.AddCassandra("Contact Points=nowhere.invalid;Page Size=7;Application Name=first");
        services.AddCassandra(node.Connect).Configure(options => options with { ApplicationName = options.ApplicationName + " and second" });
        await using var provider = services.BuildServiceProvider(Strict);

        var cluster = Assert.Single(provider.GetServices<Cluster>());
        Assert.Equal(7, cluster.Options.PageSize);
        Assert.Equal("first and second", cluster.Options.ApplicationName);
        Assert.Single(provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>());
        await cluster.ConnectAsync(Token);
    }

    [Fact]
    public void A_connection_string_replaces_what_was_said_before_it()
    {
        var services = new ServiceCollection();
        services.AddCassandra(options => options with { ContactPoints = ["a"], LocalDatacenter = "dc9" });
        services.AddCassandra("Contact Points=b");
        using var provider = services.BuildServiceProvider(Strict);
        var options = provider.GetRequiredService<Cluster>().Options;
        Assert.Null(options.LocalDatacenter);
        Assert.Equal([new ContactPoint("b")], options.ContactPoints);
    }

    [Fact]
    public async Task Clusters_with_keys_are_apart_from_each_other_and_from_the_one_without()
    {
        var services = new ServiceCollection();
        services.AddCassandra("Contact Points=a");
        services.AddKeyedCassandra("east", "Contact Points=b").AddSession("audit");
        services.AddKeyedCassandra(DayOfWeek.Monday, options => options with { ContactPoints = ["c"] });
        await using var provider = services.BuildServiceProvider(Strict);

        var plain = provider.GetRequiredService<Cluster>();
        var east = provider.GetRequiredKeyedService<Cluster>("east");
        var monday = provider.GetRequiredKeyedService<Cluster>(DayOfWeek.Monday);
        Assert.Equal(["a", "b", "c"], new[] { plain, east, monday }.Select(cluster => cluster.Options.ContactPoints[0].ToString()));
        Assert.Same(plain, provider.GetRequiredService<Session>().Cluster);
        Assert.Same(east, provider.GetRequiredKeyedService<Session>("east").Cluster);
        Assert.Same(east, provider.GetRequiredKeyedService<Session>("audit").Cluster);
        Assert.Same(monday, provider.GetRequiredKeyedService<Session>(DayOfWeek.Monday).Cluster);
    }

    [Fact]
    public void Keys_that_would_be_mistaken_for_each_other_are_refused()
    {
        var services = new ServiceCollection();
        services.AddCassandra("Contact Points=a").AddSession("audit");
        services.AddKeyedCassandra("1", "Contact Points=b");
        Assert.StartsWith("Another key is '1' too, as text", Assert.Throws<ArgumentException>(() => services.AddKeyedCassandra(1, "Contact Points=c")).Message, StringComparison.Ordinal);
        Assert.StartsWith("A session with the key 'audit' was added for the cluster:", Assert.Throws<ArgumentException>(() => services.AddKeyedCassandra("audit", "Contact Points=c")).Message, StringComparison.Ordinal);
        Assert.StartsWith("A session with the key 'audit' was added for the cluster:", Assert.Throws<ArgumentException>(() => services.AddKeyedCassandra("1", "Contact Points=b").AddSession("audit")).Message, StringComparison.Ordinal);
        Assert.StartsWith("A session with the key '1' was added for cluster '1':", Assert.Throws<ArgumentException>(() => services.AddCassandra("Contact Points=a").AddSession("1")).Message, StringComparison.Ordinal);
        Assert.StartsWith("The key is empty", Assert.Throws<ArgumentException>(() => services.AddKeyedCassandra("", "Contact Points=c")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_container_gives_logger_and_clock_and_closes_the_cluster_however_it_is_disposed()
    {
        foreach (var synchronously in new[] { true, false })
        {
            await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
            var log = new RecordingLog();
            var clock = new OtherClock();
            var services = new ServiceCollection();
            services.AddSingleton<ILoggerFactory>(log).AddSingleton<TimeProvider>(clock);
            services.AddCassandra($"Contact Points={node.ContactPoint}");
            var provider = services.BuildServiceProvider(Strict);
            var session = provider.GetRequiredService<Session>();
            await session.ExecuteAsync("SELECT key FROM system.local", cancellationToken: Token);
            Assert.Same(clock, session.Cluster.Options.TimeProvider);
            Assert.Single(log.Of(100));
            Assert.NotEqual(0, node.ConnectionCount);

            if (synchronously)
            {
                provider.Dispose();
            }
            else
            {
                await provider.DisposeAsync();
            }

            await Assert.ThrowsAsync<ObjectDisposedException>(() => session.ExecuteAsync("SELECT key FROM system.local", cancellationToken: Token).AsTask());
            while (node.ConnectionCount > 0)
            {
                Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task The_containers_meters_measure_its_clusters_and_no_others()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Token);
        await using var first = Build();
        await using var second = Build();
        var measured = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter is { Name: "Ilium", Scope: { } scope } && scope == first.GetRequiredService<IMeterFactory>())
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => measured.Enqueue(instrument.Name));
        listener.Start();
        await second.GetRequiredService<Session>().ExecuteAsync("SELECT key FROM system.local", cancellationToken: Token);
        Assert.Empty(measured);
        await first.GetRequiredService<Session>().ExecuteAsync("SELECT key FROM system.local", cancellationToken: Token);
        Assert.Equal("db.client.operation.duration", Assert.Single(measured));

        ServiceProvider Build()
        {
            var services = new ServiceCollection();
            services.AddMetrics();
            services.AddCassandra(node.Connect);
            return services.BuildServiceProvider(Strict);
        }
    }

    [Fact]
    public void What_the_options_name_themselves_comes_before_what_the_container_has()
    {
        var (log, clock) = (new RecordingLog(), new OtherClock());
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(new RecordingLog()).AddSingleton<TimeProvider>(new OtherClock());
        services.AddSingleton("of the container");
        services.AddCassandra((provider, options) => options with
        {
            ContactPoints = ["a"],
            LoggerFactory = log,
            TimeProvider = clock,
            ApplicationName = provider.GetRequiredService<string>(),
        });
        using var provider = services.BuildServiceProvider(Strict);
        var options = provider.GetRequiredService<Cluster>().Options;
        Assert.Same(log, options.LoggerFactory);
        Assert.Same(clock, options.TimeProvider);
        Assert.Equal("of the container", options.ApplicationName);
    }

    [Fact]
    public void Faulty_options_are_told_by_whatever_needs_them_first_with_the_clusters_key()
    {
        var services = new ServiceCollection();
        services.AddKeyedCassandra("east", options => options with { PageSize = -1 }).WarmUp((WarmUpMode)9, TimeSpan.Zero);
        using var provider = services.BuildServiceProvider(Strict);
        var thrown = Assert.Throws<InvalidOptionsException>(() => provider.GetRequiredKeyedService<Session>("east"));
        Assert.Equal(4, thrown.Faults.Count);
        Assert.All(thrown.Faults, fault => Assert.StartsWith("Cluster 'east': ", fault, StringComparison.Ordinal));
        Assert.Contains("Cluster 'east': WarmUp is 9, which is none of Required, Optional, None.", thrown.Faults);
        Assert.Contains("Cluster 'east': WarmUpTimeout is 00:00:00: it is above zero and at most 24 days; Timeout.InfiniteTimeSpan leaves it to the host.", thrown.Faults);

        // Options of that type under another name are nobody's business here.
        services.Configure<CassandraOptions>("other", options => options.WarmUpTimeout = TimeSpan.Zero);
        using var another = services.BuildServiceProvider(Strict);
        Assert.Equal(TimeSpan.Zero, another.GetRequiredService<IOptionsMonitor<CassandraOptions>>().Get("other").WarmUpTimeout);
    }

    private sealed class Keeper(Session session)
    {
        public Session Session => session;
    }

    private sealed class OtherClock : TimeProvider;
}
