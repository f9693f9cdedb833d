using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ilium.Routing;

/// <summary>
/// Who owns which tokens, and where each keyspace's data is, for one list of members. Immutable as seen from outside: replicas are
/// computed on first use, for each way to replicate once, however many keyspaces have it.
/// </summary>
/// <remarks>Threads: any.</remarks>
internal sealed class TokenMap
{
    // Members are numbered in 16 bits.
    private const int MaxMembers = ushort.MaxValue;

    internal static readonly TokenMap Empty = new(null, [], FrozenDictionary<string, Replication>.Empty, previous: null);

    private readonly Lock _gate = new();
    private readonly FrozenDictionary<string, Placement> _placements;
    private RingSection? _whole;
    private TokenRange[]? _ranges;

    private TokenMap(
        Partitioner? partitioner, ImmutableArray<RingMember> members, IReadOnlyDictionary<string, Replication> keyspaces, TokenMap? previous)
    {
        Partitioner = partitioner;
        Members = members;
        if (partitioner is null)
        {
            _placements = FrozenDictionary<string, Placement>.Empty;
            return;
        }

        var comparable = previous?.Partitioner == partitioner ? previous : null;
        Datacenters =
        [
            .. members.GroupBy(member => member.Datacenter, StringComparer.Ordinal).Select(group => new DatacenterRing(
                group.Key, RingSection.Build([.. group], partitioner, byRack: true, comparable?.FindDatacenter(group.Key)))),
        ];
        _whole = comparable?._whole is { } whole ? RingSection.Build(members, partitioner, byRack: false, whole) : null;
        var shared = keyspaces.Values.Distinct().ToDictionary(replication => replication, replication => new Placement(this, replication));
        _placements = keyspaces.ToFrozenDictionary(keyspace => keyspace.Key, keyspace => shared[keyspace.Value], StringComparer.Ordinal);
    }

    /// <summary>Makes tokens of keys; null where the driver does not know how, and every key is anywhere.</summary>
    internal Partitioner? Partitioner { get; }

    internal ImmutableArray<RingMember> Members { get; }

    internal ImmutableArray<DatacenterRing> Datacenters { get; } = [];

    /// <summary>The ring without regard to data centers and racks.</summary>
    internal RingSection Whole
    {
        get
        {
            if (Volatile.Read(ref _whole) is { } whole)
            {
                return whole;
            }

            lock (_gate)
            {
                return _whole ??= RingSection.Build(Members, Partitioner!, byRack: false, previous: null);
            }
        }
    }

    /// <summary>What the map takes in memory, with all replicas computed so far; node objects and the tokens' texts not counted.</summary>
    internal long Bytes => Datacenters.Sum(datacenter => datacenter.Ring.Bytes) + (Volatile.Read(ref _whole)?.Bytes ?? 0);

    /// <summary>From each token to the next.</summary>
    internal IReadOnlyList<TokenRange> Ranges
    {
        get
        {
            if (_ranges is { } known || Partitioner is null)
            {
                return _ranges ?? [];
            }

            var tokens = Whole.Tokens;
            known = new TokenRange[tokens.Count];
            for (var i = 0; i < known.Length; i++)
            {
                known[i] = new TokenRange(tokens[i == 0 ? known.Length - 1 : i - 1], tokens[i]);
            }

            return _ranges = known;
        }
    }

    /// <param name="partitioner">The class the server names.</param>
    /// <param name="members">All nodes of all data centers.</param>
    /// <param name="keyspaces">How each keyspace is replicated.</param>
    /// <param name="previous">The map before; what has not changed since is taken from it.</param>
    internal static TokenMap Build(
        string? partitioner, ImmutableArray<RingMember> members, IReadOnlyDictionary<string, Replication> keyspaces, TokenMap? previous = null) =>
        new(members.Length <= MaxMembers ? Partitioner.Find(partitioner) : null, members, keyspaces, previous);

    /// <summary>Where a keyspace's data is; null for a keyspace that is not known.</summary>
    internal Placement? Find(string keyspace) => _placements.GetValueOrDefault(keyspace);

    /// <summary>All replicas of a token that have all of its data: in the order of the ring, those of one data center before those of the others.</summary>
    internal IReadOnlyList<Node> ReplicasOf(string keyspace, in Token token, string first)
    {
        var members = new List<RingMember>();
        foreach (var part in Find(keyspace)?.Parts ?? [])
        {
            foreach (var index in part.Replicas(token))
            {
                members.Add(part.Ring.Members[index]);
            }
        }

        return [.. members.OrderBy(member => member.Datacenter == first ? 0 : 1).Select(static member => member.Node!)];
    }

    internal RingSection? FindDatacenter(string name)
    {
        foreach (var datacenter in Datacenters)
        {
            if (datacenter.Name == name)
            {
                return datacenter.Ring;
            }
        }

        return null;
    }
}
