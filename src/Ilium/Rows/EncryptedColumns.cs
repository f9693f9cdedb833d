using System.Collections.Frozen;
using System.Collections.Immutable;
using Ilium.Types;

namespace Ilium.Rows;

/// <summary>
/// The columns that a cluster object encrypts. They are put in where columns are read from answers; from there on their type alone has values encrypted and decrypted, so that
/// nothing else knows of them and who encrypts nothing pays nothing. Immutable; the keys live.
/// </summary>
internal sealed class EncryptedColumns
{
    private readonly FrozenDictionary<(string Keyspace, string Table, string Name), CqlEncryptedType> _types;
    private readonly ImmutableArray<ColumnKeys> _keys;

    private EncryptedColumns(ColumnEncryption encryption, TimeProvider time, Action beforeBlocking)
    {
        var keys = encryption.Columns.Select(static column => column.KeyName).Distinct().ToDictionary(
            static name => name, name => new ColumnKeys(name, encryption, time, beforeBlocking));
        _keys = [.. keys.Values];
        _types = encryption.Columns.ToFrozenDictionary(
            static column => (column.Keyspace, column.Table, column.Name), column => new CqlEncryptedType(new ColumnCipher(column, keys[column.KeyName])));
    }

    internal static EncryptedColumns? For(ColumnEncryption? encryption, TimeProvider time, Action beforeBlocking) =>
        encryption is null ? null : new EncryptedColumns(encryption, time, beforeBlocking);

    /// <summary>Gets all keys, so that nothing has to wait for them later.</summary>
    internal Task LoadAsync() => Task.WhenAll(_keys.Select(LoadAsync));

    /// <summary>The same columns, those that are encrypted with their types.</summary>
    /// <exception cref="ColumnEncryptionException">One is no blob.</exception>
    internal ResultMetadata Apply(ResultMetadata metadata)
    {
        ImmutableArray<ColumnDefinition>.Builder? changed = null;
        for (var i = 0; i < metadata.Count; i++)
        {
            var column = metadata.Columns[i];
            if (!_types.TryGetValue((column.Keyspace, column.Table, column.Name), out var type))
            {
                continue;
            }

            if (column.Type != CqlType.Blob)
            {
                throw new ColumnEncryptionException(
                    type.Cipher.Column, ColumnEncryptionFault.Column, $"it is {column.Type} to the server, and what is encrypted is a blob");
            }

            changed ??= metadata.Columns.ToBuilder();
            changed[i] = new ColumnDefinition(column.Keyspace, column.Table, column.Name, type, column.Ordinal);
        }

        return changed is null ? metadata : new ResultMetadata(changed.MoveToImmutable(), metadata.Id, metadata.Encoded, metadata.IsGlobal);
    }

    /// <summary>Refuses partition keys that nothing would ever be found by.</summary>
    /// <exception cref="ColumnEncryptionException">One of them is randomized.</exception>
    internal static void CheckKey(ResultMetadata variables, ushort[] partitionKey)
    {
        foreach (var index in partitionKey)
        {
            if (variables.Columns[index].Type is CqlEncryptedType { Cipher.Column: { Mode: ColumnEncryptionMode.Randomized } column })
            {
                throw new ColumnEncryptionException(
                    column, ColumnEncryptionFault.Column, "it is part of the partition key, and with ColumnEncryptionMode.Randomized no row would be found again: make it Deterministic");
            }
        }
    }

    /// <summary>
    /// Refuses markers that might stand for an encrypted column under another name. Only where the values of that column are bytes before they are encrypted, too: for all other types, what
    /// is bound to a blob by mistake is refused anyway.
    /// </summary>
    /// <exception cref="ColumnEncryptionException">There is one.</exception>
    internal void CheckMarkers(ResultMetadata variables, string cql)
    {
        foreach (var variable in variables.Columns)
        {
            if (variable.Type != CqlType.Blob || BytesIn(variable.Keyspace, variable.Table) is not { } column)
            {
                continue;
            }

            if (cql.Contains($":{variable.Name}", StringComparison.OrdinalIgnoreCase) || cql.Contains($":{CqlIdentifier.Quote(variable.Name)}", StringComparison.Ordinal))
            {
                throw new ColumnEncryptionException(
                    column, ColumnEncryptionFault.Column,
                    $"the bind marker :{variable.Name} may stand for it, and its value would not be encrypted: give the marker the column's name, or write a question mark");
            }
        }
    }

    private EncryptedColumn? BytesIn(string keyspace, string table)
    {
        foreach (var type in _types.Values)
        {
            if (type.Plain == CqlType.Blob && type.Cipher.Column.Keyspace == keyspace && type.Cipher.Column.Table == table)
            {
                return type.Cipher.Column;
            }
        }

        return null;
    }

    private async Task LoadAsync(ColumnKeys keys)
    {
        try
        {
            await keys.Begin().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var column = _types.Values.First(type => type.Cipher.Column.KeyName == keys.Name).Cipher.Column;
            throw new ColumnEncryptionException(column, ColumnEncryptionFault.NoKeys, $"the key provider has failed to give the keys of '{keys.Name}': {e.Message}", e);
        }
    }
}
