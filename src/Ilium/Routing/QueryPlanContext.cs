using Ilium.Routing;

namespace Ilium;

/// <summary>A request as a <see cref="LoadBalancingPolicy"/> is shown it before it is sent. Immutable; the nodes live. Not to be kept.</summary>
public sealed class QueryPlanContext
{
    private readonly RoutingTable _table;
    private readonly Route _route;
    private readonly ulong _seed;

    internal QueryPlanContext(RoutingTable table, in Route route, Statement statement, ConsistencyLevel consistency, bool isIdempotent, ulong seed)
    {
        _table = table;
        _route = route;
        _seed = seed;
        Statement = statement;
        Consistency = consistency;
        IsIdempotent = isIdempotent;
    }

    /// <summary>What is run.</summary>
    public Statement Statement { get; }

    /// <summary>How many replicas must answer.</summary>
    public ConsistencyLevel Consistency { get; }

    /// <summary>True when doing it twice is the same as once.</summary>
    public bool IsIdempotent { get; }

    /// <summary>
    /// True for conditional statements (<c>IF</c>) and serial reads: they are fastest when all clients send them to the same replica.
    /// </summary>
    public bool IsConditional => _route.IsConditional;

    /// <summary>The keyspace of the table; null where it is not known.</summary>
    public string? Keyspace => _route.Keyspace;

    /// <summary>The token of the partition; null where it is not known.</summary>
    public Token? Token => _route.HasToken ? _route.Token : null;

    /// <summary>
    /// The replicas of the partition in the order of the ring: those of the local data center first, then those of the others. Empty where the token or the
    /// keyspace is not known.
    /// </summary>
    public IReadOnlyList<Node> Replicas => field ??= _route.Tablet is { } tablet ? tablet.Nodes
        : Keyspace is { } keyspace && _route.HasToken
        ? _table.Ring.ReplicasOf(keyspace, _route.Token, Cluster.LocalDatacenter)
        : [];

    /// <summary>The nodes that are connected to: every node that a plan may name with effect.</summary>
    public IReadOnlyList<Node> Nodes => _table.Snapshot.Used;

    /// <summary>The cluster.</summary>
    public LoadBalancingContext Cluster => _table.Snapshot.Balancing;

    /// <summary>The order of one of the driver's own policies.</summary>
    internal IReadOnlyList<Node> PlanOf(LoadBalancingPolicy policy)
    {
        var nodes = new List<Node>();
        var plan = new ReplicaPlan(_table.LayoutFor(policy)!, Keyspace is { } keyspace ? _table.Ring.Find(keyspace) : null, _route, _seed);
        while (plan.TryNext(out var node))
        {
            nodes.Add(node);
        }

        return nodes;
    }
}
