namespace Ilium.Embedded.Cql.Ast;

internal sealed record ArgumentDefinition(SourcePosition Position, string Name, TypeName Type) : CqlNode(Position);

internal sealed record CreateFunctionStatement(
    SourcePosition Position,
    bool OrReplace,
    bool IfNotExists,
    QualifiedName Function,
    NodeList<ArgumentDefinition> Arguments,
    bool CalledOnNullInput,
    TypeName ReturnType,
    string Language,
    string Body) : CqlStatement(Position);

/// <summary><c>DROP FUNCTION</c>; without argument types where none were listed, not even none in parentheses.</summary>
internal sealed record DropFunctionStatement(SourcePosition Position, bool IfExists, QualifiedName Function, NodeList<TypeName>? ArgumentTypes)
    : CqlStatement(Position);

internal sealed record CreateAggregateStatement(
    SourcePosition Position,
    bool OrReplace,
    bool IfNotExists,
    QualifiedName Aggregate,
    NodeList<TypeName> ArgumentTypes,
    string StateFunction,
    TypeName StateType,
    string? FinalFunction,
    Term? InitialCondition) : CqlStatement(Position);

/// <summary><c>DROP AGGREGATE</c>; without argument types where none were listed, not even none in parentheses.</summary>
internal sealed record DropAggregateStatement(SourcePosition Position, bool IfExists, QualifiedName Aggregate, NodeList<TypeName>? ArgumentTypes)
    : CqlStatement(Position);

internal sealed record CreateTriggerStatement(SourcePosition Position, bool IfNotExists, string Trigger, QualifiedName Table, string ClassName)
    : CqlStatement(Position);

internal sealed record DropTriggerStatement(SourcePosition Position, bool IfExists, string Trigger, QualifiedName Table) : CqlStatement(Position);
