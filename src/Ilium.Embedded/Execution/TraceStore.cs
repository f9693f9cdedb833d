using System.Net;

namespace Ilium.Embedded.Execution;

/// <summary>One thing that happened in a traced request.</summary>
internal sealed record TraceEvent(TimeUuid Id, string Activity, int ElapsedMicroseconds, string Thread);

/// <summary>A traced request. Immutable.</summary>
internal sealed record TraceSession(Guid Id, string Command, string Request, long StartedAtMilliseconds, int DurationMicroseconds, IPAddress Client, IPAddress Coordinator)
{
    internal IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    internal IReadOnlyList<TraceEvent> Events { get; init; } = [];
}

/// <summary>The last traced requests, for <c>system_traces</c>. Safe for all threads.</summary>
internal sealed class TraceStore
{
    private const int Capacity = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<TraceSession> _sessions = new();

    internal TraceSession[] All
    {
        get
        {
            lock (_lock)
            {
                return [.. _sessions];
            }
        }
    }

    internal void Add(TraceSession session)
    {
        lock (_lock)
        {
            _sessions.Enqueue(session);
            while (_sessions.Count > Capacity)
            {
                _sessions.Dequeue();
            }
        }
    }
}
