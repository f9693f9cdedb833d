using System.Buffers.Binary;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.Values;
using Ilium.Types;

namespace Ilium.Embedded.Execution.Expressions;

/// <summary>A column of the row.</summary>
internal sealed class ColumnExpression(Column column) : Expression(column.Type)
{
    internal Column Column { get; } = column;

    internal override byte[]? Evaluate(Scope scope) => scope.ValueOf(Column);
}

/// <summary><c>writetime</c>, <c>maxwritetime</c> or <c>ttl</c> of a column, or of one part of it.</summary>
internal sealed class WriteTimeExpression(Column column, WriteTimeOrTtlKind kind, CqlType type, Expression? path, Expression? end, CqlType? sliced = null) : Expression(type)
{
    internal Column Column { get; } = column;

    internal override IEnumerable<Expression> Parts => new[] { path, end }.Where(e => e is not null)!;

    internal override byte[]? Evaluate(Scope scope)
    {
        var now = scope.Context.NowSeconds;
        var cell = scope.CellOf(Column);
        if (cell.Value is not ComplexValue complex)
        {
            return Of(cell, now);
        }

        if (path is not null && sliced is null)
        {
            var key = path.Evaluate(scope);
            return key is null ? null : Of(complex.Get(Column.Type, key), now);
        }

        if (Column.Type is CqlUserType user && kind != WriteTimeOrTtlKind.MaxWriteTime)
        {
            return OfFields(complex, user, now);
        }

        var (low, high) = sliced is null ? (null, null) : (path?.Evaluate(scope), end?.Evaluate(scope));
        var values = new List<byte[]>();
        long? latest = null;
        foreach (ref readonly var entry in complex.Entries)
        {
            if (entry.Cell.LiveBytes(now) is null
                || (low is not null && ServerOrder.Compare(sliced!, entry.Path, low) < 0)
                || (high is not null && ServerOrder.Compare(sliced!, entry.Path, high) > 0))
            {
                continue;
            }

            latest = Math.Max(latest ?? long.MinValue, entry.Cell.Stamp!.Timestamp);
            values.Add(Of(entry.Cell, now)!);
        }

        if (latest is null)
        {
            return null;
        }

        if (kind == WriteTimeOrTtlKind.MaxWriteTime)
        {
            return ValueBytes.Bigint(latest.Value);
        }

        // A list may hold nulls here: elements that never expire have no time to live.
        return NullableSequence(values);
    }

    private static byte[] NullableSequence(List<byte[]> values)
    {
        var bytes = new byte[4 + values.Sum(v => 4 + (v?.Length ?? 0))];
        BinaryPrimitives.WriteInt32BigEndian(bytes, values.Count);
        var at = 4;
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), value?.Length ?? -1);
            value?.CopyTo(bytes, at + 4);
            at += 4 + (value?.Length ?? 0);
        }

        return bytes;
    }

    private byte[]? OfFields(ComplexValue complex, CqlUserType user, long now)
    {
        var values = new List<byte[]>();
        var any = false;
        for (short i = 0; i < user.Fields.Length; i++)
        {
            var cell = complex.Get(user, ValueBytes.Smallint(i));
            any |= cell.LiveBytes(now) is not null;
            values.Add(Of(cell, now)!);
        }

        return any ? NullableSequence(values) : null;
    }

    private byte[]? Of(Cell cell, long now)
    {
        if (cell.LiveBytes(now) is null)
        {
            return null;
        }

        return kind == WriteTimeOrTtlKind.Ttl
            ? cell.Stamp!.IsExpiring ? ValueBytes.Int((int)(cell.Stamp.Expires - now)) : null
            : ValueBytes.Bigint(cell.Stamp!.Timestamp);
    }
}

/// <summary><c>value.field</c> of a user-defined type.</summary>
internal sealed class FieldExpression(Expression receiver, int index, CqlType type) : Expression(type)
{
    internal override IEnumerable<Expression> Parts => [receiver];

    internal override byte[]? Evaluate(Scope scope)
    {
        var value = receiver.Evaluate(scope);
        return value is null ? null : ValueParts.Fields(receiver.Type, ((CqlUserType)receiver.Type).Fields.Length, value)[index];
    }
}

/// <summary><c>map[key]</c> or <c>set[element]</c>.</summary>
internal sealed class ElementExpression(Expression receiver, Expression key, CqlType type) : Expression(type)
{
    internal override IEnumerable<Expression> Parts => [receiver, key];

    internal override byte[]? Evaluate(Scope scope)
    {
        var wanted = key.Evaluate(scope);
        if (wanted is null || ReferenceEquals(wanted, QueryOptions.Unset))
        {
            throw CqlError.Invalid("Invalid null or unset value for element selection");
        }

        var value = receiver.Evaluate(scope);
        if (value is null)
        {
            return null;
        }

        if (receiver.Type is CqlMapType map)
        {
            return ValueParts.Entries(map, value).FirstOrDefault(e => ServerOrder.Compare(map.Key, e.Key, wanted) == 0).Value;
        }

        return ValueParts.Elements(receiver.Type, value).FirstOrDefault(e => ServerOrder.Compare(Type, e, wanted) == 0);
    }
}

/// <summary><c>value[from..to]</c>, both ends included.</summary>
internal sealed class SliceExpression(Expression receiver, Expression? from, Expression? to, CqlType key) : Expression(receiver.Type)
{
    internal override IEnumerable<Expression> Parts => new[] { receiver, from, to }.Where(e => e is not null)!;

    internal override byte[]? Evaluate(Scope scope)
    {
        var value = receiver.Evaluate(scope);
        if (value is null)
        {
            return null;
        }

        var (low, high) = (from?.Evaluate(scope), to?.Evaluate(scope));
        bool Within(byte[] item) => (low is null || ServerOrder.Compare(key, item, low) >= 0) && (high is null || ServerOrder.Compare(key, item, high) <= 0);
        if (Type is CqlMapType map)
        {
            var entries = ValueParts.Entries(map, value).Where(e => Within(e.Key)).ToList();
            return entries.Count == 0 ? null : ValueParts.Map(entries);
        }

        var elements = ValueParts.Elements(Type, value).Where(e => Within(e!)).Select(e => e!).ToList();
        return elements.Count == 0 ? null : ValueParts.Sequence(elements);
    }
}

internal static class ExpressionParts
{
    internal static bool HasAggregate(this Expression expression) => expression is AggregateExpression || expression.Parts.Any(HasAggregate);
}
