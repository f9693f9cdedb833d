namespace Ilium.Embedded.Cql.Ast;

/// <summary>What a literal looks like; which types it may have follows from that.</summary>
internal enum LiteralKind
{
    String,
    Integer,
    Uuid,

    /// <summary>Also <c>NaN</c> (and <c>-NaN</c>, which is the same), <c>Infinity</c> and <c>-Infinity</c>, spelled so.</summary>
    Float,
    Boolean,

    /// <summary>With its <c>0x</c>.</summary>
    Hex,
    Duration,
}

internal enum ArithmeticOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// <summary>A value in a statement: the grammar's <c>term</c>.</summary>
internal abstract record Term(SourcePosition Position) : CqlNode(Position);

/// <summary>A literal: <paramref name="Text"/> is as written, except that a string is without its quotes.</summary>
internal sealed record Literal(SourcePosition Position, LiteralKind Kind, string Text) : Term(Position);

internal sealed record NullLiteral(SourcePosition Position) : Term(Position);

/// <summary><c>?</c> or <c>:name</c>. <paramref name="Index"/> counts the markers of the statement (of the whole batch) from 0 in the order of the text.</summary>
internal sealed record BindMarker(SourcePosition Position, int Index, string? Name) : Term(Position);

/// <summary><c>[…]</c>: a list or a vector.</summary>
internal sealed record ArrayLiteral(SourcePosition Position, NodeList<Term> Elements) : Term(Position);

/// <summary><c>{…}</c> without colons. Empty, it may be a map too.</summary>
internal sealed record SetLiteral(SourcePosition Position, NodeList<Term> Elements) : Term(Position);

/// <summary><c>{key: value, …}</c> where not all keys are plain names.</summary>
internal sealed record MapLiteral(SourcePosition Position, NodeList<MapEntry> Entries) : Term(Position);

internal sealed record MapEntry(SourcePosition Position, Term Key, Term Value) : CqlNode(Position);

/// <summary><c>{field: value, …}</c>. Of a field named twice the last value counts.</summary>
internal sealed record UserTypeLiteral(SourcePosition Position, NodeList<FieldValue> Fields) : Term(Position);

internal sealed record FieldValue(SourcePosition Position, string Field, Term Value) : CqlNode(Position);

/// <summary><c>(a, b)</c>; also of one element, which may be that element in parentheses.</summary>
internal sealed record TupleLiteral(SourcePosition Position, NodeList<Term> Elements) : Term(Position);

internal sealed record FunctionCall(SourcePosition Position, QualifiedName Name, NodeList<Term> Arguments) : Term(Position);

internal sealed record ArithmeticTerm(SourcePosition Position, ArithmeticOperator Operator, Term Left, Term Right) : Term(Position);

/// <summary><c>-term</c>; <c>-1</c> is a literal.</summary>
internal sealed record NegatedTerm(SourcePosition Position, Term Operand) : Term(Position);

/// <summary>The type hint <c>(int) term</c>.</summary>
internal sealed record TypeHintTerm(SourcePosition Position, TypeName Type, Term Value) : Term(Position);

/// <summary><c>CAST(term AS int)</c>.</summary>
internal sealed record CastTerm(SourcePosition Position, Term Value, NativeTypeName Type) : Term(Position);
