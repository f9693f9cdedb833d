using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ilium.Extensions;

/// <summary>Asks a cluster whether it answers, over the connections it has.</summary>
/// <remarks>Made anew for each check and keeps nothing: the request is the only thing it begins, and that ends with its deadline.</remarks>
internal sealed class CassandraHealthCheck(Func<Cluster> find, TimeSpan timeout) : IHealthCheck
{
    private static readonly SimpleStatement Question = new("SELECT key FROM system.local");

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Cluster? cluster = null;
        Exception? failure = null;
        try
        {
            cluster = find();
            var options = new ExecutionOptions
            {
                Timeout = timeout,
                IsIdempotent = true,
                Consistency = ConsistencyLevel.One,
                // One node that stands still must not look like a cluster that does.
                SpeculativeExecutionPolicy = SpeculativeExecutionPolicy.Constant(timeout / 4, 3),
            };
            using var answer = await cluster.CreateSession(keyspace: null).ExecuteAsync(Question, options, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            failure = e;
        }

        return Judge(context, cluster is null ? null : MetadataOf(cluster), failure);
    }

    private static HealthCheckResult Judge(HealthCheckContext context, ClusterMetadata? metadata, Exception? failure)
    {
        var used = metadata?.Nodes.Where(static node => node.State != NodeState.Ignored).ToArray() ?? [];
        var down = used.Where(static node => node.State == NodeState.Down).ToArray();
        var data = new Dictionary<string, object>();
        if (metadata is not null)
        {
            data["cluster"] = metadata.ClusterName;
            foreach (var node in metadata.Nodes)
            {
                data[node.ToString()] = node.State.ToString();
            }
        }

        // A node that refuses is there, and so is the driver that says that too much waits already: others may get what they ask for.
        var refused = metadata is not null && failure is ServerException or RequestThrottledException;
        if (failure is not null && !refused)
        {
            var status = context.Registration.FailureStatus;
            return new HealthCheckResult(status, metadata is null ? "The cluster could not be connected to." : "No node answers.", failure, data);
        }

        if (refused)
        {
            return HealthCheckResult.Degraded("The cluster refuses requests for now.", failure, data);
        }

        return down.Length == 0
            ? HealthCheckResult.Healthy($"{used.Length} of {used.Length} nodes are up.", data)
            : HealthCheckResult.Degraded(
                $"{used.Length - down.Length} of {used.Length} nodes are up; down: {string.Join(", ", down.Select(static node => node.ToString()))}.", data: data);
    }

    private static ClusterMetadata? MetadataOf(Cluster cluster)
    {
        try
        {
            return cluster.Metadata;
        }
        catch (InvalidOperationException)
        {
            // Not connected to yet.
            return null;
        }
    }
}
