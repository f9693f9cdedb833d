namespace Ilium.Embedded.Execution.Expressions;

/// <summary>Something with a value: a term of a statement, or what a SELECT selects. Immutable; used by many threads.</summary>
internal abstract class Expression(CqlType type)
{
    internal CqlType Type { get; } = type;

    /// <summary>The value's bytes; null for null, and <see cref="Server.QueryOptions.Unset"/> for a marker that was not set.</summary>
    internal abstract byte[]? Evaluate(Scope scope);

    /// <summary>What it is made of, for those who look for aggregates and columns in it.</summary>
    internal virtual IEnumerable<Expression> Parts => [];
}

internal sealed class ConstantExpression(CqlType type, byte[]? value) : Expression(type)
{
    internal byte[]? Value { get; } = value;

    internal override byte[]? Evaluate(Scope scope) => Value;
}

/// <summary>A bind marker.</summary>
internal sealed class MarkerExpression(CqlType type, int index) : Expression(type)
{
    internal int Index { get; } = index;

    internal override byte[]? Evaluate(Scope scope) => scope.Values[Index];
}
