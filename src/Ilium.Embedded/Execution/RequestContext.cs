using Ilium.Buffers;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution;

/// <summary>What running a statement needs beside the statement: who asks, where, when. One a connection, set anew for each request.</summary>
internal sealed class RequestContext(NodeEngine engine, ClientState client)
{
    internal NodeEngine Engine { get; } = engine;

    internal ClientState Client { get; } = client;

    /// <summary>The rows of the result go here; cleared before each request.</summary>
    internal CqlWriter Rows { get; } = new(4096);

    /// <summary>What came with the request; null for one that has no such options.</summary>
    internal QueryOptions? Options { get; private set; }

    internal List<string>? Warnings { get; private set; }

    /// <summary>The moment of this request in microseconds since 1970.</summary>
    internal long NowMicroseconds { get; private set; }

    /// <summary>What expiry is measured against: seconds since 1970.</summary>
    internal long NowSeconds { get; private set; }

    internal void Begin(QueryOptions? options)
    {
        Options = options;
        Warnings = null;
        Rows.Clear();
        NowMicroseconds = Engine.Database.Clock.NowMicroseconds();
        NowSeconds = options?.NowInSeconds ?? NowMicroseconds / 1_000_000;
    }

    internal void Warn(string warning)
    {
        Warnings ??= [];
        if (!Warnings.Contains(warning))
        {
            Warnings.Add(warning);
        }
    }
}
