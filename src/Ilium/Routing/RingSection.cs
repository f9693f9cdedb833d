using System.Collections.Immutable;

namespace Ilium.Routing;

/// <summary>
/// The ring as one data center sees it, or the whole of it: the sorted tokens of its members, whose each is, and for each way to
/// replicate that was asked for, the replicas of each token. Replicas of one data center depend on no other's tokens, so a section stays
/// as it is while only others change.
/// </summary>
/// <remarks>Threads: any. Replicas are computed by whoever asks first, in the meantime others wait; then they never change.</remarks>
internal sealed class RingSection
{
    private readonly Lock _gate = new();
    private readonly ushort[] _owners;
    private readonly ushort[] _racks;
    private readonly int _rackCount;
    private readonly int _owning;
    private volatile ReplicaLists[] _lists = [];

    private RingSection(ImmutableArray<RingMember> members, Partitioner partitioner, bool byRack)
    {
        Members = members;
        Nodes = [.. members.Select(static member => member.Node!)];
        var (tokens, owners) = Sort(members, partitioner);
        Tokens = partitioner.Index(tokens);
        _owners = owners;
        (_racks, _rackCount, _owning) = NumberRacks(members, owners, byRack);
    }

    internal ImmutableArray<RingMember> Members { get; }

    /// <summary>The nodes of the members, under the same numbers.</summary>
    internal Node[] Nodes { get; }

    internal TokenIndex Tokens { get; }

    /// <summary>How many members have tokens: those that can be replicas.</summary>
    internal int OwningMembers => _owning;

    /// <summary>What the section takes in memory, with all replicas computed so far.</summary>
    internal long Bytes => Tokens.Bytes + ((_owners.LongLength + _racks.LongLength) * sizeof(ushort)) + _lists.Sum(lists => lists.Bytes);

    /// <summary>The number of lists of replicas that are kept.</summary>
    internal int ListCount => _lists.Length;

    /// <param name="members">At most 65,535, which is more than gossip can carry.</param>
    /// <param name="partitioner">What their tokens are of; a token that is not one is left out.</param>
    /// <param name="byRack">Whether replicas are spread over racks.</param>
    /// <param name="previous">Taken as it is when it is of the same members.</param>
    internal static RingSection Build(ImmutableArray<RingMember> members, Partitioner partitioner, bool byRack, RingSection? previous)
    {
        if (previous is not null && previous.Members.SequenceEqual(members))
        {
            return previous;
        }

        var section = new RingSection(members, partitioner, byRack);
        foreach (var lists in previous?._lists ?? [])
        {
            // Somebody uses them: here and now, rather than when the next request waits for it.
            section.Lists(lists.Factor);
        }

        return section;
    }

    /// <summary>The owner of the token at a position.</summary>
    internal RingMember Owner(int position) => Members[_owners[position]];

    /// <summary>The replicas of every token for a factor.</summary>
    internal ReplicaLists Lists(int factor)
    {
        foreach (var lists in _lists)
        {
            if (lists.Serves(factor))
            {
                return lists;
            }
        }

        lock (_gate)
        {
            foreach (var lists in _lists)
            {
                if (lists.Serves(factor))
                {
                    return lists;
                }
            }

            var made = ReplicaListBuilder.Build(_owners, _racks, _rackCount, _owning, factor);
            // A shorter list that the new one begins with is not needed any more.
            _lists = [.. _lists.Where(lists => !made.Serves(lists.Factor)), made];
            return made;
        }
    }

    private static (Token[] Tokens, ushort[] Owners) Sort(ImmutableArray<RingMember> members, Partitioner partitioner)
    {
        var count = members.Sum(member => member.Tokens.Length);
        var tokens = new Token[count];
        var owners = new ushort[count];
        var filled = 0;
        for (var index = 0; index < members.Length; index++)
        {
            foreach (var text in members[index].Tokens)
            {
                if (partitioner.TryParse(text, out var token))
                {
                    tokens[filled] = token;
                    owners[filled++] = (ushort)index;
                }
            }
        }

        Array.Sort(tokens, owners, 0, filled);
        // Two nodes that claim one token, as while one replaces the other: the first keeps it, or a token could have two owners.
        var kept = 0;
        for (var i = 0; i < filled; i++)
        {
            if (kept == 0 || tokens[i] != tokens[kept - 1])
            {
                (tokens[kept], owners[kept]) = (tokens[i], owners[i]);
                kept++;
            }
        }

        Array.Resize(ref tokens, kept);
        Array.Resize(ref owners, kept);
        return (tokens, owners);
    }

    /// <summary>Gives the racks of members that have tokens numbers from 0; without racks each is in the same one.</summary>
    private static (ushort[] Racks, int Count, int Owning) NumberRacks(ImmutableArray<RingMember> members, ushort[] owners, bool byRack)
    {
        var racks = new ushort[members.Length];
        var owns = new bool[members.Length];
        foreach (var owner in owners)
        {
            owns[owner] = true;
        }

        var numbers = new Dictionary<string, ushort>(StringComparer.Ordinal);
        var owning = 0;
        for (var index = 0; index < members.Length; index++)
        {
            if (!owns[index])
            {
                continue;
            }

            owning++;
            var rack = byRack ? members[index].Rack : "";
            if (!numbers.TryGetValue(rack, out var number))
            {
                number = (ushort)numbers.Count;
                numbers.Add(rack, number);
            }

            racks[index] = number;
        }

        return (racks, numbers.Count, owning);
    }
}
