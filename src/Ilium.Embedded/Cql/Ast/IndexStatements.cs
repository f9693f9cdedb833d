namespace Ilium.Embedded.Cql.Ast;

internal enum IndexTargetKind
{
    /// <summary>A column's value, and of a collection that is not frozen its values.</summary>
    Simple,
    Values,
    Keys,
    Entries,
    Full,
}

internal sealed record IndexTarget(SourcePosition Position, IndexTargetKind Kind, string Column) : CqlNode(Position);

/// <summary><c>CREATE [CUSTOM] INDEX</c>. Without a name the server makes one; <paramref name="ClassName"/> follows USING.</summary>
internal sealed record CreateIndexStatement(
    SourcePosition Position,
    bool IsCustom,
    bool IfNotExists,
    string? Name,
    QualifiedName Table,
    NodeList<IndexTarget> Targets,
    string? ClassName,
    NodeList<Property> Properties) : CqlStatement(Position);

internal sealed record DropIndexStatement(SourcePosition Position, QualifiedName Index, bool IfExists) : CqlStatement(Position);
