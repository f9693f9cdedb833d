using Ilium.Connection;
using Ilium.Protocol;
using Ilium.Topology.Schema;

namespace Ilium.Execution;

/// <summary>
/// Ends requests that have changed the schema: not before all nodes have the change, so that what follows may go to any of them, and the
/// driver's own picture shows it. The change itself is done by then: nothing here makes the request fail.
/// </summary>
internal sealed class DdlCompletion(ClusterRuntime cluster, SchemaAgreement agreement)
{
    /// <summary>Waits for the nodes to agree, for as long as the request has time.</summary>
    /// <param name="attempt">What the server has answered.</param>
    /// <param name="result">Its result.</param>
    /// <param name="change">What it changed.</param>
    internal async Task CompleteAsync(Attempt attempt, RowSet result, SchemaChange change)
    {
        var request = attempt.Request;
        bool? agreed = null;
        try
        {
            agreed = await AgreeThereOrElsewhereAsync(attempt.Connection!, request.Deadline).Inline();
        }
        catch (Exception e)
        {
            if (!cluster.IsDisposed)
            {
                cluster.Diagnostics.AgreementUnknown(attempt.Connection!, e);
            }
        }

        try
        {
            await cluster.WithinAsync(SeeAsync(change), request.Deadline).Inline();
        }
        catch (OperationTimedOutException)
        {
            // The schema is still being read: it shows the change when it is.
        }
        finally
        {
            request.FinishElsewhere(ResponseDecoder.Empty(result.Info with { IsSchemaInAgreement = agreed }), null);
        }
    }

    /// <summary>Waits for the nodes to agree, at most for <see cref="SchemaOptions.AgreementTimeout"/>.</summary>
    /// <returns>Null when that is zero.</returns>
    internal async Task<bool?> AgreeAsync(CqlConnection connection, long deadline)
    {
        var timeout = cluster.Options.Schema.AgreementTimeout;
        if (timeout <= TimeSpan.Zero)
        {
            return null;
        }

        var agreed = await agreement.WaitAsync(connection, IsDown, Math.Min(deadline, cluster.Clock.After(timeout))).Inline();
        if (!agreed)
        {
            cluster.Diagnostics.NoAgreement(connection, timeout);
        }

        return agreed;
    }

    private async Task<bool?> AgreeThereOrElsewhereAsync(CqlConnection connection, long deadline)
    {
        try
        {
            return await AgreeAsync(connection, deadline).Inline();
        }
        catch (ConnectionClosedException) when (!cluster.IsDisposed)
        {
            // It ended with its keyspace, which was dropped over it (v3 and v4), or with its node.
            return await AgreeAsync(await cluster.AnyConnectionAsync().Inline(), deadline).Inline();
        }
    }

    /// <summary>Looks once.</summary>
    internal Task<bool> LookAsync(CqlConnection connection) => agreement.LookAsync(connection, IsDown, cluster.Clock.After(cluster.Options.RequestTimeout));

    private bool IsDown(Guid hostId) => cluster.Snapshot.Metadata.FindNode(hostId)?.State == NodeState.Down;

    private async Task<bool> SeeAsync(SchemaChange change)
    {
        await cluster.Schema.SeeAsync(change).Inline();
        return true;
    }
}
