using System.Collections.Immutable;
using System.Text;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Execution.Restrictions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Selects;

/// <summary>A SELECT that was checked. Immutable; run by any threads.</summary>
internal sealed class CompiledSelect : CompiledStatement
{
    private readonly ResultColumns _columns;
    private ResultColumns? _json;

    internal CompiledSelect(TableDefinition source, Expression[] selected, ImmutableArray<ResultColumn> columns, KeyRestrictions restrictions)
    {
        Source = source;
        Selected = selected;
        Restrictions = restrictions;
        Filters = restrictions.Filters;
        _columns = new ResultColumns(columns);
    }

    internal TableDefinition Source { get; }

    internal Expression[] Selected { get; }

    internal KeyRestrictions Restrictions { get; }

    internal Restriction[] Filters { get; }

    internal Expression? Limit { get; init; }

    internal Expression? PerPartitionLimit { get; init; }

    internal bool IsDistinct { get; init; }

    internal bool IsJson { get; init; }

    internal ImmutableArray<string> JsonNames { get; init; } = [];

    internal GroupKey? GroupBy { get; init; }

    internal AggregateExpression[] Aggregates { get; init; } = [];

    internal bool IsReversed { get; init; }

    /// <summary>The columns the rows of several partitions are sorted by; null where the order of the table is right.</summary>
    internal Column[]? SortBy { get; init; }

    internal AnnOrder? Ann { get; init; }

    internal bool UsesIndex { get; init; }

    internal bool IsAggregate => Aggregates.Length > 0 || GroupBy is not null;

    internal override ResultColumns Columns => IsJson
        ? _json ??= new ResultColumns([new ResultColumn(Source.Keyspace, Source.Name, "[json]", CqlType.Text)])
        : _columns;

    /// <summary>Rows with no clustering columns restricted show a partition that has nothing but static columns.</summary>
    internal bool ShowsStaticOnly => !Restrictions.HasClusteringRestrictions && !Restrictions.All.Any(r => r.Column.Kind == ColumnRole.Regular);

    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        if (options.Consistency is ConsistencyLevel.Any or ConsistencyLevel.EachQuorum)
        {
            throw CqlError.Invalid($"{CqlError.Name(options.Consistency)} ConsistencyLevel is only supported for writes");
        }

        return new SelectRun(this, options, context).Run();
    }

    /// <summary>Writes the row of aggregates over nothing: what is no aggregate is null.</summary>
    internal void WriteEmpty(Scope scope)
    {
        foreach (var expression in Selected)
        {
            var value = expression.HasAggregate() ? expression.Evaluate(scope) : null;
            if (value is null)
            {
                scope.Context.Rows.WriteInt32(-1);
            }
            else
            {
                scope.Context.Rows.WriteBytes(value);
            }
        }
    }

    /// <summary>Writes one row of the result.</summary>
    internal void Write(Scope scope)
    {
        var rows = scope.Context.Rows;
        if (!IsJson)
        {
            foreach (var expression in Selected)
            {
                var value = expression.Evaluate(scope);
                if (value is null)
                {
                    rows.WriteInt32(-1);
                }
                else
                {
                    rows.WriteBytes(value);
                }
            }

            return;
        }

        var text = new StringBuilder("{");
        for (var i = 0; i < Selected.Length; i++)
        {
            text.Append(i > 0 ? ", " : "");
            ValueJson.AppendString(text, JsonNames[i]);
            text.Append(": ");
            ValueJson.Append(text, Selected[i].Type, Selected[i].Evaluate(scope));
        }

        rows.WriteBytes(ValueBytes.Text(text.Append('}').ToString()));
    }
}
