using System.Collections.Immutable;
using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Execution.Restrictions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Modifications;

/// <summary>Checks INSERT, UPDATE and DELETE against the schema, with the errors of Cassandra 5.0.</summary>
internal sealed class ModificationCompiler
{
    private readonly TableDefinition _table;
    private readonly ExpressionBinder _binder;
    private readonly ModificationStatement _statement;
    private readonly OperationCompiler _operations;
    private readonly int _markers;

    private ModificationCompiler(ModificationStatement statement, KeyspaceDefinition keyspace, TableDefinition table, int markers)
    {
        _statement = statement;
        _table = table;
        _markers = markers;
        _binder = new ExpressionBinder(keyspace, table, markers);
        _operations = new OperationCompiler(table, _binder);
    }

    /// <param name="statement">What to compile.</param>
    /// <param name="keyspace">The table's keyspace.</param>
    /// <param name="table">The table.</param>
    /// <param name="markers">How many bind markers the whole text has: those of a batch are numbered together.</param>
    internal static CompiledModification Compile(ModificationStatement statement, KeyspaceDefinition keyspace, TableDefinition table, int markers)
    {
        var compiler = new ModificationCompiler(statement, keyspace, table, markers);
        return statement switch
        {
            InsertStatement insert => compiler.Insert(insert),
            InsertJsonStatement json => compiler.InsertJson(json),
            UpdateStatement update => compiler.Update(update),
            DeleteStatement delete => compiler.Delete(delete),
            _ => throw CqlError.Invalid("Unknown modification"),
        };
    }

    private Column ColumnOf(string name) => _table.Find(name) ?? throw CqlError.Invalid($"Undefined column name {CqlIdentifier.ToCql(name)} in table {CqlIdentifier.ToCql(_table.Keyspace)}.{CqlIdentifier.ToCql(_table.Name)}");

    private CompiledModification Finish(ModificationKind kind, KeyRestrictions restrictions, ImmutableArray<Operation> operations, bool ifNotExists, bool ifExists, ImmutableArray<Condition> conditions, JsonValues? json = null)
    {
        var timestamp = _statement.Using.Timestamp is { } t ? _binder.Bind(t, new Receiver(_table.Keyspace, _table.Name, "[timestamp]", CqlType.Bigint)) : null;
        var timeToLive = _statement.Using.TimeToLive is { } l ? _binder.Bind(l, new Receiver(_table.Keyspace, _table.Name, "[ttl]", CqlType.Int)) : null;
        var isConditional = ifNotExists || ifExists || !conditions.IsEmpty;
        if (_table.IsCounter)
        {
            if (isConditional)
            {
                throw CqlError.Invalid("Conditional updates are not supported on counter tables");
            }

            if (timestamp is not null)
            {
                throw CqlError.Invalid("Cannot provide custom timestamp for counter updates");
            }

            if (timeToLive is not null)
            {
                throw CqlError.Invalid("Cannot provide custom TTL for counter updates");
            }
        }

        if (_table.ClusteringKey.Length > 0 && !restrictions.HasClusteringRestrictions && conditions.Any(c => !c.Column.IsStatic))
        {
            throw CqlError.Invalid($"Some clustering keys are missing: {string.Join(", ", _table.ClusteringKey.Select(c => c.Name))}");
        }

        if (isConditional && timestamp is not null)
        {
            throw CqlError.Invalid("Cannot provide custom timestamp for conditional updates");
        }

        return new CompiledModification(kind, _table, restrictions, operations)
        {
            Table = _table,
            Needs = Permissions.Modify,
            Timestamp = timestamp,
            TimeToLive = timeToLive,
            IfNotExists = ifNotExists,
            IfExists = ifExists,
            Conditions = conditions,
            Json = json,
            Variables = VariablesOf(_binder),
            PartitionKeyIndexes = isConditional || json is null ? _binder.PartitionKeyIndexes : [],
        };
    }

    // Of a batch's statement only its own markers are known here; the batch puts them together.
    private static ResultColumns VariablesOf(ExpressionBinder binder) => binder.KnownVariables;

    private CompiledModification Insert(InsertStatement insert)
    {
        if (_table.IsCounter)
        {
            throw CqlError.Invalid("INSERT statements are not allowed on counter tables, use UPDATE instead");
        }

        if (insert.Columns.IsEmpty)
        {
            throw CqlError.Invalid("Column names for INSERT cannot be empty");
        }

        if (insert.Columns.Count != insert.Values.Count)
        {
            throw CqlError.Invalid("Unmatched column names/values");
        }

        if (insert.Columns.Distinct(StringComparer.Ordinal).Count() != insert.Columns.Count)
        {
            throw CqlError.Invalid("The column names contains duplicates");
        }

        var restrictions = new List<Restriction>();
        var operations = ImmutableArray.CreateBuilder<Operation>();
        var hasClustering = false;
        for (var i = 0; i < insert.Columns.Count; i++)
        {
            var column = ColumnOf(insert.Columns[i]);
            if (column.IsKey)
            {
                hasClustering |= column.Kind == ColumnRole.Clustering;
                restrictions.Add(new ValuesRestriction([column], [[_binder.Bind(insert.Values[i], Receiver.Of(_table, column))]], isIn: false));
            }
            else
            {
                operations.Add(_operations.Set(column, insert.Values[i]));
            }
        }

        var onlyStatic = operations.Count > 0 && operations.All(o => o.Column.IsStatic) && !hasClustering;
        CheckKeys(restrictions, needsClustering: !onlyStatic);
        return Finish(ModificationKind.Insert, new KeyRestrictions(_table, restrictions), operations.ToImmutable(), insert.IfNotExists, false, []);
    }

    private CompiledModification InsertJson(InsertJsonStatement insert)
    {
        if (_table.IsCounter)
        {
            throw CqlError.Invalid("INSERT statements are not allowed on counter tables, use UPDATE instead");
        }

        var text = _binder.Bind(insert.Json, new Receiver(_table.Keyspace, _table.Name, "[json]", CqlType.Text));
        var restrictions = new List<Restriction>();
        var operations = ImmutableArray.CreateBuilder<Operation>();
        for (var i = 0; i < _table.Columns.Length; i++)
        {
            var column = _table.Columns[i];
            var value = new MarkerExpression(column.Type, _markers + i);
            if (column.IsKey)
            {
                restrictions.Add(new ValuesRestriction([column], [[value]], isIn: false));
            }
            else
            {
                operations.Add(new SetOperation(column, value));
            }
        }

        return Finish(ModificationKind.Insert, new KeyRestrictions(_table, restrictions), operations.ToImmutable(), insert.IfNotExists, false, [], new JsonValues(_table, text, insert.DefaultUnset));
    }

    private CompiledModification Update(UpdateStatement update)
    {
        var operations = ImmutableArray.CreateBuilder<Operation>();
        foreach (var assignment in update.Assignments)
        {
            var column = ColumnOf(assignment.Column);
            if (column.IsKey)
            {
                throw CqlError.Invalid($"PRIMARY KEY part {CqlIdentifier.ToCql(column.Name)} found in SET part");
            }

            operations.Add(_operations.Of(column, assignment));
        }

        var onlyStatic = operations.All(o => o.Column.IsStatic) && _table.ClusteringKey.Length > 0;
        var restrictions = Where(update.Where, "UPDATE", needsClustering: !onlyStatic);
        if (onlyStatic && restrictions.HasClusteringRestrictions && update.Conditions.IsEmpty && !update.IfExists)
        {
            throw CqlError.Invalid("Invalid restrictions on clustering columns since the UPDATE statement modifies only static columns");
        }

        var conditions = Conditions(update.Conditions, restrictions, update.IfExists);
        return Finish(ModificationKind.Update, restrictions, operations.ToImmutable(), false, update.IfExists, conditions);
    }

    private CompiledModification Delete(DeleteStatement delete)
    {
        var operations = ImmutableArray.CreateBuilder<Operation>();
        foreach (var deletion in delete.Deletions)
        {
            var column = ColumnOf(deletion.Column);
            if (column.IsKey)
            {
                throw CqlError.Invalid($"Invalid identifier {CqlIdentifier.ToCql(column.Name)} for deletion (should not be a PRIMARY KEY part)");
            }

            operations.Add(_operations.Of(column, deletion));
        }

        if (delete.Using.TimeToLive is not null)
        {
            throw CqlError.Invalid("TTL can't be given to DELETE");
        }

        var onlyStatic = operations.Count > 0 && operations.All(o => o.Column.IsStatic);
        var restrictions = Where(delete.Where, "DELETE", needsClustering: false);
        if (operations.Count > 0 && !onlyStatic && !IsWholeRow(restrictions))
        {
            throw CqlError.Invalid("Range deletions are not supported for specific columns");
        }

        if (onlyStatic && restrictions.HasClusteringRestrictions && delete.Conditions.IsEmpty && !delete.IfExists)
        {
            throw CqlError.Invalid("Invalid restrictions on clustering columns since the DELETE statement modifies only static columns");
        }

        var conditions = Conditions(delete.Conditions, restrictions, delete.IfExists);
        if ((!conditions.IsEmpty || delete.IfExists) && !IsWholeRow(restrictions) && !(conditions.Length > 0 && conditions.All(c => c.Column.IsStatic) && onlyStatic))
        {
            throw CqlError.Invalid("DELETE statements must restrict all PRIMARY KEY columns with equality relations in order to delete non static columns");
        }

        return Finish(ModificationKind.Delete, restrictions, operations.ToImmutable(), false, delete.IfExists, conditions);
    }

    private bool IsWholeRow(KeyRestrictions restrictions) =>
        _table.ClusteringKey.All(c => restrictions.All.Any(r => r is ValuesRestriction && r.Columns.Contains(c)));

    private KeyRestrictions Where(NodeList<Relation> where, string verb, bool needsClustering)
    {
        var restrictions = RestrictionBinder.Bind(_table, _binder, where, nullIsFirst: false);
        var others = restrictions.Where(r => !r.Column.IsKey).SelectMany(r => r.Columns).Select(c => c.Name).ToList();
        CheckPartition(restrictions, verb);
        if (others.Count > 0)
        {
            throw CqlError.Invalid($"Non PRIMARY KEY columns found in where clause: {string.Join(", ", others)} ");
        }

        var keys = new KeyRestrictions(_table, restrictions);
        var clustering = restrictions.Where(r => r.Column.Kind == ColumnRole.Clustering).OrderBy(r => r.Column.Position).ToList();
        CheckOrder(clustering);
        if (verb == "UPDATE" && clustering.FirstOrDefault(r => r is SliceRestriction or ContainsRestriction) is not null)
        {
            throw CqlError.Invalid("Slice restrictions are not supported on the clustering columns in UPDATE statements");
        }

        if (needsClustering)
        {
            CheckKeys(restrictions, needsClustering: true);
        }

        return keys;
    }

    private void CheckOrder(List<Restriction> clustering)
    {
        var expected = 0;
        Restriction? slice = null;
        foreach (var restriction in clustering)
        {
            if (slice is not null)
            {
                throw CqlError.Invalid($"Clustering column \"{restriction.Column.Name}\" cannot be restricted (preceding column \"{slice.Column.Name}\" is restricted by a non-EQ relation)");
            }

            if (restriction.Column.Position != expected)
            {
                throw CqlError.Invalid($"PRIMARY KEY column \"{restriction.Column.Name}\" cannot be restricted as preceding column \"{_table.ClusteringKey[expected].Name}\" is not restricted");
            }

            slice = restriction is ValuesRestriction ? null : restriction;
            expected += restriction.Columns.Length;
        }
    }

    private void CheckPartition(List<Restriction> restrictions, string verb)
    {
        if (restrictions.Any(r => r is TokenRestriction))
        {
            throw CqlError.Invalid($"The token function cannot be used in WHERE clauses for {verb} statements");
        }

        if (restrictions.Any(r => r.Column.Kind == ColumnRole.PartitionKey && r is not ValuesRestriction))
        {
            throw CqlError.Invalid($"Only EQ and IN relation are supported on the partition key (unless you use the token() function) for {verb} statements");
        }

        CheckKeys(restrictions, needsClustering: false);
    }

    private void CheckKeys(List<Restriction> restrictions, bool needsClustering)
    {
        var missing = _table.PartitionKey.Where(c => !restrictions.Any(r => r.Columns.Contains(c))).Select(c => c.Name).ToList();
        if (missing.Count > 0)
        {
            throw CqlError.Invalid($"Some partition key parts are missing: {string.Join(", ", missing)}");
        }

        missing = needsClustering ? [.. _table.ClusteringKey.Where(c => !restrictions.Any(r => r.Columns.Contains(c))).Select(c => c.Name)] : [];
        if (missing.Count > 0)
        {
            throw CqlError.Invalid($"Some clustering keys are missing: {string.Join(", ", missing)}");
        }
    }

    private ImmutableArray<Condition> Conditions(NodeList<ColumnCondition> conditions, KeyRestrictions restrictions, bool ifExists)
    {
        var bound = ImmutableArray.CreateBuilder<Condition>();
        foreach (var condition in conditions)
        {
            var column = ColumnOf(condition.Target.Column);
            if (column.IsKey)
            {
                throw CqlError.Invalid($"PRIMARY KEY column '{column.Name}' cannot have IF conditions");
            }

            if (column.IsCounter)
            {
                throw CqlError.Invalid("Conditions on counters are not supported");
            }

            bound.Add(Bind(condition, column));
        }

        if (bound.Count > 0 || ifExists)
        {
            if (restrictions.IsPartitionIn)
            {
                throw CqlError.Invalid("IN on the partition key is not supported with conditional updates");
            }

            if (restrictions.All.Any(r => r is ValuesRestriction { IsIn: true } && r.Column.Kind == ColumnRole.Clustering))
            {
                throw CqlError.Invalid("IN on the clustering key columns is not supported with conditional updates");
            }
        }

        return bound.ToImmutable();
    }

    private Condition Bind(ColumnCondition condition, Column column)
    {
        var receiver = Receiver.Of(_table, column);
        Expression? element = null;
        var field = -1;
        switch (condition.Target)
        {
            case ElementTarget target:
                (element, receiver) = column.Type switch
                {
                    CqlListType list => (_binder.Bind(target.Element, receiver.Part("idx({0})", CqlType.Int)), receiver.Part("value({0})", list.Element)),
                    CqlMapType map => (_binder.Bind(target.Element, receiver.Part("key({0})", map.Key)), receiver.Part("value({0})", map.Value)),
                    CqlSetType => throw CqlError.Invalid("Invalid element access syntax for set column " + column.Name),
                    _ => throw CqlError.Invalid($"Element access syntax is only supported on list and map, not {column.TypeText}"),
                };
                break;
            case FieldTarget target:
                var user = column.Type as CqlUserType ?? throw CqlError.Invalid($"Cannot access fields of column {column.Name} of type {column.TypeText}");
                field = user.Fields.ToList().FindIndex(f => f.Name == target.Field);
                if (field < 0)
                {
                    throw CqlError.Invalid($"Unknown field {target.Field} for column {column.Name}");
                }

                receiver = receiver.Part("{0}." + target.Field, user.Fields[field].Type);
                break;
        }

        if (condition is SimpleCondition simple)
        {
            if (column.Type.Code == CqlTypeCode.Duration && simple.Operator is not (RelationOperator.Equal or RelationOperator.NotEqual))
            {
                throw CqlError.Invalid("Slice conditions ( " + SelectableText.Of(simple.Operator) + " ) are not supported on durations");
            }

            var compared = receiver;
            if (simple.Operator is RelationOperator.Contains or RelationOperator.ContainsKey)
            {
                compared = (column.Type, simple.Operator) switch
                {
                    (CqlMapType map, RelationOperator.ContainsKey) => receiver.Part("key({0})", map.Key),
                    (CqlMapType map, _) => receiver.Part("value({0})", map.Value),
                    (CqlListType list, RelationOperator.Contains) => receiver.Part("value({0})", list.Element),
                    (CqlSetType set, RelationOperator.Contains) => receiver.Part("value({0})", set.Element),
                    _ => throw CqlError.Invalid($"Cannot use {SelectableText.Of(simple.Operator)} on non-{(simple.Operator == RelationOperator.ContainsKey ? "map" : "collection")} column {column.Name}"),
                };
            }

            return new Condition(column, receiver.Type, simple.Operator, [_binder.Bind(simple.Value, compared)], null, false, element, field);
        }

        var values = ((InCondition)condition).Values;
        return values.Marker is { } marker
            ? new Condition(column, receiver.Type, RelationOperator.Equal, [], _binder.Marker(marker, receiver.Part("in({0})", new CqlListType(receiver.Type))), true, element, field)
            : new Condition(column, receiver.Type, RelationOperator.Equal, [.. values.Terms.Select(t => _binder.Bind(t, receiver))], null, true, element, field);
    }
}
