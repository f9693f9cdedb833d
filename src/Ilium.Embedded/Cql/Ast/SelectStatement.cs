namespace Ilium.Embedded.Cql.Ast;

/// <summary><c>SELECT</c>.</summary>
internal sealed record SelectStatement(
    SourcePosition Position,
    bool IsJson,
    bool IsDistinct,
    NodeList<Selector> Selectors,
    QualifiedName Table,
    NodeList<Relation> Where,
    NodeList<Selectable> GroupBy,
    NodeList<Ordering> OrderBy,
    Term? PerPartitionLimit,
    Term? Limit,
    bool AllowFiltering) : CqlStatement(Position)
{
    /// <summary><c>SELECT *</c>: no selectors are listed.</summary>
    public bool IsWildcard => Selectors.IsEmpty;
}

/// <summary><c>column [ANN OF term] [ASC | DESC]</c>.</summary>
internal sealed record Ordering(SourcePosition Position, string Column, Term? AnnOf, bool IsDescending) : CqlNode(Position);
