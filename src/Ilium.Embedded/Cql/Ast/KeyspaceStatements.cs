namespace Ilium.Embedded.Cql.Ast;

/// <summary><c>name = value</c> in a WITH clause. None is there twice.</summary>
internal abstract record Property(SourcePosition Position, string Name) : CqlNode(Position);

/// <summary>A property with a constant or an unreserved keyword for a value, as written; a string is without its quotes.</summary>
internal sealed record TextProperty(SourcePosition Position, string Name, string Text) : Property(Position, Name);

/// <summary>A property with a map of constants for a value; no key is there twice.</summary>
internal sealed record MapProperty(SourcePosition Position, string Name, NodeList<KeyValuePair<string, string>> Entries) : Property(Position, Name);

internal sealed record CreateKeyspaceStatement(SourcePosition Position, string Keyspace, bool IfNotExists, NodeList<Property> Properties)
    : CqlStatement(Position);

internal sealed record AlterKeyspaceStatement(SourcePosition Position, string Keyspace, bool IfExists, NodeList<Property> Properties)
    : CqlStatement(Position);

internal sealed record DropKeyspaceStatement(SourcePosition Position, string Keyspace, bool IfExists) : CqlStatement(Position);

internal sealed record UseStatement(SourcePosition Position, string Keyspace) : CqlStatement(Position);
