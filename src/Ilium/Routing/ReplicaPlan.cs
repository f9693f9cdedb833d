using System.Runtime.CompilerServices;

namespace Ilium.Routing;

/// <summary>
/// The nodes a request may go to, best first: replicas in the local rack, replicas in the local data center, the other nodes of the local rack,
/// of the data center, then remote ones. Replicas are shuffled, those that are busy or have just come up moved back, and of the first two the one
/// with fewer requests in flight comes first. For conditional statements nothing of that: they come in the order of the ring.
/// </summary>
/// <remarks>A value on the stack of one thread over immutable lists. Making one and taking from it allocates nothing.</remarks>
internal ref struct ReplicaPlan
{
    // A keyspace with more replicas in a data center than this has the others among the rest.
    private const int MostReplicas = 16;

    private static ReadOnlySpan<ushort> FirstNumbers => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private readonly BalancingLayout _layout;
    private readonly ulong _seed;
    private Node[] _nodes = [];
    private Numbers _first;
    private int _count;
    private int _given;
    private int _rest;

    /// <param name="layout">The nodes.</param>
    /// <param name="placement">Where the keyspace's data is; null where that is not known, or does not matter.</param>
    /// <param name="route">Which data.</param>
    /// <param name="seed">Makes the order; the same one makes the same order again, as far as the nodes are as busy as then. Consecutive ones go round.</param>
    internal ReplicaPlan(BalancingLayout layout, Placement? placement, scoped in Route route, ulong seed)
    {
        _layout = layout;
        _seed = seed;
        if (route.HasToken && layout.Rules.Datacenter is { } datacenter)
        {
            if (route.Tablet is { } tablet)
            {
                AddReplicas(FirstNumbers[..Math.Min(MostReplicas, tablet.Nodes.Length)], tablet.Nodes, datacenter, route.IsConditional);
            }
            else if (placement?.In(datacenter) is { } part)
            {
                // Without data centers of its own, a part has replicas wherever the ring goes.
                AddReplicas(part.Replicas(route.Token), part.Ring.Nodes, part.Datacenter is null ? datacenter : null, route.IsConditional);
            }
        }

        if (_count == 0)
        {
            AddNextTwo(layout.Near.Length > 0 ? layout.Near : layout.Locals);
        }
    }

    internal bool TryNext([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out Node node)
    {
        if (_given < _count)
        {
            node = _nodes[_first[_given++]];
            return true;
        }

        while (_rest < _layout.Count)
        {
            node = Rest(_rest++);
            if (!WasGiven(node))
            {
                return true;
            }
        }

        node = null;
        return false;
    }

    /// <summary>Puts nodes that are as good as each other in the order in which to try them.</summary>
    private static void Order(Span<ushort> numbers, Node[] nodes, ulong seed)
    {
        if (numbers.Length < 2)
        {
            return;
        }

        var (one, other) = FirstTwo(seed, numbers.Length);
        (numbers[0], numbers[one]) = (numbers[one], numbers[0]);
        (numbers[1], numbers[other]) = (numbers[other], numbers[1]);
        var random = Mix(~seed);
        for (var i = 2; i < numbers.Length - 1; i++)
        {
            other = i + Below(numbers.Length - i, (uint)random);
            (numbers[i], numbers[other]) = (numbers[other], numbers[i]);
            random = Mix(random);
        }

        var busy = 0;
        foreach (var number in numbers)
        {
            busy += nodes[number].Health.IsBusy ? 1 : 0;
        }

        // When most are, it is not them; and a node that has just come up is spared three times of four.
        var (sparesBusy, sparesNew) = (busy <= numbers.Length / 2, (random >> 62) != 0);
        Sort(numbers, nodes, sparesBusy, sparesNew);
        var (first, second) = (nodes[numbers[0]], nodes[numbers[1]]);
        if (Rank(first, sparesBusy, sparesNew) == Rank(second, sparesBusy, sparesNew) && second.InFlight < first.InFlight)
        {
            (numbers[0], numbers[1]) = (numbers[1], numbers[0]);
        }
    }

    /// <summary>Where a shuffle takes the first two of at least two nodes from: one, and then another of the others with the first in the place of the one taken.</summary>
    internal static (int One, int Other) FirstTwo(ulong seed, int count)
    {
        var random = Mix(seed);
        return (Below(count, (uint)random), 1 + Below(count - 1, (uint)(random >> 32)));
    }

    /// <summary>The upper bits of a product make a number below another of 32 random bits.</summary>
    private static int Below(int bound, uint random) => (int)(((ulong)random * (uint)bound) >> 32);

    private static ulong Mix(ulong value)
    {
        // The finalizer of SplitMix64: neighbouring seeds give unrelated numbers.
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }

    private static void Sort(Span<ushort> numbers, Node[] nodes, bool sparesBusy, bool sparesNew)
    {
        for (var i = 1; i < numbers.Length; i++)
        {
            var number = numbers[i];
            var rank = Rank(nodes[number], sparesBusy, sparesNew);
            var place = i;
            for (; place > 0 && Rank(nodes[numbers[place - 1]], sparesBusy, sparesNew) > rank; place--)
            {
                numbers[place] = numbers[place - 1];
            }

            numbers[place] = number;
        }
    }

    private static int Rank(Node node, bool sparesBusy, bool sparesNew)
    {
        var health = node.Health;
        return sparesBusy && health.IsBusy ? 2 : sparesNew && health.IsNew ? 1 : 0;
    }

    /// <param name="replicas">The numbers of the replicas.</param>
    /// <param name="nodes">The nodes with these numbers.</param>
    /// <param name="datacenter">Where they must be; null where all are.</param>
    /// <param name="isConditional">True where the order is to stay.</param>
    private void AddReplicas(scoped ReadOnlySpan<ushort> replicas, Node[] nodes, string? datacenter, bool isConditional)
    {
        _nodes = nodes;
        var rack = isConditional ? null : _layout.Rules.Rack;
        if (rack is not null)
        {
            foreach (var number in replicas)
            {
                if (nodes[number].Rack == rack)
                {
                    Add(number, datacenter);
                }
            }

            Order(((Span<ushort>)_first)[.._count], nodes, _seed);
        }

        var near = _count;
        foreach (var number in replicas)
        {
            if (rack is null || nodes[number].Rack != rack)
            {
                Add(number, datacenter);
            }
        }

        if (!isConditional)
        {
            Order(((Span<ushort>)_first)[near.._count], nodes, _seed);
        }
    }

    private void Add(ushort number, string? datacenter)
    {
        var node = _nodes[number];
        if (_count < MostReplicas && (datacenter is null || node.Datacenter == datacenter) && _layout.Serves(node))
        {
            _first[_count++] = number;
        }
    }

    /// <summary>Of two neighbours the better one first: requests go round, and around whoever is busy.</summary>
    private void AddNextTwo(Node[] nodes)
    {
        // Numbers have 16 bits; nobody has so many nodes in one data center.
        if (nodes.Length is < 2 or > ushort.MaxValue)
        {
            return;
        }

        _nodes = nodes;
        var (one, other) = ((ushort)PlaceInTurn(nodes, 0), (ushort)PlaceInTurn(nodes, 1));
        var sparesNew = (Mix(_seed) & 3) != 0;
        var (rank, otherRank) = (Rank(nodes[one], sparesBusy: true, sparesNew), Rank(nodes[other], sparesBusy: true, sparesNew));
        var changes = otherRank < rank || (otherRank == rank && nodes[other].InFlight < nodes[one].InFlight);
        (_first[0], _first[1]) = changes ? (other, one) : (one, other);
        _count = 2;
    }

    private readonly bool WasGiven(Node node)
    {
        for (var i = 0; i < _count; i++)
        {
            if (ReferenceEquals(_nodes[_first[i]], node))
            {
                return true;
            }
        }

        return false;
    }

    private readonly Node Rest(int place)
    {
        if (place < _layout.Near.Length)
        {
            return InTurn(_layout.Near, place);
        }

        place -= _layout.Near.Length;
        return place < _layout.Locals.Length ? InTurn(_layout.Locals, place) : InTurn(_layout.Remotes, place - _layout.Locals.Length);
    }

    private readonly Node InTurn(Node[] nodes, int place) => nodes.Length == 1 ? nodes[0] : nodes[PlaceInTurn(nodes, place)];

    private readonly int PlaceInTurn(Node[] nodes, int place) => (int)((_seed + (uint)place) % (uint)nodes.Length);

    [InlineArray(MostReplicas)]
    private struct Numbers
    {
        private ushort _number;
    }
}
