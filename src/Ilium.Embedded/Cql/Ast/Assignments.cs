namespace Ilium.Embedded.Cql.Ast;

/// <summary>One of the assignments of an UPDATE.</summary>
internal abstract record Assignment(SourcePosition Position, string Column) : CqlNode(Position);

/// <summary><c>column = value</c>.</summary>
internal sealed record SetValue(SourcePosition Position, string Column, Term Value) : Assignment(Position, Column);

/// <summary><c>column = column + value</c>, or <c>column += value</c>. <c>column = column -1</c>, without a space, adds <c>-1</c>.</summary>
internal sealed record Addition(SourcePosition Position, string Column, Term Value) : Assignment(Position, Column);

/// <summary><c>column = column - value</c>, or <c>column -= value</c>.</summary>
internal sealed record Subtraction(SourcePosition Position, string Column, Term Value) : Assignment(Position, Column);

/// <summary><c>column = value + column</c>.</summary>
internal sealed record Prepend(SourcePosition Position, string Column, Term Value) : Assignment(Position, Column);

/// <summary><c>column[element] = value</c>.</summary>
internal sealed record SetElement(SourcePosition Position, string Column, Term Element, Term Value) : Assignment(Position, Column);

/// <summary><c>column.field = value</c>.</summary>
internal sealed record SetField(SourcePosition Position, string Column, string Field, Term Value) : Assignment(Position, Column);

/// <summary>One of the things a DELETE names.</summary>
internal abstract record Deletion(SourcePosition Position, string Column) : CqlNode(Position);

internal sealed record ColumnDeletion(SourcePosition Position, string Column) : Deletion(Position, Column);

internal sealed record ElementDeletion(SourcePosition Position, string Column, Term Element) : Deletion(Position, Column);

internal sealed record FieldDeletion(SourcePosition Position, string Column, string Field) : Deletion(Position, Column);
