using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>CREATE TABLE and DROP TABLE.</summary>
internal static class Tables
{
    internal static SchemaStep? Create(DatabaseSchema schema, CreateTableStatement statement, (string Keyspace, string Name) name)
    {
        var keyspace = Keyspaces.Find(schema, name.Keyspace);
        if (keyspace.Tables.ContainsKey(name.Name))
        {
            return statement.IfNotExists
                ? null
                : throw CqlError.AlreadyExists(name.Keyspace, name.Name, $"Cannot add already existing table \"{name.Name}\" to keyspace \"{name.Keyspace}\"");
        }

        if (!name.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw CqlError.Configuration($"{name.Keyspace}.{name.Name}: Table name must not be empty or not contain non-alphanumeric-underscore characters (got \"{name.Name}\")");
        }

        if (statement.Columns.Any(c => c.Mask is not null))
        {
            throw CqlError.Invalid(TableChanges.MaskingRefused);
        }

        var (id, options) = TableProperties.Read(statement.Properties, TableSettings.Default, isNew: true);
        var table = new TableDefinition(name.Keyspace, name.Name, id ?? Guid.NewGuid(), Columns(statement, keyspace, name), options);
        if (table.IsCounter && table.Options.DefaultTimeToLive > 0)
        {
            throw CqlError.Invalid("Cannot set default_time_to_live on a table with counters");
        }

        return new SchemaStep(schema.Keyspaces.SetItem(keyspace.Name, keyspace.With(table)), new SchemaResult(SchemaResult.Created, "TABLE", name.Keyspace, name.Name));
    }

    internal static SchemaStep? Drop(DatabaseSchema schema, DropTableStatement statement, (string Keyspace, string Name) name)
    {
        Keyspaces.CheckNotSystem(name.Keyspace, schema);
        if (schema.Find(name.Keyspace) is not { } keyspace || !keyspace.Tables.ContainsKey(name.Name))
        {
            return statement.IfExists ? null : throw CqlError.Invalid($"Table '{name.Keyspace}.{name.Name}' doesn't exist");
        }

        var changed = keyspace with { Tables = keyspace.Tables.Remove(name.Name) };
        return new SchemaStep(schema.Keyspaces.SetItem(keyspace.Name, changed), new SchemaResult(SchemaResult.Dropped, "TABLE", name.Keyspace, name.Name));
    }

    private static List<Column> Columns(CreateTableStatement statement, KeyspaceDefinition keyspace, (string Keyspace, string Name) name)
    {
        var shown = $"{name.Keyspace}.{name.Name}";
        var types = new Dictionary<string, TypeResolver.Resolved>(StringComparer.Ordinal);
        foreach (var column in statement.Columns)
        {
            if (!types.TryAdd(column.Name, Resolve(column.Type, keyspace)))
            {
                throw CqlError.Invalid($"Duplicate column '{column.Name}' declaration for table '{shown}'");
            }
        }

        if (statement.PrimaryKeys.Count != 1)
        {
            throw CqlError.Invalid(statement.PrimaryKeys.IsEmpty
                ? $"No PRIMARY KEY specifed for table '{shown}' (exactly one required)"
                : $"Multiple PRIMARY KEYs specified for table '{shown}' (exactly one required)");
        }

        if (statement.CompactStorage)
        {
            throw CqlError.Invalid("Compact tables are not allowed in Cassandra starting with 4.0 version.");
        }

        var key = statement.PrimaryKeys[0];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in key.Partition.Concat(key.Clustering))
        {
            if (!types.TryGetValue(part, out var partType))
            {
                throw CqlError.Invalid($"Unknown column '{part}' referenced in PRIMARY KEY for table '{name.Name}'");
            }

            if (!names.Add(part))
            {
                throw CqlError.Invalid($"Duplicate column '{part}' in PRIMARY KEY clause for table '{shown}'");
            }

            CheckKeyType(part, partType);
            if (statement.Columns.Any(c => c.Name == part && c.IsStatic))
            {
                throw CqlError.Invalid($"Static column '{part}' cannot be part of the PRIMARY KEY");
            }
        }

        var reversed = Order(statement, key);
        var columns = new List<Column>();
        columns.AddRange(key.Partition.Select((part, i) => new Column(part, types[part].Type, false, ColumnRole.PartitionKey, i)));
        columns.AddRange(key.Clustering.Select((part, i) => new Column(part, types[part].Type, false, ColumnRole.Clustering, i, reversed.Contains(part))));
        var (statics, regulars) = (0, 0);
        foreach (var column in statement.Columns.Where(c => !names.Contains(c.Name)))
        {
            var (type, isMulticell) = (types[column.Name].Type, types[column.Name].IsMulticell);
            columns.Add(new Column(column.Name, type, isMulticell, column.IsStatic ? ColumnRole.Static : ColumnRole.Regular) { Slot = column.IsStatic ? statics++ : regulars++ });
        }

        if (statics > 0 && key.Clustering.IsEmpty)
        {
            throw CqlError.Invalid("Static columns are only useful (and thus allowed) if the table has at least one clustering column");
        }

        var others = columns.Where(c => !c.IsKey).ToList();
        if (others.Any(c => c.IsCounter) && others.Any(c => !c.IsCounter))
        {
            throw CqlError.Invalid("Cannot mix counter and non counter columns in the same table");
        }

        return columns;
    }

    internal static TypeResolver.Resolved Resolve(TypeName type, KeyspaceDefinition keyspace)
    {
        var resolved = TypeResolver.Resolve(type, keyspace);
        if (resolved is { IsMulticell: true, Type: CqlUserType user } && keyspace.Types.GetValueOrDefault(user.Name) is { } definition && definition.Fields.Any(f => f.IsMulticell))
        {
            throw CqlError.Invalid("Non-frozen UDTs with nested non-frozen collections are not supported");
        }

        return resolved;
    }

    private static void CheckKeyType(string column, TypeResolver.Resolved type)
    {
        if (type.IsMulticell)
        {
            throw CqlError.Invalid(type.Type is CqlUserType
                ? $"Invalid non-frozen user-defined type \"{CqlIdentifier.ToCql(((CqlUserType)type.Type).Name)}\" for PRIMARY KEY column '{column}'"
                : $"Invalid non-frozen collection type {TypeText.Of(type.Type, true)} for PRIMARY KEY column '{column}'");
        }

        if (type.Type.Code == CqlTypeCode.Counter)
        {
            throw CqlError.Invalid($"counter type is not supported for PRIMARY KEY column '{column}'");
        }

        if (type.Type.Code == CqlTypeCode.Duration)
        {
            throw CqlError.Invalid($"duration type is not supported for PRIMARY KEY column '{column}'");
        }
    }

    private static HashSet<string> Order(CreateTableStatement statement, PrimaryKey key)
    {
        var reversed = new HashSet<string>(StringComparer.Ordinal);
        var order = statement.ClusteringOrder;
        for (var i = 0; i < order.Count; i++)
        {
            if (i >= key.Clustering.Count || !key.Clustering.Contains(order[i].Column))
            {
                throw CqlError.Invalid(key.Clustering.Contains(order[i].Column) || statement.Columns.Any(c => c.Name == order[i].Column)
                    ? "Only clustering columns can be defined in CLUSTERING ORDER directive: " + $"{CqlIdentifier.ToCql(order[i].Column)} are not clustering columns"
                    : $"Missing CLUSTERING ORDER for column {order[i].Column}");
            }

            if (order[i].Column != key.Clustering[i])
            {
                throw CqlError.Invalid($"The order of columns in the CLUSTERING ORDER directive must match that of the clustering columns ({key.Clustering[i]} must appear before {order[i].Column})");
            }

            if (order[i].IsDescending)
            {
                reversed.Add(order[i].Column);
            }
        }

        return reversed;
    }
}
