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
    private readonly CancellationTokenSource _closed = new();

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
    /// <remarks>Ends early when the cluster is closed.</remarks>
    internal Task LoadAsync() => Task.WhenAll(_keys.Select(LoadAsync));

    /// <summary>Nobody waits for keys any more before connecting.</summary>
    internal void Close() => _closed.Cancel();

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

    /// <summary>The variables of a statement: as <see cref="Apply"/>, and what several values are bound to at once. Refuses those that values would get past the encryption by.</summary>
    /// <exception cref="ColumnEncryptionException">There is one, or a column is no blob.</exception>
    internal ResultMetadata ApplyToVariables(ResultMetadata variables, string cql)
    {
        if (variables.Columns.FirstOrDefault(variable => AnyIn(variable, onlyBytes: false) is not null) is not { } concerned)
        {
            return variables;
        }

        var markers = CqlMarkers.In(cql);
        if (markers.Conversion is { } conversion)
        {
            throw new ColumnEncryptionException(
                AnyIn(concerned, onlyBytes: false)!, ColumnEncryptionFault.Column,
                $"it may be written by way of {conversion}, and its value would not be encrypted: name the columns, and bind the values of this table as what they are");
        }

        var applied = Apply(variables);
        ImmutableArray<ColumnDefinition>.Builder? changed = null;
        for (var i = 0; i < applied.Count; i++)
        {
            var variable = applied.Columns[i];
            if (TypeOfSeveral(variable) is { } several)
            {
                changed ??= applied.Columns.ToBuilder();
                changed[i] = new ColumnDefinition(variable.Keyspace, variable.Table, variable.Name, several, variable.Ordinal);
            }
            else if (HasBlob(variable.Type) && AnyIn(variable, onlyBytes: true) is { } column && (markers.Names.Contains(variable.Name) || IsArgument(variable.Name)))
            {
                throw new ColumnEncryptionException(
                    column, ColumnEncryptionFault.Column,
                    $"the bind marker {(markers.Names.Contains(variable.Name) ? ":" : "")}{variable.Name} may stand for it, and its value would not be encrypted: give the marker the column's name, " +
                    "or write a question mark that is no argument of a function");
            }
        }

        return changed is null ? applied : new ResultMetadata(changed.MoveToImmutable(), applied.Id, applied.Encoded, applied.IsGlobal);
    }

    /// <summary>The type of <c>IN ?</c>, <c>(a, b) = ?</c> and <c>(a, b) IN ?</c>, which servers call <c>in(a)</c>, <c>(a,b)</c> and <c>in(a,b)</c>; null where none of the columns is encrypted.</summary>
    private CqlType? TypeOfSeveral(ColumnDefinition variable)
    {
        var isList = variable.Name.StartsWith("in(", StringComparison.Ordinal);
        if (!variable.Name.EndsWith(')') || !(isList || variable.Name.StartsWith('(')))
        {
            return null;
        }

        var names = variable.Name[(isList ? 3 : 1)..^1].Split(',');
        var types = names.Select(name => _types.GetValueOrDefault((variable.Keyspace, variable.Table, name))).ToArray();
        if (Array.TrueForAll(types, static type => type is null))
        {
            return null;
        }

        var one = isList ? (variable.Type as CqlListType)?.Element : variable.Type;
        if (one is CqlTupleType tuple && tuple.Elements.Length == types.Length)
        {
            one = new CqlTupleType([.. tuple.Elements.Select((element, i) => types[i] is { } type ? Encrypted(type, element) : element)]);
        }
        else if (one is not null && types is [{ } only])
        {
            one = Encrypted(only, one);
        }
        else
        {
            var column = types.First(static type => type is not null)!.Cipher.Column;
            throw new ColumnEncryptionException(column, ColumnEncryptionFault.Column, $"the bind marker {variable.Name} is {variable.Type}: write a question mark for each value");
        }

        return isList ? new CqlListType(one) : one;
    }

    private static CqlEncryptedType Encrypted(CqlEncryptedType type, CqlType server) => server == CqlType.Blob
        ? type
        : throw new ColumnEncryptionException(type.Cipher.Column, ColumnEncryptionFault.Column, $"it is {server} to the server, and what is encrypted is a blob");

    /// <summary>A function's argument, which servers call <c>arg0(system.token)</c>.</summary>
    private static bool IsArgument(string name) => name.StartsWith("arg", StringComparison.Ordinal) && name.EndsWith(')');

    /// <summary>Blobs, and what several of them are bound to at once.</summary>
    private static bool HasBlob(CqlType type) => type switch
    {
        CqlListType list => HasBlob(list.Element),
        CqlTupleType tuple => tuple.Elements.Any(HasBlob),
        _ => type == CqlType.Blob,
    };

    /// <summary>
    /// An encrypted column of a variable's table. Those whose values are bytes before they are encrypted, too, are what a blob may be taken for: of all other types, what is bound to a
    /// blob by mistake is refused anyway.
    /// </summary>
    private EncryptedColumn? AnyIn(ColumnDefinition variable, bool onlyBytes)
    {
        foreach (var type in _types.Values)
        {
            var column = type.Cipher.Column;
            if (column.Keyspace == variable.Keyspace && column.Table == variable.Table && !(onlyBytes && type.Plain != CqlType.Blob && type.Plain is not CqlCustomType))
            {
                return column;
            }
        }

        return null;
    }

    // Not awaited: see ColumnKeys.
    private Task LoadAsync(ColumnKeys keys) => keys.Begin().WaitAsync(_closed.Token).ContinueWith(
        done =>
        {
            if (!done.IsCompletedSuccessfully)
            {
                var reason = done.Exception?.InnerException ?? new TaskCanceledException(done);
                var column = _types.Values.First(type => type.Cipher.Column.KeyName == keys.Name).Cipher.Column;
                throw new ColumnEncryptionException(
                    column, ColumnEncryptionFault.NoKeys, $"the key provider has failed to give the keys of '{keys.Name}': {reason.Message.TrimEnd('.')}", reason);
            }
        },
        CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
