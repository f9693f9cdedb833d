using System.Security.Cryptography;

namespace Ilium;

/// <summary>A key of 256 bits that columns are encrypted with, and the number that says in each value which key it was. Immutable; never printed.</summary>
public sealed class ColumnKey : IEquatable<ColumnKey>
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = 32;

    private readonly byte[] _bytes;

    /// <summary>A key.</summary>
    /// <param name="id">Its number, never used for another key of the same name.</param>
    /// <param name="bytes">32 bytes from a source of keys; copied.</param>
    /// <exception cref="ArgumentException">It is not 32 bytes long, or all of them are zero.</exception>
    public ColumnKey(uint id, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A key has {Length} bytes, and this one {bytes.Length}.", nameof(bytes));
        }

        if (bytes.IndexOfAnyExcept((byte)0) < 0)
        {
            throw new ArgumentException("A key of zeros is none: it was not filled in.", nameof(bytes));
        }

        Id = id;
        _bytes = bytes.ToArray();
    }

    /// <summary>Its number.</summary>
    public uint Id { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>True for the same number and the same bytes.</summary>
    /// <param name="other">Another key.</param>
    public bool Equals(ColumnKey? other) => other is not null && Id == other.Id && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ColumnKey);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Id;

    /// <summary>Its number.</summary>
    public override string ToString() => $"key {Id}";
}
