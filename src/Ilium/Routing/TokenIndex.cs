namespace Ilium.Routing;

/// <summary>The tokens of a ring, sorted, without doubles, as compact as their partitioner allows.</summary>
internal abstract class TokenIndex
{
    internal abstract int Count { get; }

    /// <summary>What the tokens take in memory.</summary>
    internal abstract long Bytes { get; }

    internal abstract Token this[int position] { get; }

    /// <summary>
    /// The position of the token that owns this one: the first that is not less, else, beyond the last, the first of all. Each token owns
    /// what lies between the one before it (not included) and itself (included). Only for a ring that has tokens.
    /// </summary>
    internal abstract int Find(in Token token);
}
