using System.Collections.Immutable;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Schema;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>CREATE, ALTER and DROP TYPE.</summary>
internal static class UserTypes
{
    internal static SchemaStep? Create(DatabaseSchema schema, CreateTypeStatement statement, (string Keyspace, string Name) name)
    {
        var keyspace = Keyspaces.Find(schema, name.Keyspace);
        if (keyspace.Types.ContainsKey(name.Name))
        {
            return statement.IfNotExists ? null : throw CqlError.Invalid($"A user type with name '{name.Name}' already exists");
        }

        var fields = ImmutableArray.CreateBuilder<UserTypeField>();
        foreach (var field in statement.Fields)
        {
            if (fields.Any(f => f.Name == field.Name))
            {
                throw CqlError.Invalid($"Duplicate field name '{field.Name}' in type '{name.Name}'");
            }

            fields.Add(Field(field, keyspace));
        }

        var type = new UserTypeDefinition(name.Keyspace, name.Name, fields.ToImmutable());
        return new SchemaStep(schema.Keyspaces.SetItem(keyspace.Name, keyspace.With(type)), new SchemaResult(SchemaResult.Created, "TYPE", name.Keyspace, name.Name));
    }

    internal static SchemaStep? Alter(DatabaseSchema schema, AlterTypeStatement statement, (string Keyspace, string Name) name)
    {
        Keyspaces.CheckNotSystem(name.Keyspace, schema);
        if (schema.Find(name.Keyspace)?.Types.GetValueOrDefault(name.Name) is not { } type)
        {
            return statement.IfExists ? null : throw CqlError.Invalid($"Type {name.Keyspace}.{name.Name} doesn't exist");
        }

        var keyspace = schema.Find(name.Keyspace)!;
        var fields = type.Fields;
        switch (statement.Alteration)
        {
            case AddField add:
                if (fields.Any(f => f.Name == add.Field.Name))
                {
                    return add.IfNotExists ? null : throw CqlError.Invalid($"Cannot add field {add.Field.Name} to type {name.Keyspace}.{name.Name}: a field with name {add.Field.Name} already exists");
                }

                var added = Field(add.Field, keyspace);
                if (Uses(added.Type, type.Type))
                {
                    throw CqlError.Invalid($"Cannot add new field {add.Field.Name} of type {TypeText.Of(added.Type, added.IsMulticell)} to type {name.Keyspace}.{name.Name} as it would create a circular reference");
                }

                fields = fields.Add(added);
                break;
            case RenameFields rename:
                foreach (var renaming in rename.Renamings)
                {
                    var index = fields.ToList().FindIndex(f => f.Name == renaming.From);
                    if (index < 0)
                    {
                        if (rename.IfExists)
                        {
                            continue;
                        }

                        throw CqlError.Invalid($"Unkown field {renaming.From} in user type {name.Keyspace}.{name.Name}");
                    }

                    fields = fields.SetItem(index, fields[index] with { Name = renaming.To });
                }

                if (fields.GroupBy(f => f.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
                {
                    throw CqlError.Invalid($"Duplicate field name {twice.Key} in type {name.Name}");
                }

                break;
            default:
                throw CqlError.Invalid("Altering field types is no longer supported");
        }

        var changed = type with { Fields = fields };
        changed = new UserTypeDefinition(changed.Keyspace, changed.Name, fields);
        return new SchemaStep(schema.Keyspaces.SetItem(keyspace.Name, Replace(keyspace, changed)), new SchemaResult(SchemaResult.Updated, "TYPE", name.Keyspace, name.Name));
    }

    internal static SchemaStep? Drop(DatabaseSchema schema, DropTypeStatement statement, (string Keyspace, string Name) name)
    {
        Keyspaces.CheckNotSystem(name.Keyspace, schema);
        if (schema.Find(name.Keyspace) is not { } keyspace || keyspace.Types.GetValueOrDefault(name.Name) is not { } type)
        {
            return statement.IfExists ? null : throw CqlError.Invalid($"Type '{name.Keyspace}.{name.Name}' doesn't exist");
        }

        var types = keyspace.Types.Values.Where(t => t.Name != type.Name && t.Fields.Any(f => Uses(f.Type, type.Type))).Select(t => t.Name).ToList();
        if (types.Count > 0)
        {
            throw CqlError.Invalid($"Cannot drop user type '{name.Keyspace}.{name.Name}' as it is still used by user types [{string.Join(", ", types)}]");
        }

        var tables = keyspace.Tables.Values.Where(t => t.Columns.Any(c => Uses(c.Type, type.Type))).Select(t => t.Name).ToList();
        if (tables.Count > 0)
        {
            throw CqlError.Invalid($"Cannot drop user type '{name.Keyspace}.{name.Name}' as it is still used by tables [{string.Join(", ", tables)}]");
        }

        var changed = keyspace with { Types = keyspace.Types.Remove(type.Name) };
        return new SchemaStep(schema.Keyspaces.SetItem(keyspace.Name, changed), new SchemaResult(SchemaResult.Dropped, "TYPE", name.Keyspace, name.Name));
    }

    private static UserTypeField Field(FieldDefinition field, KeyspaceDefinition keyspace)
    {
        var resolved = TypeResolver.Resolve(field.Type, keyspace);
        if (resolved.Type.Code == CqlTypeCode.Counter)
        {
            throw CqlError.Invalid("A user type cannot contain counters");
        }

        return resolved is { IsMulticell: true, Type: CqlUserType }
            ? throw CqlError.Invalid("A user type cannot contain non-frozen UDTs")
            : new UserTypeField(field.Name, resolved.Type, resolved.IsMulticell);
    }

    private static bool Uses(CqlType type, CqlUserType used) => type switch
    {
        CqlListType list => Uses(list.Element, used),
        CqlSetType set => Uses(set.Element, used),
        CqlMapType map => Uses(map.Key, used) || Uses(map.Value, used),
        CqlTupleType tuple => tuple.Elements.Any(e => Uses(e, used)),
        CqlVectorType vector => Uses(vector.Element, used),
        CqlUserType user => user.Name == used.Name || user.Fields.Any(f => Uses(f.Type, used)),
        _ => false,
    };

    /// <summary>Puts the changed type in the place of the old one, wherever it is used.</summary>
    private static KeyspaceDefinition Replace(KeyspaceDefinition keyspace, UserTypeDefinition changed)
    {
        var types = keyspace.Types.SetItem(changed.Name, changed);

        // A type may be part of another, and that of a third: once more for each is more than enough.
        for (var round = 0; round < keyspace.Types.Count; round++)
        {
            foreach (var type in types.Values.Where(t => t.Name != changed.Name).ToList())
            {
                types = types.SetItem(type.Name, new UserTypeDefinition(type.Keyspace, type.Name, [.. type.Fields.Select(f => f with { Type = Rewrite(f.Type, types) })]));
            }
        }

        var tables = keyspace.Tables;
        foreach (var table in keyspace.Tables.Values)
        {
            if (table.Columns.Any(c => Uses(c.Type, changed.Type)))
            {
                tables = tables.SetItem(table.Name, table.With([.. table.Columns.Select(c => c with { Type = Rewrite(c.Type, types) })]));
            }
        }

        return keyspace with { Types = types, Tables = tables };
    }

    private static CqlType Rewrite(CqlType type, ImmutableSortedDictionary<string, UserTypeDefinition> types) => type switch
    {
        CqlListType list => new CqlListType(Rewrite(list.Element, types)),
        CqlSetType set => new CqlSetType(Rewrite(set.Element, types)),
        CqlMapType map => new CqlMapType(Rewrite(map.Key, types), Rewrite(map.Value, types)),
        CqlTupleType tuple => new CqlTupleType([.. tuple.Elements.Select(e => Rewrite(e, types))]),
        CqlVectorType vector => new CqlVectorType(Rewrite(vector.Element, types), vector.Dimensions),
        CqlUserType user => types.GetValueOrDefault(user.Name)?.Type ?? user,
        _ => type,
    };
}
