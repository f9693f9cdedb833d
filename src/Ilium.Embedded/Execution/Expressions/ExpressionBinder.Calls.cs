using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Functions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Expressions;

/// <content>Functions and operators, over terms and over what is selected.</content>
internal sealed partial class ExpressionBinder
{
    private int _aggregates;
    private readonly List<AggregateExpression> _aggregateList = [];

    /// <summary>The aggregates met so far, by their number.</summary>
    internal IReadOnlyList<AggregateExpression> AggregateList => _aggregateList;

    private Expression Bind(Operand operand, Receiver receiver)
    {
        if (operand.Term is not null)
        {
            return Bind(operand.Term, receiver);
        }

        return operand.Selectable is TermSelectable term ? Bind(term.Term, receiver) : BindSelectable(operand.Selectable!, receiver.Type);
    }

    private CqlType? Infer(Operand operand) => operand.Term is not null
        ? Infer(operand.Term)
        : InferSelectable(operand.Selectable!) ?? InferLiterals(operand.Selectable!);

    /// <summary>As the argument of a function, a collection of literals has a type.</summary>
    private CqlType? InferLiterals(Selectable selectable) => selectable switch
    {
        ArraySelectable { Elements: { Count: > 0 } elements } => InferSelectable(elements[0]) is { } element ? new CqlListType(element) : null,
        SetSelectable { Elements: { Count: > 0 } elements } => InferSelectable(elements[0]) is { } element ? new CqlSetType(element) : null,
        _ => null,
    };

    private bool Fits(Operand operand, CqlType type) => operand.Term is not null ? Fits(operand.Term, type) : SelectableFits(operand.Selectable!, type);

    private static bool IsWeak(Operand operand) => (operand.Term ?? (operand.Selectable as TermSelectable)?.Term) is Literal or BindMarker or NullLiteral or NegatedTerm { Operand: Literal };

    private FunctionExpression BindCall(QualifiedName name, Operand[] arguments, Receiver? receiver)
    {
        var function = Resolve(name, arguments, receiver)
            ?? throw CqlError.Invalid(receiver is null ? $"Unknown function '{Qualified(name)}'" : $"Unknown function {Qualified(name)} called");
        if (receiver is not null && !IsCompatible(receiver.Type, function.Result))
        {
            throw CqlError.Invalid($"Type error: cannot assign result of function system.{function.Name} (type {function.Result}) to {receiver.Name} (type {receiver.TypeText})");
        }

        var bound = new Expression[arguments.Length];
        for (var i = 0; i < bound.Length; i++)
        {
            var argument = new Receiver(table?.Keyspace ?? "", table?.Name ?? "", $"arg{i}(system.{function.Name})", function.Arguments[i]);
            if (arguments[i].Selectable is TermSelectable)
            {
                argument = argument with { Name = "[selection]" };
            }

            bound[i] = Bind(arguments[i], argument);
        }

        return new FunctionExpression(function, bound);
    }

    private CqlType? ResultOf(QualifiedName name, Operand[] arguments, Receiver? receiver)
    {
        try
        {
            return Resolve(name, arguments, receiver)?.Result;
        }
        catch (CqlError)
        {
            // Whoever binds it next gets the error; to look at the type is no reason to fail.
            return null;
        }
    }

    private ScalarFunction? Resolve(QualifiedName name, Operand[] arguments, Receiver? receiver)
    {
        if (name.Keyspace is not (null or "system"))
        {
            return null;
        }

        if (GenericFunctions.Find(name.Name, [.. arguments.Select(Infer)], receiver?.Type, table) is { } generic)
        {
            return generic.Name == "token" && !Enumerable.Range(0, arguments.Length).All(i => Fits(arguments[i], generic.Arguments[i]))
                ? throw CqlError.Invalid(Mismatch(generic, arguments))
                : generic;
        }

        var candidates = NativeFunctions.Find(name.Name).ToArray();
        if (candidates.Length == 0)
        {
            return null;
        }

        var types = arguments.Select(Infer).ToArray();
        var exact = candidates.FirstOrDefault(f => f.Arguments.Length == types.Length && !arguments.Any(IsWeak) && f.Arguments.AsSpan().SequenceEqual(types));
        if (exact is not null)
        {
            return exact;
        }

        var fitting = candidates.Where(f => f.Arguments.Length == arguments.Length && Enumerable.Range(0, arguments.Length).All(i => Fits(arguments[i], f.Arguments[i]))).ToList();
        if (fitting.Count == 0)
        {
            throw CqlError.Invalid(candidates.Length == 1
                ? candidates[0].Arguments.Length != arguments.Length
                    ? $"Invalid number of arguments in call to function system.{name.Name}: {candidates[0].Arguments.Length} required but {arguments.Length} provided"
                    : Mismatch(candidates[0], arguments)
                : $"Invalid call to function {Qualified(name)}, none of its type signatures match (known type signatures: {string.Join(", ", candidates.Select(Signature))})");
        }

        if (fitting.Count > 1)
        {
            var preferred = fitting.Where(f => f.Arguments.AsSpan().SequenceEqual(types)).ToList();
            preferred = preferred.Count == 1 ? preferred : receiver is null ? [] : [.. fitting.Where(f => f.Result == receiver.Type)];
            return preferred.Count == 1
                ? preferred[0]
                : throw CqlError.Invalid($"Ambiguous call to function {Qualified(name)} (can be matched by following signatures: {string.Join(", ", fitting.Select(Signature))}): use type casts to disambiguate");
        }

        return fitting[0];
    }

    private string Mismatch(ScalarFunction function, Operand[] arguments)
    {
        var i = Enumerable.Range(0, arguments.Length).First(n => !Fits(arguments[n], function.Arguments[n]));
        var text = arguments[i].Term is { } term ? CqlText.Of(term) : SelectableText.Of(arguments[i].Selectable!);
        return $"Type error: {text} cannot be passed as argument {i} of function system.{function.Name} of type {function.Arguments[i]}";
    }

    private static string Signature(ScalarFunction function) => $"system.{function.Name} : ({string.Join(", ", function.Arguments)}) -> {function.Result}";

    private static string Qualified(QualifiedName name) => name.Keyspace is null ? name.Name : $"{name.Keyspace}.{name.Name}";

    /// <summary>The types of both sides: of a literal its own, except of a text, which is what goes with the other side. Null where one has none.</summary>
    private (CqlType Left, CqlType Right)? OperandTypes(Operand left, Operand right, CqlType? wanted)
    {
        var (l, r) = (Infer(left), Infer(right));
        if (l is null || r is null)
        {
            return null;
        }

        if (r.Code == CqlTypeCode.Duration && wanted is { Code: CqlTypeCode.Timestamp or CqlTypeCode.Date } && IsWeak(left) && Fits(left, wanted))
        {
            l = wanted;
        }

        return (l, r);
    }

    private CqlType? InferArithmetic(ArithmeticOperator operation, Operand left, Operand right) =>
        OperandTypes(left, right, null) is { } types ? Arithmetic.ResultType(operation, types.Left, types.Right) : null;

    private ArithmeticExpression BindArithmetic(ArithmeticOperator operation, Operand left, Operand right, Receiver? receiver)
    {
        var symbol = Arithmetic.Symbol(operation);
        var types = OperandTypes(left, right, receiver?.Type)
            ?? throw CqlError.Invalid($"Ambiguous '{symbol}' operation with args {TextOf(left)} and {TextOf(right)}: use type hint to disambiguate, example '(int) ?'");

        // Two literals whose own types do not fit what is wanted become what is wanted.
        if (receiver is not null && ValueBytes.IsNumber(receiver.Type) && IsWeak(left) && IsWeak(right) && Fits(left, receiver.Type) && Fits(right, receiver.Type))
        {
            types = (receiver.Type, receiver.Type);
        }

        var result = Arithmetic.ResultType(operation, types.Left, types.Right)
            ?? throw CqlError.Invalid($"the '{symbol}' operation is not supported between {TextOf(left)} and {TextOf(right)}");
        var (keyspaceName, tableName) = (table?.Keyspace ?? "", table?.Name ?? "");
        return new ArithmeticExpression(
            operation,
            Bind(left, new Receiver(keyspaceName, tableName, $"arg0(system._{operation.ToString().ToLowerInvariant()})", types.Left)),
            Bind(right, new Receiver(keyspaceName, tableName, $"arg1(system._{operation.ToString().ToLowerInvariant()})", types.Right)),
            result);
    }

    private NegationExpression BindNegated(Operand operand, Receiver receiver)
    {
        if (!ValueBytes.IsNumber(receiver.Type))
        {
            throw CqlError.Invalid($"the '-' operation is not supported on {TextOf(operand)}");
        }

        return new NegationExpression(Bind(operand, receiver));
    }

    private Expression BindCast(Operand operand, NativeTypeName name)
    {
        var target = TypeResolver.Resolve(name, keyspace).Type;
        if (operand.Selectable is TermSelectable)
        {
            throw CqlError.Invalid($"Cannot infer type for term {TextOf(operand)} in selection clause (try using a cast to force a type)");
        }

        var source = Infer(operand) ?? throw CqlError.Invalid($"Cannot infer type for term {TextOf(operand)} in selection clause (try using a cast to force a type)");
        var inner = Bind(operand, new Receiver(table?.Keyspace ?? "", table?.Name ?? "", "arg0", source));
        if (source == target)
        {
            return inner;
        }

        return Casts.CanCast(source, target) && name.Name != "varchar"
            ? new CastExpression(inner, target)
            : throw CqlError.Invalid($"{TextOf(operand)} cannot be cast to {name.Name}");
    }

    private static string TextOf(Operand operand) => operand.Term is { } term ? CqlText.Of(term) : SelectableText.Of(operand.Selectable!);

    /// <summary>An argument: a term, or something selected.</summary>
    private readonly record struct Operand(Term? Term, Selectable? Selectable);
}
