using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Ilium.Routing;

/// <summary>The default before Cassandra 1.2: MD5, taken as a signed number without its sign.</summary>
internal sealed class RandomPartitioner : Partitioner
{
    internal static readonly RandomPartitioner Instance = new();

    private RandomPartitioner()
    {
    }

    internal override Token Hash(ReadOnlySpan<byte> key)
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
#pragma warning disable CA5351 // What the server computes; nothing is kept secret by it.
        MD5.HashData(key, digest);
#pragma warning restore CA5351
        var signed = BinaryPrimitives.ReadInt128BigEndian(digest);
        return Token.FromRandom((UInt128)(signed < 0 ? -signed : signed));
    }

    internal override bool TryParse(string text, out Token token)
    {
        var isToken = UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        token = Token.FromRandom(value);
        return isToken;
    }

    internal override TokenIndex Index(ReadOnlySpan<Token> sorted) => new RandomIndex(sorted);
}
