using System.Security.Cryptography;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>
/// AES-256-GCM with keys derived (HKDF-SHA256) for one column and one mode, so that neither a nonce nor a value means anything elsewhere. Threads: any; the system's ciphers
/// are for one at a time, and pooled.
/// </summary>
internal sealed class KeyedCipher
{
    private const int TagLength = 16;
    private const int PooledCiphers = 16;

    private readonly ObjectPool<AesGcm> _ciphers;
    private readonly byte[] _nonceKey;

    internal KeyedCipher(ColumnKey key, byte mode, ReadOnlySpan<byte> identity)
    {
        var encryption = Derive(key, "ilium column encryption 1"u8, mode, identity);
        _nonceKey = Derive(key, "ilium column nonce 1"u8, mode, identity);
        _ciphers = new ObjectPool<AesGcm>(() => new AesGcm(encryption, TagLength), PooledCiphers);
    }

    /// <summary>
    /// A nonce that depends on nothing but the value (HMAC-SHA256 under a key of its own): equal values give equal bytes, and different values the same nonce with a chance of
    /// one in 2^33 among 2^32 values.
    /// </summary>
    internal void NonceOf(ReadOnlySpan<byte> plain, Span<byte> nonce)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_nonceKey, plain, hash);
        hash[..nonce.Length].CopyTo(nonce);
    }

    internal void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> encrypted, Span<byte> tag, ReadOnlySpan<byte> associated)
    {
        var cipher = _ciphers.Rent();
        cipher.Encrypt(nonce, plain, encrypted, tag, associated);
        _ciphers.Return(cipher);
    }

    /// <exception cref="AuthenticationTagMismatchException">Something was changed.</exception>
    internal void Decrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> tag, Span<byte> plain, ReadOnlySpan<byte> associated)
    {
        var cipher = _ciphers.Rent();
        try
        {
            cipher.Decrypt(nonce, encrypted, tag, plain, associated);
        }
        finally
        {
            _ciphers.Return(cipher);
        }
    }

    private static byte[] Derive(ColumnKey key, ReadOnlySpan<byte> purpose, byte mode, ReadOnlySpan<byte> identity)
    {
        byte[] info = [.. purpose, mode, .. identity];
        var derived = new byte[ColumnKey.Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, derived, salt: [], info);
        return derived;
    }
}
