using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;
using Ilium.Types;

namespace Ilium.Embedded.Execution.Restrictions;

/// <summary>What a WHERE clause says about one column, or about several at once. Immutable.</summary>
internal abstract class Restriction(Column[] columns)
{
    internal Column[] Columns { get; } = columns;

    internal Column Column => Columns[0];

    /// <summary>Evaluates what the columns are compared with, once a run.</summary>
    internal abstract BoundRestriction Bind(Scope scope);

    /// <summary>A value that stands next to a comparison: null and unset are refused there.</summary>
    private protected static byte[] ValueOf(Expression expression, Scope scope, Column column)
    {
        var value = expression.Evaluate(scope);
        if (value is null)
        {
            throw CqlError.Invalid(column.IsKey ? $"Invalid null value in condition for column {column.Name}" : $"Unsupported null value for column {column.Name}");
        }

        if (ReferenceEquals(value, QueryOptions.Unset))
        {
            throw CqlError.Invalid(column.IsKey ? $"Invalid unset value for column {column.Name}" : $"Unsupported unset value for column {column.Name}");
        }

        if (column.Kind == ColumnRole.PartitionKey && value.Length == 0)
        {
            return value;
        }

        return value;
    }
}

/// <summary>A restriction with its values, ready to be held against rows.</summary>
internal abstract class BoundRestriction
{
    internal abstract bool Matches(Scope scope);
}

/// <summary><c>=</c>, <c>IN</c>, and their forms for several columns: a list of values, each a value for each column.</summary>
internal sealed class ValuesRestriction : Restriction
{
    private readonly Expression[][]? _tuples;
    private readonly Expression? _list;
    private readonly bool _isOfTuples;

    /// <summary>Values written one by one; each has one expression for each column, or one that is a tuple.</summary>
    internal ValuesRestriction(Column[] columns, Expression[][] tuples, bool isIn)
        : base(columns)
    {
        _tuples = tuples;
        IsIn = isIn;
    }

    /// <summary>A marker for the whole list.</summary>
    internal ValuesRestriction(Column[] columns, Expression list, bool isOfTuples)
        : base(columns)
    {
        _list = list;
        _isOfTuples = isOfTuples;
        IsIn = true;
    }

    internal bool IsIn { get; }

    internal override BoundTuples Bind(Scope scope)
    {
        if (_list is not null)
        {
            return new BoundTuples(Columns, BindList(scope));
        }

        var values = new List<byte[][]>(_tuples!.Length);
        foreach (var tuple in _tuples)
        {
            values.Add(tuple.Length == Columns.Length
                ? Array.ConvertAll(Enumerable.Range(0, tuple.Length).ToArray(), i => ValueOf(tuple[i], scope, Columns[i]))
                : Split(ValueOf(tuple[0], scope, Column)));
        }

        return new BoundTuples(Columns, values);
    }

    /// <summary>The one value of an equality on one column, without a list around it.</summary>
    internal byte[] SingleValue(Scope scope) => ValueOf(_tuples![0][0], scope, Column);

    internal bool IsSingleEquality => !IsIn && Columns.Length == 1;

    private List<byte[][]> BindList(Scope scope)
    {
        var list = _list!.Evaluate(scope);
        if (list is null)
        {
            throw CqlError.Invalid($"Invalid null value for column {Column.Name}");
        }

        if (ReferenceEquals(list, QueryOptions.Unset))
        {
            throw CqlError.Invalid($"Invalid unset value for column {Column.Name}");
        }

        return [.. ValueParts.Elements(_list.Type, list).Select(e => !_isOfTuples
            ? [e ?? throw CqlError.Invalid(Column.IsKey ? $"Invalid null value in condition for column {Column.Name}" : $"Invalid null value for column {Column.Name}")]
            : Split(e ?? throw CqlError.Invalid("Invalid null value in condition for columns: " + Columns.Select(c => c.Name))))];
    }

    private byte[][] Split(byte[] tuple)
    {
        var type = new CqlTupleType([.. Columns.Select(c => c.Type)]);
        return [.. ValueParts.Fields(type, Columns.Length, tuple).Select((f, i) => f ?? throw CqlError.Invalid($"Invalid null value in condition for column {Columns[i].Name}"))];
    }
}

internal sealed class BoundTuples(Column[] columns, List<byte[][]> values) : BoundRestriction
{
    internal List<byte[][]> Values { get; } = values;

    internal override bool Matches(Scope scope)
    {
        foreach (var tuple in Values)
        {
            var all = true;
            for (var i = 0; i < columns.Length && all; i++)
            {
                all = scope.ValueOf(columns[i]) is { } value && ServerOrder.Compare(columns[i].Type, value, tuple[i]) == 0;
            }

            if (all)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>One end of a slice.</summary>
internal sealed record SliceEnd(Expression[] Values, bool IsInclusive);

/// <summary><c>&gt;</c>, <c>&lt;</c> and so on, on one column or on several in the order of the key.</summary>
internal sealed class SliceRestriction(Column[] columns, SliceEnd? lower, SliceEnd? upper) : Restriction(columns)
{
    internal SliceEnd? Lower { get; } = lower;

    internal SliceEnd? Upper { get; } = upper;

    /// <summary>True for <c>(a, b) > …</c>, also with one column.</summary>
    internal bool IsTuple { get; init; }

    /// <summary>True for SELECT: in the order of a clustering column, also a descending one, null is before all values.</summary>
    internal bool NullIsFirst { get; init; }

    internal override BoundSlice Bind(Scope scope) => new(Columns, BindEnd(Lower, scope), BindEnd(Upper, scope), Lower?.IsInclusive ?? false, Upper?.IsInclusive ?? false);

    /// <summary>As a piece of the partition; as a filter, null is refused.</summary>
    internal BoundSlice BindPiece(Scope scope) => new(Columns, BindPieceEnd(Lower, scope), BindPieceEnd(Upper, scope), Lower?.IsInclusive ?? false, Upper?.IsInclusive ?? false)
    {
        IsEmpty = (Column.IsReversed ? Lower : Upper) is { } last && IsFirst(last, scope),
    };

    private bool IsFirst(SliceEnd end, Scope scope) => NullIsFirst && !IsTuple && Column.Kind == ColumnRole.Clustering && end.Values[0].Evaluate(scope) is null;

    private byte[][]? BindPieceEnd(SliceEnd? end, Scope scope) => end is null || IsFirst(end, scope) ? null : BindEnd(end, scope);

    private byte[][]? BindEnd(SliceEnd? end, Scope scope)
    {
        if (end is null)
        {
            return null;
        }

        if (end.Values.Length == 1 && end.Values[0].Type is CqlTupleType tuple && (Columns.Length > 1 || Column.Type is not CqlTupleType))
        {
            var value = ValueOf(end.Values[0], scope, Column);
            return [.. ValueParts.Fields(tuple, Math.Min(tuple.Elements.Length, Columns.Length), value).Select((f, i) => f ?? throw CqlError.Invalid($"Invalid null value in condition for column {Columns[i].Name}"))];
        }

        var values = new byte[end.Values.Length][];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ValueOf(end.Values[i], scope, Columns[i]);
        }

        return values;
    }
}

internal sealed class BoundSlice(Column[] columns, byte[][]? lower, byte[][]? upper, bool lowerInclusive, bool upperInclusive) : BoundRestriction
{
    internal byte[][]? Lower { get; } = lower;

    internal byte[][]? Upper { get; } = upper;

    internal bool LowerInclusive { get; } = lowerInclusive;

    internal bool UpperInclusive { get; } = upperInclusive;

    /// <summary>True when no row can be in it.</summary>
    internal bool IsEmpty { get; init; }

    internal override bool Matches(Scope scope)
    {
        if (Lower is not null && (Compare(scope, Lower) is not { } low || low < 0 || (low == 0 && !LowerInclusive)))
        {
            return false;
        }

        return Upper is null || (Compare(scope, Upper) is { } high && high <= 0 && (high < 0 || UpperInclusive));
    }

    private int? Compare(Scope scope, byte[][] bound)
    {
        for (var i = 0; i < bound.Length; i++)
        {
            if (scope.ValueOf(columns[i]) is not { } value)
            {
                return null;
            }

            var order = ServerOrder.Compare(columns[i].Type, value, bound[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}

/// <summary><c>CONTAINS</c>, <c>CONTAINS KEY</c> and <c>column[key] = value</c>.</summary>
internal sealed class ContainsRestriction(Column column, Expression? key, Expression? value) : Restriction([column])
{
    internal bool IsKey => key is not null && value is null;

    internal bool IsEntry => key is not null && value is not null;

    internal override BoundRestriction Bind(Scope scope) =>
        new Bound(Column, key is null ? null : ValueOf(key, scope, Column), value is null ? null : ValueOf(value, scope, Column));

    private sealed class Bound(Column column, byte[]? key, byte[]? value) : BoundRestriction
    {
        internal override bool Matches(Scope scope)
        {
            if (scope.ValueOf(column) is not { } collection)
            {
                return false;
            }

            switch (column.Type)
            {
                case CqlMapType map:
                    return ValueParts.Entries(map, collection).Any(e => (key is null || ServerOrder.Compare(map.Key, e.Key, key) == 0) && (value is null || ServerOrder.Compare(map.Value, e.Value, value) == 0));
                case CqlSetType set:
                    return ValueParts.Elements(set, collection).Any(e => ServerOrder.Compare(set.Element, e, value) == 0);
                default:
                    var element = ((CqlListType)column.Type).Element;
                    return ValueParts.Elements(column.Type, collection).Any(e => ServerOrder.Compare(element, e, value) == 0);
            }
        }
    }
}

/// <summary><c>token(…)</c> compared with something.</summary>
internal sealed class TokenRestriction(Column[] columns, SliceEnd? lower, SliceEnd? upper) : Restriction(columns)
{
    internal SliceEnd? Lower { get; } = lower;

    internal SliceEnd? Upper { get; } = upper;

    internal override BoundToken Bind(Scope scope)
    {
        var (from, to) = (Of(Lower, scope), Of(Upper, scope));

        // The smallest token is the end of the ring as well as its beginning.
        var openEnd = to == long.MinValue;
        return new BoundToken(from, Lower?.IsInclusive ?? false, openEnd ? null : to, Upper?.IsInclusive ?? false);
    }

    private static long? Of(SliceEnd? end, Scope scope)
    {
        if (end is null)
        {
            return null;
        }

        var value = end.Values[0].Evaluate(scope);
        return value is null || ReferenceEquals(value, QueryOptions.Unset) || value.Length != 8
            ? throw CqlError.Invalid("Invalid null token value")
            : ValueBytes.ToBigint(value);
    }
}

internal sealed class BoundToken(long? from, bool fromInclusive, long? to, bool toInclusive) : BoundRestriction
{
    internal long? From { get; } = from;

    internal bool FromInclusive { get; } = fromInclusive;

    internal long? To { get; } = to;

    internal bool ToInclusive { get; } = toInclusive;

    internal override bool Matches(Scope scope)
    {
        var token = scope.Partition!.Token;
        return (From is null || token > From || (FromInclusive && token == From)) && (To is null || token < To || (ToInclusive && token == To));
    }
}
