using System.Net;
using Ilium.Connection;
using Ilium.Protocol;
using Ilium.Routing;
using Ilium.Statements;

namespace Ilium.Execution;

/// <summary>Says where requests go: finds their tokens while they are encoded, asks their policies, and makes their plans.</summary>
/// <remarks>Threads: any. With one of the driver's own policies nothing here allocates.</remarks>
internal sealed class RequestRouter(ClusterRuntime cluster)
{
    private int _turn;

    /// <summary>By the encoder, before anything of an attempt is encoded.</summary>
    internal void Begin(Attempt attempt)
    {
        ref var route = ref attempt.Route;
        if (cluster.Routing is not { } table || !Matters(table))
        {
            (route.HasToken, route.IsConditional) = (false, false);
            return;
        }

        route = default;
        var request = attempt.Request;
        route.IsConditional = attempt.Consistency is ConsistencyLevel.Serial or ConsistencyLevel.LocalSerial;
        if (request.Settings.Routing is { Node: null } said && (said.RoutingToken is not null || said.RoutingKey is not null) && table.Ring.Partitioner is { } partitioner)
        {
            route.Keyspace = said.RoutingKeyspace ?? request.Statement.Keyspace ?? request.Session.Keyspace;
            route.Token = said.RoutingToken ?? partitioner.Hash(said.RoutingKey!.Value.Bytes.Span);
            route.HasToken = true;
        }
    }

    /// <summary>By the encoder, for each prepared statement of a request, in order: the first that has a whole key says where the request goes.</summary>
    internal void Add(Attempt attempt, PreparedStatement statement, PreparedState state, ReadOnlySpan<byte> values)
    {
        if (cluster.Routing is not { } table || !Matters(table))
        {
            return;
        }

        ref var route = ref attempt.Route;
        route.IsConditional |= statement.IsConditional || state.IsMarkedConditional;
        if (!route.HasToken)
        {
            if (table.Ring.Partitioner is { } partitioner && PartitionKey.TryHash(partitioner, state.PartitionKey, values, out var token))
            {
                route.Token = token;
                route.HasToken = true;
                route.Near = NearOf(state, table);
                route.Keyspace = route.Near?.Keyspace ?? state.Keyspace;
                route.Tablet = cluster.Tablets.Find(state.Variables.Columns[0])?.Find(token);
            }
        }
        else
        {
            // The token was given with the call; the table is known better here.
            route.Near = null;
            route.Keyspace = attempt.Request.Settings.Routing is { RoutingKeyspace: null } ? state.Keyspace ?? route.Keyspace : route.Keyspace;
        }
    }

    /// <summary>By the encoder, for text that says no key.</summary>
    internal void Add(Attempt attempt, string cql)
    {
        ref var route = ref attempt.Route;
        route.IsConditional |= route.HasToken && ConditionalStatement.Is(cql);
    }

    /// <summary>Before a request is sent for the first time: what its plan is made from.</summary>
    /// <exception cref="LoadBalancingPolicyException">A policy of the application's own failed.</exception>
    internal void Plan(Attempt attempt)
    {
        var request = attempt.Request;
        if (request.IsPlanned)
        {
            return;
        }

        var table = cluster.Routing!;
        if (OnlyNodeFor(request, table) is not null)
        {
            return;
        }

        if (request.Settings.Routing?.Node is { } said)
        {
            request.SetPlan(seed: 0, [said]);
            return;
        }

        var policy = request.Settings.LoadBalancing;
        var layout = table.LayoutFor(policy);
        // Requests with tokens take replicas as they fall, which costs no memory shared by threads; the others go round.
        var seed = !table.HasChoice ? 0
            : attempt.Route.HasToken && layout is not { Rules.Datacenter: null } ? request.NextSeed()
            : (uint)Interlocked.Increment(ref _turn);
        if (request.Settings.Routing?.PreferredNode is { } preferred)
        {
            request.SetPlan(seed, After(preferred, layout is null ? Ask(policy, table, attempt, seed) : PlanOf(layout, table, attempt, seed)));
            return;
        }

        request.SetPlan(seed, layout is null ? Ask(policy, table, attempt, seed) : null);
    }

    /// <summary>The connection that a request's plan would begin with; null where that can't be said without making the plan, or the node has none open.</summary>
    internal CqlConnection? PickFirst(Attempt attempt)
    {
        var request = attempt.Request;
        var table = cluster.Routing!;
        if (request.NamedNodes is not null || !ReferenceEquals(request.Settings.LoadBalancing, table.Usual))
        {
            return null;
        }

        ref var route = ref attempt.Route;
        var node = table.Only;
        if (node is null && route is { HasToken: true, Tablet: null, Near: { } near } && near.Table == table)
        {
            node = near.First(route.Token, route.IsConditional, request.Seed);
        }

        return node is null ? null : route.PickFrom(node, PoolKeyspaceOf(request));
    }

    internal ConnectionPlan NewPlan(Attempt attempt)
    {
        var request = attempt.Request;
        var keyspace = PoolKeyspaceOf(request);
        if (request.NamedNodes is { } named)
        {
            return new ConnectionPlan(named, attempt.Route, keyspace);
        }

        var table = cluster.Routing!;
        return new ConnectionPlan(table.LayoutFor(request.Settings.LoadBalancing)!, PlacementOf(attempt, table), attempt.Route, request.Seed, keyspace);
    }

    /// <summary>Throws when no connection is open and none is being opened: waiting would be for nothing.</summary>
    /// <param name="request">What waits.</param>
    /// <param name="asked">False the first time: a keyspace that was not there when last looked for is looked for again.</param>
    internal void ThrowIfNoNode(ClientRequest request, bool asked)
    {
        var keyspace = PoolKeyspaceOf(request);
        var errors = new Dictionary<EndPoint, Exception>();
        var nodes = CandidatesOf(request);
        var mayCome = false;
        foreach (var node in nodes)
        {
            var pool = node.Pools.For(keyspace);
            if (pool.Pick() is not null)
            {
                return;
            }

            var failure = pool.LastFailure;
            if (failure is null || (failure is InvalidQueryException && (!asked || pool.IsOpening)))
            {
                // Not tried yet, being tried for the first time since it was lost, or worth another try: at each node, so that none is left out when it works.
                _ = pool.GetAsync();
                mayCome = true;
            }
            else
            {
                errors[pool.Target] = failure;
            }
        }

        if (mayCome)
        {
            return;
        }

        if (errors.Values.OfType<ServerException>().FirstOrDefault() is { } refused && errors.Count == nodes.Count)
        {
            // The node is there and says no: wrong credentials, no such keyspace.
            throw refused;
        }

        throw new NoNodeAvailableException(errors);
    }

    /// <summary>Where the data is that a request is about; null where that is not known.</summary>
    private static Placement? PlacementOf(Attempt attempt, RoutingTable table)
    {
        ref var route = ref attempt.Route;
        return !route.HasToken ? null
            : route.Near is { } near && near.Table == table ? near.Placement
            : route.Keyspace is { } keyspace ? table.Ring.Find(keyspace) : null;
    }

    /// <summary>A node and then the others. On its own: what it captures would be allocated for every request.</summary>
    private static Node[] After(Node first, IEnumerable<Node> rest) => [first, .. rest.Where(node => node != first)];

    /// <summary>The nodes that one of the driver's own policies names, in order.</summary>
    private static List<Node> PlanOf(BalancingLayout layout, RoutingTable table, Attempt attempt, ulong seed)
    {
        var nodes = new List<Node>();
        var plan = new ReplicaPlan(layout, PlacementOf(attempt, table), attempt.Route, seed);
        while (plan.TryNext(out var node))
        {
            nodes.Add(node);
        }

        return nodes;
    }

    private static NearReplicas? NearOf(PreparedState state, RoutingTable table)
    {
        var known = state.Place;
        if (known.Epoch != table.Epoch)
        {
            known = new KeyspacePlace(table.Epoch, state.Keyspace is { } keyspace ? table.PlaceOf(keyspace) : -1);
            state.Place = known;
        }

        return known.Place < 0 ? null : table.Near(known.Place);
    }

    private string? PoolKeyspaceOf(ClientRequest request) => cluster.Version >= ProtocolVersion.V5
        ? null
        : request.Statement is BoundStatement bound ? bound.Prepared.Keyspace : request.Statement.Keyspace ?? request.Session.Keyspace;

    /// <summary>False where it makes no difference which data a request is about.</summary>
    private bool Matters(RoutingTable table) => table.HasChoice || cluster.HasShards;

    private static Node? OnlyNodeFor(ClientRequest request, RoutingTable table)
    {
        ref readonly var settings = ref request.Settings;
        return ReferenceEquals(settings.LoadBalancing, table.Usual) && settings.Routing is null ? table.Only : null;
    }

    /// <summary>The nodes that a request may go to and that are connected to, or are to be. A node that was named may have left since.</summary>
    private List<Node> CandidatesOf(ClientRequest request)
    {
        var table = cluster.Routing!;
        var nodes = request.NamedNodes?.Where(node => table.Snapshot.Nodes.Contains(node)) ?? table.LayoutFor(request.Settings.LoadBalancing)!.All;
        return [.. nodes.Where(static node => node.Distance != NodeDistance.Ignored)];
    }

    private static Node[] Ask(LoadBalancingPolicy policy, RoutingTable table, Attempt attempt, ulong seed)
    {
        var request = attempt.Request;
        var context = new QueryPlanContext(table, attempt.Route, request.Statement, attempt.Consistency, request.IsIdempotent, seed);
        Node[] nodes;
        try
        {
            // Not as many as it likes: an order that goes round for ever names everybody soon enough.
            nodes = [.. policy.CreateQueryPlan(context).Take(2 * table.Snapshot.Nodes.Length).Where(static node => node is not null).Distinct()];
        }
        catch (Exception e)
        {
            throw new LoadBalancingPolicyException(policy, $"failed with {e.GetType().Name} when it was asked for a plan", e);
        }

        return nodes.Length > 0 ? nodes : throw new LoadBalancingPolicyException(policy, $"named no node for the request, of the {table.Snapshot.Used.Length} that are used");
    }
}
