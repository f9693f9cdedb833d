using System.Net;
using Ilium.IntegrationTests.Clusters;
using Ilium.IntegrationTests.Ring;

namespace Ilium.IntegrationTests.Statements;

[Collection(PlainRingCollection.Name)]
public class TraceTests(ClassKeyspace keyspace) : IClassFixture<ClassKeyspace>
{
    [Theory, EachVersion]
    public async Task A_trace_tells_who_did_what_and_when(ProtocolVersion version)
    {
        var session = await keyspace.SessionAsync(version);
        var table = await keyspace.TableAsync(session, "id int PRIMARY KEY");
        var text = $"SELECT id FROM {table} WHERE id = 1";
        using var untraced = await session.RunAsync(new SimpleStatement(text));
        Assert.Null(untraced.Info.TracingId);
        using var rows = await session.RunAsync(new SimpleStatement(text), new ExecutionOptions { Tracing = true });
        var node = Assert.IsType<IPEndPoint>(rows.Info.Node).Address;
        var trace = await session.GetQueryTraceAsync(Assert.NotNull(rows.Info.TracingId), CqlText.Cancelled);
        Assert.Equal((rows.Info.TracingId, "Execute CQL3 query", node, text), (trace.TracingId, trace.RequestType, trace.Coordinator, trace.Parameters["query"]));
        Assert.Equal(IPAddress.Loopback.GetAddressBytes()[0], trace.Client!.GetAddressBytes()[0]);
        Assert.True(trace.Duration > TimeSpan.Zero, $"{trace.Duration}");
        Assert.InRange(trace.StartedAt, DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(2));
        Assert.All(trace.Events, step => Assert.Equal(node, step.Source));
        Assert.Contains(trace.Events, step => step.Activity == $"Parsing {text}" && step.SourceElapsed >= TimeSpan.Zero && step.Thread!.Length > 0);
        Assert.Equal(trace.Events.Select(static step => step.At).Order(), trace.Events.Select(static step => step.At));
    }

    [Fact]
    public async Task A_trace_that_is_not_there_is_waited_for_two_seconds()
    {
        var session = await keyspace.SessionAsync(ProtocolVersion.V5);
        var id = TimeUuid.NewId().ToGuid();
        var error = await Assert.ThrowsAsync<TraceUnavailableException>(async () => await session.GetQueryTraceAsync(id, CqlText.Cancelled));
        Assert.Equal(id, error.TraceId);
        // The pauses double: the last that would go beyond two seconds is not begun.
        Assert.InRange(error.Waited, TimeSpan.FromSeconds(0.7), TimeSpan.FromSeconds(30));
    }
}
