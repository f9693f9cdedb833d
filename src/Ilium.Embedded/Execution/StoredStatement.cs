using System.Collections.Immutable;

namespace Ilium.Embedded.Execution;

/// <summary>A statement that was analysed, with what clients are told about it. Immutable.</summary>
internal sealed class StoredStatement(byte[] id, string text, string? keyspace, CompiledStatement statement)
{
    internal byte[] Id { get; } = id;

    internal string Text { get; } = text;

    /// <summary>The keyspace it was prepared in, where its names need one.</summary>
    internal string? Keyspace { get; } = keyspace;

    internal CompiledStatement Statement { get; } = statement;

    internal ResultColumns Variables => Statement.Variables;

    internal ImmutableArray<ushort> PartitionKeyIndexes => Statement.PartitionKeyIndexes;

    internal ResultColumns Columns => Statement.Columns;
}
