namespace Ilium.Embedded.Cql.Ast;

internal enum RelationOperator
{
    Equal,
    NotEqual,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,
    Contains,
    ContainsKey,
    Like,
}

/// <summary>One of the conditions of a WHERE clause, which all have to hold.</summary>
internal abstract record Relation(SourcePosition Position) : CqlNode(Position);

/// <summary><c>column operator value</c>.</summary>
internal sealed record SingleColumnRelation(SourcePosition Position, string Column, RelationOperator Operator, Term Value) : Relation(Position);

/// <summary><c>column IN …</c>.</summary>
internal sealed record SingleColumnInRelation(SourcePosition Position, string Column, InValues Values) : Relation(Position);

/// <summary><c>column IS NOT NULL</c>.</summary>
internal sealed record IsNotNullRelation(SourcePosition Position, string Column) : Relation(Position);

/// <summary><c>column[key] operator value</c>.</summary>
internal sealed record MapElementRelation(SourcePosition Position, string Column, Term Key, RelationOperator Operator, Term Value)
    : Relation(Position);

/// <summary><c>token(a, b) operator value</c>.</summary>
internal sealed record TokenRelation(SourcePosition Position, NodeList<string> Columns, RelationOperator Operator, Term Value) : Relation(Position);

/// <summary><c>(a, b) operator value</c>, where the value is a <see cref="TupleLiteral"/> or a <see cref="BindMarker"/>.</summary>
internal sealed record MultiColumnRelation(SourcePosition Position, NodeList<string> Columns, RelationOperator Operator, Term Value)
    : Relation(Position);

/// <summary><c>(a, b) IN …</c>, where each value is a <see cref="TupleLiteral"/> or each a <see cref="BindMarker"/>.</summary>
internal sealed record MultiColumnInRelation(SourcePosition Position, NodeList<string> Columns, InValues Values) : Relation(Position);

/// <summary><c>expr(index, value)</c>.</summary>
internal sealed record CustomIndexExpression(SourcePosition Position, QualifiedName Index, Term Value) : Relation(Position);

/// <summary>What follows IN: one marker for the whole list (<c>IN ?</c>), or a list, maybe empty.</summary>
internal sealed record InValues(SourcePosition Position, BindMarker? Marker, NodeList<Term> Terms) : CqlNode(Position);
