using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Ilium.Connection;
using Ilium.Topology;

namespace Ilium.Routing;

/// <summary>
/// The connections a request may use, one per node: those of the local data center in turn, then those of others. A struct over the
/// snapshot: making one and taking from it allocates nothing.
/// </summary>
/// <param name="snapshot">The nodes.</param>
/// <param name="turn">Goes up by one with each request.</param>
/// <param name="keyspace">The keyspace that connections must be in; null for none.</param>
internal struct ConnectionPlan(ClusterSnapshot snapshot, uint turn, string? keyspace)
{
    private int _tried;

    internal bool TryNext([MaybeNullWhen(false)] out CqlConnection connection)
    {
        var (targets, remotes) = (snapshot.Targets, snapshot.Remotes);
        while (_tried < targets.Length + remotes.Length)
        {
            var place = _tried++;
            var node = place < targets.Length ? InTurn(targets, place) : InTurn(remotes, place - targets.Length);
            connection = node.Pick(keyspace);
            if (connection is not null)
            {
                return true;
            }
        }

        connection = null;
        return false;
    }

    private readonly Node InTurn(ImmutableArray<Node> nodes, int place) =>
        nodes.Length == 1 ? nodes[0] : nodes[(int)((turn + (uint)place) % (uint)nodes.Length)];
}
