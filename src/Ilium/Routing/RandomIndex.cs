namespace Ilium.Routing;

/// <summary>Tokens of 128 bits.</summary>
internal sealed class RandomIndex : TokenIndex
{
    private readonly UInt128[] _tokens;

    internal RandomIndex(ReadOnlySpan<Token> sorted)
    {
        _tokens = new UInt128[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            _tokens[i] = sorted[i].RandomOrder;
        }
    }

    internal override int Count => _tokens.Length;

    internal override long Bytes => _tokens.LongLength * 16;

    internal override Token this[int position] => Token.FromRandom(_tokens[position]);

    internal override int Find(in Token token)
    {
        var found = _tokens.AsSpan().BinarySearch(token.RandomOrder);
        found = found < 0 ? ~found : found;
        return found == _tokens.Length ? 0 : found;
    }
}
