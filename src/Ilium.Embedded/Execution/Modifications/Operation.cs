using System.Buffers.Binary;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.Values;
using Ilium.Types;

namespace Ilium.Embedded.Execution.Modifications;

/// <summary>What an operation was given, evaluated before anything is written.</summary>
internal readonly record struct OperationInput(byte[]? Element, byte[]? Value);

/// <summary>One change of one column. Immutable.</summary>
/// <param name="column">What changes.</param>
/// <param name="value">The new value, or what is added or removed; null where there is none.</param>
/// <param name="element">Which part of the column; null for all of it.</param>
internal abstract class Operation(Column column, Expression? value = null, Expression? element = null)
{
    internal Column Column { get; } = column;

    internal Expression? Value { get; } = value;

    /// <summary>True when what is there decides what is written.</summary>
    internal virtual bool ReadsRow => false;

    /// <summary>Evaluates what it needs, and fails where that can't be written.</summary>
    internal virtual OperationInput Evaluate(Scope scope) => new(element?.Evaluate(scope), Value?.Evaluate(scope));

    /// <summary>Fails where the row, null for none, does not allow it.</summary>
    internal virtual void Check(StoredRow? row, in OperationInput input, long now)
    {
    }

    internal abstract void Apply(in WriteTarget target, in OperationInput input);

    private protected static bool IsUnset(byte[]? value) => ReferenceEquals(value, QueryOptions.Unset);

    /// <summary>A list that is added to another has no nulls.</summary>
    private protected OperationInput WithoutNulls(OperationInput input) =>
        Column is { IsMulticell: true, Type: CqlListType list } && input.Value is { } value && !IsUnset(value) && ValueParts.Elements(list, value).Contains(null)
            ? throw CqlError.Invalid("null is not supported inside collections")
            : input;

    /// <summary>Adds the parts of a serialized collection or type.</summary>
    private protected void AddParts(in WriteTarget target, byte[] value)
    {
        var complex = target.Complex(Column);
        switch (Column.Type)
        {
            case CqlListType list:
                foreach (var element in ValueParts.Elements(list, value))
                {
                    var path = ValueBytes.TimeUuid(target.Context.Engine.Database.NewTimeUuid());
                    complex.Write(list, path, new Cell(element, target.Stamp));
                }

                break;
            case CqlSetType set:
                foreach (var element in ValueParts.Elements(set, value))
                {
                    complex.Write(set, element!, new Cell(Array.Empty<byte>(), target.Stamp));
                }

                break;
            case CqlMapType map:
                foreach (var (key, item) in ValueParts.Entries(map, value))
                {
                    complex.Write(map, key, new Cell(item, target.Stamp));
                }

                break;
            case CqlUserType user:
                var fields = ValueParts.Fields(user, user.Fields.Length, value);
                for (short i = 0; i < fields.Length; i++)
                {
                    complex.Write(user, ValueBytes.Smallint(i), new Cell(fields[i], target.Stamp));
                }

                break;
        }
    }
}

/// <summary><c>column = value</c>.</summary>
internal sealed class SetOperation(Column column, Expression value) : Operation(column, value)
{
    internal override OperationInput Evaluate(Scope scope) => WithoutNulls(base.Evaluate(scope));

    internal override void Apply(in WriteTarget target, in OperationInput input)
    {
        if (IsUnset(input.Value))
        {
            return;
        }

        if (!Column.IsMulticell)
        {
            target.Write(Column, input.Value);
            return;
        }

        // What was there goes, one microsecond before what comes.
        target.Complex(Column).Delete(target.Stamp.Timestamp - 1);
        if (input.Value is not null)
        {
            AddParts(in target, input.Value);
        }
    }
}

/// <summary><c>column = column + value</c> of a collection.</summary>
internal sealed class AddOperation(Column column, Expression value) : Operation(column, value)
{
    internal override OperationInput Evaluate(Scope scope) => WithoutNulls(base.Evaluate(scope));

    internal override void Apply(in WriteTarget target, in OperationInput input)
    {
        if (!IsUnset(input.Value) && input.Value is not null)
        {
            AddParts(in target, input.Value);
        }
    }
}

/// <summary><c>list = value + list</c>.</summary>
internal sealed class PrependOperation(Column column, Expression value) : Operation(column, value)
{
    internal override OperationInput Evaluate(Scope scope) => WithoutNulls(base.Evaluate(scope));

    internal override void Apply(in WriteTarget target, in OperationInput input)
    {
        if (IsUnset(input.Value) || input.Value is null)
        {
            return;
        }

        var list = (CqlListType)Column.Type;
        var complex = target.Complex(Column);
        var elements = ValueParts.Elements(list, input.Value);
        for (var i = elements.Count - 1; i >= 0; i--)
        {
            complex.Write(list, ValueBytes.TimeUuid(target.Context.Engine.Database.NewPrependUuid()), new Cell(elements[i], target.Stamp));
        }
    }
}

/// <summary><c>column = column - value</c>: values of a list, elements of a set, keys of a map.</summary>
internal sealed class RemoveOperation(Column column, Expression value) : Operation(column, value)
{
    internal override bool ReadsRow => Column.Type is CqlListType;

    internal override void Apply(in WriteTarget target, in OperationInput input)
    {
        if (IsUnset(input.Value) || input.Value is null)
        {
            return;
        }

        var complex = target.Complex(Column);
        if (Column.Type is not CqlListType list)
        {
            foreach (var path in ValueParts.Elements(Value!.Type, input.Value))
            {
                complex.Write(Column.Type, path!, new Cell(null, target.Stamp));
            }

            return;
        }

        var discarded = ValueParts.Elements(list, input.Value);
        foreach (var entry in complex.Entries.ToArray())
        {
            if (entry.Cell.LiveBytes(target.Context.NowSeconds) is { } there && discarded.Any(d => ServerOrder.Compare(list.Element, d, there) == 0))
            {
                complex.Write(list, entry.Path, new Cell(null, target.Stamp));
            }
        }
    }
}

/// <summary><c>column[element] = value</c>, and <c>DELETE column[element]</c> where the value is null.</summary>
internal sealed class ElementOperation(Column column, Expression element, Expression? value) : Operation(column, value, element)
{
    internal override bool ReadsRow => Column.Type is CqlListType;

    internal override OperationInput Evaluate(Scope scope)
    {
        var input = base.Evaluate(scope);
        if (input.Element is not null && !IsUnset(input.Element))
        {
            return input;
        }

        var what = Column.Type switch
        {
            CqlListType => Value is null ? "list index" : "value for list index",
            CqlMapType => "map key",
            _ => "set element",
        };
        throw CqlError.Invalid($"Invalid {(input.Element is null ? "null" : "unset")} {what}");
    }

    internal override void Check(StoredRow? row, in OperationInput input, long now)
    {
        if (Column.Type is CqlListType && !IsUnset(input.Value))
        {
            PathAt(row?[Column].Value as ComplexValue, ValueBytes.ToInt(input.Element!), now);
        }
    }

    internal override void Apply(in WriteTarget target, in OperationInput input)
    {
        if (IsUnset(input.Value))
        {
            return;
        }

        var complex = target.Complex(Column);
        switch (Column.Type)
        {
            case CqlListType list:
                complex.Write(list, PathAt(complex, ValueBytes.ToInt(input.Element!), target.Context.NowSeconds), new Cell(input.Value, target.Stamp));
                break;
            case CqlMapType map:
                complex.Write(map, input.Element!, new Cell(input.Value, target.Stamp));
                break;
            default:
                complex.Write(Column.Type, input.Element!, new Cell(null, target.Stamp));
                break;
        }
    }

    private byte[] PathAt(ComplexValue? complex, int index, long now)
    {
        var size = 0;
        byte[]? path = null;
        foreach (ref readonly var entry in complex is null ? default : complex.Entries)
        {
            if (entry.Cell.IsLive(now) && size++ == index)
            {
                path = entry.Path;
            }
        }

        if (size == 0)
        {
            throw CqlError.Invalid(Value is null ? "Attempted to delete an element from a list which is null" : "Attempted to set an element on a list which is null");
        }

        return path ?? throw CqlError.Invalid($"List index {index} out of bound, list has size {size}");
    }
}

/// <summary><c>column.field = value</c>, and <c>DELETE column.field</c> where there is no value.</summary>
internal sealed class FieldOperation(Column column, short index, Expression? value) : Operation(column, value)
{
    internal override void Apply(in WriteTarget target, in OperationInput input)
    {
        if (!IsUnset(input.Value))
        {
            target.Complex(Column).Write(Column.Type, ValueBytes.Smallint(index), new Cell(input.Value, target.Stamp));
        }
    }
}

/// <summary><c>counter = counter + value</c>, or minus.</summary>
internal sealed class CounterOperation(Column column, Expression value, bool subtracts) : Operation(column, value)
{
    internal override OperationInput Evaluate(Scope scope)
    {
        var input = base.Evaluate(scope);
        if (IsUnset(input.Value))
        {
            return input;
        }

        if (input.Value is not { Length: 8 } delta)
        {
            throw CqlError.Invalid("Invalid null value for counter increment");
        }

        return subtracts && ValueBytes.ToBigint(delta) == long.MinValue
            ? throw CqlError.Invalid($"The negation of {long.MinValue} overflows supported counter precision (signed 8 bytes integer)")
            : input;
    }

    internal override void Apply(in WriteTarget target, in OperationInput input)
    {
        if (IsUnset(input.Value))
        {
            return;
        }

        var delta = BinaryPrimitives.ReadInt64BigEndian(input.Value);
        var there = target.Row[Column].LiveBytes(target.Context.NowSeconds);
        var before = there is null ? 0 : ValueBytes.ToBigint(there);
        target.Row.Replace(Column, new Cell(ValueBytes.Bigint(unchecked(before + (subtracts ? -delta : delta))), target.Stamp));
    }
}

/// <summary><c>DELETE column</c>.</summary>
internal sealed class DeleteOperation(Column column) : Operation(column)
{
    internal override void Apply(in WriteTarget target, in OperationInput input)
    {
        if (Column.IsMulticell)
        {
            target.Complex(Column).Delete(target.Stamp.Timestamp);
        }
        else if (Column.IsCounter)
        {
            target.Row.Replace(Column, new Cell(null, target.Stamp));
        }
        else
        {
            target.Write(Column, null);
        }
    }
}
