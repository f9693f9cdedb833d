using Ilium.Routing;

namespace Ilium;

/// <content>Where data is.</content>
public sealed partial class ClusterMetadata
{
    /// <summary>Set before anybody sees this.</summary>
    internal TokenMap Ring { get; set; } = TokenMap.Empty;

    /// <summary>
    /// The ranges of the ring, in order: each begins where the one before ends, and the first behind the last. Empty where the driver does not know
    /// <see cref="Partitioner"/>.
    /// </summary>
    public IReadOnlyList<TokenRange> TokenRanges => Ring.Ranges;

    /// <summary>The token of a partition key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="NotSupportedException">The driver does not know <see cref="Partitioner"/>.</exception>
    public Token GetToken(RoutingKey key) => Ring.Partitioner is { } partitioner
        ? partitioner.Hash(key.Bytes.Span)
        : throw new NotSupportedException($"The driver can't compute tokens of the partitioner '{Partitioner}'.");

    /// <summary>The token of the partition that a statement is about; null when it does not say a whole key.</summary>
    /// <param name="statement">The statement.</param>
    /// <exception cref="NotSupportedException">The driver does not know <see cref="Partitioner"/>.</exception>
    public Token? GetToken(BoundStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return statement.RoutingKey is { } key ? GetToken(key) : null;
    }

    /// <summary>
    /// The nodes that have the data of a token, in the order of the ring: those of the local data center first, then those of the others. Empty for a keyspace
    /// that is not known or whose replication the driver does not know.
    /// </summary>
    /// <param name="keyspace">The keyspace, without quotes, in its own case.</param>
    /// <param name="token">The token.</param>
    public IReadOnlyList<Node> GetReplicas(string keyspace, Token token)
    {
        ArgumentNullException.ThrowIfNull(keyspace);
        return Ring.ReplicasOf(keyspace, token, LocalDatacenter);
    }

    /// <summary>The nodes that have the data of a partition key, as <see cref="GetReplicas(string, Token)"/> gives them.</summary>
    /// <param name="keyspace">The keyspace, without quotes, in its own case.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="NotSupportedException">The driver does not know <see cref="Partitioner"/>.</exception>
    public IReadOnlyList<Node> GetReplicas(string keyspace, RoutingKey key) => GetReplicas(keyspace, GetToken(key));

    /// <summary>The nodes that have the data that a statement is about; empty when it does not say a whole key.</summary>
    /// <param name="statement">The statement.</param>
    /// <exception cref="NotSupportedException">The driver does not know <see cref="Partitioner"/>.</exception>
    public IReadOnlyList<Node> GetReplicas(BoundStatement statement) =>
        GetToken(statement) is { } token && statement.State.Keyspace is { } keyspace ? GetReplicas(keyspace, token) : [];

    /// <summary>
    /// Groups statements by a node that has their data: the first replica in the local data center that is up. For work that is split by node, such as large
    /// imports in unlogged batches.
    /// </summary>
    /// <param name="statements">The statements.</param>
    /// <returns>Under null those that don't say a whole key, or none of whose local replicas is up.</returns>
    /// <exception cref="NotSupportedException">The driver does not know <see cref="Partitioner"/>.</exception>
    public ILookup<Node?, BoundStatement> GroupByReplica(IEnumerable<BoundStatement> statements)
    {
        ArgumentNullException.ThrowIfNull(statements);
        return statements.ToLookup(statement => GetReplicas(statement).FirstOrDefault(node => node.Datacenter == LocalDatacenter && node.State == NodeState.Up));
    }

    /// <summary>The ranges that a node has the data of in a keyspace, in order.</summary>
    /// <param name="keyspace">The keyspace, without quotes, in its own case.</param>
    /// <param name="node">The node.</param>
    public IReadOnlyList<TokenRange> GetTokenRanges(string keyspace, Node node)
    {
        ArgumentNullException.ThrowIfNull(keyspace);
        ArgumentNullException.ThrowIfNull(node);
        return [.. Ring.Ranges.Where(range => Ring.ReplicasOf(keyspace, range.End, LocalDatacenter).Contains(node))];
    }
}
