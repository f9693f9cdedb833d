using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>The function that stands between a column and those who may not see it (dynamic data masking, Cassandra 5.0). Immutable.</summary>
public sealed class ColumnMask
{
    internal ColumnMask(string keyspace, string functionName, IReadOnlyList<string> arguments)
    {
        Keyspace = keyspace;
        FunctionName = functionName;
        Arguments = arguments;
    }

    /// <summary>The keyspace of the function; <c>system</c> for those that come with the server.</summary>
    public string Keyspace { get; }

    /// <summary>The function, for example <c>mask_inner</c>.</summary>
    public string FunctionName { get; }

    /// <summary>Its further arguments as CQL writes them, for example <c>'*'</c> or <c>null</c>.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>The call as CQL writes it.</summary>
    public string ToCql() => $"{CqlIdentifier.ToCql(Keyspace)}.{CqlIdentifier.ToCql(FunctionName)}({string.Join(", ", Arguments)})";

    /// <summary>The call as CQL writes it.</summary>
    public override string ToString() => ToCql();

    /// <summary>An argument as CQL writes it, given its type and the text the schema tables hold of it; that text itself where it is not what the type says.</summary>
    internal static string Argument(CqlType type, string value)
    {
        try
        {
            return SchemaValue.ToCql(type, value);
        }
        catch (Exception e) when (e is FormatException or CassandraException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            return value;
        }
    }
}
