using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>
/// Encrypts and decrypts the values of one column. A value is: version (1), mode (0 randomized, 1 deterministic), number of the key (4 bytes, big-endian), nonce (12), the
/// encrypted bytes, tag (16). The six bytes before the nonce and the column's name are authenticated with it, so that no value can be moved to another column. Threads: any.
/// </summary>
internal sealed class ColumnCipher
{
    private const byte Version = 1;
    private const int HeaderLength = 6;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    internal const int Overhead = HeaderLength + NonceLength + TagLength;

    private readonly ConcurrentDictionary<(ColumnKey Key, byte Mode), KeyedCipher> _ciphers = new();
    private readonly ColumnKeys _keys;
    private readonly byte[] _identity;

    internal ColumnCipher(EncryptedColumn column, ColumnKeys keys)
    {
        Column = column;
        _keys = keys;
        _identity = Identity(column);
    }

    internal EncryptedColumn Column { get; }

    /// <summary>For values before they are encrypted; erased by who used one.</summary>
    internal ObjectPool<CqlWriter> Plaintexts { get; } = new(() => new CqlWriter(), 16);

    /// <summary>Appends a value, encrypted.</summary>
    /// <exception cref="ColumnEncryptionException">There is no key.</exception>
    internal void Encrypt(CqlWriter writer, ReadOnlySpan<byte> plain)
    {
        ColumnKey key;
        try
        {
            key = _keys.Current;
        }
        catch (Exception e)
        {
            throw NoKeys(e);
        }

        var mode = (byte)Column.Mode;
        var value = writer.Reserve(checked(plain.Length + Overhead));
        value[0] = Version;
        value[1] = mode;
        BinaryPrimitives.WriteUInt32BigEndian(value[2..], key.Id);
        var nonce = value.Slice(HeaderLength, NonceLength);
        var cipher = CipherOf(key, mode);
        if (Column.Mode == ColumnEncryptionMode.Deterministic)
        {
            cipher.NonceOf(plain, nonce);
        }
        else
        {
            RandomNumberGenerator.Fill(nonce);
        }

        cipher.Encrypt(nonce, plain, value[(HeaderLength + NonceLength)..^TagLength], value[^TagLength..], Associated(value, stackalloc byte[512]));
    }

    /// <summary>How long a value is when it is decrypted.</summary>
    /// <exception cref="ColumnEncryptionException">The bytes are none of this form.</exception>
    internal int LengthOf(ReadOnlySpan<byte> value)
    {
        if (value.Length > 0 && value[0] != Version)
        {
            throw new ColumnEncryptionException(Column, ColumnEncryptionFault.NotEncrypted, $"its first byte is {value[0]}, and {Version} in what this client has encrypted");
        }

        if (value.Length < Overhead)
        {
            throw new ColumnEncryptionException(Column, ColumnEncryptionFault.Truncated, $"it is {value.Length} bytes long, and what is encrypted has {Overhead} or more");
        }

        return value[1] <= (byte)ColumnEncryptionMode.Deterministic
            ? value.Length - Overhead
            : throw new ColumnEncryptionException(Column, ColumnEncryptionFault.NotEncrypted, $"its mode is {value[1]}, which does not exist");
    }

    /// <summary>Decrypts a value of which the length is known.</summary>
    /// <exception cref="ColumnEncryptionException">It was changed, belongs elsewhere, or its key is not known.</exception>
    internal void Decrypt(ReadOnlySpan<byte> value, Span<byte> plain)
    {
        var id = BinaryPrimitives.ReadUInt32BigEndian(value[2..]);
        ColumnKey? key;
        try
        {
            key = _keys.Find(id);
        }
        catch (Exception e)
        {
            throw NoKeys(e);
        }

        if (key is null)
        {
            throw new ColumnEncryptionException(Column, ColumnEncryptionFault.UnknownKey, $"it was encrypted with key {id} of '{_keys.Name}', which the key provider does not have");
        }

        try
        {
            CipherOf(key, value[1]).Decrypt(
                value.Slice(HeaderLength, NonceLength), value[(HeaderLength + NonceLength)..^TagLength], value[^TagLength..], plain, Associated(value, stackalloc byte[512]));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new ColumnEncryptionException(
                Column, ColumnEncryptionFault.NotAuthentic, $"it was changed, belongs to another column, or key {id} of '{_keys.Name}' is not the one it was encrypted with", e);
        }
    }

    private static byte[] Identity(EncryptedColumn column)
    {
        // Each with its length, so that no two columns are alike.
        using var writer = new CqlWriter();
        foreach (var part in new[] { column.Keyspace, column.Table, column.Name })
        {
            writer.WriteBytes(Encoding.UTF8.GetBytes(part));
        }

        return writer.WrittenSpan.ToArray();
    }

    private ColumnEncryptionException NoKeys(Exception reason) =>
        new(Column, ColumnEncryptionFault.NoKeys, $"the key provider has failed to give the keys of '{_keys.Name}': {reason.Message.TrimEnd('.')}", reason);

    private ReadOnlySpan<byte> Associated(ReadOnlySpan<byte> value, Span<byte> buffer)
    {
        var length = HeaderLength + _identity.Length;
        var associated = length <= buffer.Length ? buffer[..length] : new byte[length];
        value[..HeaderLength].CopyTo(associated);
        _identity.CopyTo(associated[HeaderLength..]);
        return associated;
    }

    private KeyedCipher CipherOf(ColumnKey key, byte mode) =>
        _ciphers.TryGetValue((key, mode), out var cipher) ? cipher : _ciphers.GetOrAdd((key, mode), new KeyedCipher(key, mode, _identity));
}
