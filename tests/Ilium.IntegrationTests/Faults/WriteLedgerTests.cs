using Ilium.IntegrationTests.Clusters;

namespace Ilium.IntegrationTests.Faults;

[Collection(FaultRingCollection.Name)]
[Trait("Group", "Faults")]
public class WriteLedgerTests(FaultRing faults)
{
    [Fact]
    public async Task The_ledger_notices_what_is_lost_wrong_or_strange()
    {
        var ring = await faults.WholeAsync();
        await using var cluster = new Cluster(FaultRing.Options(ring));
        var session = await cluster.ConnectAsync(CqlText.Cancelled);
        var ledger = await WriteLedger.CreateAsync(session, faults.NewTable());
        await using var load = await WriteLoad.StartAsync(session, ledger, flows: 4);
        await load.RunForAsync(TimeSpan.FromMilliseconds(100));
        await load.StopAsync();
        Assert.Empty(load.Failures);
        Assert.Equal(load.All().Length, ledger.Acknowledged);
        (await ledger.CompareAsync(session)).AssertWhole();

        await session.RunAsync($"DELETE FROM {ledger.Table} WHERE flow = 0 AND sequence = 1");
        await session.RunAsync($"UPDATE {ledger.Table} SET value = 5 WHERE flow = 1 AND sequence = 0");
        await session.RunAsync($"INSERT INTO {ledger.Table} (flow, sequence, value) VALUES (2, -1, {WriteLedger.ValueOf(2, -1)})".AsCql());
        Assert.Equal(
            new LedgerComparison(ledger.Acknowledged, ledger.Acknowledged, Lost: 1, Wrong: 1, Strange: 1), await ledger.CompareAsync(session));
    }
}
