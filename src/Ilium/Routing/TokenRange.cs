namespace Ilium;

/// <summary>A part of the ring of tokens: from behind <see cref="Start"/> up to and with <see cref="End"/>. Where the end is not greater, it goes over the end of the ring.</summary>
/// <param name="Start">The last token before the range.</param>
/// <param name="End">The last token of the range.</param>
public readonly record struct TokenRange(Token Start, Token End)
{
    /// <summary>True when the range goes over the end of the ring, or is all of it.</summary>
    public bool IsWrapping => End <= Start;

    /// <summary>True for tokens in the range.</summary>
    /// <param name="token">A token of the same partitioner.</param>
    public bool Contains(Token token) => IsWrapping ? token > Start || token <= End : token > Start && token <= End;

    /// <summary>The range as <c>]start, end]</c>.</summary>
    public override string ToString() => $"]{Start}, {End}]";
}
