namespace Ilium.Embedded.Cql.Ast;

/// <summary>The name of a table, view, index, type, function or aggregate, with the keyspace where the text names one.</summary>
internal sealed record QualifiedName(SourcePosition Position, string? Keyspace, string Name) : CqlNode(Position);
