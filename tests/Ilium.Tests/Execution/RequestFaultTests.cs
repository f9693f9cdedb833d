using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>Answers that are late, doubled, wrong or never come.</summary>
public class RequestFaultTests
{
    private static readonly ExecutionOptions Short = new() { Timeout = TimeSpan.FromMilliseconds(150) };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task An_answer_that_never_comes_is_a_timeout_that_tells_what_was_known(int version)
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = (ProtocolVersion)version });
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Hold(ScriptedCluster.IsRead);
        var failure = await Assert.ThrowsAsync<OperationTimedOutException>(async () => await session.ExecuteAsync(read.Bind(1), Short, Cancelled));
        Assert.True(failure.MayHaveBeenApplied);
        Assert.True(failure.IsTransient);
        Assert.Equal(Short.Timeout, failure.Timeout);
        var attempt = Assert.Single(failure.Attempts);
        Assert.Equal("127.0.0.1:9042", attempt.Node!.ToString());
        Assert.Contains("requests in flight", attempt.Outcome, StringComparison.Ordinal);
        Assert.Contains("reader reading", attempt.Outcome, StringComparison.Ordinal);
        Assert.Equal((1, 1), (driver.Connection.InFlight, driver.Connection.Orphans));
        Assert.Throws<OperationTimedOutException>(() => session.Execute(read.Bind(1), Short));
        Assert.Equal((2, 2), (driver.Connection.InFlight, driver.Connection.Orphans));
        Assert.True(driver.Connection.IsOpen);
    }

    [Fact]
    public async Task A_late_answer_reaches_nobody_and_frees_its_id()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        await Assert.ThrowsAsync<OperationTimedOutException>(async () => await session.ExecuteAsync(read.Bind(1), Short, Cancelled));
        var late = await held.NextAsync(Cancelled);
        var next = session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled);
        var request = await held.NextAsync(Cancelled);
        Assert.NotEqual(late.StreamId, request.StreamId);
        ScriptedCluster.Echo(late);
        ScriptedCluster.Echo(request);
        Assert.Equal(2, (await next).First().Get<int>(0));
        Assert.Equal((0, 0), (driver.Connection.InFlight, driver.Connection.Orphans));
    }

    [Fact]
    public async Task Answers_out_of_order_find_their_requests()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var pending = Enumerable.Range(0, 300).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        var requests = (await held.NextAsync(300, Cancelled)).ToArray();
        new Random(5).Shuffle(requests);
        requests[0].Connection.Together(() => Array.ForEach(requests, ScriptedCluster.Echo));
        var rows = await Task.WhenAll(pending);
        Assert.Equal(Enumerable.Range(0, 300), rows.Select(page => page.First().Get<int>(0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_answer_to_the_same_request_breaks_the_connection(bool together)
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Once(ScriptedCluster.IsRead, request =>
        {
            if (together)
            {
                request.Connection.Together(() =>
                {
                    ScriptedCluster.Echo(request);
                    ScriptedCluster.Echo(request);
                });
            }
            else
            {
                ScriptedCluster.Echo(request);
                ScriptedCluster.Echo(request);
            }
        });
        Assert.Equal(1, (await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled)).First().Get<int>(0));
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
        Assert.Equal(2, (await session.ExecuteAsync(read.Bind(2), new ExecutionOptions { IsIdempotent = true }, Cancelled)).First().Get<int>(0));
    }

    [Fact]
    public async Task With_all_ids_taken_requests_wait_and_beyond_the_bound_they_are_refused()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { MaxRequestsPerConnection = 2, MaxConnectionsPerNode = 1, MaxQueuedRequests = 3 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var pending = Enumerable.Range(0, 5).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        var refused = await Assert.ThrowsAsync<RequestThrottledException>(async () => await session.ExecuteAsync(read.Bind(9), cancellationToken: Cancelled));
        Assert.Equal((2, 3, 3), (refused.InFlight, refused.Queued, refused.Limit));
        Assert.False(refused.MayHaveBeenApplied);
        for (var i = 0; i < 5; i++)
        {
            ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        }

        Assert.Equal([0, 1, 2, 3, 4], (await Task.WhenAll(pending)).Select(page => page.First().Get<int>(0)));
        Assert.Equal(0, driver.Cluster.Runtime.Executor.Queued);
        var again = session.ExecuteAsync(read.Bind(6), cancellationToken: Cancelled);
        ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        Assert.Equal(6, (await again).First().Get<int>(0));
    }

    [Fact]
    public async Task Requests_that_are_cancelled_while_they_wait_make_room_for_others_at_once()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { MaxRequestsPerConnection = 2, MaxConnectionsPerNode = 1, MaxQueuedRequests = 3 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var sent = Enumerable.Range(0, 2).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()).ToArray();
        for (var round = 0; round < 3; round++)
        {
            using var cancellation = new CancellationTokenSource();
            var waiting = Enumerable.Range(0, 3).Select(i => session.ExecuteAsync(read.Bind(10 + i), cancellationToken: cancellation.Token).AsTask()).ToArray();
            Assert.Equal(3, driver.Cluster.Runtime.Executor.Queued);
            await cancellation.CancelAsync();
            foreach (var request in waiting)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
            }

            Assert.Equal(0, driver.Cluster.Runtime.Executor.Queued);
        }

        var last = session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled).AsTask();
        for (var i = 0; i < 3; i++)
        {
            ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        }

        // None of those that were cancelled has come to the server.
        Assert.Equal([0, 1, 2], (await Task.WhenAll([.. sent, last])).Select(static page => page.First().Get<int>(0)));
    }

    [Fact]
    public async Task A_statement_is_prepared_although_every_id_is_taken()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { MaxRequestsPerConnection = 1, MaxConnectionsPerNode = 1 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var first = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        await session.PrepareAsync("SELECT other FROM t WHERE k = ?", Cancelled);
        var second = session.ExecuteAsync(new SimpleStatement("INSERT INTO t (k) VALUES (?)", "x"), cancellationToken: Cancelled);
        await driver.Server.WaitForAsync(r => r.Is(WireOpcode.Prepare) && r.Mentions("INSERT"), Cancelled);
        ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        Assert.Equal(1, (await first).First().Get<int>(0));
        Assert.Empty(await second);
    }

    [Fact]
    public async Task Thousands_waiting_for_two_ids_are_all_answered_soon()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { MaxRequestsPerConnection = 2, MaxConnectionsPerNode = 1 });
        var (session, read) = await driver.ConnectAsync();
        var pages = await Task.WhenAll(Enumerable.Range(0, 3_000).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled).AsTask()));
        Assert.Equal(Enumerable.Range(0, 3_000), pages.Select(page => page.First().Get<int>(0)));
    }

    [Fact]
    public async Task A_request_that_waited_past_its_deadline_was_never_sent()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { MaxRequestsPerConnection = 1, MaxConnectionsPerNode = 1 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var first = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        var failure = await Assert.ThrowsAsync<OperationTimedOutException>(async () => await session.ExecuteAsync(read.Bind(2), Short, Cancelled));
        Assert.False(failure.MayHaveBeenApplied);
        var third = session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled);
        ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        Assert.Equal((1, 3), ((await first).First().Get<int>(0), (await third).First().Get<int>(0)));
        Assert.Equal([1, 3], driver.Server.Requests.Where(ScriptedCluster.IsRead).Select(ScriptedCluster.KeyOf));
    }

    [Fact]
    public async Task A_cancellation_storm_leaks_no_ids_and_leaves_the_connection_alone()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { MaxRequestsPerConnection = 32_768 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        using var storm = new CancellationTokenSource();
        var pending = Enumerable.Range(0, 2_000).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: storm.Token).AsTask()).ToArray();
        var requests = await held.NextAsync(2_000, Cancelled);
        await storm.CancelAsync();
        foreach (var request in pending)
        {
            var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
            Assert.Equal(storm.Token, failure.CancellationToken);
        }

        Assert.Equal((2_000, 2_000), (driver.Connection.InFlight, driver.Connection.Orphans));
        requests[0].Connection.Together(() =>
        {
            foreach (var request in requests)
            {
                ScriptedCluster.Echo(request);
            }
        });
        var last = session.ExecuteAsync(read.Bind(7), cancellationToken: Cancelled);
        ScriptedCluster.Echo(await held.NextAsync(Cancelled));
        Assert.Equal(7, (await last).First().Get<int>(0));
        Assert.Equal((0, 0), (driver.Connection.InFlight, driver.Connection.Orphans));
        Assert.Single(driver.Server.Connections);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cancelling_at_any_moment_ends_the_request_once_and_counts_every_id(int seed)
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var random = new Random(seed);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(i =>
        {
            var cancellation = new CancellationTokenSource();
            var spin = random.Next(3_000);
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    Thread.SpinWait(spin);
                    cancellation.Cancel();
                },
                null);
            return RunAsync(i, cancellation.Token);
        }));
        Assert.Equal(500, outcomes.Length);
        // One more answer after all others: then every id has come back.
        await session.ExecuteAsync(read.Bind(0), cancellationToken: Cancelled);
        await session.ExecuteAsync(read.Bind(0), cancellationToken: Cancelled);
        Assert.Equal(0, driver.Connection.Orphans);
        Assert.Equal(0, driver.Connection.InFlight);

        async Task<bool> RunAsync(int key, CancellationToken token)
        {
            try
            {
                var rows = await session.ExecuteAsync(read.Bind(key), cancellationToken: token);
                Assert.Equal(key, rows.First().Get<int>(0));
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task So_many_unanswered_requests_replace_the_connection_without_failing_others()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { MaxRequestsPerConnection = 40, MaxConnectionsPerNode = 1 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var kept = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        var first = await held.NextAsync(Cancelled);
        // A quarter of the ids.
        for (var i = 0; i < 10; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var given = session.ExecuteAsync(read.Bind(100 + i), cancellationToken: cancellation.Token).AsTask();
            await held.NextAsync(Cancelled);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        }

        var next = session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled);
        var second = await held.NextAsync(Cancelled);
        Assert.NotSame(first.Connection, second.Connection);
        ScriptedCluster.Echo(second);
        ScriptedCluster.Echo(first);
        Assert.Equal((1, 2), ((await kept).First().Get<int>(0), (await next).First().Get<int>(0)));
        // Nothing but orphans is left on the first connection: it is closed.
        await first.Connection.Closed.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task A_request_on_a_connection_that_is_being_replaced_still_has_its_deadline()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { MaxRequestsPerConnection = 8, MaxConnectionsPerNode = 1 });
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var stays = session.ExecuteAsync(read.Bind(1), new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(400) }, Cancelled).AsTask();
        using var cancellation = new CancellationTokenSource();
        var given = Enumerable.Range(0, 2).Select(i => session.ExecuteAsync(read.Bind(i), cancellationToken: cancellation.Token).AsTask()).ToArray();
        await held.NextAsync(3, Cancelled);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<OperationTimedOutException>(() => stays.WaitAsync(Cancelled));
        foreach (var request in given)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }

        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task A_deadline_shorter_than_the_round_trip_never_mixes_answers()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var tiny = new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(1) };
        var late = 0;
        driver.Server.On(ScriptedCluster.IsRead, request => request.ReplyWhen(
            ScriptedCluster.KeyOf(request) < 0 ? Task.Delay(400, Cancelled) : Task.CompletedTask, ScriptedCluster.Echo));
        for (var i = 0; i < 4; i++)
        {
            var doomed = Enumerable.Range(1, 20).Select(k => session.ExecuteAsync(read.Bind(-k), tiny, Cancelled).AsTask()).ToArray();
            Assert.Equal(i, (await session.ExecuteAsync(read.Bind(i), cancellationToken: Cancelled)).First().Get<int>(0));
            foreach (var request in doomed)
            {
                await Assert.ThrowsAsync<OperationTimedOutException>(() => request);
                late++;
            }
        }

        Assert.Equal(80, late);
    }

    [Fact]
    public async Task Asking_for_the_result_too_early_says_so_and_does_no_harm()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var early = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        Assert.Contains("before it was there", Assert.Throws<InvalidOperationException>(() => early.GetAwaiter().GetResult()).Message, StringComparison.Ordinal);
        var other = session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled);
        foreach (var request in await held.NextAsync(2, Cancelled))
        {
            ScriptedCluster.Echo(request);
        }

        Assert.Equal((1, 2), ((await early).First().Get<int>(0), (await other).First().Get<int>(0)));
        Assert.Throws<InvalidOperationException>(() => early.GetAwaiter().GetResult());
    }

    [Theory]
    [InlineData("an opcode that does not exist")]
    [InlineData("an opcode that is no answer")]
    [InlineData("a result of unknown kind")]
    [InlineData("an empty body")]
    [InlineData("rows cut in the columns")]
    [InlineData("more rows than bytes")]
    [InlineData("rows without columns")]
    [InlineData("an error cut in its message")]
    [InlineData("a warning cut short")]
    public async Task One_answer_that_makes_no_sense_fails_one_request_and_not_its_neighbours(string what)
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        var held = driver.Server.Hold(ScriptedCluster.IsRead);
        var before = session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        var poisoned = session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled).AsTask();
        var after = session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled);
        var requests = await held.NextAsync(3, Cancelled);
        requests[0].Connection.Together(() =>
        {
            ScriptedCluster.Echo(requests[0]);
            var (opcode, body, options) = what switch
            {
                "an opcode that does not exist" => ((WireOpcode)0x77, new byte[] { 0 }, (ReplyOptions?)null),
                "an opcode that is no answer" => (WireOpcode.Query, [0, 0, 0, 0], null),
                "a result of unknown kind" => (WireOpcode.Result, [0, 0, 0, 99], null),
                "an empty body" => (WireOpcode.Result, [], null),
                "rows cut in the columns" => (WireOpcode.Result, ResponseBodies.Rows(ScriptedCluster.Value, [], new RowsOptions())[..14], null),
                "more rows than bytes" => (WireOpcode.Result, [0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0x7F, 0xFF, 0xFF, 0xFF], null),
                "rows without columns" => (WireOpcode.Result, [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF], null),
                "an error cut in its message" => (WireOpcode.Error, [0, 0, 0x22, 0, 0, 99, 65], null),
                _ => (WireOpcode.Result, [], new ReplyOptions { Warnings = ["x"] }),
            };
            requests[1].Send(opcode, body, options);
            ScriptedCluster.Echo(requests[2]);
        });
        await Assert.ThrowsAsync<MalformedResponseException>(() => poisoned);
        Assert.Equal((1, 3), ((await before).First().Get<int>(0), (await after).First().Get<int>(0)));
        Assert.Single(driver.Server.Connections);
    }

    [Fact]
    public async Task A_poisoned_row_fails_its_reader_only()
    {
        await using var driver = new ScriptedCluster();
        var (session, read) = await driver.ConnectAsync();
        driver.Server.Once(ScriptedCluster.IsRead, request =>
        {
            var body = ResponseBodies.Rows(ScriptedCluster.Value, [[ValueBytes.Int(1)], [ValueBytes.Int(2)]], new RowsOptions { NoMetadata = true });
            // The second value's length reaches far past the end.
            body[^8] = 0x40;
            request.Send(WireOpcode.Result, body);
        });
        var rows = await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        Assert.Equal(1, rows.First().Get<int>(0));
        Assert.Throws<MalformedResponseException>(() => rows.Select(row => row.Get<int>(0)).ToArray());
        Assert.Equal(5, (await session.ExecuteAsync(read.Bind(5), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    [Fact]
    public async Task An_unknown_error_code_keeps_its_number_and_message()
    {
        await using var driver = new ScriptedCluster();
        var (session, _) = await driver.ConnectAsync();
        driver.Server.On(r => r.Mentions("strange"), r => r.Error(0x7777, "stranger things", [1, 2, 3]));
        var failure = await Assert.ThrowsAsync<ServerErrorException>(async () => await session.ExecuteAsync("strange", cancellationToken: Cancelled));
        Assert.Equal(0x7777, failure.Code);
        Assert.Contains("stranger things", failure.Message, StringComparison.Ordinal);
        Assert.Single(driver.Server.Connections);
    }

    [Fact]
    public async Task A_keyspace_nobody_asked_for_moves_the_session_and_retires_the_connection()
    {
        await using var driver = new ScriptedCluster(new ClusterOptions { ProtocolVersion = ProtocolVersion.V4 });
        var (session, read) = await driver.ConnectAsync();
        driver.Server.On(r => r.Mentions("sneaky"), r => r.SetKeyspace("other"));
        await session.ExecuteAsync("sneaky", cancellationToken: Cancelled);
        Assert.Equal("other", session.Keyspace);
        await driver.Server.Connections[0].Closed.WaitAsync(Cancelled);
        Assert.Equal(3, (await session.Cluster.Connect().ExecuteAsync(read.Bind(3), cancellationToken: Cancelled)).First().Get<int>(0));
    }
}
