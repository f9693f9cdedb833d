using System.Collections.Immutable;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Storage;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Modifications;

/// <summary>Runs what has IF clauses: looks at the rows, writes all or nothing, and gives the row with <c>[applied]</c>.</summary>
internal static class ConditionalRun
{
    private static readonly ResultColumn AppliedColumn = new("", "", "[applied]", CqlType.Boolean);

    internal static RowsResult Run(List<(CompiledModification Statement, Scope Scope)> statements, QueryOptions options, RequestContext context, bool isBatch)
    {
        if (options.SerialConsistency is not (ConsistencyLevel.Serial or ConsistencyLevel.LocalSerial))
        {
            throw CqlError.Invalid("Invalid consistency for conditional update. Must be one of SERIAL or LOCAL_SERIAL");
        }

        var table = statements[0].Statement.Target;
        var shared = options.Timestamp ?? context.Engine.Database.Clock.NextTimestamp(context.NowMicroseconds);
        var writes = statements.ConvertAll(s => s.Statement.Prepare(s.Scope, options.Timestamp, shared));
        if (isBatch)
        {
            CheckBatch(writes);
        }

        lock (table.Store.Gate)
        {
            var seen = new List<(StoredRow? Row, Partition? Partition, bool OnlyStatic, Scope Scope)>();
            var applies = true;
            for (var i = 0; i < writes.Count; i++)
            {
                var (statement, scope) = statements[i];
                if (!statement.IsConditional)
                {
                    continue;
                }

                applies &= Holds(statement, scope, writes[i], context);
                seen.Add((scope.Row, scope.Partition, OnlyStatic(statement), scope));
            }

            if (applies)
            {
                writes.ForEach(write => write.Check());
                foreach (var write in writes)
                {
                    write.Apply();
                }

                return Applied(table, context);
            }

            return NotApplied(statements, table, seen, context, isBatch);
        }
    }

    private static bool OnlyStatic(CompiledModification statement) => statement.Target.ClusteringKey.Length > 0 && !statement.Restrictions.HasClusteringRestrictions;

    private static bool Holds(CompiledModification statement, Scope scope, PreparedWrite write, RequestContext context)
    {
        var table = statement.Target;
        var partition = table.Store.Find(write.Keys[0]);
        scope.Partition = partition;
        scope.Row = null;
        var now = context.NowSeconds;
        bool exists;
        if (OnlyStatic(statement))
        {
            // The first row is shown besides the static columns, but for its own values.
            exists = partition?.Static?.IsLive(now) == true;
            scope.Row = FirstRow(partition, now);
        }
        else
        {
            var row = partition?.Find(table, write.Slices is { Count: > 0 } slices ? slices[0].Start.Values : []);
            exists = row?.IsLive(now) == true;
            scope.Row = exists ? row : null;
        }

        if (statement.IfNotExists)
        {
            return !exists;
        }

        if (statement.IfExists)
        {
            return exists;
        }

        scope.Partition ??= new Partition(0, write.Keys[0]);
        foreach (var condition in statement.Conditions)
        {
            if (!condition.Holds(scope))
            {
                return false;
            }
        }

        return true;
    }

    private static StoredRow? FirstRow(Partition? partition, long now)
    {
        if (partition?.Rows is not { } rows)
        {
            return null;
        }

        for (var position = ChunkedList<StoredRow>.First; rows.TryGet(position, out var row); position = rows.Next(position))
        {
            if (row.IsLive(now))
            {
                return row;
            }
        }

        return null;
    }

    private static void CheckBatch(List<PreparedWrite> writes)
    {
        var first = writes[0];
        foreach (var write in writes)
        {
            if (write.Keys.Count != 1 || !write.Keys[0].AsSpan().SequenceEqual(first.Keys[0]))
            {
                throw CqlError.Invalid("Batch with conditions cannot span multiple partitions");
            }
        }
    }

    private static RowsResult Applied(TableDefinition table, RequestContext context)
    {
        context.Rows.WriteBytes(ValueBytes.True);
        return new RowsResult(new ResultColumns([AppliedColumn with { Keyspace = table.Keyspace, Table = table.Name }]), context.Rows, 1, null) { HasOwnColumns = true };
    }

    private static RowsResult NotApplied(
        List<(CompiledModification Statement, Scope Scope)> statements,
        TableDefinition table,
        List<(StoredRow? Row, Partition? Partition, bool OnlyStatic, Scope Scope)> seen,
        RequestContext context,
        bool isBatch)
    {
        var shown = Shown(statements, table, isBatch);
        var asksForExistence = statements.Any(s => s.Statement.IfNotExists || s.Statement.IfExists);
        var showsStatics = !asksForExistence || statements.Any(s => OnlyStatic(s.Statement) || s.Statement.Operations.Any(o => o.Column.IsStatic));
        var withoutRow = new HashSet<Scope>();
        var rows = new List<Scope>();
        foreach (var (row, partition, onlyStatic, scope) in seen)
        {
            // A row that is not there has nothing to show, unless the partition has static columns.
            var exists = row is not null || (partition?.Static?.IsLive(context.NowSeconds) == true && (onlyStatic || (!asksForExistence && shown.Any(c => c.IsStatic))));
            if (exists && !rows.Any(r => ReferenceEquals(r.Row, row) && row is not null))
            {
                rows.Add(scope);
                if (onlyStatic)
                {
                    withoutRow.Add(scope);
                }
            }
        }

        var columns = ImmutableArray.CreateBuilder<ResultColumn>();
        columns.Add(AppliedColumn with { Keyspace = table.Keyspace, Table = table.Name });
        if (rows.Count == 0)
        {
            context.Rows.WriteBytes(ValueBytes.False);
            return new RowsResult(new ResultColumns(columns.DrainToImmutable()), context.Rows, 1, null) { HasOwnColumns = true };
        }

        columns.AddRange(shown.Select(c => new ResultColumn(table.Keyspace, table.Name, c.Name, c.Type)));
        foreach (var scope in rows)
        {
            context.Rows.WriteBytes(ValueBytes.False);
            foreach (var column in shown)
            {
                var isShown = column.Kind switch
                {
                    ColumnRole.Regular => !withoutRow.Contains(scope),
                    ColumnRole.Static => showsStatics,
                    _ => true,
                };
                if (isShown && scope.ValueOf(column) is { } value)
                {
                    context.Rows.WriteBytes(value);
                }
                else
                {
                    context.Rows.WriteInt32(-1);
                }
            }
        }

        return new RowsResult(new ResultColumns(columns.DrainToImmutable()), context.Rows, rows.Count, null) { HasOwnColumns = true };
    }

    private static List<Column> Shown(List<(CompiledModification Statement, Scope Scope)> statements, TableDefinition table, bool isBatch)
    {
        if (statements.Any(s => s.Statement.IfNotExists || s.Statement.IfExists))
        {
            return [.. table.Columns];
        }

        var shown = new List<Column>();
        if (isBatch)
        {
            shown.AddRange(table.PartitionKey);
            shown.AddRange(table.ClusteringKey);
        }

        foreach (var condition in statements.SelectMany(s => s.Statement.Conditions))
        {
            if (!shown.Contains(condition.Column))
            {
                shown.Add(condition.Column);
            }
        }

        return shown;
    }
}
