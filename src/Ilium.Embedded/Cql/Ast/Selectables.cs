namespace Ilium.Embedded.Cql.Ast;

/// <summary>One item of a select clause.</summary>
internal sealed record Selector(SourcePosition Position, Selectable Selectable, string? Alias) : CqlNode(Position);

/// <summary>What can be selected, and grouped by: the grammar's <c>unaliasedSelector</c>.</summary>
internal abstract record Selectable(SourcePosition Position) : CqlNode(Position);

internal sealed record ColumnSelectable(SourcePosition Position, string Column) : Selectable(Position);

/// <summary>A literal, NULL or a bind marker.</summary>
internal sealed record TermSelectable(SourcePosition Position, Term Term) : Selectable(Position);

/// <summary><c>count(*)</c>.</summary>
internal sealed record CountRowsSelectable(SourcePosition Position) : Selectable(Position);

internal enum WriteTimeOrTtlKind
{
    WriteTime,
    MaxWriteTime,
    Ttl,
}

/// <summary><c>writetime(column)</c> and its like; <paramref name="Selected"/> is the column, or a field, element or slice of it.</summary>
internal sealed record WriteTimeOrTtlSelectable(SourcePosition Position, WriteTimeOrTtlKind Kind, string Column, Selectable Selected)
    : Selectable(Position);

/// <summary><c>CAST(selectable AS type)</c>.</summary>
internal sealed record CastSelectable(SourcePosition Position, Selectable Operand, NativeTypeName Type) : Selectable(Position);

internal sealed record FunctionSelectable(SourcePosition Position, QualifiedName Name, NodeList<Selectable> Arguments) : Selectable(Position);

internal sealed record ArithmeticSelectable(SourcePosition Position, ArithmeticOperator Operator, Selectable Left, Selectable Right)
    : Selectable(Position);

internal sealed record NegatedSelectable(SourcePosition Position, Selectable Operand) : Selectable(Position);

/// <summary><c>selectable.field</c>.</summary>
internal sealed record FieldSelectable(SourcePosition Position, Selectable Receiver, string Field) : Selectable(Position);

/// <summary><c>selectable[element]</c>.</summary>
internal sealed record ElementSelectable(SourcePosition Position, Selectable Receiver, Term Element) : Selectable(Position);

/// <summary><c>selectable[from..to]</c>; one of the two may be missing.</summary>
internal sealed record SliceSelectable(SourcePosition Position, Selectable Receiver, Term? From, Term? To) : Selectable(Position);

/// <summary><c>(selectable) </c>, which is that selectable or a tuple of it, or <c>(a, b)</c>.</summary>
internal sealed record TupleSelectable(SourcePosition Position, NodeList<Selectable> Elements) : Selectable(Position);

/// <summary><c>[…]</c>: a list or a vector.</summary>
internal sealed record ArraySelectable(SourcePosition Position, NodeList<Selectable> Elements) : Selectable(Position);

/// <summary><c>{…}</c> without colons. Empty, it may be a map too.</summary>
internal sealed record SetSelectable(SourcePosition Position, NodeList<Selectable> Elements) : Selectable(Position);

/// <summary><c>{key: value, …}</c>; with plain names for keys it may be a user-defined type.</summary>
internal sealed record MapOrUserTypeSelectable(SourcePosition Position, NodeList<SelectableEntry> Entries) : Selectable(Position);

internal sealed record SelectableEntry(SourcePosition Position, Selectable Key, Selectable Value) : CqlNode(Position);

/// <summary>The type hint <c>(int) selectable</c>.</summary>
internal sealed record TypeHintSelectable(SourcePosition Position, TypeName Type, Selectable Operand) : Selectable(Position);
