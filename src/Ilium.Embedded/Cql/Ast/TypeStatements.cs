namespace Ilium.Embedded.Cql.Ast;

internal sealed record FieldDefinition(SourcePosition Position, string Name, TypeName Type) : CqlNode(Position);

internal sealed record CreateTypeStatement(SourcePosition Position, QualifiedName Type, bool IfNotExists, NodeList<FieldDefinition> Fields)
    : CqlStatement(Position);

internal sealed record AlterTypeStatement(SourcePosition Position, QualifiedName Type, bool IfExists, TypeAlteration Alteration) : CqlStatement(Position);

internal abstract record TypeAlteration(SourcePosition Position) : CqlNode(Position);

/// <summary><c>ALTER field TYPE type</c>.</summary>
internal sealed record AlterFieldType(SourcePosition Position, string Field, TypeName Type) : TypeAlteration(Position);

internal sealed record AddField(SourcePosition Position, bool IfNotExists, FieldDefinition Field) : TypeAlteration(Position);

/// <summary><c>RENAME a TO b AND …</c>.</summary>
internal sealed record RenameFields(SourcePosition Position, bool IfExists, NodeList<Renaming> Renamings) : TypeAlteration(Position);

internal sealed record DropTypeStatement(SourcePosition Position, QualifiedName Type, bool IfExists) : CqlStatement(Position);
