namespace Ilium.Routing;

/// <summary>Where a keyspace stands in a <see cref="RoutingTable"/>, as one number that threads may exchange.</summary>
/// <param name="Epoch">Which table; 0 for none.</param>
/// <param name="Place">The place; -1 for a keyspace that is not known there.</param>
internal readonly record struct KeyspacePlace(int Epoch, int Place)
{
    internal static KeyspacePlace FromInt64(long value) => new((int)(value >> 32), (int)value);

    internal long ToInt64() => ((long)Epoch << 32) | (uint)Place;
}
