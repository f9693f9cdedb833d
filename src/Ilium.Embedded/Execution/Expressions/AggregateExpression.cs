using Ilium.Embedded.Execution.Functions;

namespace Ilium.Embedded.Execution.Expressions;

/// <summary>What an aggregate has gathered from the rows of one group.</summary>
internal abstract class AggregateState
{
    internal abstract void Add(byte[]? value);

    internal abstract byte[]? Result();
}

/// <summary>An aggregate over the rows of a group: while rows come it gathers, then it is the result.</summary>
/// <param name="name">Of the aggregate, in lower case.</param>
/// <param name="argument">What is gathered; null for <c>count(*)</c>.</param>
/// <param name="type">Of the result.</param>
/// <param name="index">Which of the statement's aggregates it is.</param>
internal sealed class AggregateExpression(string name, Expression? argument, CqlType type, int index) : Expression(type)
{
    internal override IEnumerable<Expression> Parts => argument is null ? [] : [argument];

    internal AggregateState NewState() => Aggregates.Create(name, argument?.Type ?? CqlType.Bigint);

    internal void Gather(Scope scope) => scope.Aggregates[index].Add(argument is null ? [] : argument.Evaluate(scope));

    internal override byte[]? Evaluate(Scope scope) => scope.Aggregates[index].Result();
}
