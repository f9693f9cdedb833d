using System.Collections.Immutable;
using Ilium.Embedded.Schema;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>What a definition makes of the schema, and what clients are told about it: no result where it changes nothing.</summary>
internal sealed record SchemaStep(ImmutableSortedDictionary<string, KeyspaceDefinition> Keyspaces, SchemaResult? Result)
{
    internal ImmutableArray<string> Warnings { get; init; } = [];
}
