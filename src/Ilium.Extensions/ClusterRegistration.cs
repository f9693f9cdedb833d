using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ilium.Extensions;

/// <summary>A cluster that was added to a container: one for each key, however often it was added.</summary>
/// <param name="key">The key of its services; null for those without.</param>
internal sealed class ClusterRegistration(object? key)
{
    internal object? Key => key;

    /// <summary>The name of its <see cref="CassandraOptions"/>.</summary>
    internal string OptionsName { get; } = key is null ? Options.DefaultName : key as string ?? key.ToString() ?? "";

    /// <summary>What it is called in messages.</summary>
    internal string Described { get; } = key is null ? "the cluster" : $"cluster '{key}'";

    /// <summary>The keys of the sessions that are views of it.</summary>
    internal HashSet<object> SessionKeys { get; } = [];

    internal CassandraOptions OptionsIn(IServiceProvider services) => services.GetRequiredService<IOptionsMonitor<CassandraOptions>>().Get(OptionsName);

    internal Cluster ClusterIn(IServiceProvider services) =>
        key is null ? services.GetRequiredService<Cluster>() : services.GetRequiredKeyedService<Cluster>(key);

    /// <summary>Makes the cluster, with what the container has for it.</summary>
    internal Cluster Create(IServiceProvider services)
    {
        var options = OptionsIn(services).Cluster;
        return new Cluster(options with
        {
            LoggerFactory = options.LoggerFactory ?? services.GetService<ILoggerFactory>(),
            MeterFactory = options.MeterFactory ?? services.GetService<IMeterFactory>(),
            TimeProvider = ReferenceEquals(options.TimeProvider, TimeProvider.System) ? services.GetService<TimeProvider>() ?? TimeProvider.System : options.TimeProvider,
            ApplicationName = options.ApplicationName ?? NonEmpty(services.GetService<IHostEnvironment>()?.ApplicationName),
        });
    }

    /// <summary>A fault, with the cluster that it is in.</summary>
    internal string Name(string fault) => key is null ? fault : $"Cluster '{key}': {fault}";

    private static string? NonEmpty(string? name) => string.IsNullOrWhiteSpace(name) ? null : name;
}
