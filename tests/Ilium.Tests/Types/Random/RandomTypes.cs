using System.Collections.Immutable;
using CsCheck;

namespace Ilium.Tests.Types.Random;

/// <summary>Random CQL types that a column of a real server can have.</summary>
internal static class RandomTypes
{
    internal const string Keyspace = "random";

    private static readonly ImmutableArray<CqlType> Keys =
    [
        CqlType.Ascii, CqlType.Bigint, CqlType.Blob, CqlType.Boolean, CqlType.Date, CqlType.Decimal, CqlType.Double, CqlType.Float, CqlType.Inet, CqlType.Int, CqlType.Smallint,
        CqlType.Text, CqlType.Time, CqlType.Timestamp, CqlType.Timeuuid, CqlType.Tinyint, CqlType.Uuid, CqlType.Varint,
    ];

    // In the order they get in a type: names of every kind.
    private static readonly ImmutableArray<string> FieldNames = ["a", "B", "two words", "select", "quo\"te", "naïve"];

    /// <summary>Types of at most this depth. The elements of sets and the keys of maps hold no duration: the server can't order them.</summary>
    internal static Gen<CqlType> Of(int depth, bool asKey = false)
    {
        var scalars = Choice.Of([.. asKey ? Keys : Keys.Add(CqlType.Duration)]);
        if (depth <= 1)
        {
            return scalars;
        }

        var inner = Of(depth - 1, asKey);
        var key = Of(depth - 1, asKey: true);
        var composites = Choice.Between(
            inner.Select(element => (CqlType)new CqlListType(element)),
            key.Select(element => (CqlType)new CqlSetType(element)),
            Gen.Select(key, inner, (k, v) => (CqlType)new CqlMapType(k, v)),
            Gen.Select(inner, Gen.Int[1, 4], (element, dimensions) => (CqlType)new CqlVectorType(element, dimensions)),
            inner.Array[1, 9].Select(elements => (CqlType)new CqlTupleType([.. elements])),
            Gen.Select(inner.Array[1, FieldNames.Length], Gen.Int[0, int.MaxValue], UserType));
        return Choice.Mostly(4, composites, scalars);
    }

    /// <summary>The type as a column's definition has it.</summary>
    internal static string Cql(CqlType type, bool frozen) => type switch
    {
        CqlListType list => Frozen($"list<{Cql(list.Element, frozen: true)}>", frozen),
        CqlSetType set => Frozen($"set<{Cql(set.Element, frozen: true)}>", frozen),
        CqlMapType map => Frozen($"map<{Cql(map.Key, frozen: true)}, {Cql(map.Value, frozen: true)}>", frozen),
        CqlUserType user => Frozen(Quoted(user.Name), frozen),
        CqlVectorType vector => $"vector<{Cql(vector.Element, frozen: true)}, {vector.Dimensions}>",
        CqlTupleType tuple => $"tuple<{string.Join(", ", tuple.Elements.Select(element => Cql(element, frozen: true)))}>",
        _ => type.ToString(),
    };

    /// <summary>The statements that make the user-defined types within a type, the innermost first.</summary>
    internal static IEnumerable<string> Definitions(CqlType type) => type switch
    {
        CqlUserType user => user.Fields.SelectMany(field => Definitions(field.Type)).Append(
            $"CREATE TYPE IF NOT EXISTS {Quoted(user.Name)} ({string.Join(", ", user.Fields.Select(field => $"{Quoted(field.Name)} {Cql(field.Type, frozen: true)}"))})"),
        CqlListType list => Definitions(list.Element),
        CqlSetType set => Definitions(set.Element),
        CqlVectorType vector => Definitions(vector.Element),
        CqlMapType map => Definitions(map.Key).Concat(Definitions(map.Value)),
        CqlTupleType tuple => tuple.Elements.SelectMany(Definitions),
        _ => [],
    };

    internal static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static CqlType UserType(CqlType[] fields, int number) =>
        new CqlUserType(Keyspace, $"User type {number}", [.. fields.Select((type, i) => new CqlField(FieldNames[i], type))]);

    private static string Frozen(string type, bool frozen) => frozen ? $"frozen<{type}>" : type;
}
