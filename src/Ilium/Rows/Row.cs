using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Ilium.Rows;
using Ilium.Types;

namespace Ilium;

/// <summary>One row of a result: a view over the page it came with, valid until that <see cref="RowSet"/> is disposed.</summary>
public readonly struct Row
{
    // null in default(Row) only.
    private readonly RowSet? _rows;
    private readonly int _start;

    internal Row(RowSet rows, int start)
    {
        _rows = rows;
        _start = start;
    }

    /// <summary>The columns of the row, in order.</summary>
    public IReadOnlyList<ColumnDefinition> Columns => Rows.Columns;

    /// <summary>The value of a column as its natural .NET type; null for null.</summary>
    /// <param name="ordinal">The position of the column, from 0.</param>
    public object? this[int ordinal] => Get<object?>(ordinal);

    /// <summary>The value of a column as its natural .NET type; null for null.</summary>
    /// <param name="name">The column's name, in its own case.</param>
    public object? this[string name] => Get<object?>(Ordinal(name));

    /// <summary>The value of a column.</summary>
    /// <typeparam name="T">A type that can hold every value of the column's CQL type. A nullable or reference type gives null for null.</typeparam>
    /// <param name="ordinal">The position of the column, from 0.</param>
    /// <exception cref="InvalidTypeException">The CQL type is not read as <typeparamref name="T"/>.</exception>
    /// <exception cref="InvalidValueException">The value is null and <typeparamref name="T"/> can't be, or it is beyond what <typeparamref name="T"/> holds.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get<T>(int ordinal)
    {
        var rows = Rows;
        var decoder = rows.Decoder;
        var codes = decoder.Codes;
        if ((uint)ordinal >= (uint)codes.Length)
        {
            ThrowNoColumn(rows, ordinal);
        }

        var code = codes[ordinal];
        var bytes = rows.Cell(_start, ordinal, QuickValues.LikelyLength<T>(), out var isNull);
        if (isNull)
        {
            if (default(T) is not null)
            {
                decoder.ThrowNull<T>(ordinal);
            }

            return default!;
        }

        return decoder.Read<T>(ordinal, code, bytes);
    }

    /// <summary>The value of a column.</summary>
    /// <typeparam name="T">A type that can hold every value of the column's CQL type. A nullable or reference type gives null for null.</typeparam>
    /// <param name="name">The column's name, in its own case.</param>
    /// <exception cref="InvalidTypeException">The CQL type is not read as <typeparamref name="T"/>.</exception>
    /// <exception cref="InvalidValueException">The value is null and <typeparamref name="T"/> can't be, or it is beyond what <typeparamref name="T"/> holds.</exception>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public T Get<T>(string name) => Get<T>(Ordinal(name));

    /// <summary>The value of a column, or false when it is null.</summary>
    /// <typeparam name="T">A type that can hold every value of the column's CQL type.</typeparam>
    /// <param name="ordinal">The position of the column, from 0.</param>
    /// <param name="value">The value; the default of its type when the result is false.</param>
    public bool TryGet<T>(int ordinal, [MaybeNullWhen(false)] out T value)
    {
        if (IsNull(ordinal))
        {
            value = default;
            return false;
        }

        value = Get<T>(ordinal);
        return true;
    }

    /// <summary>The value of a column, or false when it is null.</summary>
    /// <typeparam name="T">A type that can hold every value of the column's CQL type.</typeparam>
    /// <param name="name">The column's name, in its own case.</param>
    /// <param name="value">The value; the default of its type when the result is false.</param>
    public bool TryGet<T>(string name, [MaybeNullWhen(false)] out T value) => TryGet(Ordinal(name), out value);

    /// <summary>True when the column is null in this row.</summary>
    /// <param name="ordinal">The position of the column, from 0.</param>
    public bool IsNull(int ordinal)
    {
        if ((uint)ordinal >= (uint)Rows.Decoder.Codes.Length)
        {
            ThrowNoColumn(Rows, ordinal);
        }

        Rows.Cell(_start, ordinal, out var isNull);
        return isNull;
    }

    /// <summary>True when the column is null in this row.</summary>
    /// <param name="name">The column's name, in its own case.</param>
    public bool IsNull(string name) => IsNull(Ordinal(name));

    /// <summary>True when the column holds a value of no bytes: an empty text or blob, or the empty value that old clients could write
    /// into a column of any type, which is not null.</summary>
    /// <param name="ordinal">The position of the column, from 0.</param>
    public bool IsEmpty(int ordinal)
    {
        if ((uint)ordinal >= (uint)Rows.Decoder.Codes.Length)
        {
            ThrowNoColumn(Rows, ordinal);
        }

        return Rows.Cell(_start, ordinal, out var isNull).IsEmpty && !isNull;
    }

    /// <summary>The bytes of a column as the server sent them; empty for null. Valid until the <see cref="RowSet"/> is disposed.</summary>
    /// <param name="ordinal">The position of the column, from 0.</param>
    public ReadOnlySpan<byte> GetBytes(int ordinal)
    {
        if ((uint)ordinal >= (uint)Rows.Decoder.Codes.Length)
        {
            ThrowNoColumn(Rows, ordinal);
        }

        return Rows.Cell(_start, ordinal, out _);
    }

    /// <summary>The row as a value of a type marked <see cref="CqlRowAttribute"/>, which stays valid whatever becomes of the row.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <exception cref="MappingException">The result has no column for a member that needs one.</exception>
    /// <exception cref="InvalidTypeException">A column's CQL type is not read as its member's type.</exception>
    /// <exception cref="InvalidValueException">A value is null and its member can't be, or it is beyond what the member's type holds.</exception>
    public T To<T>()
        where T : IRowMapped<T>
    {
        var reader = new MemberReader(Rows.Decoder.PlanOf<T>(), Rows.Page, _start);
        return T.ReadMembers(ref reader);
    }

    private RowSet Rows => _rows ?? ThrowNoRow();

    private int Ordinal(string name)
    {
        var ordinal = Rows.Decoder.Metadata.IndexOf(name);
        if (ordinal < 0)
        {
            ThrowNoColumn(Rows, name);
        }

        return ordinal;
    }

    [DoesNotReturn]
    private static RowSet ThrowNoRow() => throw new InvalidOperationException(
        "This is default(Row) and not a row of any result, as FirstOrDefault and SingleOrDefault give where there are no rows: RowSet.TryGetFirst says whether there is one.");

    // Static: an instance method would take the row's address, and the JIT could not keep the row in registers.
    [DoesNotReturn]
    private static void ThrowNoColumn(RowSet rows, int ordinal) => throw new ArgumentOutOfRangeException(
        nameof(ordinal), ordinal, $"The result has {rows.Columns.Count} columns: {string.Join(", ", rows.Columns.Select(column => column.Name))}.");

    [DoesNotReturn]
    private static void ThrowNoColumn(RowSet rows, string name) => throw new ArgumentException(
        $"The result has no column '{name}'; it has {string.Join(", ", rows.Columns.Select(column => column.Name))}.", nameof(name));
}
