using System.Net;

namespace Ilium.Tests.Errors;

public sealed class ClientErrorTests
{
    private static readonly IPEndPoint Node = new(IPAddress.Loopback, 9042);

    [Fact]
    public void No_node_available_lists_each_node_with_its_error()
    {
        var refused = new ConnectionFailedException(Node, ConnectionFailureReason.Refused, "nobody listens");
        var error = new NoNodeAvailableException(new Dictionary<EndPoint, Exception>
        {
            [Node] = refused,
            [new DnsEndPoint("node2", 9043)] = new TimeoutException("too late"),
        });
        Assert.Equal(
            "All 2 nodes tried failed:\n- 127.0.0.1:9042: ConnectionFailedException: nobody listens\n" +
            "- node2:9043: TimeoutException: too late",
            error.Message);
        Assert.Same(refused, error.InnerException);
        Assert.True(error.IsTransient);
        Assert.False(error.MayHaveBeenApplied);
    }

    [Fact]
    public void No_node_available_may_have_applied_a_write_when_one_of_its_attempts_may()
    {
        var late = new OperationTimedOutException(TimeSpan.FromSeconds(1), [], mayHaveBeenApplied: true);
        Assert.True(new NoNodeAvailableException(new Dictionary<EndPoint, Exception> { [Node] = late }).MayHaveBeenApplied);
    }

    [Fact]
    public void No_node_at_all_says_where_to_look()
    {
        var error = new NoNodeAvailableException(new Dictionary<EndPoint, Exception>());
        Assert.StartsWith("There is no node to send the request to", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    [Fact]
    public void A_thousand_nodes_do_not_make_a_thousand_lines()
    {
        var errors = Enumerable.Range(1, 1000).ToDictionary(
            static port => (EndPoint)new IPEndPoint(IPAddress.Loopback, port), static _ => (Exception)new TimeoutException("late"));
        var error = new NoNodeAvailableException(errors);
        Assert.Equal(22, error.Message.Split('\n').Length);
        Assert.EndsWith("- and 980 more, all in Errors", error.Message, StringComparison.Ordinal);
        Assert.Equal(1000, error.Errors.Count);
    }

    [Fact]
    public void A_timeout_says_where_the_time_went()
    {
        AttemptInfo[] attempts =
        [
            new(Node, TimeSpan.FromMilliseconds(700), "Overloaded") { InFlight = 12 },
            new(null, TimeSpan.FromMilliseconds(300), "waiting for a connection"),
        ];
        var error = new OperationTimedOutException(TimeSpan.FromSeconds(1), attempts, mayHaveBeenApplied: true);
        Assert.Equal(
            "No answer within 1000 ms, in 2 attempts:\n- 127.0.0.1:9042: Overloaded after 700 ms, 12 in flight\n" +
            "- (no node): waiting for a connection after 300 ms",
            error.Message);
        Assert.Equal(attempts, error.Attempts);
        Assert.True(error.MayHaveBeenApplied);

        var unsent = new OperationTimedOutException(TimeSpan.FromSeconds(1), [], mayHaveBeenApplied: false);
        Assert.Equal("No answer within 1000 ms; the request was never sent: it waited for a connection or for its turn.", unsent.Message);
        Assert.False(unsent.MayHaveBeenApplied);
        Assert.True(unsent.IsTransient);
    }

    [Fact]
    public void Throttling_carries_its_numbers()
    {
        var error = new RequestThrottledException(inFlight: 32768, queued: 10, limit: 10);
        Assert.Equal((32768, 10, 10), (error.InFlight, error.Queued, error.Limit));
        Assert.StartsWith("The request was refused: 32768 requests are in flight and 10 wait", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        Assert.False(error.MayHaveBeenApplied);
    }

    [Fact]
    public void An_unsupported_version_says_what_was_tried_and_what_the_server_said()
    {
        var error = new UnsupportedProtocolVersionException(Node, [ProtocolVersion.V5, ProtocolVersion.V4], "Invalid version");
        Assert.Equal(
            "127.0.0.1:9042 speaks none of the protocol versions offered (v5, v4). Unset ClusterOptions.ProtocolVersion to let both " +
            "sides agree; where nodes of different versions share a cluster, set MaxProtocolVersion to what all of them speak. Or check that " +
            "this is a CQL port. The server said: Invalid version",
            error.Message);
        Assert.False(error.IsTransient);
    }

    [Theory]
    [InlineData(PagingStateFault.Corrupt, "The paging state is damaged. It is cut. Start the query again from its first page.")]
    [InlineData(
        PagingStateFault.OtherStatement,
        "The paging state belongs to another statement, to other values or to another keyspace. It is cut. Start the query again from its first page.")]
    public void A_refused_paging_state_says_why(PagingStateFault fault, string message)
    {
        var error = new PagingStateException(fault, "It is cut.");
        Assert.Equal(message, error.Message);
        Assert.Equal(fault, error.Fault);
    }

    [Fact]
    public void A_missing_trace_may_appear_later()
    {
        var error = new TraceUnavailableException(Guid.Empty, TimeSpan.FromSeconds(2));
        Assert.Contains("was not complete in system_traces after 2000 ms", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public void Only_faults_that_pass_by_themselves_are_transient()
    {
        var transient = Enum.GetValues<ConnectionFailureReason>()
            .Where(reason => new ConnectionFailedException(Node, reason, "x").IsTransient);
        Assert.Equal(
            [
                ConnectionFailureReason.Network,
                ConnectionFailureReason.NameNotResolved,
                ConnectionFailureReason.Refused,
                ConnectionFailureReason.Unreachable,
                ConnectionFailureReason.TimedOut,
                ConnectionFailureReason.Closed,
                ConnectionFailureReason.Handshake,
                ConnectionFailureReason.AstraMetadata,
            ],
            transient);
    }
}
