using Ilium.IntegrationTests.Clusters;
using Ilium.Tests;

namespace Ilium.IntegrationTests.Faults;

[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class EventStormTests(FaultRing faults)
{
    private const int Changes = 1000;

    [Fact]
    public async Task A_thousand_changes_of_the_schema_are_all_told_and_disturb_nobody()
    {
        var ring = await faults.WholeAsync();
        var logs = new RecordingLog();
        await using var cluster = new Cluster(FaultRing.Options(ring) with { LoggerFactory = logs, MaxRequestsPerSecond = 200 });
        await using var changing = new Cluster(FaultRing.Options(ring) with
        {
            Schema = new SchemaOptions { AgreementTimeout = TimeSpan.Zero },
            LoadBalancingPolicy = new AllowListPolicy([(ContactPoint)ring.ContactPoints[0]]),
        });
        var (session, _) = await FaultRing.ConnectAsync(cluster);
        var (changer, _) = await FaultRing.ConnectAsync(changing, nodes: 1);
        var table = faults.NewTable();
        await session.RunAsync($"CREATE TABLE {table} (id int PRIMARY KEY)".AsCql());
        var ledger = await WriteLedger.CreateAsync(session, faults.NewTable());
        await cluster.GetSchemaAsync(CqlText.Cancelled);
        var readings = cluster.Runtime.Schema.Readings;
        var told = 0;
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.SchemaChanged += (_, change) =>
        {
            if ($"{change.Keyspace}.{change.Name}" == table && Interlocked.Increment(ref told) == Changes)
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
            await changer.RunAsync($"ALTER TABLE {table} WITH comment = '{change}'".AsCql(), options);
        }

        var elapsed = TimeProvider.System.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Changes} changes in {elapsed}");
        await last.Task.WaitAsync(TimeSpan.FromMinutes(1), CqlText.Cancelled);
        await load.StopAsync();
        Assert.Empty(load.Failures);
        await cluster.RefreshSchemaAsync(cancellationToken: CqlText.Cancelled);
        Assert.Equal($"{Changes}", cluster.Metadata.FindTable(FaultRing.Keyspace, table.Split('.')[1])!.Options.Comment);
        Assert.Equal(Changes, told);

        // Not one for each: the first at once, then at most one a second, and the one that was asked for.
        Assert.InRange(cluster.Runtime.Schema.Readings - readings, 2, (int)TimeProvider.System.GetElapsedTime(began).TotalSeconds + 3);
        Assert.DoesNotContain(logs.Lines, static line => line.Id is 106 or 108 or 109 or 110 or 112 or 120 or 121);
        (await ledger.CompareAsync(session)).AssertWhole();
    }
}
