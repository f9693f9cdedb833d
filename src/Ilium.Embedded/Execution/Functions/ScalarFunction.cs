using System.Collections.Immutable;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Functions;

/// <summary>A function of the server's with one list of argument types. Immutable.</summary>
/// <param name="Name">In lower case, without its keyspace.</param>
/// <param name="Arguments">The types of its arguments.</param>
/// <param name="Result">The type of its value.</param>
/// <param name="Run">What it does.</param>
/// <param name="IsCalledOnNull">False when a null argument makes the value null.</param>
internal sealed record ScalarFunction(string Name, ImmutableArray<CqlType> Arguments, CqlType Result, Func<byte[]?[], Scope, byte[]?> Run, bool IsCalledOnNull = false);

/// <summary>A call of a <see cref="ScalarFunction"/>.</summary>
internal sealed class FunctionExpression(ScalarFunction function, Expression[] arguments) : Expression(function.Result)
{
    internal override IEnumerable<Expression> Parts => arguments;

    internal override byte[]? Evaluate(Scope scope)
    {
        var values = arguments.Length == 0 ? [] : new byte[]?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = arguments[i].Evaluate(scope);
            if (ReferenceEquals(value, QueryOptions.Unset))
            {
                throw CqlError.Invalid($"Invalid unset value for argument in call to function {function.Name}");
            }

            if (!function.IsCalledOnNull && (value is null || (value.Length == 0 && function.Arguments[i].Code is not (CqlTypeCode.Text or CqlTypeCode.Ascii or CqlTypeCode.Blob))))
            {
                return null;
            }

            values[i] = value;
        }

        return function.Run(values, scope);
    }
}
