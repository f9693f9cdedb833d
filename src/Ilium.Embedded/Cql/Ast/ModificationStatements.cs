namespace Ilium.Embedded.Cql.Ast;

/// <summary><c>USING TIMESTAMP t AND TTL t</c>. Of an option given twice the last counts.</summary>
internal sealed record UsingAttributes(Term? Timestamp, Term? TimeToLive)
{
    public static UsingAttributes None { get; } = new(null, null);
}

/// <summary>What changes rows, and what a batch may hold.</summary>
internal abstract record ModificationStatement(SourcePosition Position, QualifiedName Table, UsingAttributes Using) : CqlStatement(Position);

/// <summary><c>INSERT INTO t (columns) VALUES (values)</c>; whether there are as many of the ones as of the others is not checked.</summary>
internal sealed record InsertStatement(
    SourcePosition Position,
    QualifiedName Table,
    NodeList<string> Columns,
    NodeList<Term> Values,
    bool IfNotExists,
    UsingAttributes Using) : ModificationStatement(Position, Table, Using);

/// <summary><c>INSERT INTO t JSON value</c>; the value is a string <see cref="Literal"/> or a <see cref="BindMarker"/>.</summary>
internal sealed record InsertJsonStatement(
    SourcePosition Position,
    QualifiedName Table,
    Term Json,
    bool DefaultUnset,
    bool IfNotExists,
    UsingAttributes Using) : ModificationStatement(Position, Table, Using);

/// <summary><c>UPDATE</c>.</summary>
internal sealed record UpdateStatement(
    SourcePosition Position,
    QualifiedName Table,
    UsingAttributes Using,
    NodeList<Assignment> Assignments,
    NodeList<Relation> Where,
    bool IfExists,
    NodeList<ColumnCondition> Conditions) : ModificationStatement(Position, Table, Using);

/// <summary><c>DELETE</c>; without deletions, of whole rows, ranges or partitions.</summary>
internal sealed record DeleteStatement(
    SourcePosition Position,
    NodeList<Deletion> Deletions,
    QualifiedName Table,
    UsingAttributes Using,
    NodeList<Relation> Where,
    bool IfExists,
    NodeList<ColumnCondition> Conditions) : ModificationStatement(Position, Table, Using);

internal enum BatchKind
{
    Logged,
    Unlogged,
    Counter,
}

/// <summary><c>BEGIN BATCH … APPLY BATCH</c>.</summary>
internal sealed record CqlBatchStatement(
    SourcePosition Position,
    BatchKind Kind,
    UsingAttributes Using,
    NodeList<ModificationStatement> Statements) : CqlStatement(Position);
