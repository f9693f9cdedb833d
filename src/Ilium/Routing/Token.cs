using System.Globalization;

namespace Ilium;

/// <summary>
/// A place on the ring of tokens: where a partition lies, and which nodes own it. Immutable. Tokens of different partitioners can't be
/// compared with each other in a way that means anything.
/// </summary>
/// <remarks>The default value is the first place of every ring.</remarks>
public readonly struct Token : IEquatable<Token>, IComparable<Token>
{
    // Numbers are kept so that they sort as unsigned: a Murmur3 token with its sign bit turned over.
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly byte[]? _bytes;
    private readonly TokenKind _kind;

    private Token(ulong high, ulong low, byte[]? bytes, TokenKind kind)
    {
        _high = high;
        _low = low;
        _bytes = bytes;
        _kind = kind;
    }

    private enum TokenKind : byte
    {
        Murmur3,
        Random,
        Ordered,
    }

    /// <summary>A token of <c>Murmur3Partitioner</c>, the default of Cassandra: what <c>token(key)</c> selects as a <c>bigint</c>.</summary>
    /// <param name="value">The number.</param>
    public static Token FromMurmur3(long value) => new(Sortable(value), 0, null, TokenKind.Murmur3);

    /// <summary>A token of <c>RandomPartitioner</c>: what <c>token(key)</c> selects as a <c>varint</c>.</summary>
    /// <param name="value">The number, from 0 to 2^127.</param>
    public static Token FromRandom(UInt128 value) => new((ulong)(value >> 64), (ulong)value, null, TokenKind.Random);

    /// <summary>A token of <c>ByteOrderedPartitioner</c>: the routing key itself.</summary>
    /// <param name="key">The bytes of the key; copied.</param>
    public static Token FromBytes(ReadOnlySpan<byte> key) => new(0, 0, key.ToArray(), TokenKind.Ordered);

    /// <summary>The number with which a Murmur3 token sorts.</summary>
    internal ulong Murmur3Order => _high;

    internal UInt128 RandomOrder => new(_high, _low);

    internal ReadOnlySpan<byte> OrderedBytes => _bytes;

    internal static ulong Sortable(long murmur3) => (ulong)murmur3 ^ (1UL << 63);

    internal static Token FromMurmur3Order(ulong order) => new(order, 0, null, TokenKind.Murmur3);

    /// <summary>Says which token comes first on the ring.</summary>
    /// <param name="left">A token.</param>
    /// <param name="right">Another of the same partitioner.</param>
    public static bool operator <(Token left, Token right) => left.CompareTo(right) < 0;

    /// <summary>Says which token comes first on the ring.</summary>
    /// <param name="left">A token.</param>
    /// <param name="right">Another of the same partitioner.</param>
    public static bool operator >(Token left, Token right) => left.CompareTo(right) > 0;

    /// <summary>Says which token comes first on the ring.</summary>
    /// <param name="left">A token.</param>
    /// <param name="right">Another of the same partitioner.</param>
    public static bool operator <=(Token left, Token right) => left.CompareTo(right) <= 0;

    /// <summary>Says which token comes first on the ring.</summary>
    /// <param name="left">A token.</param>
    /// <param name="right">Another of the same partitioner.</param>
    public static bool operator >=(Token left, Token right) => left.CompareTo(right) >= 0;

    /// <summary>True for the same place of the same partitioner's ring.</summary>
    /// <param name="left">A token.</param>
    /// <param name="right">Another.</param>
    public static bool operator ==(Token left, Token right) => left.Equals(right);

    /// <summary>False for the same place of the same partitioner's ring.</summary>
    /// <param name="left">A token.</param>
    /// <param name="right">Another.</param>
    public static bool operator !=(Token left, Token right) => !left.Equals(right);

    /// <inheritdoc/>
    public int CompareTo(Token other)
    {
        if (_high != other._high)
        {
            return _high < other._high ? -1 : 1;
        }

        return _low != other._low ? (_low < other._low ? -1 : 1) : OrderedBytes.SequenceCompareTo(other.OrderedBytes);
    }

    /// <inheritdoc/>
    public bool Equals(Token other) => _kind == other._kind && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Token other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_high);
        hash.Add(_low);
        hash.AddBytes(OrderedBytes);
        return hash.ToHashCode();
    }

    /// <summary>The token as the system tables spell it: a number, or bytes in hexadecimal.</summary>
    public override string ToString() => _kind switch
    {
        TokenKind.Murmur3 => ((long)(_high ^ (1UL << 63))).ToString(CultureInfo.InvariantCulture),
        TokenKind.Random => RandomOrder.ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToHexStringLower(OrderedBytes),
    };
}
