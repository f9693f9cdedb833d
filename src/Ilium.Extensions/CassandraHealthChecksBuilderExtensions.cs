using Ilium.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks of clusters.</summary>
public static class CassandraHealthChecksBuilderExtensions
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Adds a check of a cluster in the container: asks one of its nodes for a row of its own. Healthy when it answers and no node is down; degraded when some nodes are down,
    /// or the cluster refuses for now; unhealthy when none answers. The check's data has the state of each node. It opens nothing of its own.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="serviceKey">The key of the cluster; null for the one without.</param>
    /// <param name="name">The name of the check; null for <c>cassandra</c>, with the key behind it where there is one.</param>
    /// <param name="failureStatus">What to report instead of unhealthy; null for that.</param>
    /// <param name="tags">For those who choose checks by tag.</param>
    /// <param name="timeout">How long the answer may take; null for 2 s.</param>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is not above zero.</exception>
    public static IHealthChecksBuilder AddCassandra(
        this IHealthChecksBuilder builder,
        object? serviceKey = null,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var deadline = timeout ?? DefaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(deadline, TimeSpan.Zero, nameof(timeout));
        return builder.Add(new HealthCheckRegistration(
            name ?? (serviceKey is null ? "cassandra" : $"cassandra_{serviceKey}"),
            provider => new CassandraHealthCheck(
                () => serviceKey is null ? provider.GetRequiredService<Ilium.Cluster>() : provider.GetRequiredKeyedService<Ilium.Cluster>(serviceKey), deadline),
            failureStatus,
            tags));
    }
}
