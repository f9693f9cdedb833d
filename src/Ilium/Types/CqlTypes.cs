using System.Collections.Immutable;

namespace Ilium;

/// <summary>A type without arguments.</summary>
public sealed record CqlPrimitiveType : CqlType
{
    internal CqlPrimitiveType(CqlTypeCode code)
        : base(code)
    {
    }

    /// <summary>The type as CQL writes it, for example <c>bigint</c>.</summary>
    public override string ToString() => Code.ToString().ToLowerInvariant();
}

/// <summary><c>list&lt;T&gt;</c>.</summary>
/// <param name="Element">The type of the elements.</param>
public sealed record CqlListType(CqlType Element) : CqlType(CqlTypeCode.List)
{
    /// <summary>The type as CQL writes it.</summary>
    public override string ToString() => $"list<{Element}>";
}

/// <summary><c>set&lt;T&gt;</c>.</summary>
/// <param name="Element">The type of the elements.</param>
public sealed record CqlSetType(CqlType Element) : CqlType(CqlTypeCode.Set)
{
    /// <summary>The type as CQL writes it.</summary>
    public override string ToString() => $"set<{Element}>";
}

/// <summary><c>map&lt;K, V&gt;</c>.</summary>
/// <param name="Key">The type of the keys.</param>
/// <param name="Value">The type of the values.</param>
public sealed record CqlMapType(CqlType Key, CqlType Value) : CqlType(CqlTypeCode.Map)
{
    /// <summary>The type as CQL writes it.</summary>
    public override string ToString() => $"map<{Key}, {Value}>";
}

/// <summary><c>vector&lt;T, n&gt;</c>.</summary>
/// <param name="Element">The type of the elements.</param>
/// <param name="Dimensions">How many elements each value has.</param>
public sealed record CqlVectorType(CqlType Element, int Dimensions) : CqlType(CqlTypeCode.Vector)
{
    /// <summary>The type as CQL writes it.</summary>
    public override string ToString() => $"vector<{Element}, {Dimensions}>";
}

/// <summary>A server-side class that CQL has no name for; its values are read as bytes, but for those of DSE that <c>Ilium.Dse</c> has types for.</summary>
/// <param name="ClassName">The Java class, with its arguments.</param>
public sealed record CqlCustomType(string ClassName) : CqlType(CqlTypeCode.Custom)
{
    /// <summary>The class name in quotes, as CQL writes it.</summary>
    public override string ToString() => $"'{ClassName.Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary><c>tuple&lt;...&gt;</c>.</summary>
/// <param name="Elements">The types of the elements, in order.</param>
public sealed record CqlTupleType(ImmutableArray<CqlType> Elements) : CqlType(CqlTypeCode.Tuple)
{
    /// <summary>Equal when all element types are.</summary>
    public bool Equals(CqlTupleType? other) => other is not null && Elements.SequenceEqual(other.Elements);

    /// <summary>A hash of the element types.</summary>
    public override int GetHashCode() => Elements.Aggregate(17, HashCode.Combine);

    /// <summary>The type as CQL writes it.</summary>
    public override string ToString() => $"tuple<{string.Join(", ", Elements)}>";
}

/// <summary>A field of a user-defined type.</summary>
/// <param name="Name">The field's name, without quotes, in its own case.</param>
/// <param name="Type">The field's type.</param>
public sealed record CqlField(string Name, CqlType Type);

/// <summary>A user-defined type.</summary>
/// <param name="Keyspace">The keyspace it belongs to.</param>
/// <param name="Name">Its name, without quotes, in its own case.</param>
/// <param name="Fields">Its fields, in order.</param>
public sealed record CqlUserType(string Keyspace, string Name, ImmutableArray<CqlField> Fields) : CqlType(CqlTypeCode.Udt)
{
    /// <summary>Equal when keyspace, name and all fields are.</summary>
    public bool Equals(CqlUserType? other) =>
        other is not null && Keyspace == other.Keyspace && Name == other.Name && Fields.SequenceEqual(other.Fields);

    /// <summary>A hash of the keyspace and the name.</summary>
    public override int GetHashCode() => HashCode.Combine(Keyspace, Name);

    /// <summary>The type's name as CQL writes it, in quotes where it needs them: <c>shop.address</c>, <c>shop."Address"</c>.</summary>
    public override string ToString() => $"{CqlIdentifier.ToCql(Keyspace)}.{(MeansAnother(Name) ? CqlIdentifier.Quote(Name) : CqlIdentifier.ToCql(Name))}";

    /// <summary>True for words that are no reserved ones and still mean something else where CQL expects a type.</summary>
    private static bool MeansAnother(string name) => name is
        "ascii" or "bigint" or "bitstring" or "blob" or "boolean" or "byte" or "complex" or "counter" or "date" or "decimal" or "double" or "duration" or "enum" or "float" or "frozen"
        or "inet" or "int" or "interval" or "list" or "macaddr" or "map" or "smallint" or "text" or "time" or "timestamp" or "timeuuid" or "tinyint" or "tuple" or "uuid" or "varchar"
        or "varint" or "vector";
}
