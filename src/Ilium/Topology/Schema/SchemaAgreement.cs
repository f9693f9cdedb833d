using Ilium.Connection;

namespace Ilium.Topology.Schema;

/// <summary>Finds out whether all nodes that are up have the same schema, and waits until they do.</summary>
/// <param name="reader">Reads.</param>
/// <param name="interval">The pause between two looks.</param>
/// <param name="time">The clock.</param>
/// <param name="after">When that much time from now is over, in milliseconds of the cluster's clock.</param>
internal sealed class SchemaAgreement(TopologyReader reader, TimeSpan interval, TimeProvider time, Func<TimeSpan, long> after)
{
    private const string LocalQuery = "SELECT schema_version FROM system.local WHERE key='local'";
    private const string PeersV2Query = "SELECT host_id, schema_version FROM system.peers_v2";
    private const string PeersQuery = "SELECT host_id, schema_version FROM system.peers";

    /// <summary>Looks again and again.</summary>
    /// <param name="connection">Whom to ask: best the node that has changed its schema.</param>
    /// <param name="isDown">Nodes that are down do not count: they catch up when they return.</param>
    /// <param name="deadline">When to stop.</param>
    /// <returns>False when they have not agreed by then.</returns>
    internal async Task<bool> WaitAsync(CqlConnection connection, Func<Guid, bool> isDown, long deadline)
    {
        try
        {
            while (!await LookAsync(connection, isDown, deadline).Inline())
            {
                if (after(interval) >= deadline)
                {
                    return false;
                }

                await PauseAsync().Inline();
            }

            return true;
        }
        catch (OperationTimedOutException)
        {
            return false;
        }
    }

    /// <summary>Looks once.</summary>
    internal async Task<bool> LookAsync(CqlConnection connection, Func<Guid, bool> isDown, long deadline)
    {
        Guid? own = null;
        using (var local = await reader.QueryAsync(connection, LocalQuery, deadline).Inline())
        {
            foreach (var row in local)
            {
                own = row.Get<Guid?>(0);
            }
        }

        using var peers = await ReadPeersAsync(connection, deadline).Inline();
        foreach (var row in peers)
        {
            // A row without either is of a node that is only just joining, or has left.
            if (row.Get<Guid?>(0) is { } host && row.Get<Guid?>(1) is { } version && version != own && !isDown(host))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<RowSet> ReadPeersAsync(CqlConnection connection, long deadline)
    {
        try
        {
            return await reader.QueryAsync(connection, PeersV2Query, deadline).Inline();
        }
        catch (InvalidQueryException)
        {
            return await reader.QueryAsync(connection, PeersQuery, deadline).Inline();
        }
    }

    private Task PauseAsync()
    {
        if (time != TimeProvider.System)
        {
            return Task.Delay(interval, time);
        }

        // Timers fire on the thread pool, all of whose threads may be blocked in synchronous statements that wait for just this.
        var over = new TaskCompletionSource();
        new Thread(() =>
        {
            new ManualResetEventSlim().Wait(interval);
            over.SetResult();
        })
        { IsBackground = true, Name = "Ilium schema agreement" }.UnsafeStart();
        return over.Task;
    }
}
