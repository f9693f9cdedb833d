namespace Ilium.Routing;

/// <summary>
/// Computes replicas as <c>NetworkTopologyStrategy</c> does in one data center: walking on from the token, the first node of each rack is
/// taken, and of those whose rack was met already as many as there are more replicas than racks. With a single rack that is what
/// <c>SimpleStrategy</c> does.
/// </summary>
/// <remarks>
/// Not by walking, which takes long where a rack has few tokens, but backwards over the ring with nodes and racks in lists that have the
/// ones met last in front: the front of the list is what a walk from here would meet first. Each token costs a few moves, and as many looks
/// as it has replicas.
/// </remarks>
internal ref struct ReplicaListBuilder
{
    private const int None = -1;

    private readonly ReadOnlySpan<ushort> _owners;
    private readonly ReadOnlySpan<ushort> _racks;
    private readonly int _width;
    private readonly int _repeats;

    // Where on the walk a member is met next; smaller is nearer.
    private readonly int[] _met;

    // Members of a rack, and racks, the nearest first.
    private readonly int[] _nextMember;
    private readonly int[] _previousMember;
    private readonly int[] _firstMember;
    private readonly int[] _nextRack;
    private readonly int[] _previousRack;
    private int _firstRack = None;

    // For each rack, the next of its members that is not the first of it.
    private readonly int[] _cursors;

    private ReplicaListBuilder(ReadOnlySpan<ushort> owners, ReadOnlySpan<ushort> racks, int rackCount, int width)
    {
        _owners = owners;
        _racks = racks;
        _width = width;
        _repeats = Math.Max(0, width - rackCount);
        _met = new int[racks.Length];
        _nextMember = Unlinked(racks.Length);
        _previousMember = Unlinked(racks.Length);
        _firstMember = Unlinked(rackCount);
        _nextRack = Unlinked(rackCount);
        _previousRack = Unlinked(rackCount);
        _cursors = new int[rackCount];
        Array.Fill(_met, int.MaxValue);
    }

    /// <param name="owners">For each token, in order, the number of its member.</param>
    /// <param name="racks">For each member, the number of its rack.</param>
    /// <param name="rackCount">The number of racks.</param>
    /// <param name="owning">The number of members that have tokens.</param>
    /// <param name="factor">The number of replicas wanted.</param>
    internal static ReplicaLists Build(ReadOnlySpan<ushort> owners, ReadOnlySpan<ushort> racks, int rackCount, int owning, int factor)
    {
        var width = Math.Min(factor, owning);
        var members = new ushort[owners.Length * width];
        var builder = new ReplicaListBuilder(owners, racks, rackCount, width);
        // Once around to meet everybody, once more to write down what is met from each token.
        for (var step = (2 * owners.Length) - 1; step >= 0; step--)
        {
            var position = step % owners.Length;
            builder.Meet(owners[position], step);
            if (step < owners.Length)
            {
                builder.Collect(members.AsSpan(position * width, width));
            }
        }

        return new ReplicaLists(factor, width, isPrefixOfLarger: rackCount == 1 || factor <= rackCount, members);
    }

    private static int[] Unlinked(int length)
    {
        var links = new int[length];
        Array.Fill(links, None);
        return links;
    }

    private void Meet(int member, int step)
    {
        var rack = _racks[member];
        MoveToFront(member, ref _firstMember[rack], _nextMember, _previousMember, isLinked: _met[member] != int.MaxValue);
        var rackIsLinked = _firstRack == rack || _previousRack[rack] != None;
        MoveToFront(rack, ref _firstRack, _nextRack, _previousRack, rackIsLinked);
        _met[member] = step;
    }

    private static void MoveToFront(int item, ref int first, int[] next, int[] previous, bool isLinked)
    {
        if (first == item)
        {
            return;
        }

        if (isLinked)
        {
            next[previous[item]] = next[item];
            if (next[item] != None)
            {
                previous[next[item]] = previous[item];
            }
        }

        previous[item] = None;
        next[item] = first;
        if (first != None)
        {
            previous[first] = item;
        }

        first = item;
    }

    private readonly void Collect(Span<ushort> replicas)
    {
        var heads = 0;
        for (var rack = _firstRack; rack != None && heads < replicas.Length - _repeats; rack = _nextRack[rack])
        {
            replicas[heads++] = (ushort)_firstMember[rack];
            _cursors[rack] = _nextMember[_firstMember[rack]];
        }

        // Only where every rack has given one.
        for (var count = heads; count < replicas.Length; count++)
        {
            var nearest = None;
            for (var rack = 0; rack < _cursors.Length; rack++)
            {
                if (_cursors[rack] != None && (nearest == None || _met[_cursors[rack]] < _met[_cursors[nearest]]))
                {
                    nearest = rack;
                }
            }

            Insert(replicas[..(count + 1)], _cursors[nearest]);
            _cursors[nearest] = _nextMember[_cursors[nearest]];
        }
    }

    /// <summary>Puts a member where the walk meets it.</summary>
    private readonly void Insert(Span<ushort> replicas, int member)
    {
        var place = replicas.Length - 1;
        for (; place > 0 && _met[replicas[place - 1]] > _met[member]; place--)
        {
            replicas[place] = replicas[place - 1];
        }

        replicas[place] = (ushort)member;
    }
}
