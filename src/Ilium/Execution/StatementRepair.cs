using Ilium.Connection;

namespace Ilium.Execution;

/// <summary>Prepares statements again on nodes that have forgotten them, or never knew them, and sends what needed them again.</summary>
internal sealed class StatementRepair(ClusterRuntime cluster, RequestSender sender)
{
    // A node whose cache is full of statements that are used more often lets go of a new one at once, as often as it is told, and of a batch each answer names but one.
    // Text does not have to be known to it.
    private const int RepairsBeforeText = 3;

    // The children of a batch that are of another keyspace can't be sent as text: each may have been forgotten, some more than once. A node that keeps saying UNPREPARED
    // then, or of a text, is broken, not forgetful.
    private const int MaxRepairs = 16;

    /// <summary>By the claimer of an attempt that was answered UNPREPARED.</summary>
    /// <returns>False when this is the outcome: it was repaired too often.</returns>
    internal bool TryRepair(Attempt attempt, UnpreparedException error)
    {
        var isOver = attempt.Request.Statement is BatchStatement batch ? attempt.Repairs >= MaxRepairs + (2 * batch.Statements.Count) : attempt.SendsText;
        if (isOver)
        {
            return false;
        }

        attempt.Request.Share();
        _ = RepairAsync(attempt, error);
        return true;
    }

    private async Task RepairAsync(Attempt attempt, UnpreparedException error)
    {
        var request = attempt.Request;
        try
        {
            attempt.Repairs++;
            var connection = attempt.Connection!;
            request.AddAttempt(attempt, "not prepared there", error);
            if (cluster.Encoder.FindPrepared(attempt, error.Id) is not { } statement)
            {
                RequestExecutor.GiveUp(attempt, error);
                return;
            }

            attempt.SendsText = attempt.Repairs > RepairsBeforeText;
            // Prepared again since this was sent: told late by the same storm, so it is only sent again.
            // Not a second time: nodes that give one text different ids, as they do during some upgrades, would have requests chase each other.
            if (!RequestEncoder.IsSentAsText(attempt, statement) && (attempt.Repairs > 1 || attempt.PinnedState is not { } sent || ReferenceEquals(sent, statement.State)))
            {
                cluster.Diagnostics.Reprepared(connection, statement);
                var beside = await cluster.ConnectionBesideAsync(connection, statement.Keyspace).Inline();
                try
                {
                    attempt.Repaired = await cluster.WithinAsync(
                        cluster.Preparer.RepairAsync(beside, statement, cluster.SharedDeadline(request.Deadline)), request.Deadline).Inline();
                }
                catch (CassandraException e) when (StatementPreparer.IsOnlyThere(e) || e is ConnectionClosedException)
                {
                    // Whatever the request would do, this node has not done it: another may.
                    request.AddAttempt(attempt, "could not be prepared there", e);
                    attempt.Arm();
                    if (sender.TrySendElsewhere(attempt))
                    {
                        request.AbandonIfFinished(attempt);
                        return;
                    }

                    if (e is ConnectionClosedException)
                    {
                        // Over the next connection that there is: this one ended before the node could be told the statement.
                        await sender.WaitAndSendAsync(attempt).Inline();
                        request.AbandonIfFinished(attempt);
                        return;
                    }

                    if (attempt.TryClaim(attempt.Version))
                    {
                        throw;
                    }

                    // Given up meanwhile, by somebody who tells of it.
                    return;
                }
            }

            if (request.IsFinished)
            {
                return;
            }

            if (!cluster.Encoder.TryEncode(attempt))
            {
                await request.Executor.PrepareAndDispatchAsync(attempt).Inline();
                return;
            }

            attempt.Arm();
            if (!sender.TrySend(attempt, connection) && !sender.TrySend(attempt))
            {
                await sender.WaitAndSendAsync(attempt).Inline();
            }

            request.AbandonIfFinished(attempt);
        }
        catch (Exception e)
        {
            RequestExecutor.GiveUp(attempt, e);
        }
    }
}
