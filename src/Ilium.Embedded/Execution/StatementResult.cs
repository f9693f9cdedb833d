using System.Collections.Immutable;
using Ilium.Buffers;

namespace Ilium.Embedded.Execution;

/// <summary>What a statement gave, before it is written as a RESULT (native protocol §4.2.5).</summary>
internal abstract class StatementResult;

internal sealed class VoidResult : StatementResult
{
    internal static VoidResult Instance { get; } = new();
}

/// <summary>Rows, already encoded one after the other.</summary>
/// <remarks>The bytes are the connection's own and are gone with its next request.</remarks>
internal sealed class RowsResult(ResultColumns columns, CqlWriter rows, int count, byte[]? pagingState) : StatementResult
{
    internal ResultColumns Columns { get; } = columns;

    internal CqlWriter Rows { get; } = rows;

    internal int Count { get; } = count;

    internal byte[]? PagingState { get; } = pagingState;

    /// <summary>Columns that PREPARE says nothing of: below v5, where they have no id, they always go along.</summary>
    internal bool WereNotPrepared { get; init; }

    /// <summary>True for LWTs, whose columns differ from answer to answer: metadata always goes along and has no id.</summary>
    internal bool HasOwnColumns { get; init; }
}

internal sealed class KeyspaceResult(string keyspace) : StatementResult
{
    internal string Keyspace { get; } = keyspace;
}

/// <summary>What a DDL statement changed (native protocol §4.2.5.5); also what is sent as an event.</summary>
internal sealed class SchemaResult(string change, string target, string keyspace, string? name = null, ImmutableArray<string> arguments = default) : StatementResult
{
    internal const string Created = "CREATED";
    internal const string Updated = "UPDATED";
    internal const string Dropped = "DROPPED";

    internal string Change { get; } = change;

    internal string Target { get; } = target;

    internal string Keyspace { get; } = keyspace;

    internal string? Name { get; } = name;

    internal ImmutableArray<string> Arguments { get; } = arguments.IsDefault ? [] : arguments;
}
