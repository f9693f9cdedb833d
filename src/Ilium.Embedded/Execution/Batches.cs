using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Execution.Modifications;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution;

/// <summary>Runs the statements of a batch: all with one timestamp, and with conditions all or none.</summary>
internal static class Batches
{
    internal static StatementResult Run(BatchKind kind, List<(CompiledStatement Statement, byte[]?[] Values)> statements, QueryOptions options, RequestContext context)
    {
        var modifications = new List<(CompiledModification Statement, Scope Scope)>(statements.Count);
        foreach (var (statement, values) in statements)
        {
            if (statement is not CompiledModification modification)
            {
                throw CqlError.Invalid("Invalid statement in batch: only UPDATE, INSERT and DELETE statements are allowed.");
            }

            modifications.Add((modification, modification.NewScope(values, options, context)));
        }

        return Run(kind, modifications, null, options, context);
    }

    internal static StatementResult Run(BatchKind kind, List<(CompiledModification Statement, Scope Scope)> modifications, long? timestamp, QueryOptions options, RequestContext context)
    {
        if (modifications.Count == 0)
        {
            return VoidResult.Instance;
        }

        Check(kind, [.. modifications.Select(m => m.Statement)], timestamp is not null);
        if (modifications.Any(m => m.Statement.IsConditional))
        {
            if (modifications.Any(m => !ReferenceEquals(m.Statement.Target.Store, modifications[0].Statement.Target.Store)))
            {
                throw CqlError.Invalid("Batch with conditions cannot span multiple tables");
            }

            return ConditionalRun.Run(modifications, options, context, isBatch: true);
        }

        var shared = timestamp ?? options.Timestamp ?? context.Engine.Database.Clock.NextTimestamp(context.NowMicroseconds);
        var writes = modifications.ConvertAll(m => m.Statement.Prepare(m.Scope, options.Timestamp, shared));
        foreach (var write in writes)
        {
            lock (write.Statement.Target.Store.Gate)
            {
                write.Check();
            }
        }

        foreach (var write in writes)
        {
            lock (write.Statement.Target.Store.Gate)
            {
                write.Apply();
            }
        }

        return VoidResult.Instance;
    }

    internal static void Check(BatchKind kind, List<CompiledModification> statements, bool hasTimestamp)
    {
        var counters = statements.Any(s => s.Target.IsCounter);
        var others = statements.Any(s => !s.Target.IsCounter);
        var conditional = statements.Any(s => s.IsConditional);
        if (hasTimestamp && counters)
        {
            throw CqlError.Invalid("Cannot provide custom timestamp for a BATCH containing counters");
        }

        if (hasTimestamp && conditional)
        {
            throw CqlError.Invalid("Cannot provide custom timestamp for a BATCH containing conditions");
        }

        if (kind == BatchKind.Counter && others)
        {
            throw CqlError.Invalid("Cannot include non-counter statement in a counter batch");
        }

        if (counters && others)
        {
            throw CqlError.Invalid("Counter and non-counter mutations cannot exist in the same batch");
        }

        if (kind == BatchKind.Logged && counters)
        {
            throw CqlError.Invalid("Cannot include a counter statement in a logged batch");
        }

        if (conditional && statements.Any(s => s.Target.Name != statements[0].Target.Name || s.Target.Keyspace != statements[0].Target.Keyspace))
        {
            throw CqlError.Invalid("Batch with conditions cannot span multiple tables");
        }

        if (hasTimestamp && statements.Any(s => s.Timestamp is not null))
        {
            throw CqlError.Invalid("Timestamp must be set either on BATCH or individual statements");
        }
    }
}

/// <summary><c>BEGIN BATCH … APPLY BATCH</c>. Its statements share the numbers of the markers.</summary>
internal sealed class CompiledBatch(BatchKind kind, List<CompiledModification> statements, Expression? timestamp) : CompiledStatement
{
    internal override ImmutableArray<TableDefinition> Tables { get; } = [.. statements.Select(s => s.Table).OfType<TableDefinition>().Distinct()];

    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        foreach (var statement in statements)
        {
            Access.Check(context.Engine, context, statement.Needs, statement.Target);
        }

        var modifications = statements.ConvertAll(s => (s, s.NewScope(options.Values, options, context)));
        long? shared = null;
        if (timestamp is not null && modifications.Count > 0)
        {
            var value = timestamp.Evaluate(modifications[0].Item2);
            shared = value is { Length: 8 } ? Values.ValueBytes.ToBigint(value) : ReferenceEquals(value, QueryOptions.Unset) ? null : throw CqlError.Invalid("Invalid null value of timestamp");
        }

        return Batches.Run(kind, modifications, shared, options, context);
    }
}
