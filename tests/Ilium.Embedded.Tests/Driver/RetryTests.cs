using System.Net;
using Ilium.Tests;

namespace Ilium.Embedded.Tests.Driver;

/// <summary>The table of docs/retries.md, row by row, and what holds whatever a policy says.</summary>
public class RetryTests
{
    private const string Same = "same";
    private const string Next = "next";
    private const string Never = "never";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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
        await using var nodes = await DrivenNodes.StartAsync(3);
        nodes.Fails(Failure(failure));
        var options = new ExecutionOptions { IsIdempotent = idempotent };
        if (where == Never)
        {
            var error = await Assert.ThrowsAnyAsync<CassandraException>(async () => await nodes.Session.ExecuteAsync(nodes.Write.Bind(1), options, Cancel));
            var attempt = Assert.Single(error.Attempts);
            Assert.Same(error, attempt.Error);
            Assert.Equal(1, nodes.Asked.Sum());
            return;
        }

        var rows = await nodes.Session.ExecuteAsync(nodes.Write.Bind(1), options, Cancel);
        var failed = Assert.Single(rows.Info.Attempts);
        Assert.NotNull(failed.Error);
        Assert.Equal(where == Same ? [0, 0, 2] : [0, 1, 1], nodes.Asked.Order());
        Assert.Equal(where == Same, failed.Node!.Equals(rows.Info.Node));
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
        await using var nodes = await DrivenNodes.StartAsync(3);
        nodes.Fails(Failure(failure) with { Times = 10 });
        var error = await Assert.ThrowsAnyAsync<ServerException>(
            async () => await nodes.Session.ExecuteAsync(nodes.Write.Bind(1), new ExecutionOptions { IsIdempotent = true }, Cancel));
        Assert.Equal(attempts, nodes.Asked.Sum());
        Assert.Equal(nodes.Asked, nodes.Nodes.Nodes.Select(node => error.Attempts.Count(attempt => node.EndPoint.Equals(attempt.Node))));
        Assert.All(error.Attempts, attempt => Assert.IsType(error.GetType(), attempt.Error));
        Assert.Same(error, error.Attempts[^1].Error);
        Assert.Equal(attempts == 3 ? 3 : failure == "unavailable" ? 2 : 1, nodes.Asked.Count(asked => asked > 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_read_is_idempotent_unless_its_caller_says_otherwise_and_a_write_is_not_unless_he_says_so(bool synchronous)
    {
        await using var nodes = await DrivenNodes.StartAsync(2);
        nodes.Fails(Fault.Overloaded());
        Assert.Equal(7, DrivenNodes.Number(await RunAsync(nodes.Read.Bind(7))));
        nodes.Fails(Fault.Overloaded());
        await Assert.ThrowsAsync<OverloadedException>(() => RunAsync(nodes.Write.Bind(7)));
        nodes.Fails(Fault.Overloaded());
        await Assert.ThrowsAsync<OverloadedException>(() => RunAsync(nodes.Read.Bind(7), new ExecutionOptions { IsIdempotent = false }));
        nodes.Fails(Fault.Overloaded());
        await Assert.ThrowsAsync<OverloadedException>(() => RunAsync(new BatchStatement { nodes.Write.Bind(1) }));

        async Task<RowSet> RunAsync(Statement statement, ExecutionOptions? options = null) =>
            synchronous ? nodes.Session.Execute(statement, options) : await nodes.Session.ExecuteAsync(statement, options, Cancel);
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
        await using var nodes = await DrivenNodes.StartAsync(1);
        nodes.Fails(Failure("connection closed"));
        var rows = await nodes.Session.ExecuteAsync(nodes.Read.Bind(3), cancellationToken: Cancel);
        Assert.Equal(3, rows.First().Get<int>(0));
        Assert.IsType<ConnectionClosedException>(Assert.Single(rows.Info.Attempts).Error);
        Assert.Equal([2], nodes.Asked);
    }

    [Fact]
    public async Task Nothing_is_noted_about_a_request_that_succeeds_at_once()
    {
        await using var nodes = await DrivenNodes.StartAsync(1);
        var first = await nodes.Session.ExecuteAsync(nodes.Read.Bind(1), cancellationToken: Cancel);
        var second = await nodes.Session.ExecuteAsync(nodes.Read.Bind(2), cancellationToken: Cancel);
        Assert.Empty(first.Info.Attempts);
        Assert.Same(first.Info, second.Info);
    }

    [Fact]
    public async Task A_policy_may_take_another_consistency_which_all_later_attempts_keep()
    {
        await using var nodes = await DrivenNodes.StartAsync(3);
        nodes.Fails(Failure("unavailable") with { Times = 3 });
        var policy = new Scripted(RetryDecision.RetryNext(ConsistencyLevel.Two), RetryDecision.RetryNext(), RetryDecision.Rethrow);
        var options = new ExecutionOptions { RetryPolicy = policy, Consistency = ConsistencyLevel.Quorum };
        var error = await Assert.ThrowsAsync<UnavailableException>(async () => await nodes.Session.ExecuteAsync(nodes.Read.Bind(5), options, Cancel));
        Assert.Equal([ConsistencyLevel.Quorum, ConsistencyLevel.Two, ConsistencyLevel.Two], error.Attempts.Select(Asked));
        Assert.Equal([1, 1, 1], nodes.Asked);
        Assert.Equal(
            [(ConsistencyLevel.Quorum, 0, true), (ConsistencyLevel.Two, 1, true), (ConsistencyLevel.Two, 2, true)],
            policy.Contexts.Select(c => (c.Consistency, c.Retries, c.IsIdempotent)));
        Assert.Equal(error.Attempts.Select(attempt => attempt.Node), policy.Contexts.Select(c => c.Node));
    }

    [Fact]
    public async Task An_ignored_failure_is_an_empty_result_that_tells_of_it()
    {
        await using var nodes = await DrivenNodes.StartAsync(2);
        nodes.Fails(Failure("write timeout SIMPLE"));
        var rows = await nodes.Session.ExecuteAsync(nodes.Write.Bind(5), new ExecutionOptions { RetryPolicy = new Scripted(RetryDecision.Ignore) }, Cancel);
        Assert.Empty(rows);
        Assert.IsType<WriteTimeoutException>(Assert.Single(rows.Info.Attempts).Error);
        Assert.Equal(1, nodes.Asked.Sum());
    }

    [Theory]
    [InlineData("overloaded")]
    [InlineData("write timeout SIMPLE")]
    [InlineData("connection closed")]
    [InlineData("CAS write unknown")]
    public async Task No_policy_can_have_a_request_done_twice_that_must_not_be(string failure)
    {
        await using var nodes = await DrivenNodes.StartAsync(2);
        nodes.Fails(Failure(failure));
        var policy = new Scripted(RetryDecision.RetrySame());
        var error = await Assert.ThrowsAnyAsync<CassandraException>(
            async () => await nodes.Session.ExecuteAsync(nodes.Write.Bind(1), new ExecutionOptions { RetryPolicy = policy }, Cancel));
        Assert.True(error.MayHaveBeenApplied);
        Assert.False(Assert.Single(policy.Contexts).IsIdempotent);
        Assert.Equal(1, nodes.Asked.Sum());
    }

    [Fact]
    public async Task A_policy_that_throws_does_not_hide_the_failure()
    {
        var logs = new RecordingLog();
        await using var nodes = await DrivenNodes.StartAsync(2, new ClusterOptions { RetryPolicy = new Scripted(), LoggerFactory = logs });
        nodes.Fails(Fault.Overloaded());
        await Assert.ThrowsAsync<OverloadedException>(async () => await nodes.Session.ExecuteAsync(nodes.Read.Bind(1), cancellationToken: Cancel));
        Assert.Contains(logs.Lines, line => line.Id == 303);
        Assert.Equal(2, DrivenNodes.Number(await nodes.Session.ExecuteAsync(nodes.Read.Bind(2), cancellationToken: Cancel)));
    }

    [Fact]
    public void A_consistency_that_does_not_exist_is_refused_where_it_is_decided()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RetryDecision.RetrySame((ConsistencyLevel)99));
        Assert.Throws<ArgumentOutOfRangeException>(() => RetryDecision.RetryNext((ConsistencyLevel)11));
        Assert.Equal(ConsistencyLevel.LocalOne, RetryDecision.RetryNext(ConsistencyLevel.LocalOne).Consistency);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_policy_that_never_gives_up_is_stopped(bool synchronous)
    {
        await using var nodes = await DrivenNodes.StartAsync(1, new ClusterOptions { RetryPolicy = new Scripted(RetryDecision.RetrySame()) });
        nodes.Fails(Fault.Overloaded() with { Times = 200 });
        var options = new ExecutionOptions { Timeout = Timeout.InfiniteTimeSpan };
        var error = synchronous
            ? Assert.Throws<OverloadedException>(() => nodes.Session.Execute(nodes.Read.Bind(1), options))
            : await Assert.ThrowsAsync<OverloadedException>(async () => await nodes.Session.ExecuteAsync(nodes.Read.Bind(1), options, Cancel));
        Assert.Equal([101], nodes.Asked);
        Assert.Equal(101, error.Attempts.Count);
    }

    [Fact]
    public async Task Fallthrough_leaves_every_failure_to_the_caller()
    {
        await using var nodes = await DrivenNodes.StartAsync(2, new ClusterOptions { RetryPolicy = RetryPolicy.Fallthrough });
        foreach (var failure in new[] { "read timeout, enough answers, no data", "write timeout BATCH_LOG", "unavailable", "overloaded", "connection closed" })
        {
            nodes.Fails(Failure(failure));
            var error = await Assert.ThrowsAnyAsync<CassandraException>(async () => await nodes.Session.ExecuteAsync(nodes.Read.Bind(1), cancellationToken: Cancel));
            Assert.Single(error.Attempts);
            await nodes.ConnectedAsync();
        }

        Assert.Equal(5, nodes.Asked.Sum());
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
        await using var nodes = await DrivenNodes.StartAsync(2, new ClusterOptions { RetryPolicy = new DowngradingConsistencyRetryPolicy(logs) });
        nodes.Fails(Failure(failure), Failure(failure));
        var error = await Assert.ThrowsAnyAsync<ServerException>(
            async () => await nodes.Session.ExecuteAsync(nodes.Read.Bind(1), new ExecutionOptions { Consistency = asked }, Cancel));
        // Once, also when that fails too.
        Assert.Equal(lowered is null ? 1 : 2, error.Attempts.Count);
        Assert.Equal(lowered is null ? [Failure(failure).Consistency ?? asked] : [asked, lowered.Value], error.Attempts.Select(Asked));
        Assert.Equal(lowered is null ? 0 : 1, logs.Lines.Count(line => line.Id == 302 && line.Text.Contains($"could not meet {asked}", StringComparison.Ordinal)));
        Assert.Single(nodes.Asked, asked => asked > 0);
    }

    [Fact]
    public async Task The_time_of_a_request_covers_all_its_attempts()
    {
        await using var nodes = await DrivenNodes.StartAsync(2);
        nodes.Fails(Fault.Overloaded(), Fault.NeverAnswer());
        var error = await Assert.ThrowsAsync<OperationTimedOutException>(
            async () => await nodes.Session.ExecuteAsync(nodes.Read.Bind(1), new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(150) }, Cancel));
        Assert.Equal(2, error.Attempts.Count);
        Assert.IsType<OverloadedException>(error.Attempts[0].Error);
        Assert.Null(error.Attempts[1].Error);
        Assert.Contains("no answer", error.Attempts[1].Outcome, StringComparison.Ordinal);
        Assert.Equal([1, 1], nodes.Asked);
        Assert.Equal(nodes.Nodes.Nodes.Select(node => node.EndPoint).ToHashSet(), error.Attempts.Select(attempt => (IPEndPoint)attempt.Node!).ToHashSet());
        Assert.Contains("in 2 attempts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_that_a_node_has_to_be_told_again_is_in_the_history()
    {
        await using var nodes = await DrivenNodes.StartAsync(1);
        nodes.Fails(Fault.Unprepared());
        var rows = await nodes.Session.ExecuteAsync(nodes.Read.Bind(1), cancellationToken: Cancel);
        Assert.IsType<UnpreparedException>(Assert.Single(rows.Info.Attempts).Error);
    }

    [Fact]
    public async Task A_request_for_which_no_node_is_left_says_what_each_of_them_said()
    {
        await using var nodes = await DrivenNodes.StartAsync(3);
        nodes.Fails(Failure("overloaded"), Failure("bootstrapping"), Failure("server error"));
        var error = await Assert.ThrowsAsync<ServerErrorException>(async () => await nodes.Session.ExecuteAsync(nodes.Read.Bind(1), cancellationToken: Cancel));
        Assert.Equal(
            [typeof(OverloadedException), typeof(IsBootstrappingException), typeof(ServerErrorException)], error.Attempts.Select(attempt => attempt.Error!.GetType()));
        Assert.Equal(3, error.Attempts.Select(attempt => attempt.Node).Distinct().Count());
    }

    [Fact]
    public async Task A_conditional_write_of_unknown_outcome_is_told_and_never_repeated()
    {
        await using var nodes = await DrivenNodes.StartAsync(2);
        nodes.Fails(Fault.Error(0x1700) with { Received = 1, Required = 2, Consistency = ConsistencyLevel.Serial });
        var error = await Assert.ThrowsAsync<CasWriteUnknownException>(
            async () => await nodes.Session.ExecuteAsync(nodes.Write.Bind(1), new ExecutionOptions { IsIdempotent = true }, Cancel));
        Assert.Equal((ConsistencyLevel.Serial, 1, 2, true), (error.Consistency, error.Received, error.Required, error.MayHaveBeenApplied));
        Assert.Equal(1, nodes.Asked.Sum());
    }

    private static Fault Failure(string what) => what switch
    {
        "read timeout, enough answers, no data" => Fault.ReadTimeout(2, 2, dataPresent: false),
        "read timeout, enough answers, with data" => Fault.ReadTimeout(2, 2, dataPresent: true),
        "read timeout, too few answers" => Fault.ReadTimeout(1, 2, dataPresent: true),
        "read timeout, two of three" => Fault.ReadTimeout(2, 3, dataPresent: true),
        "read timeout, three of four" => Fault.ReadTimeout(3, 4, dataPresent: true),
        "unavailable" => Fault.Unavailable(2, 1),
        "unavailable of serial" => Fault.Unavailable(2, 1) with { Consistency = ConsistencyLevel.Serial },
        "none available" => Fault.Unavailable(2, 0),
        "overloaded" => Fault.Overloaded(),
        "bootstrapping" => Fault.Error(0x1002),
        "truncate" => Fault.Error(0x1003),
        "server error" => Fault.Error(0x0000),
        "unknown error" => Fault.Error(0x7777),
        "read failure" => Fault.Error(0x1300),
        "write failure" => Fault.Error(0x1500),
        "CDC write failure" => Fault.Error(0x1600),
        "CAS write unknown" => Fault.Error(0x1700),
        "function failure" => Fault.Error(0x1400),
        "syntax" => Fault.Error(0x2000),
        "unauthorized" => Fault.Error(0x2100),
        "invalid" => Fault.Error(0x2200),
        "configuration" => Fault.Error(0x2300),
        "already exists" => Fault.Error(0x2400),
        "protocol" => Fault.Error(0x000A),
        "connection closed" => Fault.CloseConnection(),
        _ => Fault.WriteTimeout(what["write timeout ".Length..], 1, 2),
    };

    /// <summary>The consistency an attempt asked for: what its failure says.</summary>
    private static ConsistencyLevel Asked(AttemptInfo attempt) => attempt.Error switch
    {
        UnavailableException error => error.Consistency,
        ReadTimeoutException error => error.Consistency,
        WriteTimeoutException error => error.Consistency,
        var error => throw new InvalidOperationException($"{error} names no consistency."),
    };

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
