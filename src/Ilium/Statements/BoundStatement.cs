using Ilium.Statements;

namespace Ilium;

/// <summary>A prepared statement with its values, encoded once. Immutable; may be executed any number of times, by several threads at once.</summary>
public sealed class BoundStatement : Statement
{
    internal BoundStatement(PreparedStatement prepared, PreparedState state, byte[] values, int count)
    {
        Prepared = prepared;
        State = state;
        Values = values;
        Count = count;
    }

    /// <summary>The statement the values were bound to.</summary>
    public PreparedStatement Prepared { get; }

    /// <summary>The partition key among the values; null when they don't say all of it.</summary>
    public RoutingKey? RoutingKey => Routing.PartitionKey.Extract(State.PartitionKey, Values) is { } key ? Ilium.RoutingKey.Of(key) : null;

    /// <summary>The state whose types the values were encoded for.</summary>
    internal PreparedState State { get; }

    /// <summary>[value]s, one after another.</summary>
    internal byte[] Values { get; }

    internal int Count { get; }

    internal override bool IsRead => Prepared.IsRead;

    /// <summary>The prepared text.</summary>
    public override string ToString() => Prepared.Cql;
}
