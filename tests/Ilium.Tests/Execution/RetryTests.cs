using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>The table of docs/retries.md, row by row, and what holds whatever a policy says.</summary>
public class RetryTests
{
    private const string Same = "same";
    private const string Next = "next";
    private const string Never = "never";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool, string> Table => new()
    {
        // the failure, idempotent, where it goes next
        { "read timeout, enough answers, no data", false, Same },
        { "read timeout, enough answers, no data", true, Same },
        { "read timeout, enough answers, with data", true, Never },
        { "read timeout, too few answers", true, Never },
        { "write timeout BATCH_LOG", true, Same },
        { "write timeout BATCH_LOG", false, Never },
        { "write timeout SIMPLE", true, Never },
        { "write timeout BATCH", true, Never },
        { "write timeout UNLOGGED_BATCH", true, Never },
        { "write timeout COUNTER", true, Never },
        { "write timeout CAS", true, Never },
        { "write timeout NOBODY_KNOWS", true, Never },
        { "unavailable", true, Next },
        { "unavailable", false, Next },
        { "overloaded", true, Next },
        { "overloaded", false, Never },
        { "bootstrapping", true, Next },
        { "bootstrapping", false, Next },
        { "truncate", true, Next },
        { "truncate", false, Never },
        { "server error", true, Next },
        { "server error", false, Never },
        { "unknown error", true, Never },
        { "read failure", true, Never },
        { "write failure", true, Never },
        { "CDC write failure", true, Never },
        { "CAS write unknown", true, Never },
        { "function failure", true, Never },
        { "syntax", true, Never },
        { "unauthorized", true, Never },
        { "invalid", true, Never },
        { "configuration", true, Never },
        { "already exists", true, Never },
        { "protocol", true, Never },
        { "connection closed", true, Next },
        { "connection closed", false, Never },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task The_default_policy_keeps_to_its_table(string failure, bool idempotent, string where)
    {
        await using var ring = new ScriptedRing(3);
        var (session, _, write) = await ring.ConnectAsync();
        ring.Answers(Failure(failure));
        var options = new ExecutionOptions { IsIdempotent = idempotent };
        if (where == Never)
        {
            var error = await Assert.ThrowsAnyAsync<CassandraException>(async () => await session.ExecuteAsync(write.Bind(1), options, Cancelled));
            var attempt = Assert.Single(error.Attempts);
            Assert.Same(error, attempt.Error);
            Assert.Single(ring.Asked);
            return;
        }

        var rows = await session.ExecuteAsync(write.Bind(1), options, Cancelled);
        var failed = Assert.Single(rows.Info.Attempts);
        Assert.NotNull(failed.Error);
        Assert.Equal(2, ring.Asked.Count);
        Assert.Equal(where == Same, ring.Asked[0] == ring.Asked[1]);
        Assert.Equal([ScriptedRing.NodeAt(ring.Asked[0]), ScriptedRing.NodeAt(ring.Asked[1])], [failed.Node, rows.Info.Node]);
    }

    [Theory]
    [InlineData("read timeout, enough answers, no data", 2)]
    [InlineData("write timeout BATCH_LOG", 2)]
    [InlineData("unavailable", 2)]
    [InlineData("overloaded", 3)]
    [InlineData("bootstrapping", 3)]
    [InlineData("truncate", 3)]
    [InlineData("server error", 3)]
    public async Task What_keeps_failing_is_tried_as_often_as_the_table_says(string failure, int attempts)
    {
        await using var ring = new ScriptedRing(3);
        var (session, _, write) = await ring.ConnectAsync();
        ring.Answers(Enumerable.Repeat(Failure(failure), 10));
        var error = await Assert.ThrowsAnyAsync<ServerException>(
            async () => await session.ExecuteAsync(write.Bind(1), new ExecutionOptions { IsIdempotent = true }, Cancelled));
        Assert.Equal(attempts, ring.Asked.Count);
        Assert.Equal(ring.Asked.Select(ScriptedRing.NodeAt), error.Attempts.Select(attempt => attempt.Node));
        Assert.All(error.Attempts, attempt => Assert.IsType(error.GetType(), attempt.Error));
        Assert.Same(error, error.Attempts[^1].Error);
        Assert.Equal(attempts == 3 ? 3 : failure == "unavailable" ? 2 : 1, ring.Asked.Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_read_is_idempotent_unless_its_caller_says_otherwise_and_a_write_is_not_unless_he_says_so(bool synchronous)
    {
        await using var ring = new ScriptedRing(2);
        var (session, read, write) = await ring.ConnectAsync();
        ring.Answers(Failure("overloaded"));
        Assert.Equal(7, (await RunAsync(read.Bind(7))).First().Get<int>(0));
        ring.Answers(Failure("overloaded"));
        await Assert.ThrowsAsync<OverloadedException>(() => RunAsync(write.Bind(7)));
        ring.Answers(Failure("overloaded"));
        await Assert.ThrowsAsync<OverloadedException>(() => RunAsync(read.Bind(7), new ExecutionOptions { IsIdempotent = false }));
        ring.Answers(Failure("overloaded"));
        await Assert.ThrowsAsync<OverloadedException>(() => RunAsync(new BatchStatement { write.Bind(1) }));

        async Task<RowSet> RunAsync(Statement statement, ExecutionOptions? options = null) =>
            synchronous ? session.Execute(statement, options) : await session.ExecuteAsync(statement, options, Cancelled);
    }

    [Theory]
    [InlineData("SELECT v FROM t", true)]
    [InlineData("  select\tv from t", true)]
    [InlineData("SELECT(1) FROM t", true)]
    [InlineData("SELECTED", false)]
    [InlineData("SELECT", false)]
    [InlineData("-- SELECT\nINSERT INTO t (k) VALUES (1)", false)]
    [InlineData("UPDATE t SET v = 1 WHERE k = 1", false)]
    [InlineData("BEGIN BATCH APPLY BATCH", false)]
    public void A_read_is_told_by_its_first_word(string cql, bool read) => Assert.Equal(read, new SimpleStatement(cql).IsRead);

    [Fact]
    public async Task With_no_other_node_a_new_connection_to_the_same_one_will_do()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Failure("connection closed"));
        var rows = await session.ExecuteAsync(read.Bind(3), cancellationToken: Cancelled);
        Assert.Equal(3, rows.First().Get<int>(0));
        Assert.IsType<ConnectionClosedException>(Assert.Single(rows.Info.Attempts).Error);
        Assert.Equal([0, 0], ring.Asked);
    }

    [Fact]
    public async Task Nothing_is_noted_about_a_request_that_succeeds_at_once()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        var first = await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        var second = await session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled);
        Assert.Empty(first.Info.Attempts);
        Assert.Same(first.Info, second.Info);
    }

    [Fact]
    public async Task A_policy_may_take_another_consistency_which_all_later_attempts_keep()
    {
        await using var ring = new ScriptedRing(3);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Failure("unavailable"), Failure("overloaded"));
        var policy = new Scripted(RetryDecision.RetryNext(ConsistencyLevel.Two), RetryDecision.RetryNext());
        var options = new ExecutionOptions { RetryPolicy = policy, Consistency = ConsistencyLevel.Quorum };
        Assert.Equal(5, (await session.ExecuteAsync(read.Bind(5), options, Cancelled)).First().Get<int>(0));
        Assert.Equal([ConsistencyLevel.Quorum, ConsistencyLevel.Two, ConsistencyLevel.Two], ring.Requests.Select(r => (ConsistencyLevel)r.Parts.Consistency));
        Assert.Equal(3, ring.Asked.Distinct().Count());
        Assert.Equal([(ConsistencyLevel.Quorum, 0, true), (ConsistencyLevel.Two, 1, true)], policy.Contexts.Select(c => (c.Consistency, c.Retries, c.IsIdempotent)));
        Assert.Equal(ring.Asked.Take(2).Select(ScriptedRing.NodeAt), policy.Contexts.Select(c => c.Node));
    }

    [Fact]
    public async Task An_ignored_failure_is_an_empty_result_that_tells_of_it()
    {
        await using var ring = new ScriptedRing(2);
        var (session, _, write) = await ring.ConnectAsync();
        ring.Answers(Failure("write timeout SIMPLE"));
        var rows = await session.ExecuteAsync(write.Bind(5), new ExecutionOptions { RetryPolicy = new Scripted(RetryDecision.Ignore) }, Cancelled);
        Assert.Empty(rows);
        Assert.IsType<WriteTimeoutException>(Assert.Single(rows.Info.Attempts).Error);
        Assert.Single(ring.Asked);
    }

    [Theory]
    [InlineData("overloaded")]
    [InlineData("write timeout SIMPLE")]
    [InlineData("connection closed")]
    [InlineData("CAS write unknown")]
    public async Task No_policy_can_have_a_request_done_twice_that_must_not_be(string failure)
    {
        await using var ring = new ScriptedRing(2);
        var (session, _, write) = await ring.ConnectAsync();
        ring.Answers(Failure(failure));
        var policy = new Scripted(RetryDecision.RetrySame());
        var error = await Assert.ThrowsAnyAsync<CassandraException>(
            async () => await session.ExecuteAsync(write.Bind(1), new ExecutionOptions { RetryPolicy = policy }, Cancelled));
        Assert.True(error.MayHaveBeenApplied);
        Assert.False(Assert.Single(policy.Contexts).IsIdempotent);
        Assert.Single(ring.Asked);
    }

    [Fact]
    public async Task A_policy_that_throws_does_not_hide_the_failure()
    {
        var logs = new RecordingLog();
        await using var ring = new ScriptedRing(2, new ClusterOptions { RetryPolicy = new Scripted(), LoggerFactory = logs });
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Failure("overloaded"));
        await Assert.ThrowsAsync<OverloadedException>(async () => await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
        Assert.Contains(logs.Lines, line => line.Id == 303);
        Assert.Equal(2, (await session.ExecuteAsync(read.Bind(2), cancellationToken: Cancelled)).First().Get<int>(0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_policy_that_never_gives_up_is_stopped(bool synchronous)
    {
        await using var ring = new ScriptedRing(1, new ClusterOptions { RetryPolicy = new Scripted(RetryDecision.RetrySame()) });
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Enumerable.Repeat(Failure("overloaded"), 200));
        var options = new ExecutionOptions { Timeout = Timeout.InfiniteTimeSpan };
        var error = synchronous
            ? Assert.Throws<OverloadedException>(() => session.Execute(read.Bind(1), options))
            : await Assert.ThrowsAsync<OverloadedException>(async () => await session.ExecuteAsync(read.Bind(1), options, Cancelled));
        Assert.Equal(101, ring.Asked.Count);
        Assert.Equal(101, error.Attempts.Count);
    }

    [Fact]
    public async Task Fallthrough_leaves_every_failure_to_the_caller()
    {
        await using var ring = new ScriptedRing(2, new ClusterOptions { RetryPolicy = RetryPolicy.Fallthrough });
        var (session, read, _) = await ring.ConnectAsync();
        foreach (var failure in new[] { "read timeout, enough answers, no data", "write timeout BATCH_LOG", "unavailable", "overloaded", "connection closed" })
        {
            ring.Answers(Failure(failure));
            var error = await Assert.ThrowsAnyAsync<CassandraException>(async () => await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled));
            Assert.Single(error.Attempts);
            await Task.WhenAll(ring.Cluster.Runtime.Pools.Select(pool => pool.GetAsync())).WaitAsync(Cancelled);
        }

        Assert.Equal(5, ring.Asked.Count);
    }

    [Theory]
    [InlineData("unavailable", ConsistencyLevel.Quorum, ConsistencyLevel.One)]
    [InlineData("unavailable", ConsistencyLevel.LocalQuorum, ConsistencyLevel.LocalOne)]
    [InlineData("unavailable of serial", ConsistencyLevel.Quorum, null)]
    [InlineData("none available", ConsistencyLevel.Quorum, null)]
    [InlineData("read timeout, too few answers", ConsistencyLevel.Quorum, ConsistencyLevel.One)]
    [InlineData("read timeout, too few answers", ConsistencyLevel.Serial, null)]
    [InlineData("read timeout, two of three", ConsistencyLevel.All, ConsistencyLevel.Two)]
    [InlineData("read timeout, three of four", ConsistencyLevel.All, ConsistencyLevel.Three)]
    [InlineData("write timeout UNLOGGED_BATCH", ConsistencyLevel.Quorum, ConsistencyLevel.One)]
    [InlineData("write timeout SIMPLE", ConsistencyLevel.Quorum, null)]
    public async Task Downgrading_asks_for_what_the_live_replicas_can_give_and_says_so(string failure, ConsistencyLevel asked, ConsistencyLevel? lowered)
    {
        var logs = new RecordingLog();
        await using var ring = new ScriptedRing(2, new ClusterOptions { RetryPolicy = new DowngradingConsistencyRetryPolicy(logs) });
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Failure(failure), Failure(failure));
        var error = await Assert.ThrowsAnyAsync<ServerException>(
            async () => await session.ExecuteAsync(read.Bind(1), new ExecutionOptions { Consistency = asked }, Cancelled));
        // Once, also when that fails too.
        Assert.Equal(lowered is null ? 1 : 2, error.Attempts.Count);
        Assert.Equal(lowered is null ? [asked] : [asked, lowered.Value], ring.Requests.Select(r => (ConsistencyLevel)r.Parts.Consistency));
        Assert.Equal(lowered is null ? 0 : 1, logs.Lines.Count(line => line.Id == 302 && line.Text.Contains($"could not meet {asked}", StringComparison.Ordinal)));
        Assert.Single(ring.Asked.Distinct());
    }

    [Fact]
    public async Task The_time_of_a_request_covers_all_its_attempts()
    {
        await using var ring = new ScriptedRing(2);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Answers(Failure("overloaded"), static _ => { });
        var error = await Assert.ThrowsAsync<OperationTimedOutException>(
            async () => await session.ExecuteAsync(read.Bind(1), new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(150) }, Cancelled));
        Assert.Equal(2, error.Attempts.Count);
        Assert.IsType<OverloadedException>(error.Attempts[0].Error);
        Assert.Null(error.Attempts[1].Error);
        Assert.Contains("no answer", error.Attempts[1].Outcome, StringComparison.Ordinal);
        Assert.Equal(ring.Asked.Select(ScriptedRing.NodeAt), error.Attempts.Select(attempt => attempt.Node));
        Assert.Contains("in 2 attempts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_that_a_node_has_to_be_told_again_is_in_the_history()
    {
        await using var ring = new ScriptedRing(1);
        var (session, read, _) = await ring.ConnectAsync();
        ring.Servers[0].Once(r => r.Is(WireOpcode.Execute), r => r.Unprepared(r.Parts.PreparedId!));
        var rows = await session.ExecuteAsync(read.Bind(1), cancellationToken: Cancelled);
        Assert.IsType<UnpreparedException>(Assert.Single(rows.Info.Attempts).Error);
    }

    private static Action<ServerRequest> Failure(string what) => what switch
    {
        "read timeout, enough answers, no data" => ReadTimeout(2, 2, data: false),
        "read timeout, enough answers, with data" => ReadTimeout(2, 2, data: true),
        "read timeout, too few answers" => ReadTimeout(1, 2, data: true),
        "read timeout, two of three" => ReadTimeout(2, 3, data: true),
        "read timeout, three of four" => ReadTimeout(3, 4, data: true),
        "unavailable" => ScriptedRing.Error(WireError.Unavailable, w => w.Short((int)ConsistencyLevel.Quorum).Int(2).Int(1)),
        "unavailable of serial" => ScriptedRing.Error(WireError.Unavailable, w => w.Short((int)ConsistencyLevel.Serial).Int(2).Int(1)),
        "none available" => ScriptedRing.Error(WireError.Unavailable, w => w.Short((int)ConsistencyLevel.Quorum).Int(2).Int(0)),
        "overloaded" => ScriptedRing.Error(WireError.Overloaded),
        "bootstrapping" => ScriptedRing.Error(WireError.IsBootstrapping),
        "truncate" => ScriptedRing.Error(WireError.Truncate),
        "server error" => ScriptedRing.Error(WireError.Server),
        "unknown error" => ScriptedRing.Error(0x7777),
        "read failure" => ScriptedRing.Error(WireError.ReadFailure, w => w.Short(4).Int(1).Int(2).Int(0).Byte(0)),
        "write failure" => ScriptedRing.Error(WireError.WriteFailure, w => w.Short(4).Int(1).Int(2).Int(0).String("SIMPLE")),
        "CDC write failure" => ScriptedRing.Error(WireError.CdcWriteFailure),
        "CAS write unknown" => ScriptedRing.Error(WireError.CasWriteUnknown, w => w.Short(8).Int(1).Int(2)),
        "function failure" => ScriptedRing.Error(WireError.FunctionFailure, w => w.String("ks").String("f").StringList([])),
        "syntax" => ScriptedRing.Error(WireError.Syntax),
        "unauthorized" => ScriptedRing.Error(WireError.Unauthorized),
        "invalid" => ScriptedRing.Error(WireError.Invalid),
        "configuration" => ScriptedRing.Error(WireError.Config),
        "already exists" => ScriptedRing.Error(WireError.AlreadyExists, w => w.String("ks").String("t")),
        "protocol" => ScriptedRing.Error(WireError.Protocol),
        "connection closed" => static request => request.Connection.Close(),
        _ => ScriptedRing.Error(WireError.WriteTimeout, w => w.Short((int)ConsistencyLevel.Quorum).Int(1).Int(2).String(what["write timeout ".Length..])),
    };

    private static Action<ServerRequest> ReadTimeout(int received, int required, bool data) =>
        ScriptedRing.Error(WireError.ReadTimeout, w => w.Short((int)ConsistencyLevel.Quorum).Int(received).Int(required).Byte(data ? (byte)1 : (byte)0));

    /// <summary>Says what it was told to, the last of it again and again; nothing to say makes it throw.</summary>
    private sealed class Scripted(params RetryDecision[] decisions) : RetryPolicy
    {
        internal List<RetryContext> Contexts { get; } = [];

        public override RetryDecision OnReadTimeout(ReadTimeoutException error, in RetryContext context) => Next(context);

        public override RetryDecision OnWriteTimeout(WriteTimeoutException error, in RetryContext context) => Next(context);

        public override RetryDecision OnUnavailable(UnavailableException error, in RetryContext context) => Next(context);

        public override RetryDecision OnServerError(ServerException error, in RetryContext context) => Next(context);

        public override RetryDecision OnConnectionClosed(ConnectionClosedException error, in RetryContext context) => Next(context);

        private RetryDecision Next(in RetryContext context)
        {
            if (decisions.Length == 0)
            {
                throw new InvalidOperationException("thrown by the test");
            }

            Contexts.Add(context);
            return decisions[Math.Min(Contexts.Count, decisions.Length) - 1];
        }
    }
}
