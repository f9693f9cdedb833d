namespace Ilium;

/// <summary>A column of a result, or a bind marker of a prepared statement.</summary>
/// <param name="Keyspace">The keyspace it comes from.</param>
/// <param name="Table">The table it comes from.</param>
/// <param name="Name">Its name, or alias, in its own case.</param>
/// <param name="Type">Its CQL type.</param>
/// <param name="Ordinal">Its position, from 0.</param>
public sealed record ColumnDefinition(string Keyspace, string Table, string Name, CqlType Type, int Ordinal);
