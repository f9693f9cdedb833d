namespace Ilium;

/// <summary>A column of a result, or a bind marker of a prepared statement. Immutable.</summary>
public sealed class ColumnDefinition
{
    internal ColumnDefinition(string keyspace, string table, string name, CqlType type, int ordinal)
    {
        Keyspace = keyspace;
        Table = table;
        Name = name;
        Type = type;
        Ordinal = ordinal;
    }

    /// <summary>The keyspace of the table it comes from.</summary>
    public string Keyspace { get; }

    /// <summary>The table it comes from.</summary>
    public string Table { get; }

    /// <summary>Its name, or the text of the expression, without quotes and in its own case.</summary>
    public string Name { get; }

    /// <summary>Its CQL type.</summary>
    public CqlType Type { get; }

    /// <summary>Its place in the row, from 0.</summary>
    public int Ordinal { get; }

    /// <summary>Name and type as CQL writes them, for example <c>age int</c>.</summary>
    public override string ToString() => $"{Name} {Type}";
}
