namespace Ilium.Routing;

/// <summary>Tokens that are keys, in the order of their bytes.</summary>
internal sealed class OrderedIndex(ReadOnlySpan<Token> sorted) : TokenIndex
{
    private readonly Token[] _tokens = sorted.ToArray();

    internal override int Count => _tokens.Length;

    internal override long Bytes => _tokens.Sum(token => 32L + token.OrderedBytes.Length);

    internal override Token this[int position] => _tokens[position];

    internal override int Find(in Token token)
    {
        var found = _tokens.AsSpan().BinarySearch(token);
        found = found < 0 ? ~found : found;
        return found == _tokens.Length ? 0 : found;
    }
}
