using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Ilium.Connection;
using Ilium.Topology;

namespace Ilium.Routing;

/// <summary>
/// The connections a request may use, one per node, in turn from a starting node. A struct over the snapshot: making one and taking from
/// it allocates nothing.
/// </summary>
internal struct ConnectionPlan(ImmutableArray<Node> nodes, int start, string? keyspace)
{
    private int _tried;

    internal bool TryNext([MaybeNullWhen(false)] out CqlConnection connection)
    {
        while (_tried < nodes.Length)
        {
            var index = start + _tried++;
            var node = nodes[index < nodes.Length ? index : index - nodes.Length];
            connection = node.Pick(keyspace);
            if (connection is not null)
            {
                return true;
            }
        }

        connection = null;
        return false;
    }
}
