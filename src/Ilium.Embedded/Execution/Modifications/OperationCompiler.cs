using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Modifications;

/// <summary>Assignments of UPDATE, values of INSERT and targets of DELETE as operations.</summary>
internal sealed class OperationCompiler(TableDefinition table, ExpressionBinder binder)
{
    internal Operation Set(Column column, Term value)
    {
        if (column.IsCounter)
        {
            throw CqlError.Invalid($"Cannot set the value of counter column {column.Name} (counters can only be incremented/decremented, not set)");
        }

        return new SetOperation(column, binder.Bind(value, Receiver.Of(table, column)));
    }

    internal Operation Of(Column column, Assignment assignment)
    {
        switch (assignment)
        {
            case SetValue set:
                return Set(column, set.Value);
            case Addition addition:
                return Add(column, addition);
            case Subtraction subtraction:
                return Subtract(column, subtraction);
            case Prepend prepend:
                if (column.Type is not CqlListType || !column.IsMulticell)
                {
                    throw CqlError.Invalid(column.IsMulticell || column.Type is not CqlListType
                        ? $"Invalid operation ({column.Name} = {CqlText.Of(prepend.Value)} - {column.Name}) for non list column {column.Name}"
                        : $"Invalid operation ({column.Name} = {CqlText.Of(prepend.Value)} - {column.Name}) for frozen list column {column.Name}");
                }

                return new PrependOperation(column, binder.Bind(prepend.Value, Receiver.Of(table, column)));
            case SetElement element:
                return Element(column, element);
            case SetField field:
                return Field(column, field);
            default:
                throw CqlError.Invalid("Unknown assignment");
        }
    }

    internal Operation Of(Column column, Deletion deletion)
    {
        switch (deletion)
        {
            case ElementDeletion element:
                if (!column.IsMulticell)
                {
                    throw CqlError.Invalid(column.Type is CqlListType or CqlSetType or CqlMapType
                        ? $"Invalid deletion operation for frozen collection column {column.Name}"
                        : $"Invalid deletion operation for non collection column {column.Name}");
                }

                var receiver = Receiver.Of(table, column);
                return column.Type switch
                {
                    CqlListType => new ElementOperation(column, binder.Bind(element.Element, receiver.Part("idx({0})", CqlType.Int)), null),
                    CqlSetType set => new ElementOperation(column, binder.Bind(element.Element, receiver.Part("value({0})", set.Element)), null),
                    CqlMapType map => new ElementOperation(column, binder.Bind(element.Element, receiver.Part("key({0})", map.Key)), null),
                    _ => throw CqlError.Invalid($"Invalid deletion operation for non collection column {column.Name}"),
                };
            case FieldDeletion field:
                if (column.Type is not CqlUserType)
                {
                    throw CqlError.Invalid($"Invalid field deletion operation for non-UDT column {column.Name}");
                }

                if (!column.IsMulticell)
                {
                    throw CqlError.Invalid($"Frozen UDT column {column.Name} does not support field deletions");
                }

                return new FieldOperation(column, IndexOf(column, field.Field), null);
            default:
                return new DeleteOperation(column);
        }
    }

    private static short IndexOf(Column column, string field)
    {
        var index = ((CqlUserType)column.Type).Fields.ToList().FindIndex(f => f.Name == field);
        return index >= 0 ? (short)index : throw CqlError.Invalid($"UDT column {column.Name} does not have a field named {field}");
    }

    private Operation Add(Column column, Addition addition)
    {
        var text = $"{column.Name} = {column.Name} + {CqlText.Of(addition.Value)}";
        if (column.IsCounter)
        {
            return new CounterOperation(column, binder.Bind(addition.Value, Receiver.Of(table, column)), subtracts: false);
        }

        if (column.Type is CqlListType or CqlSetType or CqlMapType)
        {
            return column.IsMulticell
                ? new AddOperation(column, binder.Bind(addition.Value, Receiver.Of(table, column)))
                : throw CqlError.Invalid($"Invalid operation ({text}) for frozen collection column {column.Name}");
        }

        throw CqlError.Invalid(column.Type is CqlTupleType ? $"Invalid operation ({text}) for tuple column {column.Name}" : $"Invalid operation ({text}) for non counter column {column.Name}");
    }

    private Operation Subtract(Column column, Subtraction subtraction)
    {
        var text = $"{column.Name} = {column.Name} - {CqlText.Of(subtraction.Value)}";
        var receiver = Receiver.Of(table, column);
        if (column.IsCounter)
        {
            return new CounterOperation(column, binder.Bind(subtraction.Value, receiver), subtracts: true);
        }

        if (column.Type is not (CqlListType or CqlSetType or CqlMapType))
        {
            throw CqlError.Invalid($"Invalid operation ({text}) for non counter column {column.Name}");
        }

        if (!column.IsMulticell)
        {
            throw CqlError.Invalid($"Invalid operation ({text}) for frozen collection column {column.Name}");
        }

        return column.Type switch
        {
            // Keys are taken from a map by a set of them.
            CqlMapType map => new RemoveOperation(column, binder.Bind(subtraction.Value, receiver with { Type = new CqlSetType(map.Key), IsMulticell = true })),
            _ => new RemoveOperation(column, binder.Bind(subtraction.Value, receiver)),
        };
    }

    private ElementOperation Element(Column column, SetElement element)
    {
        var text = $"{column.Name}[{CqlText.Of(element.Element)}] = {CqlText.Of(element.Value)}";
        if (column.Type is not (CqlListType or CqlSetType or CqlMapType))
        {
            throw CqlError.Invalid($"Invalid operation ({text}) for non collection column {column.Name}");
        }

        if (!column.IsMulticell)
        {
            throw CqlError.Invalid($"Invalid operation ({text}) for frozen collection column {column.Name}");
        }

        var receiver = Receiver.Of(table, column);
        return column.Type switch
        {
            CqlListType list => new ElementOperation(column, binder.Bind(element.Element, receiver.Part("idx({0})", CqlType.Int)), binder.Bind(element.Value, receiver.Part("value({0})", list.Element))),
            CqlMapType map => new ElementOperation(column, binder.Bind(element.Element, receiver.Part("key({0})", map.Key)), binder.Bind(element.Value, receiver.Part("value({0})", map.Value))),
            _ => throw CqlError.Invalid($"Invalid operation ({text}) for set column {column.Name}"),
        };
    }

    private FieldOperation Field(Column column, SetField field)
    {
        var text = $"{column.Name}.{field.Field} = {CqlText.Of(field.Value)}";
        if (column.Type is not CqlUserType user)
        {
            throw CqlError.Invalid($"Invalid operation ({text}) for non-UDT column {column.Name}");
        }

        if (!column.IsMulticell)
        {
            throw CqlError.Invalid($"Invalid operation ({text}) for frozen UDT column {column.Name}");
        }

        var index = IndexOf(column, field.Field);
        return new FieldOperation(column, index, binder.Bind(field.Value, Receiver.Of(table, column).Part("{0}." + field.Field, user.Fields[index].Type)));
    }
}
