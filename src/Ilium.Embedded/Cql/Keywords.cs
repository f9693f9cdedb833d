using System.Collections.Frozen;

namespace Ilium.Embedded.Cql;

/// <summary>What a keyword may be besides a keyword.</summary>
internal enum KeywordClass : byte
{
    /// <summary>Not a keyword.</summary>
    None,

    /// <summary>Nothing: as a name it has to be quoted.</summary>
    Reserved,

    /// <summary>The name of anything.</summary>
    Unreserved,

    /// <summary>The name of anything but a type and a function.</summary>
    UnreservedName,

    /// <summary>A native type; also the name of anything but a type.</summary>
    NativeType,
}

/// <summary>The keywords of CQL 3.4.7, in any case of letters.</summary>
internal static class Keywords
{
    private static readonly (string Text, TokenKind Kind, KeywordClass Class)[] All =
    [
        ("ACCESS", TokenKind.Access, KeywordClass.Unreserved),
        ("ADD", TokenKind.Add, KeywordClass.Reserved),
        ("AGGREGATE", TokenKind.Aggregate, KeywordClass.Unreserved),
        ("AGGREGATES", TokenKind.Aggregates, KeywordClass.Unreserved),
        ("ALL", TokenKind.All, KeywordClass.Unreserved),
        ("ALLOW", TokenKind.Allow, KeywordClass.Reserved),
        ("ALTER", TokenKind.Alter, KeywordClass.Reserved),
        ("AND", TokenKind.And, KeywordClass.Reserved),
        ("ANN", TokenKind.Ann, KeywordClass.Unreserved),
        ("APPLY", TokenKind.Apply, KeywordClass.Reserved),
        ("AS", TokenKind.As, KeywordClass.Unreserved),
        ("ASC", TokenKind.Asc, KeywordClass.Reserved),
        ("ASCII", TokenKind.Ascii, KeywordClass.NativeType),
        ("AUTHORIZE", TokenKind.Authorize, KeywordClass.Reserved),
        ("BATCH", TokenKind.Batch, KeywordClass.Reserved),
        ("BEGIN", TokenKind.Begin, KeywordClass.Reserved),
        ("BIGINT", TokenKind.Bigint, KeywordClass.NativeType),
        ("BLOB", TokenKind.Blob, KeywordClass.NativeType),
        ("BOOLEAN", TokenKind.BooleanType, KeywordClass.NativeType),
        ("BY", TokenKind.By, KeywordClass.Reserved),
        ("CALLED", TokenKind.Called, KeywordClass.Unreserved),
        ("CAST", TokenKind.Cast, KeywordClass.UnreservedName),
        ("CIDRS", TokenKind.Cidrs, KeywordClass.Unreserved),
        ("CLUSTER", TokenKind.Cluster, KeywordClass.Unreserved),
        ("CLUSTERING", TokenKind.Clustering, KeywordClass.Unreserved),
        ("COLUMNFAMILIES", TokenKind.Tables, KeywordClass.Unreserved),
        ("COLUMNFAMILY", TokenKind.ColumnFamily, KeywordClass.Reserved),
        ("COMPACT", TokenKind.Compact, KeywordClass.Unreserved),
        ("CONTAINS", TokenKind.Contains, KeywordClass.Unreserved),
        ("COUNT", TokenKind.Count, KeywordClass.UnreservedName),
        ("COUNTER", TokenKind.Counter, KeywordClass.NativeType),
        ("CREATE", TokenKind.Create, KeywordClass.Reserved),
        ("CUSTOM", TokenKind.Custom, KeywordClass.Unreserved),
        ("DATACENTERS", TokenKind.DataCenters, KeywordClass.Unreserved),
        ("DATE", TokenKind.Date, KeywordClass.NativeType),
        ("DECIMAL", TokenKind.Decimal, KeywordClass.NativeType),
        ("DEFAULT", TokenKind.Default, KeywordClass.Unreserved),
        ("DELETE", TokenKind.Delete, KeywordClass.Reserved),
        ("DESC", TokenKind.Desc, KeywordClass.Reserved),
        ("DESCRIBE", TokenKind.Describe, KeywordClass.Reserved),
        ("DISTINCT", TokenKind.Distinct, KeywordClass.UnreservedName),
        ("DOUBLE", TokenKind.Double, KeywordClass.NativeType),
        ("DROP", TokenKind.Drop, KeywordClass.Reserved),
        ("DURATION", TokenKind.DurationType, KeywordClass.NativeType),
        ("ENTRIES", TokenKind.Entries, KeywordClass.Reserved),
        ("EXECUTE", TokenKind.Execute, KeywordClass.Reserved),
        ("EXISTS", TokenKind.Exists, KeywordClass.Unreserved),
        ("FILTERING", TokenKind.Filtering, KeywordClass.Unreserved),
        ("FINALFUNC", TokenKind.FinalFunc, KeywordClass.Unreserved),
        ("FLOAT", TokenKind.FloatType, KeywordClass.NativeType),
        ("FROM", TokenKind.From, KeywordClass.Reserved),
        ("FROZEN", TokenKind.Frozen, KeywordClass.Unreserved),
        ("FULL", TokenKind.Full, KeywordClass.Reserved),
        ("FUNCTION", TokenKind.Function, KeywordClass.Unreserved),
        ("FUNCTIONS", TokenKind.Functions, KeywordClass.Unreserved),
        ("GRANT", TokenKind.Grant, KeywordClass.Reserved),
        ("GROUP", TokenKind.Group, KeywordClass.Unreserved),
        ("HASHED", TokenKind.Hashed, KeywordClass.Unreserved),
        ("IDENTITY", TokenKind.Identity, KeywordClass.Unreserved),
        ("IF", TokenKind.If, KeywordClass.Reserved),
        ("IN", TokenKind.In, KeywordClass.Reserved),
        ("INDEX", TokenKind.Index, KeywordClass.Reserved),
        ("INET", TokenKind.Inet, KeywordClass.NativeType),
        ("INFINITY", TokenKind.PositiveInfinity, KeywordClass.Reserved),
        ("INITCOND", TokenKind.InitCond, KeywordClass.Unreserved),
        ("INPUT", TokenKind.Input, KeywordClass.Unreserved),
        ("INSERT", TokenKind.Insert, KeywordClass.Reserved),
        ("INT", TokenKind.Int, KeywordClass.NativeType),
        ("INTERNALS", TokenKind.Internals, KeywordClass.Unreserved),
        ("INTO", TokenKind.Into, KeywordClass.Reserved),
        ("IS", TokenKind.Is, KeywordClass.Reserved),
        ("JSON", TokenKind.Json, KeywordClass.UnreservedName),
        ("KEY", TokenKind.Key, KeywordClass.UnreservedName),
        ("KEYS", TokenKind.Keys, KeywordClass.Unreserved),
        ("KEYSPACE", TokenKind.Keyspace, KeywordClass.Reserved),
        ("KEYSPACES", TokenKind.Keyspaces, KeywordClass.Unreserved),
        ("LANGUAGE", TokenKind.Language, KeywordClass.Unreserved),
        ("LIKE", TokenKind.Like, KeywordClass.Unreserved),
        ("LIMIT", TokenKind.Limit, KeywordClass.Reserved),
        ("LIST", TokenKind.List, KeywordClass.Unreserved),
        ("LOGIN", TokenKind.Login, KeywordClass.Unreserved),
        ("MAP", TokenKind.Map, KeywordClass.Unreserved),
        ("MASKED", TokenKind.Masked, KeywordClass.Unreserved),
        ("MATERIALIZED", TokenKind.Materialized, KeywordClass.Reserved),
        ("MAXWRITETIME", TokenKind.MaxWriteTime, KeywordClass.UnreservedName),
        ("MBEAN", TokenKind.MBean, KeywordClass.Unreserved),
        ("MBEANS", TokenKind.MBeans, KeywordClass.Unreserved),
        ("MODIFY", TokenKind.Modify, KeywordClass.Reserved),
        ("NAN", TokenKind.PositiveNan, KeywordClass.Reserved),
        ("NOLOGIN", TokenKind.NoLogin, KeywordClass.Unreserved),
        ("NORECURSIVE", TokenKind.NoRecursive, KeywordClass.Reserved),
        ("NOSUPERUSER", TokenKind.NoSuperuser, KeywordClass.Unreserved),
        ("NOT", TokenKind.Not, KeywordClass.Reserved),
        ("NULL", TokenKind.Null, KeywordClass.Reserved),
        ("OF", TokenKind.Of, KeywordClass.Reserved),
        ("ON", TokenKind.On, KeywordClass.Reserved),
        ("ONLY", TokenKind.Only, KeywordClass.Unreserved),
        ("OPTIONS", TokenKind.Options, KeywordClass.Unreserved),
        ("OR", TokenKind.Or, KeywordClass.Reserved),
        ("ORDER", TokenKind.Order, KeywordClass.Reserved),
        ("PARTITION", TokenKind.Partition, KeywordClass.Unreserved),
        ("PASSWORD", TokenKind.Password, KeywordClass.Unreserved),
        ("PER", TokenKind.Per, KeywordClass.Unreserved),
        ("PERMISSION", TokenKind.Permission, KeywordClass.Unreserved),
        ("PERMISSIONS", TokenKind.Permissions, KeywordClass.Unreserved),
        ("PRIMARY", TokenKind.Primary, KeywordClass.Reserved),
        ("RENAME", TokenKind.Rename, KeywordClass.Reserved),
        ("REPLACE", TokenKind.Replace, KeywordClass.Unreserved),
        ("RETURNS", TokenKind.Returns, KeywordClass.Unreserved),
        ("REVOKE", TokenKind.Revoke, KeywordClass.Reserved),
        ("ROLE", TokenKind.Role, KeywordClass.Unreserved),
        ("ROLES", TokenKind.Roles, KeywordClass.Unreserved),
        ("SCHEMA", TokenKind.Schema, KeywordClass.Reserved),
        ("SELECT", TokenKind.Select, KeywordClass.Reserved),
        ("SELECT_MASKED", TokenKind.SelectMasked, KeywordClass.Unreserved),
        ("SET", TokenKind.Set, KeywordClass.Reserved),
        ("SFUNC", TokenKind.SFunc, KeywordClass.Unreserved),
        ("SMALLINT", TokenKind.SmallInt, KeywordClass.NativeType),
        ("STATIC", TokenKind.Static, KeywordClass.Unreserved),
        ("STORAGE", TokenKind.Storage, KeywordClass.Unreserved),
        ("STYPE", TokenKind.SType, KeywordClass.Unreserved),
        ("SUPERUSER", TokenKind.Superuser, KeywordClass.Unreserved),
        ("TABLE", TokenKind.ColumnFamily, KeywordClass.Reserved),
        ("TABLES", TokenKind.Tables, KeywordClass.Unreserved),
        ("TEXT", TokenKind.Text, KeywordClass.NativeType),
        ("TIME", TokenKind.Time, KeywordClass.NativeType),
        ("TIMESTAMP", TokenKind.Timestamp, KeywordClass.NativeType),
        ("TIMEUUID", TokenKind.TimeUuid, KeywordClass.NativeType),
        ("TINYINT", TokenKind.TinyInt, KeywordClass.NativeType),
        ("TO", TokenKind.To, KeywordClass.Reserved),
        ("TOKEN", TokenKind.Token, KeywordClass.Reserved),
        ("TRIGGER", TokenKind.Trigger, KeywordClass.Unreserved),
        ("TRUNCATE", TokenKind.Truncate, KeywordClass.Reserved),
        ("TTL", TokenKind.Ttl, KeywordClass.UnreservedName),
        ("TUPLE", TokenKind.Tuple, KeywordClass.Unreserved),
        ("TYPE", TokenKind.Type, KeywordClass.Unreserved),
        ("TYPES", TokenKind.Types, KeywordClass.Unreserved),
        ("UNLOGGED", TokenKind.Unlogged, KeywordClass.Reserved),
        ("UNMASK", TokenKind.Unmask, KeywordClass.Unreserved),
        ("UNSET", TokenKind.Unset, KeywordClass.Unreserved),
        ("UPDATE", TokenKind.Update, KeywordClass.Reserved),
        ("USE", TokenKind.Use, KeywordClass.Reserved),
        ("USER", TokenKind.User, KeywordClass.Unreserved),
        ("USERS", TokenKind.Users, KeywordClass.Unreserved),
        ("USING", TokenKind.Using, KeywordClass.Reserved),
        ("UUID", TokenKind.UuidType, KeywordClass.NativeType),
        ("VALUES", TokenKind.Values, KeywordClass.Unreserved),
        ("VARCHAR", TokenKind.Varchar, KeywordClass.NativeType),
        ("VARINT", TokenKind.Varint, KeywordClass.NativeType),
        ("VECTOR", TokenKind.Vector, KeywordClass.Unreserved),
        ("VIEW", TokenKind.View, KeywordClass.Reserved),
        ("WHERE", TokenKind.Where, KeywordClass.Reserved),
        ("WITH", TokenKind.With, KeywordClass.Reserved),
        ("WRITETIME", TokenKind.WriteTime, KeywordClass.UnreservedName),
    ];

    private static readonly FrozenDictionary<string, TokenKind>.AlternateLookup<ReadOnlySpan<char>> Kinds = All
        .ToFrozenDictionary(keyword => keyword.Text, keyword => keyword.Kind, StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly KeywordClass[] Classes = ClassesByKind();

    /// <summary>Each keyword in upper case, with its class; in the order of the alphabet.</summary>
    public static IEnumerable<(string Text, KeywordClass Class)> Listed => All.Select(keyword => (keyword.Text, keyword.Class));

    public static bool TryFind(ReadOnlySpan<char> word, out TokenKind kind) => Kinds.TryGetValue(word, out kind);

    public static KeywordClass ClassOf(TokenKind kind) => Classes[(int)kind];

    /// <summary>The keyword in upper case.</summary>
    public static string TextOf(TokenKind kind) => Array.Find(All, keyword => keyword.Kind == kind).Text;

    private static KeywordClass[] ClassesByKind()
    {
        var classes = new KeywordClass[256];
        foreach (var (_, kind, keywordClass) in All)
        {
            classes[(int)kind] = keywordClass;
        }

        return classes;
    }
}
