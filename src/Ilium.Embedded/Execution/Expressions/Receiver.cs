using Ilium.Embedded.Schema;

namespace Ilium.Embedded.Execution.Expressions;

/// <summary>What a value is for: where its type comes from, and what a bind marker and a message call it.</summary>
internal sealed record Receiver(string Keyspace, string Table, string Name, CqlType Type, bool IsMulticell = false)
{
    internal static Receiver Of(TableDefinition table, Column column) => new(table.Keyspace, table.Name, column.Name, column.Type, column.IsMulticell);

    internal string TypeText => Schema.TypeText.Of(Type, IsMulticell || Type is not (CqlListType or CqlSetType or CqlMapType or CqlUserType));

    internal Receiver Part(string format, CqlType type) => this with { Name = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, Name), Type = type, IsMulticell = false };
}
