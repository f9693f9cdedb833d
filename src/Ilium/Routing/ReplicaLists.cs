namespace Ilium.Routing;

/// <summary>
/// For each token of a ring section the members that replicate what it owns, in the order in which the ring meets them: one array for
/// all. Immutable.
/// </summary>
/// <param name="factor">The replication factor that was asked for.</param>
/// <param name="width">How many replicas each token has: the factor, or all members where there are fewer.</param>
/// <param name="isPrefixOfLarger">True when a list for a smaller factor is the beginning of this one's.</param>
/// <param name="members">Member numbers, <paramref name="width"/> for each token.</param>
internal sealed class ReplicaLists(int factor, int width, bool isPrefixOfLarger, ushort[] members)
{
    internal int Factor => factor;

    internal long Bytes => members.LongLength * sizeof(ushort);

    /// <summary>True when the beginnings of these lists are the lists for that factor.</summary>
    internal bool Serves(int asked) => asked == factor || (isPrefixOfLarger && asked < factor);

    /// <summary>The first so many replicas of the token at a position; never more than there are.</summary>
    internal ReadOnlySpan<ushort> At(int position, int count) => new(members, position * width, Math.Min(count, width));
}
