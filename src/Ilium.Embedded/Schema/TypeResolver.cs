using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Schema;

/// <summary>Types as written in a statement, against the schema.</summary>
internal static class TypeResolver
{
    /// <summary>A type, and whether it stays in pieces: a collection or user-defined type without frozen around it.</summary>
    internal readonly record struct Resolved(CqlType Type, bool IsMulticell);

    internal static Resolved Resolve(TypeName name, KeyspaceDefinition? keyspace) => name switch
    {
        NativeTypeName native => new(Native(native.Code), false),
        ListTypeName list => new(new CqlListType(Nested(list.Element, keyspace, name)), true),
        SetTypeName set => new(new CqlSetType(Nested(set.Element, keyspace, name)), true),
        MapTypeName map => new(new CqlMapType(Nested(map.Key, keyspace, name), Nested(map.Value, keyspace, name)), true),
        TupleTypeName tuple => new(Tuple(tuple, keyspace), false),
        VectorTypeName vector => new(Vector(vector, keyspace), false),
        FrozenTypeName frozen => FrozenOf(frozen, keyspace),
        UserTypeName user => new(UserType(user, keyspace), true),
        CustomTypeName custom => Custom(custom),
        _ => throw CqlError.Invalid($"Unknown type {name}"),
    };

    /// <summary>A type that is frozen whatever it says: within frozen, tuples and vectors.</summary>
    private static CqlType Frozen(TypeName name, KeyspaceDefinition? keyspace) => name switch
    {
        FrozenTypeName frozen => Frozen(frozen.Inner, keyspace),
        ListTypeName list => new CqlListType(Frozen(list.Element, keyspace)),
        SetTypeName set => new CqlSetType(Frozen(set.Element, keyspace)),
        MapTypeName map => new CqlMapType(Frozen(map.Key, keyspace), Frozen(map.Value, keyspace)),
        _ => Resolve(name, keyspace).Type,
    };

    private static CqlTupleType Tuple(TupleTypeName tuple, KeyspaceDefinition? keyspace)
    {
        var type = new CqlTupleType([.. tuple.Elements.Select(e => Frozen(e, keyspace))]);
        return type.Elements.Any(e => e.Code == CqlTypeCode.Counter) ? throw CqlError.Invalid("Counters are not allowed inside tuples") : type;
    }

    private static CqlVectorType Vector(VectorTypeName vector, KeyspaceDefinition? keyspace) => vector.Dimension > 0
        ? new CqlVectorType(Frozen(vector.Element, keyspace), vector.Dimension)
        : throw CqlError.Invalid($"vectors may only have positive dimensions; given {vector.Dimension}");

    private static Resolved FrozenOf(FrozenTypeName frozen, KeyspaceDefinition? keyspace) => frozen.Inner is NativeTypeName
        ? throw CqlError.Invalid("frozen<> is only allowed on collections, tuples, and user-defined types (got " + CqlText.Of(frozen.Inner) + ")")
        : new(Frozen(frozen.Inner, keyspace), false);

    private static CqlType Nested(TypeName name, KeyspaceDefinition? keyspace, TypeName outer)
    {
        var resolved = Resolve(name, keyspace);
        if (resolved.Type.Code == CqlTypeCode.Counter)
        {
            throw CqlError.Invalid("Counters are not allowed inside collections: " + CqlText.Of(outer));
        }

        if (resolved.IsMulticell)
        {
            throw CqlError.Invalid(resolved.Type is CqlUserType
                ? "Non-frozen UDTs are not allowed inside collections: " + CqlText.Of(outer)
                : "Non-frozen collections are not allowed inside collections: " + CqlText.Of(outer));
        }

        if (resolved.Type.Code == CqlTypeCode.Duration && outer is SetTypeName || (outer is MapTypeName map && map.Key.Equals(name) && resolved.Type.Code == CqlTypeCode.Duration))
        {
            throw CqlError.Invalid($"Durations are not allowed {(outer is SetTypeName ? "inside sets" : "as map keys")}: " + CqlText.Of(outer));
        }

        return resolved.Type;
    }

    private static CqlUserType UserType(UserTypeName user, KeyspaceDefinition? keyspace)
    {
        if (user.Name.Keyspace is { } other && keyspace is not null && other != keyspace.Name)
        {
            throw CqlError.Invalid($"Statement on keyspace {keyspace.Name} cannot refer to a user type in keyspace {other}; user types can only be used in the keyspace they are defined in");
        }

        return keyspace?.Types.GetValueOrDefault(user.Name.Name)?.Type ?? throw CqlError.Invalid($"Unknown type {keyspace?.Name}.{user.Name.Name}");
    }

    private static Resolved Custom(CustomTypeName custom)
    {
        // The class of a type has to be one of the server's.
        var type = Types.CqlTypeParser.FromClassName(custom.ClassName.Contains('.', StringComparison.Ordinal) ? custom.ClassName : "org.apache.cassandra.db.marshal." + custom.ClassName);
        return type is CqlCustomType
            ? throw CqlError.Syntax($"Error setting type {custom.ClassName}: Unable to find abstract-type class '{custom.ClassName}'")
            : new(type, false);
    }

    private static CqlType Native(CqlTypeCode code) => code switch
    {
        CqlTypeCode.Ascii => CqlType.Ascii,
        CqlTypeCode.Bigint => CqlType.Bigint,
        CqlTypeCode.Blob => CqlType.Blob,
        CqlTypeCode.Boolean => CqlType.Boolean,
        CqlTypeCode.Counter => CqlType.Counter,
        CqlTypeCode.Date => CqlType.Date,
        CqlTypeCode.Decimal => CqlType.Decimal,
        CqlTypeCode.Double => CqlType.Double,
        CqlTypeCode.Duration => CqlType.Duration,
        CqlTypeCode.Float => CqlType.Float,
        CqlTypeCode.Inet => CqlType.Inet,
        CqlTypeCode.Int => CqlType.Int,
        CqlTypeCode.Smallint => CqlType.Smallint,
        CqlTypeCode.Text => CqlType.Text,
        CqlTypeCode.Time => CqlType.Time,
        CqlTypeCode.Timestamp => CqlType.Timestamp,
        CqlTypeCode.Timeuuid => CqlType.Timeuuid,
        CqlTypeCode.Tinyint => CqlType.Tinyint,
        CqlTypeCode.Uuid => CqlType.Uuid,
        CqlTypeCode.Varint => CqlType.Varint,
        _ => throw CqlError.Invalid($"Unknown type {code}"),
    };
}
