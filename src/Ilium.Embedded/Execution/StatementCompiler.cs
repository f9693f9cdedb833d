using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Definitions;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Execution.Modifications;
using Ilium.Embedded.Execution.Selects;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution;

/// <summary>Finds what a statement is about and hands it to who checks its kind.</summary>
internal static class StatementCompiler
{
    internal static CompiledStatement Compile(CqlStatement statement, string? keyspace, NodeEngine engine, RequestContext context)
    {
        var schema = engine.Database.Schema;
        switch (statement)
        {
            case SelectStatement select:
                var (selectKeyspace, selectTable) = FindTable(schema, select.Table, keyspace);
                return SelectCompiler.Compile(select, selectKeyspace, selectTable);
            case ModificationStatement modification:
                var (modifiedKeyspace, modifiedTable) = FindTable(schema, modification.Table, keyspace);
                CheckWritable(modifiedTable);
                return ModificationCompiler.Compile(modification, modifiedKeyspace, modifiedTable, modification.BindMarkers.Count);
            case CqlBatchStatement batch:
                return Batch(batch, schema, keyspace);
            case TruncateStatement truncate:
                var (_, truncated) = FindTable(schema, truncate.Table, keyspace);
                CheckWritable(truncated);
                return new CompiledTruncate(truncated) { Table = truncated, Needs = Permissions.Modify };
            case UseStatement use:
                return new CompiledUse(use.Keyspace);
            default:
                return DefinitionCompiler.Compile(statement, keyspace, engine, context);
        }
    }

    /// <summary>True when no name in the statement needs a keyspace from elsewhere.</summary>
    internal static bool IsQualified(CqlStatement statement) => statement switch
    {
        SelectStatement select => select.Table.Keyspace is not null,
        ModificationStatement modification => modification.Table.Keyspace is not null,
        CqlBatchStatement batch => batch.Statements.All(s => s.Table.Keyspace is not null),
        TruncateStatement truncate => truncate.Table.Keyspace is not null,
        _ => false,
    };

    internal static (KeyspaceDefinition Keyspace, TableDefinition Table) FindTable(DatabaseSchema schema, QualifiedName name, string? keyspace)
    {
        var keyspaceName = name.Keyspace ?? keyspace ?? throw NoKeyspace();
        var found = schema.Find(keyspaceName) ?? throw CqlError.Invalid($"keyspace {keyspaceName} does not exist");
        var table = found.Tables.GetValueOrDefault(name.Name) ?? throw CqlError.Invalid($"table {name.Name} does not exist");
        return (found, table);
    }

    internal static CqlError NoKeyspace() => CqlError.Invalid("No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename");

    private static void CheckWritable(TableDefinition table)
    {
        if (table.IsSystem)
        {
            throw table.IsVirtual
                ? CqlError.Invalid($"Modification is not supported by table {table.Keyspace}.{table.Name}")
                : CqlError.Unauthorized($"{table.Keyspace} keyspace is not user-modifiable.");
        }
    }

    private static CompiledBatch Batch(CqlBatchStatement batch, DatabaseSchema schema, string? keyspace)
    {
        var markers = batch.BindMarkers.Count;
        var statements = new List<CompiledModification>(batch.Statements.Count);
        foreach (var child in batch.Statements)
        {
            var (childKeyspace, table) = FindTable(schema, child.Table, keyspace);
            CheckWritable(table);
            statements.Add(ModificationCompiler.Compile(child, childKeyspace, table, markers));
        }

        var binder = new ExpressionBinder(null, null, markers);
        var timestamp = batch.Using.Timestamp is { } t ? binder.Bind(t, new Receiver("[batch]", "[batch]", "[timestamp]", CqlType.Bigint)) : null;
        if (batch.Using.TimeToLive is not null)
        {
            throw CqlError.Invalid("Global TTL on the BATCH statement is not supported.");
        }

        Batches.Check(batch.Kind, statements, timestamp is not null);
        var variables = new ResultColumn?[markers];
        foreach (var known in statements.Select(s => s.Variables).Append(binder.KnownVariables))
        {
            for (var i = 0; i < known.Count; i++)
            {
                variables[i] ??= known.Columns[i];
            }
        }

        return new CompiledBatch(batch.Kind, statements, timestamp)
        {
            Table = statements.Count == 1 ? statements[0].Table : statements.Select(s => s.Table).FirstOrDefault(),
            Variables = new ResultColumns([.. variables!]),
            PartitionKeyIndexes = timestamp is not null || statements.Select(s => s.Table).Distinct().Count() != 1 ? [] : statements[^1].PartitionKeyIndexes,
        };
    }
}

internal sealed class CompiledUse(string keyspace) : CompiledStatement
{
    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        if (context.Engine.Database.Schema.Find(keyspace) is null)
        {
            throw CqlError.Invalid($"Keyspace '{keyspace}' does not exist");
        }

        context.Client.Keyspace = keyspace;
        return new KeyspaceResult(keyspace);
    }
}

internal sealed class CompiledTruncate(TableDefinition table) : CompiledStatement
{
    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        lock (table.Store.Gate)
        {
            table.Store.Partitions.Clear();
        }

        return VoidResult.Instance;
    }
}
