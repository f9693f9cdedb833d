using System.Globalization;

namespace Ilium.Routing;

/// <summary>Cassandra's default, and ScyllaDB's only partitioner.</summary>
internal sealed class Murmur3Partitioner : Partitioner
{
    internal static readonly Murmur3Partitioner Instance = new();

    private Murmur3Partitioner()
    {
    }

    internal override Token Hash(ReadOnlySpan<byte> key)
    {
        // No key: the least token, which is nobody's; and no key hashes to it, the server moves that one to the other end.
        if (key.IsEmpty)
        {
            return Token.FromMurmur3(long.MinValue);
        }

        var hash = Murmur3Hash.Compute(key);
        return Token.FromMurmur3(hash == long.MinValue ? long.MaxValue : hash);
    }

    internal override bool TryParse(string text, out Token token)
    {
        var isToken = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value);
        token = Token.FromMurmur3(value);
        return isToken;
    }

    internal override TokenIndex Index(ReadOnlySpan<Token> sorted) => new Murmur3Index(sorted);
}
