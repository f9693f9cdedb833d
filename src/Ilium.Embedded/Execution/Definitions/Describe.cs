using System.Buffers.Binary;
using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>DESCRIBE: the schema as statements, in the order that would make it again.</summary>
internal sealed class Describe(DescribeStatement statement) : CompiledStatement
{
    private static readonly ResultColumns Names = Make("keyspace_name", "type", "name");
    private static readonly ResultColumns Statements = Make("keyspace_name", "type", "name", "create_statement");
    private static readonly ResultColumns Cluster = Make("cluster", "partitioner", "snitch");
    private static readonly ResultColumns ClusterOfKeyspace = new(
        [.. Cluster.Columns, Cluster.Columns[0] with { Name = "range_ownership", Type = new CqlMapType(CqlType.Text, new CqlListType(CqlType.Text)) }]);

    private const int IdLength = 16;
    private const int StateLength = IdLength + 4;

    // PREPARE says nothing of the columns, which come with each answer.
    private ResultColumns Described => statement.Kind switch
    {
        DescribeKind.Cluster => Cluster,
        DescribeKind.Keyspaces or DescribeKind.Tables or DescribeKind.Types or DescribeKind.Functions or DescribeKind.Aggregates => Names,
        _ => Statements,
    };

    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        var ownership = statement.Kind == DescribeKind.Cluster ? RangeOwnership.Of(context) : null;
        var rows = Rows(context).ToList();
        var start = options.PagingState is { } state ? PositionOf(state, context) : 0;
        var count = options.PageSize > 0 ? Math.Clamp(rows.Count - start, 0, options.PageSize) : rows.Count - start;
        foreach (var row in rows.Skip(start).Take(count))
        {
            foreach (var value in row)
            {
                context.Rows.WriteBytes(ValueBytes.Text(value));
            }

            if (ownership is not null)
            {
                context.Rows.WriteBytes(ownership);
            }
        }

        var next = options.PageSize > 0 && count == options.PageSize ? StateAt(start + count, context) : null;
        return new RowsResult(ownership is null ? Described : ClusterOfKeyspace, context.Rows, count, next) { WereNotPrepared = true };
    }

    /// <summary>Pages are of one schema: that, and how many rows were given already.</summary>
    private static byte[] StateAt(int position, RequestContext context)
    {
        var state = new byte[StateLength];
        context.Engine.Database.Schema.Version.TryWriteBytes(state, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(state.AsSpan(IdLength), position);
        return state;
    }

    private static int PositionOf(byte[] state, RequestContext context)
    {
        if (state.Length != StateLength)
        {
            throw CqlError.Protocol("Invalid value for the paging state");
        }

        return new Guid(state.AsSpan(0, IdLength), bigEndian: true) == context.Engine.Database.Schema.Version
            ? BinaryPrimitives.ReadInt32BigEndian(state.AsSpan(IdLength))
            : throw CqlError.Invalid("The schema has changed since the previous page of the DESCRIBE statement: run the statement again");
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
                return ByName(schema.Keyspaces).Select(k => new[] { Quoted(k.Name), "keyspace", Quoted(k.Name) });
            case DescribeKind.Tables:
                return Shown(context).SelectMany(k => ByName(k.Tables).Select(t => new[] { Quoted(k.Name), "table", Quoted(t.Name) }));
            case DescribeKind.Types:
                return Shown(context).SelectMany(k => ByName(k.Types).Select(t => new[] { Quoted(k.Name), "type", Quoted(t.Name) }));
            case DescribeKind.Functions or DescribeKind.Aggregates:
                return [];
            case DescribeKind.Schema or DescribeKind.FullSchema:
                return schema.Keyspaces.Values.Where(k => statement.Kind == DescribeKind.FullSchema || !k.IsSystem).SelectMany(k => All(k));
            case DescribeKind.Keyspace:
                return All(KeyspaceOf(context, name));
            case DescribeKind.OnlyKeyspace:
                return [Of(KeyspaceOf(context, name))];
            case DescribeKind.Table:
                return All(TableOf(context, statement.Name!));
            case DescribeKind.Type:
                var owner = KeyspaceOf(context, statement.Name!.Keyspace);
                return [Of(owner.Types.GetValueOrDefault(name!) ?? throw CqlError.Invalid($"User defined type '{name}' not found in '{owner.Name}'"))];
            case DescribeKind.Index:
                var holder = KeyspaceOf(context, statement.Name!.Keyspace);
                var indexed = holder.TableOfIndex(name!) ?? throw CqlError.Invalid($"Table for existing index '{name}' not found in '{holder.Name}'");
                return [Of(indexed, indexed.Indexes[name!])];
            case DescribeKind.Generic:
                return Generic(context);
            default:
                throw CqlError.Invalid($"'{name}' not found in keyspace '{statement.Name?.Keyspace ?? context.Client.Keyspace}'");
        }
    }

    // The keyspace that a v5 request names is not looked at, as on a server: only that of the connection.
    private static IEnumerable<KeyspaceDefinition> Shown(RequestContext context) =>
        context.Client.Keyspace is { } keyspace ? [KeyspaceOf(context, keyspace)] : context.Engine.Database.Schema.Keyspaces.Values;

    private static KeyspaceDefinition KeyspaceOf(RequestContext context, string? name)
    {
        name ??= context.Client.Keyspace ?? throw CqlError.Invalid("No keyspace specified and no current keyspace");
        return context.Engine.Database.Schema.Find(name) ?? throw CqlError.Invalid($"'{name}' not found in keyspaces");
    }

    private static TableDefinition TableOf(RequestContext context, QualifiedName name)
    {
        var owner = KeyspaceOf(context, name.Keyspace);
        return owner.Tables.GetValueOrDefault(name.Name) ?? throw CqlError.Invalid($"Table '{name.Name}' not found in keyspace '{owner.Name}'");
    }

    private IEnumerable<string[]> Generic(RequestContext context)
    {
        var schema = context.Engine.Database.Schema;
        var name = statement.Name!;
        if (name.Keyspace is null && schema.Find(name.Name) is { } whole)
        {
            return All(whole);
        }

        var owner = (name.Keyspace ?? context.Client.Keyspace) is { } wanted ? schema.Find(wanted) : null;
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
        [Of(owner), .. TypesOf(owner).Select(Of), .. ByName(owner.Tables).SelectMany(All)];

    /// <summary>A type comes after those it is made of.</summary>
    private static List<UserTypeDefinition> TypesOf(KeyspaceDefinition owner)
    {
        var sorted = new List<UserTypeDefinition>();
        foreach (var type in owner.Types.Values)
        {
            Add(type.Type);
        }

        return sorted;

        void Add(CqlType type)
        {
            foreach (var part in PartsOf(type))
            {
                Add(part);
            }

            if (type is CqlUserType user && owner.Types.GetValueOrDefault(user.Name) is { } defined && !sorted.Contains(defined))
            {
                sorted.Add(defined);
            }
        }
    }

    private static IEnumerable<CqlType> PartsOf(CqlType type) => type switch
    {
        CqlListType list => [list.Element],
        CqlSetType set => [set.Element],
        CqlMapType map => [map.Key, map.Value],
        CqlTupleType tuple => tuple.Elements,
        CqlVectorType vector => [vector.Element],
        CqlUserType user => user.Fields.Select(f => f.Type),
        _ => [],
    };

    private IEnumerable<string[]> All(TableDefinition table) =>
        [[Quoted(table.Keyspace), "table", Quoted(table.Name), DefinitionText.Of(table, statement.WithInternals)], .. table.Indexes.Values.Select(i => Of(table, i))];

    private static string[] Of(KeyspaceDefinition owner) => [Quoted(owner.Name), "keyspace", Quoted(owner.Name), DefinitionText.Of(owner)];

    private static string[] Of(UserTypeDefinition type) => [Quoted(type.Keyspace), "type", Quoted(type.Name), DefinitionText.Of(type)];

    private static string[] Of(TableDefinition table, TableIndex index) => [Quoted(table.Keyspace), "index", Quoted(index.Name), DefinitionText.Of(table, index)];

    /// <summary>Lists go by name, whatever the case.</summary>
    private static IEnumerable<T> ByName<T>(ImmutableSortedDictionary<string, T> named) => named.OrderBy(e => e.Key.ToLowerInvariant(), StringComparer.Ordinal).Select(e => e.Value);

    private static string Quoted(string name) => CqlIdentifier.ToCql(name);
}
