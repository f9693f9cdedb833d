using Ilium.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Ilium.Tests.Execution;

public class AttemptHistoryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("overloaded", typeof(OverloadedException))]
    [InlineData("connection closed", typeof(ConnectionClosedException))]
    [InlineData("malformed", typeof(MalformedResponseException))]
    [InlineData("wrong opcode", typeof(MalformedResponseException))]
    [InlineData("nothing", typeof(OperationTimedOutException))]
    public async Task Every_failure_says_which_node_was_asked_how_long_it_took_and_what_came_of_it(string failure, Type type)
    {
        var time = new FakeTimeProvider();
        await using var ring = new ScriptedRing(1, new ClusterOptions { TimeProvider = time, RetryPolicy = RetryPolicy.Fallthrough, StallInterval = TimeSpan.Zero, RequestTimeout = TimeSpan.FromSeconds(1) });
        var (session, _, write) = await ring.ConnectAsync();
        ring.Answers(static _ => { });
        var pending = session.ExecuteAsync(write.Bind(1), cancellationToken: Cancelled).AsTask();
        var request = await ring.AskedAsync(0);
        time.Advance(TimeSpan.FromMilliseconds(250));
        switch (failure)
        {
            case "malformed":
                request.Send(WireOpcode.Result, new WireWriter().Int(99).ToArray());
                break;
            case "wrong opcode":
                request.Send(WireOpcode.Supported, []);
                break;
            case "nothing":
                time.Advance(TimeSpan.FromMilliseconds(750));
                break;
            case "connection closed":
                request.Connection.Close();
                break;
            default:
                request.Error(WireError.Overloaded, "why");
                break;
        }

        var error = await Assert.ThrowsAnyAsync<CassandraException>(() => pending);
        Assert.IsType(type, error);
        var attempt = Assert.Single(error.Attempts);
        Assert.Equal((ScriptedRing.NodeAt(0), TimeSpan.FromMilliseconds(failure == "nothing" ? 1_000 : 250)), (attempt.Node, attempt.Elapsed));
        Assert.NotEmpty(attempt.Outcome);
        Assert.Same(failure == "nothing" ? null : error, attempt.Error);
    }
}
