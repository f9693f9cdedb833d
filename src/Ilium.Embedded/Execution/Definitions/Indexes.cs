using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>CREATE INDEX and DROP INDEX. An index allows queries; the node answers them by looking at all rows.</summary>
internal static class Indexes
{
    private const string VectorWarning = """
        SAI ANN indexes on vector columns are experimental and are not recommended for production use.
        They don't yet support SELECT queries with:
         * Consistency level higher than ONE/LOCAL_ONE.
         * Paging.
         * No LIMIT clauses.
         * PER PARTITION LIMIT clauses.
         * GROUP BY clauses.
         * Aggregation functions.
         * Filters on columns without a SAI index.
        """;

    internal static SchemaStep? Create(DatabaseSchema schema, CreateIndexStatement statement, (string Keyspace, string Name) name)
    {
        var keyspace = Keyspaces.Find(schema, name.Keyspace);
        var table = keyspace.Tables.GetValueOrDefault(name.Name) ?? throw CqlError.Invalid($"Table '{name.Keyspace}.{name.Name}' doesn't exist");
        if (statement.Name is { } given && keyspace.TableOfIndex(given) is not null)
        {
            return statement.IfNotExists ? null : throw CqlError.Invalid($"Index '{given}' already exists");
        }

        if (table.IsCounter)
        {
            throw CqlError.Invalid("Secondary indexes on counter tables aren't supported");
        }

        if (statement.Targets.Count != 1)
        {
            throw CqlError.Invalid(statement.Targets.IsEmpty ? "Only CUSTOM indexes can be created without specifying a target column" : "Only CUSTOM indexes support multiple columns");
        }

        var className = ClassName(statement);
        var target = statement.Targets[0];
        var column = table.Find(target.Column) ?? throw CqlError.Invalid($"Undefined column name {CqlIdentifier.ToCql(target.Column)} in table {table.Keyspace}.{table.Name}");
        CheckTarget(target, column, table, className);
        var text = Target(target, column);
        var indexName = statement.Name ?? FreeName(keyspace, $"{table.Name}_{column.Name}_idx");
        if (table.Indexes.Values.FirstOrDefault(i => i.Target == text && i.ClassName == className) is { } same)
        {
            return statement.IfNotExists ? null : throw CqlError.Invalid($"Index {indexName} is a duplicate of existing index {same.Name}");
        }

        var options = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("target", text);
        if (className is not null)
        {
            options = options.Add("class_name", className);
        }

        foreach (var property in statement.Properties)
        {
            if (property is not MapProperty { Name: "options" } map)
            {
                throw CqlError.Syntax($"Unknown property '{property.Name}'");
            }

            options = options.SetItems(map.Entries);
        }

        var kind = className is not null ? "CUSTOM" : "COMPOSITES";
        var changed = table.With(indexes: table.Indexes.Add(indexName, new TableIndex(indexName, kind, options)));
        return new SchemaStep(schema.Keyspaces.SetItem(keyspace.Name, keyspace.With(changed)), new SchemaResult(SchemaResult.Updated, "TABLE", name.Keyspace, name.Name))
        {
            Warnings = WarningsOf(changed),
        };
    }

    internal static SchemaStep? Drop(DatabaseSchema schema, DropIndexStatement statement, (string Keyspace, string Name) name)
    {
        Keyspaces.CheckNotSystem(name.Keyspace, schema);
        if (schema.Find(name.Keyspace) is not { } keyspace || keyspace.TableOfIndex(name.Name) is not { } table)
        {
            return statement.IfExists ? null : throw CqlError.Invalid($"Index '{name.Keyspace}.{name.Name}' doesn't exist'");
        }

        var changed = table.With(indexes: table.Indexes.Remove(name.Name));
        return new SchemaStep(schema.Keyspaces.SetItem(keyspace.Name, keyspace.With(changed)), new SchemaResult(SchemaResult.Updated, "TABLE", table.Keyspace, table.Name));
    }

    /// <summary>What a server says each time it looks at all indexes of a table, also for the sake of another one.</summary>
    internal static ImmutableArray<string> WarningsOf(TableDefinition table) =>
        table.Indexes.Values.Any(i => table.Find(ColumnOf(i.Target))?.Type is CqlVectorType) ? [VectorWarning] : [];

    /// <summary>The column in a target such as <c>values(tags)</c>.</summary>
    internal static string ColumnOf(string target)
    {
        var open = target.IndexOf('(', StringComparison.Ordinal);
        return CqlIdentifier.FromCql(open >= 0 && target[^1] == ')' ? target[(open + 1)..^1] : target);
    }

    private static string? ClassName(CreateIndexStatement statement)
    {
        if (statement.ClassName is not { } name)
        {
            return statement.IsCustom ? throw CqlError.Configuration("Unable to find custom indexer class 'legacy_local_table'") : null;
        }

        var simple = name[(name.LastIndexOf('.') + 1)..];
        return simple.ToLowerInvariant() switch
        {
            "storageattachedindex" or "sai" => statement.IsCustom ? name == "sai" ? "sai" : name : "sai",
            "legacy_local_table" => null,
            _ => throw CqlError.Configuration($"Unable to find custom indexer class '{name}'"),
        };
    }

    private static void CheckTarget(IndexTarget target, Column column, TableDefinition table, string? className)
    {
        if (column.Kind == ColumnRole.PartitionKey && table.PartitionKey.Length == 1)
        {
            throw CqlError.Invalid($"Cannot create secondary index on the only partition key column {column.Name}");
        }

        if (column.Type.Code == CqlTypeCode.Duration)
        {
            throw CqlError.Invalid("Secondary indexes are not supported on duration columns");
        }

        if (column.IsCounter)
        {
            throw CqlError.Invalid("Secondary indexes are not supported on counter columns");
        }

        if (column.IsFrozenCollection && target.Kind != IndexTargetKind.Full)
        {
            throw CqlError.Invalid($"Cannot create {Word(target.Kind)}() index on frozen column {column.Name}. Frozen collections are immutable and must be fully indexed by using the 'full({column.Name})' modifier");
        }

        if (!column.IsFrozenCollection && target.Kind == IndexTargetKind.Full)
        {
            throw CqlError.Invalid("full() indexes can only be created on frozen collections");
        }

        if (column.Type is not (CqlListType or CqlSetType or CqlMapType) && target.Kind is not (IndexTargetKind.Simple or IndexTargetKind.Full))
        {
            throw CqlError.Invalid($"Cannot create {Word(target.Kind)}() index on {column.Name}. Non-collection columns only support simple indexes");
        }

        if (column.Type is not CqlMapType && target.Kind is IndexTargetKind.Keys or IndexTargetKind.Entries)
        {
            throw CqlError.Invalid($"Cannot create index on {Word(target.Kind)} of column {column.Name} with non-map type");
        }

        if (column is { Type: CqlUserType, IsMulticell: true })
        {
            throw CqlError.Invalid($"Cannot create index on non-frozen UDT column {column.Name}");
        }

        if (column.Type is CqlVectorType && className is null)
        {
            throw CqlError.Invalid("Secondary indexes are not supported on vector columns; use a storage-attached index");
        }
    }

    private static string Word(IndexTargetKind kind) => kind switch
    {
        IndexTargetKind.Keys => "keys",
        IndexTargetKind.Entries => "entries",
        IndexTargetKind.Full => "full",
        _ => "values",
    };

    private static string Target(IndexTarget target, Column column)
    {
        var name = CqlIdentifier.ToCql(column.Name);
        return target.Kind switch
        {
            IndexTargetKind.Keys => $"keys({name})",
            IndexTargetKind.Entries => $"entries({name})",
            IndexTargetKind.Full => $"full({name})",
            _ when column.IsMulticell => $"values({name})",
            _ => name,
        };
    }

    private static string FreeName(KeyspaceDefinition keyspace, string wanted)
    {
        var name = string.Concat(wanted.Where(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
        for (var i = 1; keyspace.TableOfIndex(name) is not null; i++)
        {
            name = $"{wanted}_{i}";
        }

        return name;
    }
}
