using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Expressions;

/// <summary><c>[…]</c> or <c>{…}</c> for a list, a set or a vector.</summary>
internal sealed class SequenceExpression(CqlType type, Expression[] elements) : Expression(type)
{
    internal Expression[] Elements { get; } = elements;

    internal override IEnumerable<Expression> Parts => Elements;

    internal override byte[]? Evaluate(Scope scope)
    {
        var values = new List<byte[]>(Elements.Length);
        foreach (var element in Elements)
        {
            var value = element.Evaluate(scope);
            if (ReferenceEquals(value, QueryOptions.Unset))
            {
                // Unset within a literal leaves the whole literal unset for sets and vectors of the server; lists refuse.
                return QueryOptions.Unset;
            }

            values.Add(value ?? throw CqlError.Invalid("null is not supported inside collections"));
        }

        return Type switch
        {
            CqlVectorType vector => ValueParts.Vector(vector, values),
            CqlSetType set => ValueParts.Sequence(ValueParts.SortedSet(set.Element, values)),
            _ => ValueParts.Sequence(values),
        };
    }
}

internal sealed class MapExpression(CqlMapType type, KeyValuePair<Expression, Expression>[] entries) : Expression(type)
{
    internal override IEnumerable<Expression> Parts => entries.SelectMany(e => new[] { e.Key, e.Value });

    internal override byte[]? Evaluate(Scope scope)
    {
        var values = new List<KeyValuePair<byte[], byte[]>>(entries.Length);
        foreach (var (keyExpression, valueExpression) in entries)
        {
            var key = keyExpression.Evaluate(scope) ?? throw CqlError.Invalid("null is not supported inside collections");
            var value = valueExpression.Evaluate(scope) ?? throw CqlError.Invalid("null is not supported inside collections");
            if (ReferenceEquals(key, QueryOptions.Unset) || ReferenceEquals(value, QueryOptions.Unset))
            {
                return QueryOptions.Unset;
            }

            values.Add(new(key, value));
        }

        return ValueParts.Map(ValueParts.SortedMap(((CqlMapType)Type).Key, values));
    }
}

/// <summary>A tuple or a user-defined type, field by field; a field without an expression is null.</summary>
internal sealed class FieldsExpression(CqlType type, Expression?[] fields) : Expression(type)
{
    internal Expression?[] Fields { get; } = fields;

    internal override IEnumerable<Expression> Parts => Fields.Where(f => f is not null)!;

    internal override byte[]? Evaluate(Scope scope)
    {
        var values = new byte[]?[Fields.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Fields[i]?.Evaluate(scope);
            if (ReferenceEquals(values[i], QueryOptions.Unset))
            {
                throw CqlError.Invalid(Type is CqlTupleType
                    ? $"Invalid unset value for tuple field number {i}"
                    : $"Invalid unset value for field '{((CqlUserType)Type).Fields[i].Name}' of user defined type {((CqlUserType)Type).Name}");
            }
        }

        return ValueParts.Tuple(values);
    }
}
