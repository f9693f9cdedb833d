using Ilium.Connection;

namespace Ilium.Routing;

/// <summary>What is known about where a request belongs. Each attempt has its own; filled while the request is encoded.</summary>
internal struct Route
{
    /// <summary>Whose replication counts; null where nobody said.</summary>
    internal string? Keyspace { get; set; }

    /// <summary>Where the data of <see cref="Keyspace"/> is near, as far as it is known without looking it up.</summary>
    internal NearReplicas? Near { get; set; }

    /// <summary>Meaningless without <see cref="HasToken"/>.</summary>
    internal Token Token { get; set; }

    internal bool HasToken { get; set; }

    /// <summary>The part of the table that has the token, where tables are in tablets and this one is known.</summary>
    internal Tablet? Tablet { get; set; }

    /// <summary>A conditional statement, or a serial read: replicas in the order of the ring, so that all clients meet at the same ones.</summary>
    internal bool IsConditional { get; set; }

    /// <summary>The connection of a node that is best for it; null when none is open.</summary>
    internal readonly CqlConnection? PickFrom(Node node, string? keyspace) =>
        HasToken ? node.Pick(keyspace, Token, Tablet?.ShardOf(node) ?? -1) : node.Pick(keyspace);
}
