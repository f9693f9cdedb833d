using System.Net;

namespace Ilium;

/// <summary>How a request was carried out. Immutable.</summary>
public sealed record ExecutionInfo
{
    internal static readonly ExecutionInfo Empty = new();

    /// <summary>The node that answered; null only for results that never reached a server.</summary>
    public EndPoint? Node { get; init; }

    /// <summary>The attempts that failed before the one that was answered; empty when the first was.</summary>
    public IReadOnlyList<AttemptInfo> Attempts { get; init; } = [];

    /// <summary>The id of the server's trace; null unless tracing was asked for.</summary>
    public Guid? TracingId { get; init; }

    /// <summary>Warnings the server sent with its answer (native protocol v4 and later).</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The custom payload the server sent with its answer (native protocol v4 and later).</summary>
    public IReadOnlyDictionary<string, byte[]> Payload { get; init; } = EmptyPayload;

    /// <summary>
    /// After a statement that changed the schema: true when all nodes that are up had the change before this was returned, false when they had not
    /// within <see cref="SchemaOptions.AgreementTimeout"/>. Null for other statements, when it was not waited for, and when it could not be found out.
    /// </summary>
    public bool? IsSchemaInAgreement { get; init; }

    private static IReadOnlyDictionary<string, byte[]> EmptyPayload { get; } = new Dictionary<string, byte[]>();
}
