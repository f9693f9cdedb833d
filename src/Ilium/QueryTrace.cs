using System.Net;

namespace Ilium;

/// <summary>What a server recorded while it carried out a request.</summary>
/// <param name="TracingId">The id of the trace.</param>
/// <param name="RequestType">What kind of request it was.</param>
/// <param name="Coordinator">The node that coordinated it.</param>
/// <param name="Client">The address the request came from; null on old servers.</param>
/// <param name="Parameters">The request's text, consistency and so on.</param>
/// <param name="StartedAt">When the coordinator began.</param>
/// <param name="Duration">How long it took the coordinator.</param>
/// <param name="Events">The steps, in order of time.</param>
public sealed record QueryTrace(
    Guid TracingId,
    string RequestType,
    IPAddress Coordinator,
    IPAddress? Client,
    IReadOnlyDictionary<string, string> Parameters,
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    IReadOnlyList<QueryTraceEvent> Events)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(3);

    internal static async ValueTask<QueryTrace> FetchAsync(Session session, Guid tracingId, CancellationToken cancellationToken)
    {
        var clock = session.Cluster.Options.TimeProvider;
        var began = clock.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            // The server writes the session last, after its answer and after the events.
            var rows = await session.ExecuteAsync(
                $"SELECT request, coordinator, client, parameters, started_at, duration FROM system_traces.sessions WHERE session_id = {tracingId}",
                cancellationToken: cancellationToken).ConfigureAwait(false);
            if (rows.TryGetFirst(out var row) && row.TryGet<int>("duration", out var microseconds))
            {
                return new QueryTrace(
                    tracingId,
                    row.Get<string>("request") ?? "",
                    row.Get<IPAddress>("coordinator"),
                    row.Get<IPAddress?>("client"),
                    row.Get<Dictionary<string, string>?>("parameters") ?? [],
                    row.Get<DateTimeOffset>("started_at"),
                    TimeSpan.FromMicroseconds(microseconds),
                    await FetchEventsAsync(session, tracingId, cancellationToken).ConfigureAwait(false));
            }

            if (clock.GetElapsedTime(began) + pause > LongestWait)
            {
                throw new TraceUnavailableException(tracingId, clock.GetElapsedTime(began));
            }

            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
            pause *= 2;
        }
    }

    private static async ValueTask<IReadOnlyList<QueryTraceEvent>> FetchEventsAsync(Session session, Guid tracingId, CancellationToken cancellationToken)
    {
        var events = new List<QueryTraceEvent>();
        var rows = session.QueryAsync(
            $"SELECT event_id, activity, source, source_elapsed, thread FROM system_traces.events WHERE session_id = {tracingId}",
            cancellationToken: cancellationToken);
        await foreach (var row in rows.ConfigureAwait(false))
        {
            events.Add(new QueryTraceEvent(
                row.Get<TimeUuid>("event_id").Timestamp,
                row.Get<string>("activity") ?? "",
                row.Get<IPAddress>("source"),
                row.TryGet<int>("source_elapsed", out var elapsed) ? TimeSpan.FromMicroseconds(elapsed) : null,
                row.Get<string?>("thread")));
        }

        return events;
    }
}

/// <summary>One step of a trace.</summary>
/// <param name="At">When it was recorded.</param>
/// <param name="Activity">What was done.</param>
/// <param name="Source">The node that did it.</param>
/// <param name="SourceElapsed">How long after the start on that node; null when it was not measured.</param>
/// <param name="Thread">The server's thread.</param>
public sealed record QueryTraceEvent(DateTimeOffset At, string Activity, IPAddress Source, TimeSpan? SourceElapsed, string? Thread);
