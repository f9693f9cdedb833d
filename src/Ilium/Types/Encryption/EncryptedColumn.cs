namespace Ilium;

/// <summary>A column whose values this client encrypts: a <c>blob</c> to the server, a value of another type to the application. Immutable.</summary>
/// <param name="Keyspace">The keyspace, without quotes, in its own case.</param>
/// <param name="Table">The table, likewise.</param>
/// <param name="Name">The column, likewise.</param>
/// <param name="Type">The type of its values before they are encrypted, such as <see cref="CqlType.Text"/>: any type but a counter.</param>
public sealed record EncryptedColumn(string Keyspace, string Table, string Name, CqlType Type)
{
    /// <summary>The name of the key, as the <see cref="ColumnKeyProvider"/> knows it. Each column encrypts with a key derived from it. Default <c>default</c>.</summary>
    public string KeyName { get; init; } = "default";

    /// <summary>Whether equal values look equal to who has no key. Default <see cref="ColumnEncryptionMode.Randomized"/>.</summary>
    public ColumnEncryptionMode Mode { get; init; }
}
