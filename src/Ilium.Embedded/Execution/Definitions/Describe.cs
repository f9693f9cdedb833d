using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>DESCRIBE: the schema as statements, in the order that would make it again.</summary>
internal sealed class Describe(DescribeStatement statement, string? keyspace) : CompiledStatement
{
    private static readonly ResultColumns Names = Make("keyspace_name", "type", "name");
    private static readonly ResultColumns Statements = Make("keyspace_name", "type", "name", "create_statement");
    private static readonly ResultColumns Cluster = Make("cluster", "partitioner", "snitch");

    internal override ResultColumns Columns => statement.Kind switch
    {
        DescribeKind.Cluster => Cluster,
        DescribeKind.Keyspaces or DescribeKind.Tables or DescribeKind.Types or DescribeKind.Functions or DescribeKind.Aggregates => Names,
        _ => Statements,
    };

    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        var rows = Rows(context).ToList();
        foreach (var row in rows)
        {
            foreach (var value in row)
            {
                context.Rows.WriteBytes(ValueBytes.Text(value));
            }
        }

        return new RowsResult(Columns, context.Rows, rows.Count, null);
    }

    private static ResultColumns Make(params ReadOnlySpan<string> names)
    {
        var columns = ImmutableArray.CreateBuilder<ResultColumn>();
        foreach (var name in names)
        {
            columns.Add(new ResultColumn("system", "describe", name, CqlType.Text));
        }

        return new ResultColumns(columns.ToImmutable());
    }

    private IEnumerable<string[]> Rows(RequestContext context)
    {
        var schema = context.Engine.Database.Schema;
        var name = statement.Name?.Name;
        switch (statement.Kind)
        {
            case DescribeKind.Cluster:
                return [[context.Engine.Database.ClusterName, "Murmur3Partitioner", "DynamicEndpointSnitch"]];
            case DescribeKind.Keyspaces:
                return schema.Keyspaces.Values.Select(k => new[] { Quoted(k.Name), "keyspace", Quoted(k.Name) });
            case DescribeKind.Tables:
                return Shown(schema).SelectMany(k => k.Tables.Values.Select(t => new[] { Quoted(k.Name), "table", Quoted(t.Name) }));
            case DescribeKind.Types:
                return Shown(schema).SelectMany(k => k.Types.Values.Select(t => new[] { Quoted(k.Name), "type", Quoted(t.Name) }));
            case DescribeKind.Functions or DescribeKind.Aggregates:
                return [];
            case DescribeKind.Schema or DescribeKind.FullSchema:
                return schema.Keyspaces.Values.Where(k => statement.Kind == DescribeKind.FullSchema || !k.IsSystem).SelectMany(k => All(k));
            case DescribeKind.Keyspace:
                return All(KeyspaceOf(schema, name));
            case DescribeKind.OnlyKeyspace:
                return [Of(KeyspaceOf(schema, name))];
            case DescribeKind.Table:
                return All(TableOf(schema, statement.Name!));
            case DescribeKind.Type:
                var owner = KeyspaceOf(schema, statement.Name!.Keyspace);
                return [Of(owner.Types.GetValueOrDefault(name!) ?? throw CqlError.Invalid($"User defined type '{name}' not found in '{owner.Name}'"))];
            case DescribeKind.Index:
                var holder = KeyspaceOf(schema, statement.Name!.Keyspace);
                var indexed = holder.TableOfIndex(name!) ?? throw CqlError.Invalid($"Table for existing index '{name}' not found in '{holder.Name}'");
                return [Of(indexed, indexed.Indexes[name!])];
            case DescribeKind.Generic:
                return Generic(schema);
            default:
                throw CqlError.Invalid($"'{name}' not found in keyspace '{statement.Name?.Keyspace ?? keyspace}'");
        }
    }

    private IEnumerable<KeyspaceDefinition> Shown(DatabaseSchema schema) => keyspace is null ? schema.Keyspaces.Values : [KeyspaceOf(schema, keyspace)];

    private KeyspaceDefinition KeyspaceOf(DatabaseSchema schema, string? name)
    {
        name ??= keyspace ?? throw CqlError.Invalid("No keyspace specified and no current keyspace");
        return schema.Find(name) ?? throw CqlError.Invalid($"'{name}' not found in keyspaces");
    }

    private TableDefinition TableOf(DatabaseSchema schema, QualifiedName name)
    {
        var owner = KeyspaceOf(schema, name.Keyspace);
        return owner.Tables.GetValueOrDefault(name.Name) ?? throw CqlError.Invalid($"Table '{name.Name}' not found in keyspace '{owner.Name}'");
    }

    private IEnumerable<string[]> Generic(DatabaseSchema schema)
    {
        var name = statement.Name!;
        if (name.Keyspace is null && schema.Find(name.Name) is { } whole)
        {
            return All(whole);
        }

        var owner = (name.Keyspace ?? keyspace) is { } wanted ? schema.Find(wanted) : null;
        if (owner?.Tables.GetValueOrDefault(name.Name) is { } table)
        {
            return All(table);
        }

        if (owner?.TableOfIndex(name.Name) is { } indexed)
        {
            return [Of(indexed, indexed.Indexes[name.Name])];
        }

        throw CqlError.Invalid(owner is null ? $"'{name.Name}' not found in keyspaces" : $"'{name.Name}' not found in keyspace '{owner.Name}'");
    }

    private IEnumerable<string[]> All(KeyspaceDefinition owner) =>
        [Of(owner), .. owner.Types.Values.Select(Of), .. owner.Tables.Values.SelectMany(All)];

    private IEnumerable<string[]> All(TableDefinition table) =>
        [[Quoted(table.Keyspace), "table", Quoted(table.Name), DefinitionText.Of(table, statement.WithInternals)], .. table.Indexes.Values.Select(i => Of(table, i))];

    private static string[] Of(KeyspaceDefinition owner) => [Quoted(owner.Name), "keyspace", Quoted(owner.Name), DefinitionText.Of(owner)];

    private static string[] Of(UserTypeDefinition type) => [Quoted(type.Keyspace), "type", Quoted(type.Name), DefinitionText.Of(type)];

    private static string[] Of(TableDefinition table, TableIndex index) => [Quoted(table.Keyspace), "index", Quoted(index.Name), DefinitionText.Of(table, index)];

    private static string Quoted(string name) => CqlIdentifier.ToCql(name);
}
