using Microsoft.Extensions.Time.Testing;

namespace Ilium.Embedded.Tests.Faults;

public class FaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<Session> ShopAsync(Cluster cluster)
    {
        var session = await cluster.ConnectAsync(Cancel);
        await session.ExecuteAsync("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}", cancellationToken: Cancel);
        await session.ExecuteAsync("CREATE TABLE shop.t (k int PRIMARY KEY, v int)", cancellationToken: Cancel);
        return session.WithKeyspace("shop");
    }

    public static TheoryData<int, Type> Errors => new()
    {
        { 0x0000, typeof(ServerErrorException) },
        { 0x1000, typeof(UnavailableException) },
        { 0x1001, typeof(OverloadedException) },
        { 0x1002, typeof(IsBootstrappingException) },
        { 0x1003, typeof(TruncateException) },
        { 0x1100, typeof(WriteTimeoutException) },
        { 0x1200, typeof(ReadTimeoutException) },
        { 0x1300, typeof(ReadFailureException) },
        { 0x1400, typeof(FunctionFailureException) },
        { 0x1500, typeof(WriteFailureException) },
        { 0x1700, typeof(CasWriteUnknownException) },
        { 0x2000, typeof(SyntaxErrorException) },
        { 0x2100, typeof(UnauthorizedException) },
        { 0x2200, typeof(InvalidQueryException) },
        { 0x2300, typeof(ConfigurationErrorException) },
        { 0x2400, typeof(AlreadyExistsException) },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Each_error_is_answered_in_the_form_of_its_code(int code, Type expected)
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], RetryPolicy = RetryPolicy.Fallthrough });
        var shop = await ShopAsync(cluster);
        node.Faults.Add(Fault.Error(code, "by request") with { Statement = "FROM t" });

        var error = await Assert.ThrowsAnyAsync<ServerException>(async () => await shop.ExecuteAsync("SELECT k FROM t", cancellationToken: Cancel));

        Assert.IsType(expected, error);
        Assert.Contains("by request", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_meets_as_many_requests_as_it_says_and_not_those_before()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [node.ContactPoint], RetryPolicy = RetryPolicy.Fallthrough });
        var shop = await ShopAsync(cluster);
        var fault = node.Faults.Add(Fault.Overloaded() with { Statement = "FROM T", After = 1, Times = 2 });

        var outcomes = new List<bool>();
        for (var i = 0; i < 5; i++)
        {
            try
            {
                await shop.ExecuteAsync("SELECT k FROM t", cancellationToken: Cancel);
                outcomes.Add(true);
            }
            catch (OverloadedException)
            {
                outcomes.Add(false);
            }
        }

        Assert.Equal([true, false, false, true, true], outcomes);
        Assert.Equal(2, fault.Met);
    }

    [Fact]
    public async Task Chance_is_the_same_for_the_same_seed()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            var faults = new EmbeddedFaults();
            faults.Add(Fault.Overloaded() with { Probability = 0.5, Seed = 42 });
            runs.Add(string.Concat(Enumerable.Range(0, 64).Select(_ => faults.Match(FaultPoint.Query, "x") is null ? '.' : '!')));
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.InRange(runs[0].Count(c => c == '!'), 16, 48);
    }

    [Fact]
    public async Task A_delayed_answer_leaves_when_the_nodes_clock_says_so()
    {
        var time = new FakeTimeProvider();
        await using var node = await EmbeddedNode.StartAsync(new EmbeddedNodeOptions { TimeProvider = time }, Cancel);
        await using var cluster = new Cluster(node.ContactPoint);
        var shop = await ShopAsync(cluster);
        using var fault = node.Faults.Add(Fault.Delay(TimeSpan.FromSeconds(5)) with { Statement = "WHERE k = 1", Times = 1 });

        var slow = shop.ExecuteAsync("SELECT v FROM t WHERE k = 1", cancellationToken: Cancel).AsTask();

        // The connection goes on meanwhile.
        await fault.WaitAsync(1, Cancel);
        Assert.Empty(await shop.ExecuteAsync("SELECT v FROM t WHERE k = 2", cancellationToken: Cancel));
        Assert.False(slow.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(await slow);
    }

    [Fact]
    public async Task Held_answers_leave_one_by_one_when_they_are_released_and_all_when_the_fault_ends()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(node.ContactPoint);
        var shop = await ShopAsync(cluster);
        var held = node.Faults.Add(Fault.Hold() with { Statement = "INSERT" });
        var inserts = Enumerable.Range(0, 4).Select(k => shop.ExecuteAsync($"INSERT INTO t (k, v) VALUES ({k}, 1)", cancellationToken: Cancel).AsTask()).ToList();
        await held.WaitAsync(4, Cancel);

        // They were run, and the connection goes on meanwhile.
        Assert.Equal((4, 4), (held.Held, held.Met));
        Assert.Equal(4, (await shop.ExecuteAsync("SELECT k FROM t", cancellationToken: Cancel)).Count);
        Assert.DoesNotContain(inserts, insert => insert.IsCompleted);

        held.Release(1);
        inserts.Remove(await Task.WhenAny(inserts));
        Assert.Equal(3, held.Held);
        Assert.DoesNotContain(inserts, insert => insert.IsCompleted);

        held.Dispose();
        await Task.WhenAll(inserts);
        Assert.Equal(0, held.Held);
    }

    [Fact]
    public async Task A_watch_counts_requests_and_leaves_them_to_the_faults_behind_it()
    {
        await using var nodes = await EmbeddedCluster.StartAsync([new EmbeddedNodeOptions { Listen = false }], Cancel);
        await using var cluster = new Cluster(nodes.Connect(new ClusterOptions { ContactPoints = ["replaced"], RetryPolicy = RetryPolicy.Fallthrough }));
        var shop = await ShopAsync(cluster);
        var watch = nodes.Nodes[0].Faults.Add(Fault.Watch() with { Statement = "FROM t" });
        var overloaded = nodes.Faults.Add(Fault.Overloaded() with { Statement = "FROM t", Times = 1 });
        var seen = watch.WaitAsync(2, Cancel);

        await Assert.ThrowsAsync<OverloadedException>(async () => await shop.ExecuteAsync("SELECT k FROM t", cancellationToken: Cancel));
        Assert.False(seen.IsCompleted);
        await shop.ExecuteAsync("SELECT k FROM t", cancellationToken: Cancel);

        await seen;
        Assert.Equal((2, 1), (watch.Met, overloaded.Met));
        nodes.Nodes[0].Faults.Clear();
        await shop.ExecuteAsync("SELECT k FROM t", cancellationToken: Cancel);
        Assert.Equal(2, watch.Met);
    }

    [Fact]
    public async Task Waiting_for_a_fault_can_be_given_up()
    {
        using var fault = new EmbeddedFaults().Add(Fault.Watch());
        using var source = new CancellationTokenSource();

        var waiting = fault.WaitAsync(1, source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_write_that_times_out_is_applied_and_names_the_consistency_it_was_asked_with()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(node.ContactPoint);
        var shop = await ShopAsync(cluster);
        node.Faults.Add(Fault.WriteTimeout("SIMPLE", 1, 2) with { Statement = "INSERT", Times = 1 });

        var error = await Assert.ThrowsAsync<WriteTimeoutException>(
            async () => await shop.ExecuteAsync("INSERT INTO t (k, v) VALUES (1, 2)", new ExecutionOptions { Consistency = ConsistencyLevel.Quorum }, Cancel));

        Assert.Equal((ConsistencyLevel.Quorum, 1, 2, WriteType.Simple), (error.Consistency, error.Received, error.Required, error.WriteType));
        Assert.Equal(2, Assert.Single(await shop.ExecuteAsync("SELECT v FROM t WHERE k = 1", cancellationToken: Cancel)).Get<int>(0));
    }

    [Fact]
    public async Task A_request_that_is_never_answered_was_run()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(node.ContactPoint);
        var shop = await ShopAsync(cluster);
        node.Faults.Add(Fault.NeverAnswer() with { Statement = "INSERT" });

        var options = new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(200), IsIdempotent = false };
        await Assert.ThrowsAsync<OperationTimedOutException>(async () => await shop.ExecuteAsync("INSERT INTO t (k, v) VALUES (1, 2)", options, Cancel));

        Assert.Equal(2, Assert.Single(await shop.ExecuteAsync("SELECT v FROM t WHERE k = 1", cancellationToken: Cancel)).Get<int>(0));
    }

    public static TheoryData<Fault> Breaking => new(Fault.DropInFrame(), Fault.CorruptSegment(), Fault.CloseConnection());

    [Theory]
    [MemberData(nameof(Breaking))]
    public async Task A_broken_answer_breaks_the_connection_and_the_next_one_works(Fault fault)
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(node.ContactPoint);
        var shop = await ShopAsync(cluster);
        node.Faults.Add(fault with { Statement = "INSERT", Times = 1 });

        await Assert.ThrowsAnyAsync<CassandraException>(async () => await shop.ExecuteAsync("INSERT INTO t (k, v) VALUES (1, 2)", new ExecutionOptions { IsIdempotent = false }, Cancel));

        var rows = await shop.ExecuteAsync("SELECT v FROM t WHERE k = 1", new ExecutionOptions { IsIdempotent = true }, Cancel);
        Assert.Equal(2, Assert.Single(rows).Get<int>(0));
    }

    [Fact]
    public async Task A_statement_the_node_has_forgotten_is_prepared_again()
    {
        await using var node = await EmbeddedNode.StartAsync(cancellationToken: Cancel);
        await using var cluster = new Cluster(node.ContactPoint);
        var shop = await ShopAsync(cluster);
        var insert = await shop.PrepareAsync("INSERT INTO t (k, v) VALUES (?, ?)", Cancel);
        var fault = node.Faults.Add(Fault.Unprepared() with { Times = 1 });

        await shop.ExecuteAsync(insert.Bind(1, 2), cancellationToken: Cancel);

        Assert.Equal(1, fault.Met);
        Assert.Equal(2, Assert.Single(await shop.ExecuteAsync("SELECT v FROM t WHERE k = 1", cancellationToken: Cancel)).Get<int>(0));
    }

    [Fact]
    public async Task A_node_that_refuses_connections_is_left_and_used_again()
    {
        await using var nodes = await EmbeddedCluster.StartAsync(2, Cancel);
        await using var cluster = new Cluster(new ClusterOptions { ContactPoints = [.. nodes.ContactPoints] });
        var session = await cluster.ConnectAsync(Cancel);
        nodes.Nodes[0].RefuseConnections();

        for (var i = 0; i < 10; i++)
        {
            var rows = await session.ExecuteAsync("SELECT host_id FROM system.local", new ExecutionOptions { IsIdempotent = true }, Cancel);
            Assert.Equal(nodes.Nodes[1].HostId, rows.First().Get<Guid>(0));
        }

        nodes.Nodes[0].AcceptConnections();
        var seen = new HashSet<Guid>();
        while (seen.Count < 2)
        {
            var rows = await session.ExecuteAsync("SELECT host_id FROM system.local", new ExecutionOptions { IsIdempotent = true }, Cancel);
            seen.Add(rows.First().Get<Guid>(0));
            await Task.Yield();
        }
    }
}
