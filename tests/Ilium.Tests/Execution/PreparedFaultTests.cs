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

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_node_that_forgets_what_it_is_told_is_sent_the_text_with_the_values(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, read) = await driver.ConnectAsync();
        driver.Server.On(ScriptedCluster.IsRead, r => r.Unprepared(r.Parts.PreparedId!));
        driver.Server.On(r => r.Is(WireOpcode.Query) && r.Cql == ScriptedCluster.ByKey, ScriptedCluster.Echo);
        var rows = await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        Assert.Equal(1, rows.First().Get<int>(0));
        Assert.Equal(4, driver.Server.Requests.Count(ScriptedCluster.IsRead));
        Assert.Equal(3, driver.Cluster.Runtime.Diagnostics.RepreparedCount);
        var text = Assert.Single(driver.Server.Requests, r => r.Is(WireOpcode.Query) && r.Cql == ScriptedCluster.ByKey);
        Assert.Equal(1, ScriptedCluster.KeyOf(text));
        Assert.False(text.Parts.SkipMetadata);
        Assert.Equal(4, rows.Info.Attempts.Count);
        Assert.All(rows.Info.Attempts, attempt => Assert.IsType<UnpreparedException>(attempt.Error));
        Assert.Equal(2, session.Execute(read.Bind(2)).First().Get<int>(0));
        Assert.Equal(3, (await session.ExecuteAsync(new SimpleStatement(ScriptedCluster.ByKey, 3), cancellationToken: Cancelled)).First().Get<int>(0));
        driver.Server.ThrowIfViolated();
    }

    [Fact]
    public async Task A_batch_of_which_a_node_has_forgotten_every_statement_is_sent_as_text_where_the_text_means_the_same()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var elsewhere = await session.WithKeyspace("elsewhere").PrepareAsync("INSERT INTO there (k) VALUES (?)", Cancelled);
        var known = new List<byte[]>();
        driver.Server.On(r => r.Is(WireOpcode.Batch), r =>
        {
            // Told of one after the other, and remembers only the last.
            var missing = r.Parts.Entries.FirstOrDefault(entry => entry.PreparedId is { } id && !known.Any(id.SequenceEqual));
            if (missing is null)
            {
                r.Void();
                return;
            }

            known = [missing.PreparedId!];
            r.Unprepared(missing.PreparedId!);
        });
        var batch = new BatchStatement { elsewhere.Bind("x"), read.Bind(1) };
        for (var i = 0; i < 5; i++)
        {
            batch.Add(new SimpleStatement($"INSERT INTO t{i} (k) VALUES (?)", "x"));
        }

        await session.ExecuteAsync(batch, cancellationToken: Cancelled);
        var last = driver.Server.Requests.Last(r => r.Is(WireOpcode.Batch));
        Assert.Equal(
            [null, ScriptedCluster.ByKey, .. Enumerable.Range(0, 5).Select(i => $"INSERT INTO t{i} (k) VALUES (?)")],
            last.Parts.Entries.Select(entry => entry.PreparedId is null ? entry.Cql : null));
        Assert.All(last.Parts.Entries, entry => Assert.Single(entry.Values));
        driver.Server.ThrowIfViolated();
    }

    [Fact]
    public async Task A_batch_of_which_a_node_has_forgotten_every_statement_of_another_keyspace_is_told_each()
    {
        await using var driver = new ScriptedCluster();
        var (session, _) = await driver.ConnectAsync();
        var elsewhere = session.WithKeyspace("elsewhere");
        var batch = new BatchStatement();
        for (var i = 0; i < 40; i++)
        {
            batch.Add((await elsewhere.PrepareAsync($"INSERT INTO t{i} (k) VALUES (?)", Cancelled)).Bind("x"));
        }

        var told = 0;
        driver.Server.On(r => r.Is(WireOpcode.Batch), r =>
        {
            // Each answer names the first that is missing.
            if (told < 40)
            {
                r.Unprepared(r.Parts.Entries[told++].PreparedId!);
            }
            else
            {
                r.Void();
            }
        });
        await session.ExecuteAsync(batch, cancellationToken: Cancelled);
        Assert.Equal(41, driver.Server.Requests.Count(r => r.Is(WireOpcode.Batch)));
        Assert.Equal(40, driver.Cluster.Runtime.Diagnostics.RepreparedCount);
    }

    [Fact]
    public async Task A_node_that_does_not_even_know_a_text_is_broken()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        driver.Server.On(ScriptedCluster.IsRead, r => r.Unprepared(r.Parts.PreparedId!));
        driver.Server.On(r => r.Is(WireOpcode.Query) && r.Cql == ScriptedCluster.ByKey, r => r.Unprepared([1, 2, 3]));
        await Assert.ThrowsAsync<UnpreparedException>(async () => await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
        Assert.Equal(4, driver.Server.Requests.Count(ScriptedCluster.IsRead));
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
