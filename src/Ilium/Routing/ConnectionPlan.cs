using System.Diagnostics.CodeAnalysis;
using Ilium.Connection;

namespace Ilium.Routing;

/// <summary>
/// The connections a request may use, one per node, in the order of a <see cref="ReplicaPlan"/> or of the nodes that a user's policy named.
/// </summary>
/// <remarks>A value on the stack of one thread. Making one and taking from it allocates nothing.</remarks>
internal ref struct ConnectionPlan
{
    private readonly IReadOnlyList<Node>? _named;
    private readonly string? _keyspace;
    private readonly ref readonly Route _route;
    private ReplicaPlan _replicas;
    private int _tried;

    /// <param name="layout">The nodes.</param>
    /// <param name="placement">Where the keyspace's data is.</param>
    /// <param name="route">Which data.</param>
    /// <param name="seed">Makes the order.</param>
    /// <param name="keyspace">The keyspace that connections must be in; null for none.</param>
    internal ConnectionPlan(BalancingLayout layout, Placement? placement, in Route route, ulong seed, string? keyspace)
    {
        _replicas = new ReplicaPlan(layout, placement, route, seed);
        _route = ref route;
        _keyspace = keyspace;
    }

    /// <param name="nodes">The nodes.</param>
    /// <param name="route">Which data.</param>
    /// <param name="keyspace">The keyspace that connections must be in; null for none.</param>
    internal ConnectionPlan(IReadOnlyList<Node> nodes, in Route route, string? keyspace)
    {
        _named = nodes;
        _route = ref route;
        _keyspace = keyspace;
    }

    internal bool TryNext([MaybeNullWhen(false)] out CqlConnection connection)
    {
        while (TryNextNode(out var node))
        {
            connection = _route.PickFrom(node, _keyspace);
            if (connection is not null)
            {
                return true;
            }
        }

        connection = null;
        return false;
    }

    private bool TryNextNode([MaybeNullWhen(false)] out Node node)
    {
        if (_named is null)
        {
            return _replicas.TryNext(out node);
        }

        node = _tried < _named.Count ? _named[_tried++] : null;
        return node is not null;
    }
}
