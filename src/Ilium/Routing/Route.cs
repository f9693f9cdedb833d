namespace Ilium.Routing;

/// <summary>What is known about where a request belongs. Each attempt has its own; filled while the request is encoded.</summary>
internal struct Route
{
    /// <summary>Whose replication counts; null where nobody said.</summary>
    internal string? Keyspace { get; set; }

    /// <summary>Meaningless without <see cref="HasToken"/>.</summary>
    internal Token Token { get; set; }

    internal bool HasToken { get; set; }

    /// <summary>A conditional statement, or a serial read: replicas in the order of the ring, so that all clients meet at the same ones.</summary>
    internal bool IsConditional { get; set; }
}
