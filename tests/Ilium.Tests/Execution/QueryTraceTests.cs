using Ilium.TestKit;

namespace Ilium.Tests.Execution;

public class QueryTraceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trace_is_read_with_the_consistency_of_the_sessions_profile()
    {
        await using var driver = new ScriptedCluster();
        var (session, _) = await driver.ConnectAsync();
        driver.Server.Define(
            "SELECT request, coordinator, client, parameters, started_at, duration FROM system_traces.sessions WHERE session_id = ?",
            new ServerStatement { Bind = [new("session_id", TypeBytes.Uuid)], Result = ScriptedCluster.Value });
        var held = driver.Server.Hold(static request => request.Is(WireOpcode.Execute));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var careful = session.WithProfile(new ExecutionProfile { Consistency = ConsistencyLevel.LocalQuorum });
        var fetching = careful.GetQueryTraceAsync(TimeUuid.NewId().ToGuid(), stop.Token).AsTask();
        Assert.Equal((ushort)ConsistencyLevel.LocalQuorum, (await held.NextAsync(Cancelled)).Parts.Consistency);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
    }
}
