using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>ALTER TABLE.</summary>
internal static class TableChanges
{
    internal const string MaskingRefused =
        "Cannot mask columns because dynamic data masking is not enabled. You can enable it with the dynamic_data_masking_enabled property on cassandra.yaml";

    internal static SchemaStep? Alter(DatabaseSchema schema, AlterTableStatement statement, (string Keyspace, string Name) name, NodeEngine engine)
    {
        Keyspaces.CheckNotSystem(name.Keyspace, schema);
        if (schema.Find(name.Keyspace, name.Name) is not { } table)
        {
            return statement.IfExists ? null : throw CqlError.Invalid($"Table '{name.Keyspace}.{name.Name}' doesn't exist");
        }

        var keyspace = schema.Find(name.Keyspace)!;
        var changed = statement.Alteration switch
        {
            AddColumns add => Add(table, add, keyspace),
            DropColumns drop => Drop(table, drop, engine),
            RenameColumns rename => Rename(table, rename),
            AlterProperties properties => table.With(options: TableProperties.Read(properties.Properties, table.Options, isNew: false).Settings),
            AlterColumnType => throw CqlError.Invalid("Altering column types is no longer supported"),
            DropCompactStorage => throw CqlError.Invalid($"Cannot DROP COMPACT STORAGE on table without COMPACT STORAGE"),
            AlterColumnMask { Mask: null } => table,
            _ => throw CqlError.Invalid(MaskingRefused),
        };
        var isSame = ReferenceEquals(changed, table) || (statement.Alteration is AlterProperties && changed.Options.IsSameAs(table.Options));
        return new SchemaStep(schema.Keyspaces.SetItem(keyspace.Name, keyspace.With(changed)), isSame ? null : new SchemaResult(SchemaResult.Updated, "TABLE", name.Keyspace, name.Name))
        {
            Warnings = statement.Alteration is AddColumns ? Indexes.WarningsOf(changed) : [],
        };
    }

    private static TableDefinition Add(TableDefinition table, AddColumns add, KeyspaceDefinition keyspace)
    {
        var columns = table.Columns.ToList();
        var dropped = table.Dropped;
        var (statics, regulars) = (table.NextStaticSlot, table.NextRegularSlot);
        foreach (var added in add.Columns)
        {
            if (columns.Any(c => c.Name == added.Name))
            {
                if (add.IfNotExists)
                {
                    continue;
                }

                throw CqlError.Invalid($"Column with name '{added.Name}' already exists");
            }

            var type = Tables.Resolve(added.Type, keyspace);
            if (added.IsStatic && table.ClusteringKey.IsEmpty)
            {
                throw CqlError.Invalid("Static columns are only useful (and thus allowed) if the table has at least one clustering column");
            }

            var isCounter = type.Type.Code == CqlTypeCode.Counter;
            if (isCounter != table.IsCounter && columns.Any(c => !c.IsKey))
            {
                throw CqlError.Configuration(isCounter
                    ? $"{table.Keyspace}.{table.Name}: Cannot have a counter column (\"{added.Name}\") in a non counter table"
                    : $"{table.Keyspace}.{table.Name}: Cannot have a non counter column (\"{added.Name}\") in a counter table");
            }

            if (dropped.TryGetValue(added.Name, out var before))
            {
                if (before.Kind == ColumnRole.Static != added.IsStatic)
                {
                    throw CqlError.Invalid($"Cannot re-add previously dropped column '{added.Name}' of kind {before.Kind.ToString().ToUpperInvariant()}, incompatible with previous kind {(added.IsStatic ? "STATIC" : "REGULAR")}");
                }

                if (before.Type != type.Type || before.IsMulticell != type.IsMulticell)
                {
                    throw CqlError.Invalid($"Cannot re-add previously dropped column '{added.Name}' of type {TypeText.Of(type.Type, type.IsMulticell)}, incompatible with previous type {TypeText.Of(before.Type, before.IsMulticell)}");
                }
            }

            columns.Add(new Column(added.Name, type.Type, type.IsMulticell, added.IsStatic ? ColumnRole.Static : ColumnRole.Regular) { Slot = added.IsStatic ? statics++ : regulars++ });
        }

        return columns.Count == table.Columns.Length ? table : table.With(columns);
    }

    private static TableDefinition Drop(TableDefinition table, DropColumns drop, NodeEngine engine)
    {
        var columns = table.Columns.ToList();
        var dropped = table.Dropped;
        foreach (var name in drop.Columns)
        {
            var column = columns.Find(c => c.Name == name);
            if (column is null)
            {
                if (drop.IfExists)
                {
                    continue;
                }

                throw CqlError.Invalid($"Column {name} was not found in table '{table.Keyspace}.{table.Name}'");
            }

            if (column.IsKey)
            {
                throw CqlError.Invalid($"Cannot drop PRIMARY KEY column {name}");
            }

            if (column is { Type: CqlUserType user, IsMulticell: true })
            {
                throw CqlError.Invalid($"Cannot drop non-frozen column {name} of user type {user.Name}");
            }

            var index = table.Indexes.Values.FirstOrDefault(i => Indexes.ColumnOf(i.Target) == name);
            if (index is not null)
            {
                throw CqlError.Invalid($"Cannot drop column {name} because it has dependent secondary indexes ({index.Name})");
            }

            columns.Remove(column);
            dropped = dropped.SetItem(name, new DroppedColumn(name, WithoutUserTypes(column.Type), column.IsMulticell, column.Kind, drop.Timestamp ?? engine.Database.Clock.NowMicroseconds()));
        }

        return columns.Count == table.Columns.Length ? table : table.With(columns, dropped: dropped);
    }

    /// <summary>A dropped column does not hold on to user-defined types: they become tuples.</summary>
    private static CqlType WithoutUserTypes(CqlType type) => type switch
    {
        CqlUserType user => new CqlTupleType([.. user.Fields.Select(f => WithoutUserTypes(f.Type))]),
        CqlTupleType tuple => new CqlTupleType([.. tuple.Elements.Select(WithoutUserTypes)]),
        CqlListType list => new CqlListType(WithoutUserTypes(list.Element)),
        CqlSetType set => new CqlSetType(WithoutUserTypes(set.Element)),
        CqlMapType map => new CqlMapType(WithoutUserTypes(map.Key), WithoutUserTypes(map.Value)),
        CqlVectorType vector => new CqlVectorType(WithoutUserTypes(vector.Element), vector.Dimensions),
        _ => type,
    };

    private static TableDefinition Rename(TableDefinition table, RenameColumns rename)
    {
        var columns = table.Columns.ToList();
        foreach (var renaming in rename.Renamings)
        {
            var index = columns.FindIndex(c => c.Name == renaming.From);
            if (index < 0)
            {
                throw CqlError.Invalid($"Undefined column name {CqlIdentifier.ToCql(renaming.From)} in table {table.Keyspace}.{table.Name}");
            }

            if (!columns[index].IsKey)
            {
                throw CqlError.Invalid($"Cannot rename non PRIMARY KEY column {renaming.From}");
            }

            if (columns.Any(c => c.Name == renaming.To))
            {
                throw CqlError.Invalid($"Cannot rename column {renaming.From} to {renaming.To} in table '{table.Keyspace}.{table.Name}'; another column with that name already exists");
            }

            if (table.Indexes.Values.FirstOrDefault(i => Indexes.ColumnOf(i.Target) == renaming.From) is { } dependent)
            {
                throw CqlError.Invalid($"Can't rename column {renaming.From} because it has dependent secondary indexes ({dependent.Name})");
            }

            columns[index] = columns[index] with { Name = renaming.To };
        }

        return table.With(columns);
    }
}
