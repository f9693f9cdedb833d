using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Functions;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Expressions;

/// <summary><c>left + right</c> and its like; null where one of them is.</summary>
internal sealed class ArithmeticExpression(ArithmeticOperator operation, Expression left, Expression right, CqlType type) : Expression(type)
{
    internal override IEnumerable<Expression> Parts => [left, right];

    internal override byte[]? Evaluate(Scope scope)
    {
        var (l, r) = (left.Evaluate(scope), right.Evaluate(scope));
        if (ReferenceEquals(l, QueryOptions.Unset) || ReferenceEquals(r, QueryOptions.Unset))
        {
            throw CqlError.Invalid($"Invalid unset value for argument in call to function _{operation.ToString().ToLowerInvariant()}");
        }

        return l is null || r is null || l.Length == 0 || r.Length == 0 ? null : Arithmetic.Apply(operation, left.Type, l, right.Type, r, Type);
    }
}

/// <summary>A value taken for one of another type that has the same bytes.</summary>
internal sealed class RetypedExpression(Expression operand, CqlType type) : Expression(type)
{
    internal override IEnumerable<Expression> Parts => [operand];

    internal override byte[]? Evaluate(Scope scope) => operand.Evaluate(scope);
}

internal sealed class NegationExpression(Expression operand) : Expression(operand.Type)
{
    internal override IEnumerable<Expression> Parts => [operand];

    internal override byte[]? Evaluate(Scope scope)
    {
        var value = operand.Evaluate(scope);
        return value is null || value.Length == 0 || ReferenceEquals(value, QueryOptions.Unset) ? value : Arithmetic.Negate(Type, value);
    }
}

internal sealed class CastExpression(Expression operand, CqlType target) : Expression(target)
{
    internal override IEnumerable<Expression> Parts => [operand];

    internal override byte[]? Evaluate(Scope scope)
    {
        var value = operand.Evaluate(scope);
        return value is null || value.Length == 0 || ReferenceEquals(value, QueryOptions.Unset) ? null : Casts.Cast(operand.Type, value, Type);
    }
}
