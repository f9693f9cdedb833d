namespace Ilium;

/// <summary>
/// A CLR type was used for a CQL type that it cannot stand for: an <c>int</c> column read as text, a <c>double</c> given for a <c>bigint</c>.
/// Thrown before anything is sent, or while a row is being read; never changes a value silently instead.
/// </summary>
public sealed class InvalidTypeException : CassandraException
{
    private readonly string _detail;

    internal InvalidTypeException(string message, CqlType? cqlType = null, Type? clrType = null, Exception? innerException = null)
        : this(message, cqlType, clrType, column: null, innerException)
    {
    }

    private InvalidTypeException(string message, CqlType? cqlType, Type? clrType, string? column, Exception? innerException)
        : base(column is null ? message : $"Column '{column}': {message}", innerException)
    {
        _detail = message;
        CqlType = cqlType;
        ClrType = clrType;
        Column = column;
    }

    /// <summary>The CQL type of the column or parameter, where it is known.</summary>
    public CqlType? CqlType { get; }

    /// <summary>The CLR type that does not fit, where it is known.</summary>
    public Type? ClrType { get; }

    /// <summary>The column or parameter concerned, where it is known.</summary>
    public string? Column { get; }

    /// <summary>The same fault with the column named in its message.</summary>
    internal InvalidTypeException WithColumn(string column) => new(_detail, CqlType, ClrType, column, this);

    /// <summary>The same fault with the part of the value that has it named in its message, in front of what is named already.</summary>
    internal InvalidTypeException Within(string part) => new($"{part}: {_detail}", CqlType, ClrType, innerException: this);
}
