using System.Text;
using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>What part of a table a column is.</summary>
public enum ColumnKind
{
    /// <summary>Neither key nor static.</summary>
    Regular,

    /// <summary>Part of the partition key.</summary>
    PartitionKey,

    /// <summary>Part of the clustering key.</summary>
    Clustering,

    /// <summary>One value for a whole partition.</summary>
    Static,
}

/// <summary>The order in which a clustering column sorts the rows of a partition.</summary>
public enum ClusteringOrder
{
    /// <summary>The column is no clustering column.</summary>
    None,

    /// <summary>Smallest first.</summary>
    Ascending,

    /// <summary>Largest first.</summary>
    Descending,
}

/// <summary>A column of a table or view. Immutable.</summary>
public sealed class ColumnMetadata
{
    internal ColumnMetadata(string name, string declaredType, CqlType type, ColumnKind kind, int position, ClusteringOrder order, ColumnMask? mask)
    {
        Name = name;
        DeclaredType = declaredType;
        Type = type;
        Kind = kind;
        Position = position;
        Order = order;
        Mask = mask;
    }

    /// <summary>Its name, without quotes, in its own case.</summary>
    public string Name { get; }

    /// <summary>Its type. Whether it is frozen is not part of it; see <see cref="DeclaredType"/>.</summary>
    public CqlType Type { get; }

    /// <summary>Its type as CQL declares it, for example <c>frozen&lt;list&lt;int&gt;&gt;</c>.</summary>
    public string DeclaredType { get; }

    /// <summary>What part of the table it is.</summary>
    public ColumnKind Kind { get; }

    /// <summary>Its place in the partition key or the clustering key, from 0; -1 for other columns.</summary>
    public int Position { get; }

    /// <summary>How it sorts, for clustering columns.</summary>
    public ClusteringOrder Order { get; }

    /// <summary>What the server shows of it to those who may not see it (Cassandra 5.0); null for everything.</summary>
    public ColumnMask? Mask { get; }

    /// <summary>True for a column with one value for a whole partition.</summary>
    public bool IsStatic => Kind == ColumnKind.Static;

    /// <summary>True for a collection, tuple or user-defined type that is written as a whole only.</summary>
    public bool IsFrozen => CqlTypeText.IsFrozen(DeclaredType);

    /// <summary>Its declaration inside CREATE TABLE, without <c>PRIMARY KEY</c>.</summary>
    public string ToCql()
    {
        var text = new StringBuilder(CqlIdentifier.ToCql(Name)).Append(' ').Append(DeclaredType);
        if (IsStatic)
        {
            text.Append(" static");
        }

        if (Mask is { } mask)
        {
            text.Append(" MASKED WITH ").Append(mask.ToCql());
        }

        return text.ToString();
    }

    /// <summary>The declaration.</summary>
    public override string ToString() => ToCql();

    internal ColumnMetadata With(CqlType type) => new(Name, DeclaredType, type, Kind, Position, Order, Mask);

    internal ColumnMetadata AsRegular() => new(Name, DeclaredType, Type, ColumnKind.Regular, -1, ClusteringOrder.None, Mask);
}
