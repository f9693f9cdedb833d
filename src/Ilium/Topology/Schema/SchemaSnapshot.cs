using System.Collections.Immutable;

namespace Ilium.Topology.Schema;

/// <summary>The schema as it was at one time. Immutable.</summary>
/// <param name="Version">The version the server that was asked had just before; null when it does not say.</param>
/// <param name="IsWhole">
/// True when all of it was read at once: then it is what <paramref name="Version"/> stands for, or newer. A part that was read after an event
/// says nothing about what other events would have told.
/// </param>
/// <param name="Keyspaces">By name.</param>
internal sealed record SchemaSnapshot(Guid? Version, bool IsWhole, ImmutableSortedDictionary<string, KeyspaceMetadata> Keyspaces)
{
    internal static SchemaSnapshot Nothing { get; } = new(null, true, ImmutableSortedDictionary.Create<string, KeyspaceMetadata>(StringComparer.Ordinal));

    /// <summary>This with one keyspace replaced; without it for null.</summary>
    internal SchemaSnapshot With(string keyspace, KeyspaceParts? parts)
    {
        if (parts is null)
        {
            return this with { Keyspaces = Keyspaces.Remove(keyspace) };
        }

        return Keyspaces.TryGetValue(keyspace, out var known) && ReferenceEquals(known.Parts, parts)
            ? this
            : this with { Keyspaces = Keyspaces.SetItem(keyspace, new KeyspaceMetadata(parts)) };
    }
}
