namespace Ilium.Embedded.Cql.Ast;

/// <summary>A type as it is written (the grammar's <c>comparatorType</c>); names are not resolved.</summary>
internal abstract record TypeName(SourcePosition Position) : CqlNode(Position);

/// <summary>One of the 21 native types. <paramref name="Name"/> is in lower case, and <c>varchar</c> and <c>text</c> differ in it.</summary>
internal sealed record NativeTypeName(SourcePosition Position, string Name, CqlTypeCode Code) : TypeName(Position);

internal sealed record ListTypeName(SourcePosition Position, TypeName Element) : TypeName(Position);

internal sealed record SetTypeName(SourcePosition Position, TypeName Element) : TypeName(Position);

internal sealed record MapTypeName(SourcePosition Position, TypeName Key, TypeName Value) : TypeName(Position);

internal sealed record TupleTypeName(SourcePosition Position, NodeList<TypeName> Elements) : TypeName(Position);

internal sealed record VectorTypeName(SourcePosition Position, TypeName Element, int Dimension) : TypeName(Position);

internal sealed record FrozenTypeName(SourcePosition Position, TypeName Inner) : TypeName(Position);

internal sealed record UserTypeName(SourcePosition Position, QualifiedName Name) : TypeName(Position);

/// <summary><c>'org.example.SomeType'</c>: a class of the server.</summary>
internal sealed record CustomTypeName(SourcePosition Position, string ClassName) : TypeName(Position);
