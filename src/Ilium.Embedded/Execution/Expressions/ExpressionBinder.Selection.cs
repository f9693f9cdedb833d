using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Functions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Expressions;

/// <content>What a SELECT selects.</content>
internal sealed partial class ExpressionBinder
{
    internal Expression BindSelectable(Selectable selectable, CqlType? wanted = null)
    {
        switch (selectable)
        {
            case ColumnSelectable column:
                return new ColumnExpression(ColumnOf(column.Column));
            case CountRowsSelectable:
                return Aggregate("count", null, CqlType.Bigint);
            case TermSelectable term:
                return Bind(term.Term, new Receiver(table!.Keyspace, table.Name, "[selection]", wanted ?? InferExactly(term.Term) ?? throw CannotInfer(selectable)));
            case WriteTimeOrTtlSelectable call:
                return BindWriteTime(call);
            case CastSelectable cast:
                return BindCast(new Operand(null, cast.Operand), cast.Type);
            case FunctionSelectable function:
                return BindFunction(function);
            case ArithmeticSelectable arithmetic:
                return BindArithmetic(arithmetic.Operator, new Operand(null, arithmetic.Left), new Operand(null, arithmetic.Right), null);
            case NegatedSelectable negated:
                return BindNegated(new Operand(null, negated.Operand), new Receiver(table!.Keyspace, table.Name, "arg0", wanted ?? InferSelectable(negated.Operand) ?? throw CannotInfer(negated.Operand)));
            case FieldSelectable field:
                return BindField(field);
            case ElementSelectable element:
                return BindElement(element);
            case SliceSelectable slice:
                return BindSlice(slice);
            case TypeHintSelectable hint:
                return BindHinted(hint);
            default:
                return BindConstructed(selectable, wanted ?? InferSelectable(selectable) ?? throw CannotInfer(selectable));
        }
    }

    /// <summary>Says whether a call is one of an aggregate.</summary>
    internal static bool IsAggregate(FunctionSelectable function) => function.Name.Keyspace is null or "system" && Aggregates.IsName(function.Name.Name);

    private static CqlError CannotInfer(Selectable selectable) =>
        CqlError.Invalid($"Cannot infer type for term {SelectableText.Of(selectable)} in selection clause (try using a cast to force a type)");

    // A literal has a type of its own only next to something: SELECT 5 is refused.
    private CqlType? InferExactly(Term term) => term is Literal or BindMarker or NullLiteral ? null : Infer(term);

    private CqlType? InferExactly(Selectable selectable) => selectable is TermSelectable term ? InferExactly(term.Term) : InferSelectable(selectable);

    private Column ColumnOf(string name) => table!.Find(name) ?? throw CqlError.Invalid($"Undefined column name {CqlIdentifier.ToCql(name)} in table {CqlIdentifier.ToCql(table.Keyspace)}.{CqlIdentifier.ToCql(table.Name)}");

    internal CqlType? InferSelectable(Selectable selectable) => selectable switch
    {
        ColumnSelectable column => ColumnOf(column.Column).Type,
        CountRowsSelectable => CqlType.Bigint,
        TermSelectable term => Infer(term.Term),
        WriteTimeOrTtlSelectable call => call.Kind == WriteTimeOrTtlKind.Ttl ? CqlType.Int : CqlType.Bigint,
        CastSelectable cast => TypeResolver.Resolve(cast.Type, keyspace).Type,
        FunctionSelectable function when IsAggregate(function) => function.Arguments.Count == 1 && InferSelectable(function.Arguments[0]) is { } argument
            ? Aggregates.ResultType(function.Name.Name, argument)
            : CqlType.Bigint,
        FunctionSelectable function => ResultOf(function.Name, [.. function.Arguments.Select(a => new Operand(null, a))], null),
        ArithmeticSelectable arithmetic => InferArithmetic(arithmetic.Operator, new Operand(null, arithmetic.Left), new Operand(null, arithmetic.Right)),
        NegatedSelectable negated => InferSelectable(negated.Operand),
        FieldSelectable field => InferSelectable(field.Receiver) is CqlUserType user ? user.Fields.FirstOrDefault(f => f.Name == field.Field)?.Type : null,
        ElementSelectable element => InferSelectable(element.Receiver) switch
        {
            CqlMapType map => map.Value,
            CqlSetType set => set.Element,
            CqlListType list => list.Element,
            _ => null,
        },
        SliceSelectable slice => InferSelectable(slice.Receiver),
        TypeHintSelectable hint => TypeResolver.Resolve(hint.Type, keyspace).Type,
        TupleSelectable { Elements.Count: 1 } tuple => InferSelectable(tuple.Elements[0]),
        TupleSelectable tuple => tuple.Elements.All(e => InferExactly(e) is not null) ? new CqlTupleType([.. tuple.Elements.Select(e => InferExactly(e)!)]) : null,
        ArraySelectable { Elements.Count: > 0 } array => array.Elements.Select(InferExactly).FirstOrDefault(t => t is not null) is { } element ? new CqlListType(element) : null,
        SetSelectable { Elements.Count: > 0 } set => set.Elements.Select(InferExactly).FirstOrDefault(t => t is not null) is { } element ? new CqlSetType(element) : null,
        _ => null,
    };

    private bool SelectableFits(Selectable selectable, CqlType type) => selectable is TermSelectable term ? Fits(term.Term, type)
        : InferSelectable(selectable) is { } own && IsCompatible(type, own);

    private AggregateExpression Aggregate(string name, Expression? argument, CqlType type)
    {
        var aggregate = new AggregateExpression(name, argument, type, _aggregates++);
        _aggregateList.Add(aggregate);
        return aggregate;
    }

    private Expression BindFunction(FunctionSelectable function)
    {
        var name = function.Name.Name;
        if (!IsAggregate(function))
        {
            return BindCall(function.Name, [.. function.Arguments.Select(a => new Operand(null, a))], null);
        }

        if (function.Arguments.Count != 1)
        {
            throw CqlError.Invalid($"Invalid number of arguments for function system.{name}(any)");
        }

        // count(1) is count(*).
        if (name == "count" && function.Arguments[0] is TermSelectable { Term: Literal { Kind: LiteralKind.Integer } })
        {
            return Aggregate("count", null, CqlType.Bigint);
        }

        var argument = BindSelectable(function.Arguments[0]);
        if (argument.HasAggregate())
        {
            throw CqlError.Invalid("aggregate functions cannot be used as arguments of aggregate functions");
        }

        var result = Aggregates.ResultType(name, argument.Type)
            ?? throw CqlError.Invalid($"Function system.{name}(number) requires a numeric argument, but found argument {SelectableText.Of(function.Arguments[0])} of type {TypeText.Plain(argument.Type)}");
        return Aggregate(name, argument, result);
    }

    private WriteTimeExpression BindWriteTime(WriteTimeOrTtlSelectable call)
    {
        var column = ColumnOf(call.Column);
        var word = call.Kind switch { WriteTimeOrTtlKind.WriteTime => "writetime", WriteTimeOrTtlKind.MaxWriteTime => "maxwritetime", _ => "ttl" };
        if (column.IsKey)
        {
            throw CqlError.Invalid($"Cannot use selection function {word} on PRIMARY KEY part {column.Name}");
        }

        switch (call.Selected)
        {
            case ColumnSelectable:
                var scalar = call.Kind == WriteTimeOrTtlKind.Ttl ? CqlType.Int : CqlType.Bigint;
                var type = column.IsMulticell && call.Kind != WriteTimeOrTtlKind.MaxWriteTime ? new CqlListType(scalar) : scalar;
                return new WriteTimeExpression(column, call.Kind, type, null, null);
            case FieldSelectable field when column.Type is CqlUserType user && column.IsMulticell:
                var index = user.Fields.ToList().FindIndex(f => f.Name == field.Field);
                return index < 0
                    ? throw CqlError.Invalid($"{TypeText.Plain(user)} of type {column.Name} has no field {field.Field}")
                    : new WriteTimeExpression(column, call.Kind, call.Kind == WriteTimeOrTtlKind.Ttl ? CqlType.Int : CqlType.Bigint, new ConstantExpression(CqlType.Smallint, ValueBytes.Smallint((short)index)), null);
            case ElementSelectable element when column.Type is CqlMapType or CqlSetType:
                var key = column.Type is CqlMapType map ? map.Key : ((CqlSetType)column.Type).Element;
                var bound = Bind(element.Element, Receiver.Of(table!, column).Part("key({0})", key));
                return new WriteTimeExpression(column, call.Kind, call.Kind == WriteTimeOrTtlKind.Ttl ? CqlType.Int : CqlType.Bigint, bound, null);
            case SliceSelectable slice when column.Type is CqlMapType or CqlSetType:
                var part = column.Type is CqlMapType sliced ? sliced.Key : ((CqlSetType)column.Type).Element;
                var receiver = Receiver.Of(table!, column).Part("key({0})", part);
                var list = call.Kind switch { WriteTimeOrTtlKind.MaxWriteTime => CqlType.Bigint, WriteTimeOrTtlKind.Ttl => new CqlListType(CqlType.Int), _ => (CqlType)new CqlListType(CqlType.Bigint) };
                return new WriteTimeExpression(column, call.Kind, list, slice.From is null ? null : Bind(slice.From, receiver), slice.To is null ? null : Bind(slice.To, receiver), part);
            default:
                throw CqlError.Invalid($"Cannot use selection function {word} on {SelectableText.Of(call.Selected)}");
        }
    }

    private FieldExpression BindField(FieldSelectable selectable)
    {
        var receiver = BindSelectable(selectable.Receiver);
        if (receiver.Type is not CqlUserType user)
        {
            throw CqlError.Invalid($"Invalid field selection: {SelectableText.Of(selectable.Receiver)} of type {TypeText.Plain(receiver.Type)} is not a user type");
        }

        var index = user.Fields.ToList().FindIndex(f => f.Name == selectable.Field);
        return index >= 0
            ? new FieldExpression(receiver, index, user.Fields[index].Type)
            : throw CqlError.Invalid($"{SelectableText.Of(selectable.Receiver)} of type {TypeText.Plain(user)} has no field {selectable.Field}");
    }

    private ElementExpression BindElement(ElementSelectable selectable)
    {
        var receiver = BindSelectable(selectable.Receiver);
        var text = SelectableText.Of(selectable.Receiver);
        return receiver.Type switch
        {
            CqlMapType map => new ElementExpression(receiver, Bind(selectable.Element, new Receiver(table!.Keyspace, table.Name, $"key({text})", map.Key)), map.Value),
            CqlSetType set => new ElementExpression(receiver, Bind(selectable.Element, new Receiver(table!.Keyspace, table.Name, $"value({text})", set.Element)), set.Element),
            CqlListType => throw CqlError.Invalid($"Element selection is only allowed on sets and maps, but {text} is a list"),
            _ => throw CqlError.Invalid($"Invalid element selection: {text} is of type {TypeText.Plain(receiver.Type)} is not a collection"),
        };
    }

    private SliceExpression BindSlice(SliceSelectable selectable)
    {
        var receiver = BindSelectable(selectable.Receiver);
        var text = SelectableText.Of(selectable.Receiver);
        var key = receiver.Type switch
        {
            CqlMapType map => map.Key,
            CqlSetType set => set.Element,
            CqlListType => throw CqlError.Invalid($"Slice selection is only allowed on sets and maps, but {text} is a list"),
            _ => throw CqlError.Invalid($"Invalid slice selection: {text} of type {TypeText.Plain(receiver.Type)} is not a collection"),
        };
        var bound = new Receiver(table!.Keyspace, table.Name, $"{(receiver.Type is CqlMapType ? "key" : "value")}({text})", key);
        return new SliceExpression(receiver, selectable.From is null ? null : Bind(selectable.From, bound), selectable.To is null ? null : Bind(selectable.To, bound), key);
    }

    private Expression BindHinted(TypeHintSelectable hint)
    {
        var type = TypeResolver.Resolve(hint.Type, keyspace).Type;
        if (hint.Operand is TermSelectable term)
        {
            return Fits(term.Term, type)
                ? Bind(term.Term, new Receiver(table!.Keyspace, table.Name, "[selection]", type))
                : throw CqlError.Invalid($"Cannot assign value {CqlText.Of(term.Term)} to {SelectableText.Of(hint)} of type {type}");
        }

        var operand = BindSelectable(hint.Operand, type);
        return IsCompatible(type, operand.Type) && operand.Type.Code != CqlTypeCode.Counter
            ? operand.Type == type ? operand : new RetypedExpression(operand, type)
            : throw CqlError.Invalid($"Cannot assign value {SelectableText.Of(hint.Operand)} to {SelectableText.Of(hint)} of type {type}");
    }

    private Expression BindConstructed(Selectable selectable, CqlType type)
    {
        switch (selectable, type)
        {
            case (TupleSelectable { Elements.Count: 1 } tuple, not CqlTupleType):
                return BindSelectable(tuple.Elements[0], type);
            case (TupleSelectable tuple, CqlTupleType tuples) when tuple.Elements.Count <= tuples.Elements.Length:
                return new FieldsExpression(tuples, [.. tuple.Elements.Select((e, i) => BindSelectable(e, tuples.Elements[i]))]);
            case (ArraySelectable array, CqlListType list):
                return new SequenceExpression(list, [.. array.Elements.Select(e => BindSelectable(e, list.Element))]);
            case (ArraySelectable array, CqlVectorType vector) when array.Elements.Count == vector.Dimensions:
                return new SequenceExpression(vector, [.. array.Elements.Select(e => BindSelectable(e, vector.Element))]);
            case (SetSelectable set, CqlSetType sets):
                return new SequenceExpression(sets, [.. set.Elements.Select(e => BindSelectable(e, sets.Element))]);
            case (SetSelectable { Elements.Count: 0 }, CqlMapType map):
                return new MapExpression(map, []);
            case (MapOrUserTypeSelectable literal, CqlMapType map):
                return new MapExpression(map, [.. literal.Entries.Select(e => new KeyValuePair<Expression, Expression>(BindSelectable(e.Key, map.Key), BindSelectable(e.Value, map.Value)))]);
            case (MapOrUserTypeSelectable literal, CqlUserType user):
                var fields = new Expression?[user.Fields.Length];
                foreach (var entry in literal.Entries)
                {
                    var name = (entry.Key as ColumnSelectable)?.Column;
                    var index = user.Fields.ToList().FindIndex(f => f.Name == name);
                    if (index < 0)
                    {
                        throw CqlError.Invalid($"Unknown field '{SelectableText.Of(entry.Key)}' in value of user defined type {user.Name}");
                    }

                    fields[index] = BindSelectable(entry.Value, user.Fields[index].Type);
                }

                return new FieldsExpression(user, fields);
            default:
                throw CannotInfer(selectable);
        }
    }
}
