using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;
using Ilium.TestKit;
using Ilium.Tests;

namespace Ilium.IntegrationTests.Faults;

/// <summary>
/// Two nodes that don't write each change of the schema to files of its own, which would take them minutes for a thousand. They don't find such changes again after they
/// were killed, so the ring is not shared.
/// </summary>
public sealed class StormRing() : RingFixture(new RingOptions
{
    Subnet = Subnets.Storm,
    Nodes = 2,
    StartsLightly = true,
    JavaOptions = "-Dcassandra.test.flush_local_schema_changes=false",
});

[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class EventStormTests(StormRing storm) : IClassFixture<StormRing>
{
    private const string Keyspace = "storm";
    private const int Changes = 1000;

    [Fact]
    public async Task A_thousand_changes_of_the_schema_are_all_told_and_disturb_nobody()
    {
        var ring = await storm.StartedAsync();
        var logs = new RecordingLog();
        await using var cluster = new Cluster(FaultRing.Options(ring) with { LoggerFactory = logs, MaxRequestsPerSecond = 200 });
        await using var changing = new Cluster(FaultRing.Options(ring) with
        {
            Schema = new SchemaOptions { AgreementTimeout = TimeSpan.Zero },
            LoadBalancingPolicy = new AllowListPolicy([(ContactPoint)ring.ContactPoints[0]]),
        });
        var (session, _) = await FaultRing.ConnectAsync(cluster, nodes: 2);
        var (changer, _) = await FaultRing.ConnectAsync(changing, nodes: 1);
        const string Table = $"{Keyspace}.changing";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(CqlText.Cancelled);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        await FaultRing.PatientlyAsync(
            changer, $"CREATE KEYSPACE IF NOT EXISTS {Keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'dc1': 2}}".AsCql(), patience.Token);
        await FaultRing.PatientlyAsync(changer, $"CREATE TABLE IF NOT EXISTS {Table} (id int PRIMARY KEY)".AsCql(), patience.Token);
        while (!await cluster.WaitForSchemaAgreementAsync(patience.Token))
        {
            patience.Token.ThrowIfCancellationRequested();
        }

        var ledger = await WriteLedger.CreateAsync(session, $"{Keyspace}.written");
        await cluster.GetSchemaAsync(CqlText.Cancelled);
        var readings = cluster.Runtime.Schema.Readings;
        var told = 0;
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.SchemaChanged += (_, change) =>
        {
            if ($"{change.Keyspace}.{change.Name}" == Table && Interlocked.Increment(ref told) == Changes)
            {
                last.SetResult();
            }
        };
        await using var load = await WriteLoad.StartAsync(session, ledger, flows: 16);
        var began = TimeProvider.System.GetTimestamp();
        var options = new ExecutionOptions { Timeout = TimeSpan.FromSeconds(60) };
        // The cheapest change there is; servers make them one after the other.
        for (var change = 1; change <= Changes; change++)
        {
            await changer.RunAsync($"ALTER TABLE {Table} WITH comment = '{change}'".AsCql(), options);
        }

        var elapsed = TimeProvider.System.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Changes} changes in {elapsed}");
        await last.Task.WaitAsync(TimeSpan.FromMinutes(1), CqlText.Cancelled);
        await load.StopAsync();
        Assert.Empty(load.Failures);
        await cluster.RefreshSchemaAsync(cancellationToken: CqlText.Cancelled);
        Assert.Equal($"{Changes}", cluster.Metadata.FindTable(Keyspace, "changing")!.Options.Comment);
        Assert.Equal(Changes, told);

        // Not one for each: the first at once, then at most one a second, and the one that was asked for.
        Assert.InRange(cluster.Runtime.Schema.Readings - readings, 2, (int)TimeProvider.System.GetElapsedTime(began).TotalSeconds + 3);
        Assert.DoesNotContain(logs.Lines, static line => line.Id is 106 or 108 or 109 or 110 or 112 or 120 or 121);
        (await ledger.CompareAsync(session)).AssertWhole();
    }
}
