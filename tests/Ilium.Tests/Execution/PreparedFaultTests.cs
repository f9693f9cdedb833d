using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>Nodes that forget what they prepared.</summary>
public class PreparedFaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_storm_of_unprepared_answers_is_one_preparation(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, read) = await driver.ConnectAsync();
        var storm = new List<ServerRequest>();
        // All 100 are unanswered when the node forgets, and the preparation is held until all have been told.
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var pending = Enumerable.Range(0, 100).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        storm.AddRange(await held.NextAsync(100, Cancelled));
        var preparations = driver.Server.Hold(r => r.Is(WireOpcode.Prepare));
        storm[0].Connection.Together(() => storm.ForEach(r => r.Unprepared(r.Parts.PreparedId!)));
        var preparation = await preparations.NextAsync(Cancelled);
        driver.Server.On(ScriptedCluster.IsRead, ScriptedCluster.Echo);
        driver.Server.AnswerByDefault(preparation);
        Assert.Equal(Enumerable.Range(0, 100), (await Task.WhenAll(pending)).Select(page => page.First().Get<int>(0)));
        Assert.Equal(2, driver.Server.Requests.Count(r => r.Is(WireOpcode.Prepare) && r.Cql == ScriptedCluster.ByKey));
        driver.Server.ThrowIfViolated();
    }

    [Fact]
    public async Task A_node_that_always_says_unprepared_is_believed_after_a_few_times()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        driver.Server.On(ScriptedCluster.IsRead, r => r.Unprepared(r.Parts.PreparedId!));
        await Assert.ThrowsAsync<UnpreparedException>(async () => await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
        Assert.InRange(driver.Server.Requests.Count(ScriptedCluster.IsRead), 2, 6);
        Assert.Throws<UnpreparedException>(() => session.Execute(read.Bind(1)));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task An_id_that_changed_with_the_preparation_is_used_from_then_on(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, read) = await driver.ConnectAsync();
        byte[] fresh = [9, 9, 9];
        var statement = new ServerStatement { Bind = [new("k", TypeBytes.Int)], Result = ScriptedCluster.Value, PartitionKey = [0] };
        driver.Server.On(r => r.Is(WireOpcode.Execute) && !r.Parts.PreparedId!.SequenceEqual(fresh), r => r.Unprepared(r.Parts.PreparedId!));
        driver.Server.On(r => r.Is(WireOpcode.Execute) && r.Parts.PreparedId!.SequenceEqual(fresh), ScriptedCluster.Echo);
        driver.Server.On(r => r.Is(WireOpcode.Prepare), r => r.Prepared(fresh, statement));
        Assert.Equal(1, (await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled)).First().Get<int>(0));
        Assert.Equal(2, session.Execute(read.Bind(2)).First().Get<int>(0));
        Assert.Equal(2, driver.Server.Requests.Count(r => r.Is(WireOpcode.Prepare)));
        Assert.Equal(3, driver.Server.Requests.Count(r => r.Is(WireOpcode.Execute)));
        Assert.Equal(1, driver.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

    [Fact]
    public async Task An_unprepared_answer_about_a_statement_nobody_sent_fails_the_request()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        driver.Server.On(r => r.Is(WireOpcode.Batch), r => r.Unprepared([1, 2, 3]));
        var batch = new BatchStatement { read.Bind(1), read.Bind(2) };
        await Assert.ThrowsAsync<UnpreparedException>(async () => await session.ExecuteAsync(batch, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task A_batch_of_more_texts_than_the_cache_holds_is_sent_once()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { PreparedCacheSize = 2 });
        var (session, _) = await driver.ConnectAsync();
        var batch = new BatchStatement();
        for (var i = 0; i < 10; i++)
        {
            batch.Add(new SimpleStatement($"INSERT INTO t{i} (k) VALUES (?)", "x"));
        }

        await session.ExecuteAsync(batch, cancellationToken: Cancelled);
        Assert.Equal(10, driver.Server.Requests.Count(r => r.Is(WireOpcode.Prepare) && r.Mentions("INSERT")));
        Assert.Equal(10, Assert.Single(driver.Server.Requests, r => r.Is(WireOpcode.Batch)).Parts.Entries.Count);
        Assert.InRange(driver.Cluster.Runtime.Prepared.Count, 1, 2);
    }

    [Fact]
    public async Task Whoever_has_less_time_does_not_end_a_preparation_for_the_others()
    {
        await using var driver = new ScriptedCluster();
        var (session, _) = await driver.ConnectAsync();
        var held = driver.Server.Hold(r => r.Is(WireOpcode.Prepare));
        var statement = new SimpleStatement("INSERT INTO t (k) VALUES (?)", "x");
        var hasty = session.ExecuteAsync(statement, new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(50) }, Cancelled).AsTask();
        var patient = session.ExecuteAsync(statement, cancellationToken: Cancelled);
        var failure = await Assert.ThrowsAsync<OperationTimedOutException>(() => hasty);
        Assert.False(failure.MayHaveBeenApplied);
        driver.Server.AnswerByDefault(await held.NextAsync(Cancelled));
        Assert.Empty(await patient);
        Assert.Single(driver.Server.Requests, r => r.Is(WireOpcode.Prepare) && r.Mentions("INSERT"));
    }
}
