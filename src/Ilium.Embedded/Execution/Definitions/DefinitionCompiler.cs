using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>Statements that change the schema or the roles: checked when they run, since what they need may be made meanwhile.</summary>
internal static class DefinitionCompiler
{
    internal static CompiledStatement Compile(CqlStatement statement, string? keyspace, NodeEngine engine, RequestContext context)
    {
        switch (statement)
        {
            case CreateKeyspaceStatement:
                Access.Check(engine, context, Permissions.Create, keyspace: null);
                break;
            case AlterKeyspaceStatement alter:
                Access.Check(engine, context, Permissions.Alter, alter.Keyspace);
                break;
            case DropKeyspaceStatement drop:
                Access.Check(engine, context, Permissions.Drop, drop.Keyspace);
                break;
            case CreateTableStatement create:
                Access.Check(engine, context, Permissions.Create, Name(create.Table, keyspace).Keyspace);
                break;
            case AlterTableStatement alter:
                Access.Check(engine, context, Permissions.Alter, Name(alter.Table, keyspace));
                break;
            case DropTableStatement drop:
                Access.Check(engine, context, Permissions.Drop, Name(drop.Table, keyspace));
                break;
            case CreateTypeStatement create:
                Access.Check(engine, context, Permissions.Create, Name(create.Type, keyspace).Keyspace);
                break;
            case AlterTypeStatement alter:
                Access.Check(engine, context, Permissions.Alter, Name(alter.Type, keyspace).Keyspace);
                break;
            case DropTypeStatement drop:
                Access.Check(engine, context, Permissions.Drop, Name(drop.Type, keyspace).Keyspace);
                break;
            case CreateIndexStatement create:
                Access.Check(engine, context, Permissions.Alter, Name(create.Table, keyspace));
                break;
            case DropIndexStatement drop:
                Access.Check(engine, context, Permissions.Alter, Name(drop.Index, keyspace).Keyspace);
                break;
        }

        return Make(statement, keyspace, engine, context);
    }

    private static CompiledStatement Make(CqlStatement statement, string? keyspace, NodeEngine engine, RequestContext context) => statement switch
    {
        CreateKeyspaceStatement create => Change(schema => Keyspaces.Create(schema, create, engine)),
        AlterKeyspaceStatement alter => Change(schema => Keyspaces.Alter(schema, alter, engine)),
        DropKeyspaceStatement drop => Change(schema => Keyspaces.Drop(schema, drop)),
        CreateTableStatement create => Change(schema => Tables.Create(schema, create, Name(create.Table, keyspace))),
        AlterTableStatement alter => Change(schema => TableChanges.Alter(schema, alter, Name(alter.Table, keyspace), engine)),
        DropTableStatement drop => Change(schema => Tables.Drop(schema, drop, Name(drop.Table, keyspace))),
        CreateTypeStatement create => Change(schema => UserTypes.Create(schema, create, Name(create.Type, keyspace))),
        AlterTypeStatement alter => Change(schema => UserTypes.Alter(schema, alter, Name(alter.Type, keyspace))),
        DropTypeStatement drop => Change(schema => UserTypes.Drop(schema, drop, Name(drop.Type, keyspace))),
        CreateIndexStatement create => Change(schema => Indexes.Create(schema, create, Name(create.Table, keyspace))),
        DropIndexStatement drop => Change(schema => Indexes.Drop(schema, drop, Name(drop.Index, keyspace))),
        DropMaterializedViewStatement { IfExists: true } or AlterMaterializedViewStatement { IfExists: true } or DropFunctionStatement { IfExists: true }
            or DropAggregateStatement { IfExists: true } or DropTriggerStatement { IfExists: true } => new ActionStatement(_ => { }),
        CreateMaterializedViewStatement or AlterMaterializedViewStatement or DropMaterializedViewStatement =>
            throw CqlError.Invalid("The embedded node has no materialized views"),
        CreateFunctionStatement or DropFunctionStatement => throw CqlError.Invalid("The embedded node has no user-defined functions"),
        CreateAggregateStatement or DropAggregateStatement => throw CqlError.Invalid("The embedded node has no user-defined aggregates"),
        CreateTriggerStatement or DropTriggerStatement => throw CqlError.Invalid("The embedded node has no triggers"),
        DescribeStatement describe => new Describe(describe),
        _ => RoleStatements.Compile(statement, keyspace, engine, context),
    };

    /// <summary>The keyspace and the name, wherever the keyspace comes from.</summary>
    private static (string Keyspace, string Name) Name(QualifiedName name, string? keyspace) => (name.Keyspace ?? keyspace ?? throw StatementCompiler.NoKeyspace(), name.Name);

    private static DefinitionStatement Change(Func<DatabaseSchema, SchemaStep?> change) => new(change);
}

/// <summary>A statement that changes the schema.</summary>
internal sealed class DefinitionStatement(Func<DatabaseSchema, SchemaStep?> change) : CompiledStatement
{
    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        if (context.Engine.Database.Change(change, context) is not { } result)
        {
            return VoidResult.Instance;
        }

        // Who makes something may do everything with it.
        if (context.Client.Role is { } role && result is { Change: SchemaResult.Created, Target: "KEYSPACE" or "TABLE" })
        {
            var resource = result.Name is null ? "data/" + result.Keyspace : $"data/{result.Keyspace}/{result.Name}";
            context.Engine.Database.Roles.Change(all => all.TryGetValue(role, out var owner)
                ? all.SetItem(role, owner with { Permissions = owner.Permissions.SetItem(resource, Permissions.All) })
                : all);
        }

        return result;
    }
}
