using System.Collections.Immutable;

namespace Ilium;

/// <summary>
/// Columns whose values are encrypted before they leave this client and decrypted where rows are read, with AES-256-GCM: see docs/encryption.md. Immutable; may be shared by clusters.
/// </summary>
public sealed class ColumnEncryption
{
    /// <summary>Encrypts columns.</summary>
    /// <param name="keys">Gives the keys.</param>
    /// <param name="columns">The columns, at least one.</param>
    /// <exception cref="ArgumentException">There is none, one is named twice or without a name, or has a type or mode that can't be.</exception>
    public ColumnEncryption(ColumnKeyProvider keys, params IEnumerable<EncryptedColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(columns);
        Keys = keys;
        Columns = [.. columns];
        if (Columns.IsEmpty)
        {
            throw new ArgumentException("There is no column to encrypt.", nameof(columns));
        }

        var known = new HashSet<(string, string, string)>();
        foreach (var column in Columns)
        {
            ArgumentNullException.ThrowIfNull(column, nameof(columns));
            ArgumentException.ThrowIfNullOrEmpty(column.Keyspace, nameof(columns));
            ArgumentException.ThrowIfNullOrEmpty(column.Table, nameof(columns));
            ArgumentException.ThrowIfNullOrEmpty(column.Name, nameof(columns));
            ArgumentException.ThrowIfNullOrEmpty(column.KeyName, nameof(columns));
            ArgumentNullException.ThrowIfNull(column.Type, nameof(columns));
            if (!known.Add((column.Keyspace, column.Table, column.Name)))
            {
                throw new ArgumentException($"{column.Keyspace}.{column.Table}.{column.Name} is there twice.", nameof(columns));
            }

            if (column.Type.Code == CqlTypeCode.Counter || !Enum.IsDefined(column.Mode))
            {
                throw new ArgumentException($"{column.Keyspace}.{column.Table}.{column.Name} can't be encrypted as {column.Type}, {column.Mode}.", nameof(columns));
            }
        }
    }

    /// <summary>Gives the keys.</summary>
    public ColumnKeyProvider Keys { get; }

    /// <summary>The columns.</summary>
    public ImmutableArray<EncryptedColumn> Columns { get; }

    /// <summary>
    /// How long keys are used before the provider is asked again, in the background: a new current key is used from then on. Default 5 min. When the provider fails, the keys that are
    /// known stay in use.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above zero.</exception>
    public TimeSpan RefreshInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMinutes(5);
}
