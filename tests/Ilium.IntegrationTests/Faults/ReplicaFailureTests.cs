using System.Net;
using Ilium.IntegrationTests.Clusters;
using Ilium.Tests;

namespace Ilium.IntegrationTests.Faults;

/// <summary>Retries, speculation and agreement while one replica of three is frozen or gone.</summary>
[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class ReplicaFailureTests(FaultRing faults)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_frozen_replica_is_a_timeout_of_the_server_which_policies_lower_and_speculation_avoids()
    {
        var ring = await faults.WholeAsync();
        var logs = new RecordingLog();
        var frozen = ring.ContactPoints[2];
        var options = FaultRing.Options(ring) with { RequestTimeout = Patience, StallInterval = TimeSpan.Zero };
        await using var hedging = new Cluster(options with { SpeculativeExecutionPolicy = SpeculativeExecutionPolicy.Constant(TimeSpan.FromMilliseconds(300)) });
        await using var others = new Cluster(options with
        {
            LoadBalancingPolicy = new AllowListPolicy(ring.ContactPoints.Take(2).Select(static node => (ContactPoint)node)),
            Schema = new SchemaOptions { AgreementTimeout = TimeSpan.FromSeconds(2) },
        });
        var (hedged, _) = await FaultRing.ConnectAsync(hedging);
        var (session, _) = await FaultRing.ConnectAsync(others, nodes: 2);
        var (table, extra) = (faults.NewTable(), faults.NewTable());
        await session.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, value int)".AsCql());
        var insert = await hedged.PrepareAsync($"INSERT INTO {table} (id, value) VALUES (?, ?)".AsCql(), CqlText.Cancelled);
        await FaultRing.UntilWholeAsync(hedged);

        await ring.PauseAsync(3, CqlText.Cancelled);
        try
        {
            var all = new ExecutionOptions { Consistency = ConsistencyLevel.All, IsIdempotent = true };
            var lowering = all with { RetryPolicy = new DowngradingConsistencyRetryPolicy(logs) };
            var read = Record.ExceptionAsync(() => session.RunAsync($"SELECT value FROM {table} WHERE id = 1", all));
            var write = Record.ExceptionAsync(() => session.RunAsync($"INSERT INTO {table} (id, value) VALUES (1, 1)", all));
            var lowered = session.RunAsync($"SELECT value FROM {table} WHERE id = 2", lowering);
            var change = session.RunAsync($"CREATE TABLE {extra} (id int PRIMARY KEY)".AsCql());

            // Through all three coordinators: those whose turn the frozen one was are answered by another.
            var writes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => hedged.RunAsync(
                insert.Bind(100 + i, i), new ExecutionOptions { Consistency = ConsistencyLevel.Quorum, IsIdempotent = true })));
            Assert.All(writes, rows => Assert.NotEqual<EndPoint>(frozen, rows.Info.Node));
            var avoided = writes.SelectMany(static rows => rows.Info.Attempts).Where(attempt => frozen.Equals(attempt.Node)).ToArray();
            Assert.NotEmpty(avoided);
            Assert.All(avoided, static attempt => Assert.Equal("given up: another node has answered", attempt.Outcome));

            var reading = Assert.IsType<ReadTimeoutException>(await read);
            Assert.Equal((ConsistencyLevel.All, 2, 3, true), (reading.Consistency, reading.Received, reading.Required, reading.DataPresent));
            Assert.Same(reading, Assert.Single(reading.Attempts).Error);
            Assert.True(reading.Attempts[0].Elapsed > TimeSpan.FromSeconds(4), $"{reading.Attempts[0]}");

            var writing = Assert.IsType<WriteTimeoutException>(await write);
            Assert.Equal(
                (ConsistencyLevel.All, 2, 3, WriteType.Simple, true), (writing.Consistency, writing.Received, writing.Required, writing.WriteType, writing.MayHaveBeenApplied));
            Assert.Single(writing.Attempts);

            var told = Assert.Single((await lowered).Info.Attempts);
            Assert.IsType<ReadTimeoutException>(told.Error);
            Assert.Equal(told.Node, (await lowered).Info.Node);
            Assert.Contains("could not meet All", Assert.Single(logs.Of(302)), StringComparison.Ordinal);

            // The frozen node can't have the change, and the others don't take it for down yet.
            Assert.False((await change).Info.IsSchemaInAgreement);
        }
        finally
        {
            await ring.ResumeAsync(3, CqlText.Cancelled);
        }

        await FaultRing.UntilWholeAsync(hedged);
        Assert.True(await others.WaitForSchemaAgreementAsync(CqlText.Cancelled));
        var kept = await hedged.RunAsync($"SELECT value FROM {table} WHERE id >= 100 ALLOW FILTERING", new ExecutionOptions { Consistency = ConsistencyLevel.All });
        Assert.Equal(Enumerable.Range(0, 60), kept.Select(static row => row.Get<int>(0)).Order());
    }

    [Fact]
    public async Task A_replica_that_is_gone_is_unavailable_which_is_tried_once_elsewhere_or_lowered()
    {
        var ring = await faults.WholeAsync();
        var logs = new RecordingLog();
        await using var cluster = new Cluster(FaultRing.Options(ring) with { RequestTimeout = Patience });
        var (session, changes) = await FaultRing.ConnectAsync(cluster);
        var gone = cluster.Metadata.FindNode(ring.ContactPoints[2])!;
        var table = faults.NewTable();
        await session.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY, value int)".AsCql());
        await ring.StopNodeAsync(3, CqlText.Cancelled);
        try
        {
            await changes.NextAsync(NodeChange.Down, gone.HostId);
            var all = new ExecutionOptions { Consistency = ConsistencyLevel.All, IsIdempotent = true };
            var insert = $"INSERT INTO {table} (id, value) VALUES (1, 1)";

            // Servers hear of it a little after the driver.
            var unavailable = await Unavailable(() => session.RunAsync(insert, all));
            Assert.Equal((ConsistencyLevel.All, 3, 2, false), (unavailable.Consistency, unavailable.Required, unavailable.Alive, unavailable.MayHaveBeenApplied));
            Assert.Equal(2, unavailable.Attempts.Select(static attempt => attempt.Node).Distinct().Count());
            Assert.All(unavailable.Attempts, static attempt => Assert.IsType<UnavailableException>(attempt.Error));

            var alone = await Unavailable(() => session.RunAsync(insert, all with { RetryPolicy = RetryPolicy.Fallthrough }));
            Assert.Same(alone, Assert.Single(alone.Attempts).Error);

            var lowered = await session.RunAsync(insert, all with { RetryPolicy = new DowngradingConsistencyRetryPolicy(logs) });
            Assert.IsType<UnavailableException>(Assert.Single(lowered.Info.Attempts).Error);
            Assert.Single(logs.Of(302));
            Assert.Equal(1, await session.ScalarAsync<int>($"SELECT value FROM {table} WHERE id = 1"));
        }
        finally
        {
            await ring.StartNodeAsync(3, CqlText.Cancelled);
        }
    }

    /// <summary>Asks until both servers say that the third is gone: one that does not know yet times out or succeeds.</summary>
    private static async Task<UnavailableException> Unavailable(Func<Task> request)
    {
        while (true)
        {
            if (await Record.ExceptionAsync(request) is UnavailableException { Attempts: var attempts } unavailable && attempts.All(static attempt => attempt.Error is UnavailableException))
            {
                return unavailable;
            }

            CqlText.Cancelled.ThrowIfCancellationRequested();
        }
    }
}
