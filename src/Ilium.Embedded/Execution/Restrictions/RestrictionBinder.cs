using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Restrictions;

/// <summary>Makes restrictions of the relations of one WHERE clause, and puts those on the same columns together.</summary>
/// <param name="table">Whose columns they are.</param>
/// <param name="binder">Of the statement.</param>
/// <param name="nullIsFirst">True for SELECT: see <see cref="SliceRestriction.NullIsFirst"/>.</param>
internal sealed class RestrictionBinder(TableDefinition table, ExpressionBinder binder, bool nullIsFirst)
{
    private readonly List<Restriction> _restrictions = [];

    internal static List<Restriction> Bind(TableDefinition table, ExpressionBinder binder, NodeList<Relation> relations, bool nullIsFirst)
    {
        var self = new RestrictionBinder(table, binder, nullIsFirst);
        foreach (var relation in relations)
        {
            self.Add(relation);
        }

        return self._restrictions;
    }

    private void Add(Relation relation)
    {
        switch (relation)
        {
            case SingleColumnRelation single:
                Merge(Single(single));
                break;
            case SingleColumnInRelation list:
                var column = ColumnOf(list.Column);
                CheckCollection(column, "IN");
                Merge(In(column, list.Values));
                break;
            case MultiColumnRelation multiple:
                Merge(Multiple(multiple));
                break;
            case MultiColumnInRelation multiple:
                Merge(MultipleIn(multiple));
                break;
            case TokenRelation token:
                Merge(Token(token));
                break;
            case MapElementRelation element:
                Merge(MapElement(element));
                break;
            case IsNotNullRelation isNotNull:
                ColumnOf(isNotNull.Column);
                throw CqlError.Invalid($"Unsupported restriction: {CqlIdentifier.ToCql(isNotNull.Column)} IS NOT NULL");
            default:
                throw CqlError.Invalid("Invalid index expression: the embedded node has no custom indexes");
        }
    }

    private Column ColumnOf(string name) => table.Find(name) ?? throw CqlError.Invalid($"Undefined column name {CqlIdentifier.ToCql(name)} in table {CqlIdentifier.ToCql(table.Keyspace)}.{CqlIdentifier.ToCql(table.Name)}");

    private static void CheckCollection(Column column, string operation)
    {
        if (!column.IsMulticell)
        {
            return;
        }

        throw CqlError.Invalid(column.Type is CqlUserType
            ? $"Non-frozen UDT column '{column.Name}' ({column.TypeText}) cannot be restricted by any relation"
            : $"Collection column '{column.Name}' ({column.TypeText}) cannot be restricted by a '{operation}' relation");
    }

    private Restriction Single(SingleColumnRelation relation)
    {
        var column = ColumnOf(relation.Column);
        var symbol = SelectableText.Of(relation.Operator);
        switch (relation.Operator)
        {
            case RelationOperator.NotEqual:
                throw CqlError.Invalid($"Unsupported \"!=\" relation: {CqlIdentifier.ToCql(relation.Column)} != {CqlText.Of(relation.Value)}");
            case RelationOperator.Like:
                throw CqlError.Invalid($"LIKE restriction is only supported on properly indexed columns. {CqlIdentifier.ToCql(relation.Column)} LIKE {CqlText.Of(relation.Value)} is not valid.");
            case RelationOperator.Contains:
                return Contains(column, relation);
            case RelationOperator.ContainsKey:
                return column.Type is CqlMapType map
                    ? new ContainsRestriction(column, binder.Bind(relation.Value, Receiver.Of(table, column).Part("key({0})", map.Key)), null)
                    : throw CqlError.Invalid($"Cannot use CONTAINS KEY on non-{(column.Type is CqlListType or CqlSetType ? "map" : "collection")} column {column.Name}");
        }

        CheckCollection(column, symbol);
        var value = binder.Bind(relation.Value, Receiver.Of(table, column));
        if (relation.Operator == RelationOperator.Equal)
        {
            return new ValuesRestriction([column], [[value]], isIn: false);
        }

        if (column.Type.Code == CqlTypeCode.Duration || ContainsDuration(column.Type))
        {
            throw CqlError.Invalid(column.Type.Code == CqlTypeCode.Duration
                ? "Slice restrictions are not supported on duration columns"
                : $"Slice restrictions are not supported on {(column.Type is CqlTupleType ? "tuples" : column.Type is CqlUserType ? "UDTs" : "collections")} containing durations");
        }

        return SliceOf([column], relation.Operator, [value]);
    }

    private static bool ContainsDuration(CqlType type) => type switch
    {
        CqlListType list => ContainsDuration(list.Element),
        CqlSetType set => ContainsDuration(set.Element),
        CqlMapType map => ContainsDuration(map.Key) || ContainsDuration(map.Value),
        CqlTupleType tuple => tuple.Elements.Any(ContainsDuration),
        CqlUserType user => user.Fields.Any(f => ContainsDuration(f.Type)),
        _ => type.Code == CqlTypeCode.Duration,
    };

    private ContainsRestriction Contains(Column column, SingleColumnRelation relation)
    {
        var receiver = Receiver.Of(table, column);
        var part = column.Type switch
        {
            CqlListType list => receiver.Part("value({0})", list.Element),
            CqlSetType set => receiver.Part("value({0})", set.Element),
            CqlMapType map => receiver.Part("value({0})", map.Value),
            _ => throw CqlError.Invalid($"Cannot use CONTAINS on non-collection column {column.Name}"),
        };
        return new ContainsRestriction(column, null, binder.Bind(relation.Value, part));
    }

    private ContainsRestriction MapElement(MapElementRelation relation)
    {
        var column = ColumnOf(relation.Column);
        if (column.Type is not CqlMapType map)
        {
            throw CqlError.Invalid(column.Type is CqlListType or CqlSetType
                ? $"Indexes on list entries ({column.Name}[index] = value) are not supported."
                : $"Column {column.Name} cannot be used as a map");
        }

        if (!column.IsMulticell)
        {
            throw CqlError.Invalid($"Map-entry predicates on frozen map column {column.Name} are not supported");
        }

        if (relation.Operator != RelationOperator.Equal)
        {
            throw CqlError.Invalid("Only EQ relations are supported on map entries");
        }

        var receiver = Receiver.Of(table, column);
        return new ContainsRestriction(column, binder.Bind(relation.Key, receiver.Part("key({0})", map.Key)), binder.Bind(relation.Value, receiver.Part("value({0})", map.Value)));
    }

    private ValuesRestriction In(Column column, InValues values)
    {
        var receiver = Receiver.Of(table, column);
        if (values.Marker is { } marker)
        {
            return new ValuesRestriction([column], binder.Marker(marker, receiver.Part("in({0})", new CqlListType(column.Type))), isOfTuples: false);
        }

        return new ValuesRestriction([column], [.. values.Terms.Select(t => new[] { binder.Bind(t, receiver) })], isIn: values.Terms.Count != 1);
    }

    private Column[] ClusteringColumns(NodeList<string> names)
    {
        var columns = new Column[names.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = ColumnOf(names[i]);
            if (columns[i].Kind != ColumnRole.Clustering)
            {
                throw CqlError.Invalid($"Multi-column relations can only be applied to clustering columns but was applied to: {columns[i].Name}");
            }

            if (columns.AsSpan(0, i).Contains(columns[i]))
            {
                throw CqlError.Invalid($"Column \"{columns[i].Name}\" appeared twice in a relation: ({string.Join(", ", names)})");
            }

            if (i > 0 && columns[i].Position != columns[i - 1].Position + 1)
            {
                throw CqlError.Invalid($"Clustering columns must appear in the PRIMARY KEY order in multi-column relations: ({string.Join(", ", names)})");
            }
        }

        return columns;
    }

    private Expression[] Tuple(Column[] columns, Term term, string name)
    {
        if (term is TupleLiteral tuple)
        {
            if (tuple.Elements.Count != columns.Length)
            {
                throw CqlError.Invalid($"Expected {columns.Length} elements in value tuple, but got {tuple.Elements.Count}: {CqlText.Of(tuple)}");
            }

            return [.. tuple.Elements.Select((e, i) => binder.Bind(e, Receiver.Of(table, columns[i])))];
        }

        var type = new CqlTupleType([.. columns.Select(c => c.Type)]);
        return [binder.Bind(term, new Receiver(table.Keyspace, table.Name, name, type))];
    }

    private static string TupleName(Column[] columns) => $"({string.Join(",", columns.Select(c => c.Name))})";

    private Restriction Multiple(MultiColumnRelation relation)
    {
        var columns = ClusteringColumns(relation.Columns);
        var values = Tuple(columns, relation.Value, TupleName(columns));
        return relation.Operator switch
        {
            RelationOperator.Equal => new ValuesRestriction(columns, [values], isIn: false),
            RelationOperator.LessThan or RelationOperator.LessThanOrEqual or RelationOperator.GreaterThan or RelationOperator.GreaterThanOrEqual => SliceOf(columns, relation.Operator, values, isTuple: true),
            _ => throw CqlError.Invalid($"{SelectableText.Of(relation.Operator)} cannot be used for multi-column relations"),
        };
    }

    private ValuesRestriction MultipleIn(MultiColumnInRelation relation)
    {
        var columns = ClusteringColumns(relation.Columns);
        if (relation.Values.Marker is { } marker)
        {
            var type = new CqlListType(new CqlTupleType([.. columns.Select(c => c.Type)]));
            return new ValuesRestriction(columns, binder.Marker(marker, new Receiver(table.Keyspace, table.Name, $"in{TupleName(columns)}", type)), isOfTuples: true);
        }

        return new ValuesRestriction(columns, [.. relation.Values.Terms.Select(t => Tuple(columns, t, TupleName(columns)))], isIn: true);
    }

    private TokenRestriction Token(TokenRelation relation)
    {
        Column[] columns = [.. relation.Columns.Select(ColumnOf)];
        if (columns.Length != table.PartitionKey.Length || columns.Any(c => c.Kind != ColumnRole.PartitionKey))
        {
            throw CqlError.Invalid("The token() function must be applied to all partition key components or none of them");
        }

        if (!columns.SequenceEqual(table.PartitionKey))
        {
            throw CqlError.Invalid($"The token function arguments must be in the partition key order: {string.Join(", ", table.PartitionKey.Select(c => c.Name))}");
        }

        var value = binder.Bind(relation.Value, new Receiver(table.Keyspace, table.Name, "partition key token", CqlType.Bigint));
        return relation.Operator switch
        {
            RelationOperator.Equal => new TokenRestriction(columns, new SliceEnd([value], true), new SliceEnd([value], true)),
            RelationOperator.GreaterThan or RelationOperator.GreaterThanOrEqual => new TokenRestriction(columns, new SliceEnd([value], relation.Operator == RelationOperator.GreaterThanOrEqual), null),
            RelationOperator.LessThan or RelationOperator.LessThanOrEqual => new TokenRestriction(columns, null, new SliceEnd([value], relation.Operator == RelationOperator.LessThanOrEqual)),
            _ => throw CqlError.Invalid($"{SelectableText.Of(relation.Operator)} cannot be used with the token function"),
        };
    }

    private SliceRestriction SliceOf(Column[] columns, RelationOperator operation, Expression[] values, bool isTuple = false) => operation is RelationOperator.GreaterThan or RelationOperator.GreaterThanOrEqual
        ? new SliceRestriction(columns, new SliceEnd(values, operation == RelationOperator.GreaterThanOrEqual), null) { IsTuple = isTuple, NullIsFirst = nullIsFirst }
        : new SliceRestriction(columns, null, new SliceEnd(values, operation == RelationOperator.LessThanOrEqual)) { IsTuple = isTuple, NullIsFirst = nullIsFirst };

    private void Merge(Restriction added)
    {
        for (var i = 0; i < _restrictions.Count; i++)
        {
            var there = _restrictions[i];
            if (!there.Columns.Any(c => added.Columns.Contains(c)))
            {
                continue;
            }

            if (there is TokenRestriction != added is TokenRestriction)
            {
                // A token and the columns themselves: both are looked at.
                continue;
            }

            switch (there, added)
            {
                case (ContainsRestriction, ContainsRestriction):
                    continue;
                case (TokenRestriction left, TokenRestriction right):
                    _restrictions[i] = new TokenRestriction(left.Columns, One(left.Lower, right.Lower, left, "start"), One(left.Upper, right.Upper, left, "end"));
                    return;
                case (SliceRestriction left, SliceRestriction right):
                    if (left.IsTuple != right.IsTuple)
                    {
                        throw CqlError.Invalid($"Column \"{Names(left)}\" cannot be restricted by both a tuple notation inequality and a single column inequality ({Names(right)})");
                    }

                    _restrictions[i] = new SliceRestriction(
                        left.Columns.Length >= right.Columns.Length ? left.Columns : right.Columns, One(left.Lower, right.Lower, left, "start"), One(left.Upper, right.Upper, left, "end"))
                    { IsTuple = left.IsTuple, NullIsFirst = nullIsFirst };
                    return;
                case (SliceRestriction, _):
                    throw CqlError.Invalid($"Column \"{Names(there)}\" cannot be restricted by both an equality and an inequality relation");
                case (ValuesRestriction { IsIn: true }, _):
                    throw CqlError.Invalid($"{Names(there)} cannot be restricted by more than one relation if it includes a IN");
                case (ValuesRestriction, _):
                    throw CqlError.Invalid($"{Names(there)} cannot be restricted by more than one relation if it includes an Equal");
                default:
                    throw CqlError.Invalid($"Collection column {Names(there)} can only be restricted by CONTAINS, CONTAINS KEY, or map-entry equality");
            }
        }

        _restrictions.Add(added);
    }

    private static SliceEnd? One(SliceEnd? left, SliceEnd? right, Restriction restriction, string which) => left is not null && right is not null
        ? throw CqlError.Invalid($"More than one restriction was found for the {which} bound on {Names(restriction)}")
        : left ?? right;

    private static string Names(Restriction restriction) => string.Join(", ", restriction.Columns.Select(c => c.Name));
}
