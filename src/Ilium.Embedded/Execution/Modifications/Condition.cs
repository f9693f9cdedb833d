using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;
using Ilium.Types;

namespace Ilium.Embedded.Execution.Modifications;

/// <summary>One comparison of an IF clause. Immutable.</summary>
/// <param name="column">The column, or what an element or field is part of.</param>
/// <param name="type">The type of what is compared.</param>
/// <param name="operation">How; IN where <paramref name="values"/> are several.</param>
/// <param name="values">With what.</param>
/// <param name="list">A marker for the list of IN; then there are no values.</param>
/// <param name="isIn">True for IN.</param>
/// <param name="element">Which element; null for the column itself.</param>
/// <param name="field">Which field; -1 for the column itself.</param>
internal sealed class Condition(Column column, CqlType type, RelationOperator operation, Expression[] values, Expression? list, bool isIn, Expression? element, int field)
{
    internal Column Column { get; } = column;

    internal bool Holds(Scope scope)
    {
        var actual = Actual(scope);
        if (!isIn)
        {
            var wanted = values[0].Evaluate(scope);
            return ReferenceEquals(wanted, QueryOptions.Unset) ? throw CqlError.Invalid("Invalid 'unset' value in condition") : Compare(actual, wanted);
        }

        IEnumerable<byte[]?> candidates = list is null ? values.Select(v => v.Evaluate(scope)) : Elements(scope);
        foreach (var candidate in candidates)
        {
            if (!ReferenceEquals(candidate, QueryOptions.Unset) && AreEqual(actual, candidate))
            {
                return true;
            }
        }

        return false;
    }

    private List<byte[]?> Elements(Scope scope)
    {
        var value = list!.Evaluate(scope);
        return value is null ? throw CqlError.Invalid("Invalid null list in IN condition")
            : ReferenceEquals(value, QueryOptions.Unset) ? throw CqlError.Invalid("Invalid 'unset' value in condition")
            : ValueParts.Elements(list.Type, value);
    }

    private byte[]? Actual(Scope scope)
    {
        var value = scope.ValueOf(Column);
        if (field >= 0)
        {
            return value is null ? null : ValueParts.Fields(Column.Type, ((CqlUserType)Column.Type).Fields.Length, value)[field];
        }

        if (element is null)
        {
            return value;
        }

        if (value is null && Column.Type is CqlListType)
        {
            return null;
        }

        var key = element.Evaluate(scope) ?? throw CqlError.Invalid($"Invalid null value for {(Column.Type is CqlMapType ? "map" : "list")} element access");
        if (ReferenceEquals(key, QueryOptions.Unset))
        {
            throw CqlError.Invalid($"Invalid unset value for {(Column.Type is CqlMapType ? "map" : "list")} element access");
        }

        if (Column.Type is CqlMapType map)
        {
            return value is null ? null : ValueParts.Entries(map, value).FirstOrDefault(e => ServerOrder.Compare(map.Key, e.Key, key) == 0).Value;
        }

        var index = ValueBytes.ToInt(key);
        if (index < 0)
        {
            throw CqlError.Invalid($"Invalid negative list index {index}");
        }

        var elements = value is null ? [] : ValueParts.Elements(Column.Type, value);
        return index < elements.Count ? elements[index] : null;
    }

    private bool AreEqual(byte[]? left, byte[]? right) => left is null || right is null ? left is null && right is null : ServerOrder.Compare(type, left, right) == 0;

    private bool Compare(byte[]? actual, byte[]? wanted)
    {
        switch (operation)
        {
            case RelationOperator.Equal:
                return AreEqual(actual, wanted);
            case RelationOperator.NotEqual:
                return !AreEqual(actual, wanted);
            case RelationOperator.Contains or RelationOperator.ContainsKey:
                return ContainsValue(actual, wanted);
        }

        if (wanted is null)
        {
            throw CqlError.Invalid($"Invalid comparison with null for operator \"{SelectableText.Of(operation)}\"");
        }

        if (actual is null)
        {
            return false;
        }

        var order = ServerOrder.Compare(type, actual, wanted);
        return operation switch
        {
            RelationOperator.LessThan => order < 0,
            RelationOperator.LessThanOrEqual => order <= 0,
            RelationOperator.GreaterThan => order > 0,
            _ => order >= 0,
        };
    }

    private bool ContainsValue(byte[]? actual, byte[]? wanted)
    {
        if (actual is null || wanted is null)
        {
            return false;
        }

        return Column.Type switch
        {
            CqlMapType map => ValueParts.Entries(map, actual).Any(e => operation == RelationOperator.ContainsKey ? ServerOrder.Compare(map.Key, e.Key, wanted) == 0 : ServerOrder.Compare(map.Value, e.Value, wanted) == 0),
            CqlSetType set => ValueParts.Elements(set, actual).Any(e => ServerOrder.Compare(set.Element, e, wanted) == 0),
            CqlListType list => ValueParts.Elements(list, actual).Any(e => ServerOrder.Compare(list.Element, e, wanted) == 0),
            _ => false,
        };
    }
}
