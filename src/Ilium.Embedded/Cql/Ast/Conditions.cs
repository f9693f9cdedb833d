namespace Ilium.Embedded.Cql.Ast;

/// <summary>What a condition of an IF clause looks at.</summary>
internal abstract record ConditionTarget(SourcePosition Position, string Column) : CqlNode(Position);

internal sealed record ColumnTarget(SourcePosition Position, string Column) : ConditionTarget(Position, Column);

internal sealed record ElementTarget(SourcePosition Position, string Column, Term Element) : ConditionTarget(Position, Column);

internal sealed record FieldTarget(SourcePosition Position, string Column, string Field) : ConditionTarget(Position, Column);

/// <summary>One of the conditions of an IF clause, which all have to hold.</summary>
internal abstract record ColumnCondition(SourcePosition Position, ConditionTarget Target) : CqlNode(Position);

/// <summary><c>target operator value</c>.</summary>
internal sealed record SimpleCondition(SourcePosition Position, ConditionTarget Target, RelationOperator Operator, Term Value)
    : ColumnCondition(Position, Target);

/// <summary><c>target IN …</c>.</summary>
internal sealed record InCondition(SourcePosition Position, ConditionTarget Target, InValues Values) : ColumnCondition(Position, Target);
