namespace Ilium;

/// <summary>
/// A value of the right type cannot be converted without changing it: a <c>decimal</c> column with more digits than <see cref="decimal"/> holds, a null
/// inside a list, bytes that are not what the column's type says. Thrown before anything is sent, or while a row is being read.
/// </summary>
public sealed class InvalidValueException : CassandraException
{
    private readonly string _detail;

    internal InvalidValueException(string message, CqlType? cqlType = null, Type? clrType = null, Exception? innerException = null)
        : this(message, cqlType, clrType, column: null, innerException)
    {
    }

    private InvalidValueException(string message, CqlType? cqlType, Type? clrType, string? column, Exception? innerException)
        : base(column is null ? message : $"Column '{column}': {message}", innerException)
    {
        _detail = message;
        CqlType = cqlType;
        ClrType = clrType;
        Column = column;
    }

    /// <summary>The CQL type of the column or parameter, where it is known.</summary>
    public CqlType? CqlType { get; }

    /// <summary>The CLR type the value was read as or given as, where it is known.</summary>
    public Type? ClrType { get; }

    /// <summary>The column or parameter concerned, where it is known.</summary>
    public string? Column { get; }

    /// <summary>The same fault with the column named in its message.</summary>
    internal InvalidValueException WithColumn(string column) => new(_detail, CqlType, ClrType, column, this);

    /// <summary>The same fault with the part of the value that has it named in its message, in front of what is named already.</summary>
    internal InvalidValueException Within(string part) => new($"{part}: {_detail}", CqlType, ClrType, innerException: this);
}
