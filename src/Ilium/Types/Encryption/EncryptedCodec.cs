using System.Buffers;
using System.Security.Cryptography;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>Values of a column that this client encrypts, as what another codec reads and writes. What stands in memory in between is erased.</summary>
internal sealed class EncryptedCodec<T>(CqlEncryptedType type, Codec<T> inner) : Codec<T>(type)
{
    private const int LargestOnStack = 512;

    private readonly ColumnCipher _cipher = type.Cipher;

    internal override bool CanRead => inner.CanRead;

    internal override bool CanWrite => inner.CanWrite;

    /// <summary>Whatever was encrypted has bytes: a value of none is an error, and not null.</summary>
    internal override bool EmptyIsValue => true;

    internal override T Read(ReadOnlySpan<byte> bytes)
    {
        var length = _cipher.LengthOf(bytes);
        var rented = length <= LargestOnStack ? null : ArrayPool<byte>.Shared.Rent(length);
        var plain = rented is null ? stackalloc byte[length] : rented.AsSpan(0, length);
        try
        {
            _cipher.Decrypt(bytes, plain);
            return inner.Read(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    internal override void Write(CqlWriter writer, T value)
    {
        var plain = _cipher.Plaintexts.Rent();
        try
        {
            inner.Write(plain, value);
            _cipher.Encrypt(writer, plain.WrittenSpan);
        }
        finally
        {
            plain.Erase();
            _cipher.Plaintexts.Return(plain);
        }
    }
}
