using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Execution.Restrictions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Selects;

/// <summary>Checks a SELECT against the schema, with the errors of Cassandra 5.0 in its order.</summary>
internal sealed class SelectCompiler
{
    internal const string FilteringRefused =
        "Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING";

    private static readonly CqlCustomType LegacyTimeUuid = new("org.apache.cassandra.db.marshal.LegacyTimeUUIDType");

    private readonly SelectStatement _statement;
    private readonly TableDefinition _table;
    private readonly ExpressionBinder _binder;

    private SelectCompiler(SelectStatement statement, KeyspaceDefinition keyspace, TableDefinition table)
    {
        _statement = statement;
        _table = table;
        _binder = new ExpressionBinder(keyspace, table, statement.BindMarkers.Count);
    }

    internal static CompiledSelect Compile(SelectStatement statement, KeyspaceDefinition keyspace, TableDefinition table) => new SelectCompiler(statement, keyspace, table).Compile();

    private CompiledSelect Compile()
    {
        var (expressions, columns) = Selection();
        var restrictions = new KeyRestrictions(_table, RestrictionBinder.Bind(_table, _binder, _statement.Where, nullIsFirst: true));
        var limit = _statement.Limit is null ? null : _binder.Bind(_statement.Limit, new Receiver(_table.Keyspace, _table.Name, "[limit]", CqlType.Int));
        var perPartition = _statement.PerPartitionLimit is null ? null : _binder.Bind(_statement.PerPartitionLimit, new Receiver(_table.Keyspace, _table.Name, "[per_partition_limit]", CqlType.Int));
        if (restrictions.HasClusteringRestrictions && SelectsOnlyStaticColumns())
        {
            throw CqlError.Invalid("Cannot restrict clustering columns when selecting only static columns");
        }

        var groupBy = GroupBy();
        var index = CheckRestrictions(restrictions);
        if (_statement.IsDistinct)
        {
            CheckDistinct(restrictions);
        }

        if (perPartition is not null && (_statement.IsDistinct || (_binder.AggregateList.Count > 0 && groupBy is null)))
        {
            throw CqlError.Invalid(_statement.IsDistinct ? "PER PARTITION LIMIT is not allowed with SELECT DISTINCT queries" : "PER PARTITION LIMIT is not allowed with aggregate queries.");
        }

        var (reversed, sortBy, ann) = OrderBy(restrictions, index);
        return new CompiledSelect(_table, expressions, columns, restrictions)
        {
            Table = _table,
            Needs = Permissions.Select,
            Variables = _binder.Variables,
            PartitionKeyIndexes = _binder.PartitionKeyIndexes,
            Limit = limit,
            PerPartitionLimit = perPartition,
            IsDistinct = _statement.IsDistinct,
            IsJson = _statement.IsJson,
            GroupBy = groupBy,
            Aggregates = [.. _binder.AggregateList],
            IsReversed = reversed,
            SortBy = sortBy,
            Ann = ann,
            UsesIndex = index,
            JsonNames = _statement.IsJson ? [.. columns.Select(c => c.Name.Any(char.IsUpper) ? "\"" + c.Name + "\"" : c.Name)] : [],
        };
    }

    private (Expression[] Expressions, ImmutableArray<ResultColumn> Columns) Selection()
    {
        if (_statement.IsWildcard)
        {
            return ([.. _table.Columns.Select(c => new ColumnExpression(c))], [.. _table.Columns.Select(c => ColumnOf(c.Name, c.Type))]);
        }

        var expressions = new List<Expression>();
        var columns = ImmutableArray.CreateBuilder<ResultColumn>();
        foreach (var selector in _statement.Selectors)
        {
            if (selector.Selectable is TupleSelectable { Elements: { Count: 1 } single } && single[0] is ColumnSelectable)
            {
                throw CqlError.Invalid($"Cannot infer type for term ({SelectableText.Of(single[0])}) in selection clause (try using a cast to force a type)");
            }

            var expression = _binder.BindSelectable(selector.Selectable);
            expressions.Add(expression);

            // A server gives the least and the greatest of these a type of the time before it had one for them.
            var type = expression is AggregateExpression { Type.Code: CqlTypeCode.Timeuuid } ? LegacyTimeUuid : expression.Type;
            columns.Add(ColumnOf(selector.Alias ?? NameOf(selector.Selectable, expression.Type), type));
        }

        return ([.. expressions], columns.DrainToImmutable());

        ResultColumn ColumnOf(string name, CqlType type) => new(_table.Keyspace, _table.Name, name, type);
    }

    private bool SelectsOnlyStaticColumns()
    {
        var columns = _statement.Selectors.SelectMany(selector => ColumnsOf(selector.Selectable)).ToList();
        return columns.Exists(c => c.IsStatic) && columns.TrueForAll(c => c.IsStatic || c.Kind == ColumnRole.PartitionKey);
    }

    /// <summary>The name of a column without an alias: a cast to the type that a value has already is not there, and count(1) is count(*).</summary>
    private string NameOf(Selectable selectable, CqlType type) => selectable switch
    {
        CastSelectable cast when _binder.InferSelectable(cast.Operand) == type => NameOf(cast.Operand, type),
        FunctionSelectable { Name.Name: "count" } count when count.Arguments.Count == 1 && count.Arguments[0] is TermSelectable { Term: Literal } => "count",
        TypeHintSelectable hint => SelectableText.Of(hint with { Type = WithKeyspace(hint.Type) }),
        _ => SelectableText.Of(selectable),
    };

    /// <summary>A type hint as a server writes it: user-defined types with their keyspace.</summary>
    private TypeName WithKeyspace(TypeName type) => type switch
    {
        UserTypeName user => user with { Name = user.Name with { Keyspace = _table.Keyspace } },
        FrozenTypeName frozen => frozen with { Inner = WithKeyspace(frozen.Inner) },
        ListTypeName list => list with { Element = WithKeyspace(list.Element) },
        SetTypeName set => set with { Element = WithKeyspace(set.Element) },
        MapTypeName map => map with { Key = WithKeyspace(map.Key), Value = WithKeyspace(map.Value) },
        TupleTypeName tuple => tuple with { Elements = [.. tuple.Elements.Select(WithKeyspace)] },
        VectorTypeName vector => vector with { Element = WithKeyspace(vector.Element) },
        _ => type,
    };

    /// <summary>Which columns rows are grouped by: of the partition key, and how many of the clustering key; null for no groups.</summary>
    private GroupKey? GroupBy()
    {
        if (_statement.GroupBy.IsEmpty)
        {
            return null;
        }

        var expected = 0;
        Column[] keys = [.. _table.PartitionKey, .. _table.ClusteringKey];
        var lastSeen = -1;
        var restricted = _statement.Where.OfType<SingleColumnRelation>().Where(r => r.Operator == RelationOperator.Equal).Select(r => r.Column).ToHashSet(StringComparer.Ordinal);
        Expression? function = null;
        foreach (var selectable in _statement.GroupBy)
        {
            if (function is not null)
            {
                throw CqlError.Invalid("Functions are only supported on the last element of the GROUP BY clause");
            }

            var name = selectable is ColumnSelectable plain ? plain.Column : FirstColumn(selectable) ?? throw CqlError.Invalid("GROUP BY functions must have one column");
            var column = _table.Find(name) ?? throw CqlError.Invalid($"Undefined column name {CqlIdentifier.ToCql(name)} in table {_table.Keyspace}.{_table.Name}");
            if (!column.IsKey)
            {
                throw CqlError.Invalid($"Group by is currently only supported on the columns of the PRIMARY KEY, got {column.Name}");
            }

            var index = Array.IndexOf(keys, column);
            while (expected < index && restricted.Contains(keys[expected].Name))
            {
                expected++;
            }

            if (index != expected)
            {
                throw CqlError.Invalid("Group by currently only support groups of columns following their declared order in the PRIMARY KEY");
            }

            if (selectable is not ColumnSelectable)
            {
                function = _binder.BindSelectable(selectable);
            }

            expected++;
            lastSeen = index;
        }

        while (expected < keys.Length && restricted.Contains(keys[expected].Name))
        {
            expected++;
        }

        if (expected < _table.PartitionKey.Length)
        {
            throw CqlError.Invalid("Group by is not supported on only a part of the partition key");
        }

        var clustering = Math.Max(0, lastSeen + 1 - _table.PartitionKey.Length);
        return new GroupKey(function is null ? clustering : clustering - 1, function);
    }

    private static string? FirstColumn(Selectable selectable) => selectable switch
    {
        ColumnSelectable column => column.Column,
        FunctionSelectable function => function.Arguments.Select(FirstColumn).FirstOrDefault(c => c is not null),
        _ => null,
    };

    /// <summary>Refuses what needs to look at rows it does not return, unless that was allowed; true when an index helps.</summary>
    private bool CheckRestrictions(KeyRestrictions restrictions)
    {
        var all = restrictions.All;
        var indexed = all.Where(IsIndexed).ToList();
        var usesIndex = indexed.Count > 0;
        if (indexed.Any(r => r.Column.Type is CqlVectorType))
        {
            throw CqlError.Invalid("Vector indexes only support ANN queries");
        }

        CheckToken(restrictions);
        var needsFiltering = false;

        var ofPartition = all.Where(r => r.Column.Kind == ColumnRole.PartitionKey && r is not TokenRestriction).ToList();
        if (ofPartition.Count > 0 && !restrictions.HasPartitionKeys)
        {
            needsFiltering |= !(usesIndex && ofPartition.All(IsIndexed));
        }

        var ofClustering = all.Where(r => r.Column.Kind == ColumnRole.Clustering).ToList();
        if (ofClustering.Count > 0)
        {
            var allowed = _statement.AllowFiltering || ofClustering.Any(IsIndexed);
            CheckClustering(ofClustering, allowed);
            if (ofClustering.Any(r => r is ContainsRestriction) && !ofClustering.Where(r => r is ContainsRestriction).All(IsIndexed))
            {
                if (!_statement.AllowFiltering)
                {
                    throw CqlError.Invalid("Clustering columns can only be restricted with CONTAINS with a secondary index or filtering");
                }
            }

            needsFiltering |= !restrictions.HasPartitionKeys && restrictions.Token is null && !ofClustering.All(IsIndexed);
            needsFiltering |= restrictions.Token is not null && !ofClustering.All(IsIndexed);
            needsFiltering |= ofClustering.Any(r => !restrictions.Used.Contains(r) && r != restrictions.MixedSlice) && !ofClustering.All(IsIndexed);
        }

        var others = all.Where(r => !r.Column.IsKey).ToList();
        if (others.Count > 0)
        {
            // One index can be used at a time; those attached to the storage can be combined.
            needsFiltering |= !others.All(IsIndexed) || (others.Count > 1 && !others.All(r => IsIndexed(r, attachedOnly: true)));
        }

        if (needsFiltering && !_statement.AllowFiltering && !_table.IsVirtual)
        {
            throw CqlError.Invalid(FilteringRefused);
        }

        return usesIndex;
    }

    private void CheckToken(KeyRestrictions restrictions)
    {
        if (restrictions.Token is null)
        {
            return;
        }

        var also = restrictions.All.Where(r => r.Column.Kind == ColumnRole.PartitionKey && r is not TokenRestriction).Select(r => r.Column.Name).ToList();
        if (also.Count > 0 && !restrictions.HasPartitionKeys && !_statement.AllowFiltering)
        {
            throw CqlError.Invalid($"Columns \"{string.Join(", ", also)}\" cannot be restricted by both a normal relation and a token relation");
        }
    }

    private void CheckClustering(List<Restriction> restrictions, bool allowGaps)
    {
        var expected = 0;
        Restriction? slice = null;
        foreach (var restriction in restrictions.OrderBy(r => r.Column.Position))
        {
            var position = restriction.Column.Position;
            if (slice is not null && !slice.Columns.Contains(restriction.Column))
            {
                if (!allowGaps)
                {
                    throw CqlError.Invalid($"Clustering column \"{restriction.Column.Name}\" cannot be restricted (preceding column \"{slice.Column.Name}\" is restricted by a non-EQ relation)");
                }
            }
            else if (position != expected && !allowGaps)
            {
                throw CqlError.Invalid($"PRIMARY KEY column \"{restriction.Column.Name}\" cannot be restricted as preceding column \"{_table.ClusteringKey[expected].Name}\" is not restricted");
            }

            if (restriction is SliceRestriction)
            {
                slice ??= restriction;
            }

            expected = position + restriction.Columns.Length;
        }
    }

    private bool IsIndexed(Restriction restriction) => IsIndexed(restriction, attachedOnly: false);

    private bool IsIndexed(Restriction restriction, bool attachedOnly)
    {
        foreach (var index in _table.Indexes.Values)
        {
            var isAttached = index.ClassName is { } name && (name.EndsWith("StorageAttachedIndex", StringComparison.Ordinal) || name.Equals("sai", StringComparison.OrdinalIgnoreCase));
            if (attachedOnly && !isAttached)
            {
                continue;
            }

            var column = restriction.Column;
            var quoted = CqlIdentifier.ToCql(column.Name);
            var fits = index.Target switch
            {
                var target when target == quoted => restriction is ValuesRestriction || (isAttached && restriction is SliceRestriction && column.Type.Code is not (CqlTypeCode.Text or CqlTypeCode.Ascii or CqlTypeCode.Boolean or CqlTypeCode.Uuid)),
                var target when target == $"values({quoted})" => restriction is ContainsRestriction { IsKey: false, IsEntry: false },
                var target when target == $"keys({quoted})" => restriction is ContainsRestriction { IsKey: true },
                var target when target == $"entries({quoted})" => restriction is ContainsRestriction { IsEntry: true },
                var target when target == $"full({quoted})" => restriction is ValuesRestriction,
                _ => false,
            };
            if (fits && restriction is ValuesRestriction { IsIn: true })
            {
                fits = false;
            }

            if (fits)
            {
                return true;
            }
        }

        return false;
    }

    private void CheckDistinct(KeyRestrictions restrictions)
    {
        if (restrictions.HasClusteringRestrictions || restrictions.All.Any(r => r.Column.Kind == ColumnRole.Regular))
        {
            throw CqlError.Invalid("SELECT DISTINCT with WHERE clause only supports restriction by partition key and/or static columns.");
        }

        var requested = _statement.IsWildcard ? [.. _table.Columns] : _statement.Selectors.SelectMany(s => ColumnsOf(s.Selectable)).ToList();
        foreach (var column in requested)
        {
            if (column.Kind is ColumnRole.Clustering or ColumnRole.Regular)
            {
                throw CqlError.Invalid($"SELECT DISTINCT queries must only request partition key columns and/or static columns (not {column.Name})");
            }
        }

        // Of one partition, a part of the key may be left out.
        if (restrictions.All.Any(r => r.Column.Kind == ColumnRole.PartitionKey && r is ValuesRestriction) && restrictions.HasPartitionKeys)
        {
            return;
        }

        foreach (var column in _table.PartitionKey)
        {
            if (!requested.Contains(column))
            {
                throw CqlError.Invalid($"SELECT DISTINCT queries must request all the partition key columns (missing {column.Name})");
            }
        }
    }

    private IEnumerable<Column> ColumnsOf(Selectable selectable) => selectable switch
    {
        ColumnSelectable column => _table.Find(column.Column) is { } found ? [found] : [],
        FunctionSelectable function => function.Arguments.SelectMany(ColumnsOf),
        CastSelectable cast => ColumnsOf(cast.Operand),
        FieldSelectable field => ColumnsOf(field.Receiver),
        WriteTimeOrTtlSelectable call => ColumnsOf(call.Selected),
        ElementSelectable element => ColumnsOf(element.Receiver),
        ArithmeticSelectable arithmetic => [.. ColumnsOf(arithmetic.Left), .. ColumnsOf(arithmetic.Right)],
        TypeHintSelectable hint => ColumnsOf(hint.Operand),
        NegatedSelectable negated => ColumnsOf(negated.Operand),
        _ => [],
    };

    private (bool Reversed, Column[]? SortBy, AnnOrder? Ann) OrderBy(KeyRestrictions restrictions, bool usesIndex)
    {
        if (_statement.OrderBy.IsEmpty)
        {
            return (false, null, null);
        }

        if (_statement.OrderBy[0].AnnOf is { } query)
        {
            return (false, null, Ann(_statement.OrderBy[0], query));
        }

        if (_statement.IsDistinct || usesIndex)
        {
            throw CqlError.Invalid("ORDER BY with 2ndary indexes is not supported, except for ANN queries.");
        }

        if (!restrictions.HasPartitionKeys)
        {
            throw CqlError.Invalid("ORDER BY is only supported when the partition key is restricted by an EQ or an IN.");
        }

        var expected = 0;
        bool? reversed = null;
        var sortBy = new List<Column>();
        foreach (var ordering in _statement.OrderBy)
        {
            var column = _table.Find(ordering.Column) ?? throw CqlError.Invalid($"Undefined column name {CqlIdentifier.ToCql(ordering.Column)} in table {_table.Keyspace}.{_table.Name}");
            if (sortBy.Contains(column))
            {
                continue;
            }

            if (column.Kind != ColumnRole.Clustering)
            {
                throw CqlError.Invalid($"Order by is currently only supported on the clustered columns of the PRIMARY KEY, got {column.Name}");
            }

            while (expected < column.Position && restrictions.All.Any(r => r is ValuesRestriction { IsIn: false } && r.Columns.Contains(_table.ClusteringKey[expected])))
            {
                expected++;
            }

            if (column.Position != expected)
            {
                throw CqlError.Invalid("Order by currently only supports the ordering of columns following their declared order in the PRIMARY KEY");
            }

            expected++;
            var turned = ordering.IsDescending != column.IsReversed;
            if (reversed is { } before && before != turned)
            {
                throw CqlError.Invalid("Unsupported order by relation");
            }

            reversed = turned;
            sortBy.Add(column);
        }

        return (reversed ?? false, restrictions.IsPartitionIn ? [.. sortBy] : null, null);
    }

    private AnnOrder Ann(Ordering ordering, Term query)
    {
        var column = _table.Find(ordering.Column) ?? throw CqlError.Invalid($"Undefined column name {CqlIdentifier.ToCql(ordering.Column)} in table {_table.Keyspace}.{_table.Name}");
        if (column.Type is not CqlVectorType)
        {
            throw CqlError.Invalid("ANN ordering is only supported on float vector indexes");
        }

        if (ordering.IsDescending)
        {
            throw CqlError.Invalid("Descending ANN ordering is not supported");
        }

        var index = _table.Indexes.Values.FirstOrDefault(i => i.Target == CqlIdentifier.ToCql(column.Name))
            ?? throw CqlError.Invalid($"ANN ordering by vector requires the column to be indexed");
        if (_statement.Limit is null)
        {
            throw CqlError.Invalid("Use of ANN OF in an ORDER BY clause requires a LIMIT that is not greater than 1000. LIMIT was NO LIMIT");
        }

        var function = index.Options.GetValueOrDefault("similarity_function", "cosine");
        return new AnnOrder(column, _binder.Bind(query, Receiver.Of(_table, column)), function.ToLowerInvariant());
    }
}
