namespace Ilium.Routing;

/// <summary>The key is the token. The one partitioner whose tokens cost an allocation: a copy of the key.</summary>
internal sealed class ByteOrderedPartitioner : Partitioner
{
    internal static readonly ByteOrderedPartitioner Instance = new();

    private ByteOrderedPartitioner()
    {
    }

    internal override Token Hash(ReadOnlySpan<byte> key) => Token.FromBytes(key);

    internal override bool TryParse(string text, out Token token)
    {
        // Versions before 2.0 wrap the digits as Token(bytes[..]).
        var start = text.LastIndexOf('[') + 1;
        var end = text.IndexOf(']', start);
        var digits = text.AsSpan(start, (end < 0 ? text.Length : end) - start);
        var bytes = new byte[digits.Length / 2];
        var isToken = digits.Length % 2 == 0 &&
            Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        token = Token.FromBytes(bytes);
        return isToken;
    }

    internal override TokenIndex Index(ReadOnlySpan<Token> sorted) => new OrderedIndex(sorted);
}
