using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Functions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Expressions;

/// <summary>Makes expressions of a statement's terms, and finds out the types of its bind markers. For one statement and one thread.</summary>
internal sealed partial class ExpressionBinder(KeyspaceDefinition? keyspace, TableDefinition? table, int markerCount)
{
    private readonly ResultColumn?[] _markers = new ResultColumn?[markerCount];

    /// <summary>Set for the columns of a partition key, so that drivers find the token of what they bind.</summary>
    private readonly Dictionary<string, int> _markersOfColumns = new(StringComparer.Ordinal);

    /// <summary>The types of all markers, once everything is bound.</summary>
    internal ResultColumns Variables => _markers.Length == 0 ? ResultColumns.Empty : new ResultColumns([.. _markers.Select(m => m ?? throw CqlError.Invalid("A bind marker stands where its type can't be known"))]);

    /// <summary>The types of the markers bound here, with gaps where others hold them: a batch's statements share one numbering.</summary>
    internal ResultColumns KnownVariables => _markers.Length == 0 ? ResultColumns.Empty : new ResultColumns([.. _markers!]);

    /// <summary>For each column of the partition key the last marker bound to it; none when a column has none.</summary>
    internal ImmutableArray<ushort> PartitionKeyIndexes
    {
        get
        {
            if (table is null || table.PartitionKey.Any(c => !_markersOfColumns.ContainsKey(c.Name)))
            {
                return [];
            }

            return [.. table.PartitionKey.Select(c => (ushort)_markersOfColumns[c.Name])];
        }
    }

    /// <summary>A term as a value of a type.</summary>
    /// <exception cref="CqlError">It can't be one.</exception>
    internal Expression Bind(Term term, Receiver receiver)
    {
        switch (term)
        {
            case BindMarker marker:
                return Marker(marker, receiver);
            case NullLiteral:
                return new ConstantExpression(receiver.Type, null);
            case Literal literal:
                return BindLiteral(literal, receiver);
            case TupleLiteral { Elements.Count: 1 } single when receiver.Type is not CqlTupleType:
                return Bind(single.Elements[0], receiver);
            case ArrayLiteral or SetLiteral or MapLiteral or UserTypeLiteral or TupleLiteral:
                return Constant(BindStructure(term, receiver));
            case FunctionCall call:
                return BindCall(call.Name, [.. call.Arguments.Select(a => new Operand(a, null))], receiver);
            case ArithmeticTerm arithmetic:
                var operation = BindArithmetic(arithmetic.Operator, new Operand(arithmetic.Left, null), new Operand(arithmetic.Right, null), receiver);
                return Assignable(operation, receiver, term);
            case NegatedTerm negated:
                return BindNegated(new Operand(negated.Operand, null), receiver);
            case TypeHintTerm hint:
                return BindHint(hint, receiver);
            case CastTerm cast:
                return Assignable(BindCast(new Operand(cast.Value, null), cast.Type), receiver, term);
            default:
                throw CqlError.Invalid($"{CqlText.Of(term)} is not supported here");
        }
    }

    internal MarkerExpression Marker(BindMarker marker, Receiver receiver)
    {
        _markers[marker.Index] = new ResultColumn(receiver.Keyspace, receiver.Table, marker.Name ?? receiver.Name, receiver.Type);
        if (table is not null && receiver.Table == table.Name)
        {
            _markersOfColumns[receiver.Name] = marker.Index;
        }

        return new MarkerExpression(receiver.Type, marker.Index);
    }

    /// <summary>The type a term has by itself; null where it takes the one it is given.</summary>
    internal CqlType? Infer(Term term) => term switch
    {
        Literal literal => literal.Kind switch
        {
            LiteralKind.String => CqlType.Text,
            LiteralKind.Integer => IntegerType(literal.Text),
            LiteralKind.Uuid => CqlType.Uuid,
            LiteralKind.Float => CqlType.Double,
            LiteralKind.Boolean => CqlType.Boolean,
            LiteralKind.Hex => CqlType.Blob,
            _ => CqlType.Duration,
        },
        TypeHintTerm hint => TypeResolver.Resolve(hint.Type, keyspace).Type,
        CastTerm cast => TypeResolver.Resolve(cast.Type, keyspace).Type,
        NegatedTerm negated => Infer(negated.Operand),
        FunctionCall call => ResultOf(call.Name, [.. call.Arguments.Select(a => new Operand(a, null))], null),
        ArithmeticTerm arithmetic => InferArithmetic(arithmetic.Operator, new Operand(arithmetic.Left, null), new Operand(arithmetic.Right, null)),
        ArrayLiteral { Elements.Count: > 0 } array => Infer(array.Elements[0]) is { } element ? new CqlListType(element) : null,
        SetLiteral { Elements.Count: > 0 } set => Infer(set.Elements[0]) is { } element ? new CqlSetType(element) : null,
        MapLiteral map => Infer(map.Entries[0].Key) is { } key && Infer(map.Entries[0].Value) is { } value ? new CqlMapType(key, value) : null,
        TupleLiteral { Elements.Count: 1 } tuple => Infer(tuple.Elements[0]),
        TupleLiteral tuple => tuple.Elements.All(e => Infer(e) is not null) ? new CqlTupleType([.. tuple.Elements.Select(e => Infer(e)!)]) : null,
        _ => null,
    };

    /// <summary>Says whether a term can be a value of a type.</summary>
    internal bool Fits(Term term, CqlType type) => term switch
    {
        BindMarker or NullLiteral => true,
        Literal literal => Fits(literal.Kind, type),
        TupleLiteral { Elements.Count: 1 } single when type is not CqlTupleType => Fits(single.Elements[0], type),
        ArrayLiteral array => type is CqlListType list ? array.Elements.All(e => Fits(e, list.Element))
            : type is CqlVectorType vector && array.Elements.Count == vector.Dimensions && array.Elements.All(e => Fits(e, vector.Element)),
        SetLiteral set => type is CqlSetType sets ? set.Elements.All(e => Fits(e, sets.Element)) : type is CqlMapType && set.Elements.IsEmpty,
        MapLiteral map => type is CqlMapType maps && map.Entries.All(e => Fits(e.Key, maps.Key) && Fits(e.Value, maps.Value)),
        UserTypeLiteral literal => type is CqlUserType user && literal.Fields.All(f => user.Fields.FirstOrDefault(u => u.Name == f.Field) is { } field && Fits(f.Value, field.Type)),
        TupleLiteral tuple => type is CqlTupleType tuples && tuple.Elements.Count <= tuples.Elements.Length && Enumerable.Range(0, tuple.Elements.Count).All(i => Fits(tuple.Elements[i], tuples.Elements[i])),
        NegatedTerm negated => Fits(negated.Operand, type),
        ArithmeticTerm when ValueBytes.IsNumber(type) => true,
        _ => Infer(term) is { } own && IsCompatible(type, own),
    };

    /// <summary>Says whether values of one type are values of another as they are.</summary>
    internal static bool IsCompatible(CqlType target, CqlType source) => target == source || target.Code switch
    {
        CqlTypeCode.Blob => true,
        CqlTypeCode.Text => source.Code == CqlTypeCode.Ascii,
        CqlTypeCode.Uuid => source.Code == CqlTypeCode.Timeuuid,
        CqlTypeCode.Varint => source.Code is CqlTypeCode.Int or CqlTypeCode.Bigint,
        CqlTypeCode.Bigint => source.Code is CqlTypeCode.Counter or CqlTypeCode.Timestamp,
        CqlTypeCode.Counter => source.Code == CqlTypeCode.Bigint,
        CqlTypeCode.Timestamp => source.Code == CqlTypeCode.Bigint,
        _ => false,
    };

    // What is neither a native type nor a collection or user-defined type takes any literal, and reads its text.
    private static bool Fits(LiteralKind kind, CqlType type) => type is CqlTupleType || kind switch
    {
        LiteralKind.String => type.Code is CqlTypeCode.Ascii or CqlTypeCode.Text or CqlTypeCode.Inet or CqlTypeCode.Date or CqlTypeCode.Time or CqlTypeCode.Timestamp or CqlTypeCode.Custom,
        LiteralKind.Integer => type.Code is CqlTypeCode.Bigint or CqlTypeCode.Counter or CqlTypeCode.Date or CqlTypeCode.Decimal or CqlTypeCode.Double or CqlTypeCode.Duration or CqlTypeCode.Float
            or CqlTypeCode.Int or CqlTypeCode.Smallint or CqlTypeCode.Time or CqlTypeCode.Timestamp or CqlTypeCode.Tinyint or CqlTypeCode.Varint,
        LiteralKind.Uuid => type.Code is CqlTypeCode.Uuid or CqlTypeCode.Timeuuid,
        LiteralKind.Float => type.Code is CqlTypeCode.Decimal or CqlTypeCode.Double or CqlTypeCode.Float,
        LiteralKind.Boolean => type.Code == CqlTypeCode.Boolean,
        LiteralKind.Hex => type.Code == CqlTypeCode.Blob,
        _ => type.Code == CqlTypeCode.Duration,
    };

    private static CqlType IntegerType(string text)
    {
        var value = BigInteger.Parse(text, CultureInfo.InvariantCulture);
        return value >= int.MinValue && value <= int.MaxValue ? CqlType.Int : value >= long.MinValue && value <= long.MaxValue ? CqlType.Bigint : CqlType.Varint;
    }

    private static Expression Constant(Expression expression) => IsConstant(expression) ? new ConstantExpression(expression.Type, expression.Evaluate(null!)) : expression;

    private static bool IsConstant(Expression expression) => expression is ConstantExpression
        || (expression is SequenceExpression or MapExpression or FieldsExpression && expression.Parts.All(IsConstant));

    private static ConstantExpression BindLiteral(Literal literal, Receiver receiver)
    {
        if (!Fits(literal.Kind, receiver.Type))
        {
            throw CqlError.Invalid($"Invalid {literal.Kind.ToString().ToUpperInvariant()} constant ({literal.Text}) for \"{receiver.Name}\" of type {receiver.TypeText}");
        }

        return new ConstantExpression(receiver.Type, ValueText.Parse(receiver.Type, literal.Text));
    }

    private static Expression Assignable(Expression expression, Receiver receiver, Term term) => IsCompatible(receiver.Type, expression.Type)
        ? expression
        : throw CqlError.Invalid($"Type error: cannot assign result of {CqlText.Of(term)} (type {expression.Type}) to {receiver.Name} (type {receiver.TypeText})");

    private Expression BindHint(TypeHintTerm hint, Receiver receiver)
    {
        var type = TypeResolver.Resolve(hint.Type, keyspace).Type;
        var inner = receiver.Part(CqlText.Of(hint), type);
        if (!Fits(hint.Value, type))
        {
            throw CqlError.Invalid($"Cannot cast value {CqlText.Of(hint.Value)} to type {CqlText.Of(hint.Type)}");
        }

        return IsCompatible(receiver.Type, type)
            ? Bind(hint.Value, inner with { Name = receiver.Name })
            : throw CqlError.Invalid($"Cannot assign value {CqlText.Of(hint)} to {receiver.Name} of type {receiver.TypeText}");
    }

    private Expression BindStructure(Term term, Receiver receiver)
    {
        switch (term, receiver.Type)
        {
            case (ArrayLiteral array, CqlListType list):
                CheckElements(array.Elements, list.Element, receiver, "list");
                return WithoutMarkers(new SequenceExpression(list, [.. array.Elements.Select(e => Bind(e, receiver.Part("value({0})", list.Element)))]), receiver, "list");
            case (ArrayLiteral array, CqlVectorType vector):
                if (array.Elements.Count != vector.Dimensions)
                {
                    throw CqlError.Invalid($"Invalid vector literal for {receiver.Name} of type {receiver.TypeText}; expected {vector.Dimensions} elements, but given {array.Elements.Count}");
                }

                CheckElements(array.Elements, vector.Element, receiver, "vector");
                return new SequenceExpression(vector, [.. array.Elements.Select(e => Bind(e, receiver.Part("value({0})", vector.Element)))]);
            case (ArrayLiteral, _):
                throw CqlError.Invalid($"Invalid list literal for {receiver.Name} of type {receiver.TypeText}");
            case (SetLiteral set, CqlSetType sets):
                CheckElements(set.Elements, sets.Element, receiver, "set");
                return WithoutMarkers(new SequenceExpression(sets, [.. set.Elements.Select(e => Bind(e, receiver.Part("value({0})", sets.Element)))]), receiver, "set");
            case (SetLiteral { Elements.Count: 0 }, CqlMapType map):
                return new MapExpression(map, []);
            case (SetLiteral, _):
                throw CqlError.Invalid($"Invalid set literal for {receiver.Name} of type {receiver.TypeText}");
            case (MapLiteral literal, CqlMapType map):
                foreach (var entry in literal.Entries)
                {
                    if (!Fits(entry.Key, map.Key))
                    {
                        throw CqlError.Invalid($"Invalid map literal for {receiver.Name}: key {CqlText.Of(entry.Key)} is not of type {map.Key}");
                    }

                    if (!Fits(entry.Value, map.Value))
                    {
                        throw CqlError.Invalid($"Invalid map literal for {receiver.Name}: value {CqlText.Of(entry.Value)} is not of type {map.Value}");
                    }
                }

                return WithoutMarkers(
                    new MapExpression(map, [.. literal.Entries.Select(e => new KeyValuePair<Expression, Expression>(
                        Bind(e.Key, receiver.Part("key({0})", map.Key)), Bind(e.Value, receiver.Part("value({0})", map.Value))))]),
                    receiver,
                    "map");
            case (MapLiteral, _):
                throw CqlError.Invalid($"Invalid map literal for {receiver.Name} of type {receiver.TypeText}");
            case (UserTypeLiteral literal, CqlUserType user):
                return BindUserType(literal, user, receiver);
            case (UserTypeLiteral, _):
                throw CqlError.Invalid($"Invalid user type literal for {receiver.Name} of type {receiver.TypeText}");
            case (TupleLiteral literal, CqlTupleType tuple):
                return BindTuple(literal, tuple, receiver);
            default:
                throw CqlError.Invalid($"Invalid tuple type literal for {receiver.Name} of type {receiver.TypeText}");
        }
    }

    private static Expression WithoutMarkers(Expression literal, Receiver receiver, string what) => HasMarker(literal)
        ? throw CqlError.Invalid($"Invalid {what} literal for {receiver.Name}: bind variables are not supported inside collection literals")
        : literal;

    private static bool HasMarker(Expression expression) => expression is MarkerExpression || expression.Parts.Any(HasMarker);

    private void CheckElements(NodeList<Term> elements, CqlType type, Receiver receiver, string what)
    {
        foreach (var element in elements)
        {
            if (!Fits(element, type))
            {
                throw CqlError.Invalid($"Invalid {what} literal for {receiver.Name}: value {CqlText.Of(element)} is not of type {type}");
            }
        }
    }

    private FieldsExpression BindUserType(UserTypeLiteral literal, CqlUserType user, Receiver receiver)
    {
        var fields = new Expression?[user.Fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var field = user.Fields[i];
            var value = literal.Fields.Where(f => f.Field == field.Name).Select(f => f.Value).LastOrDefault();
            if (value is null)
            {
                continue;
            }

            if (!Fits(value, field.Type))
            {
                throw CqlError.Invalid($"Invalid user type literal for {receiver.Name}: field {field.Name} is not of type {field.Type}");
            }

            fields[i] = Bind(value, receiver.Part("{0}." + Escape(field.Name), field.Type));
        }

        foreach (var field in literal.Fields)
        {
            if (!user.Fields.Any(f => f.Name == field.Field))
            {
                throw CqlError.Invalid($"Unknown field '{field.Field}' in value of user defined type {user.Name}");
            }
        }

        return new FieldsExpression(user, fields);
    }

    private FieldsExpression BindTuple(TupleLiteral literal, CqlTupleType tuple, Receiver receiver)
    {
        if (literal.Elements.Count > tuple.Elements.Length)
        {
            throw CqlError.Invalid($"Invalid tuple literal for {receiver.Name}: too many elements. Type {TypeText.Plain(tuple)} expects {tuple.Elements.Length} but got {literal.Elements.Count}");
        }

        var fields = new Expression?[tuple.Elements.Length];
        for (var i = 0; i < literal.Elements.Count; i++)
        {
            if (!Fits(literal.Elements[i], tuple.Elements[i]))
            {
                throw CqlError.Invalid($"Invalid tuple literal for {receiver.Name}: component {i} is not of type {tuple.Elements[i]}");
            }

            fields[i] = Bind(literal.Elements[i], receiver.Part("{0}[" + i.ToString(CultureInfo.InvariantCulture) + "]", tuple.Elements[i]));
        }

        return new FieldsExpression(tuple, fields);
    }

    private static string Escape(string name) => name.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
}
