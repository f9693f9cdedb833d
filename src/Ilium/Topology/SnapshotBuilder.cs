using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Ilium.Errors;
using Ilium.Pool;

namespace Ilium.Topology;

/// <summary>
/// Makes a snapshot of what was read, out of the nodes of the one before: a node stays the same object as long as its host id is a member.
/// </summary>
/// <remarks>Threads: one at a time. It alone changes nodes' descriptions.</remarks>
internal sealed class SnapshotBuilder(ClusterOptions options, ContactSource contacts, ConnectionOpener opener, PoolEvents pools, TopologyEvents events)
{
    /// <summary>The protocol version of all connections; set before the first snapshot is made.</summary>
    internal ProtocolVersion Version { get; set; }

    private const int MostNodesInMessage = 20;

    // Each client uses other nodes of a remote data center, and stays with them.
    private readonly int _mark = Random.Shared.Next();

    /// <exception cref="InvalidOptionsException">No node is in the local data center, and there is no snapshot yet.</exception>
    internal TopologyUpdate Build(
        ClusterSnapshot? previous, LocalNode local, IReadOnlyList<NodeInfo> peers, FrozenDictionary<string, ReplicationSetting> replication)
    {
        var rows = Distinct(previous, peers.Prepend(local.Node));
        var datacenter = previous?.LocalDatacenter ?? options.LocalDatacenter ?? Told(rows) ?? local.Node.Datacenter;
        if (previous is null && rows.TrueForAll(row => row.Datacenter != datacenter))
        {
            var known = string.Join(", ", rows.Select(row => row.Datacenter).Distinct());
            throw new InvalidOptionsException([$"LocalDatacenter is '{datacenter}', but the cluster has {known}: spell it as the cluster does."]);
        }

        var former = previous?.Nodes.ToDictionary(node => node.HostId) ?? [];
        var nodes = ImmutableArray.CreateBuilder<Node>(rows.Count);
        var changes = new List<(Node, NodeChange)>();
        foreach (var row in rows)
        {
            if (!former.Remove(row.HostId, out var node))
            {
                node = new Node(row, CreatePool);
                changes.Add((node, NodeChange.Added));
            }
            else if (node.Update(Reconcile(node, row, isLocal: ReferenceEquals(row, local.Node))))
            {
                changes.Add((node, NodeChange.Moved));
            }

            nodes.Add(node);
        }

        changes.AddRange(former.Values.Select(static gone => (gone, NodeChange.Removed)));
        var all = nodes.ToImmutable();
        var balancing = new LoadBalancingContext(all, datacenter, options.LocalRack, options.NodesPerRemoteDatacenter, _mark);
        SetDistances(balancing);
        if (previous is null && all.All(static node => node.Distance == NodeDistance.Ignored))
        {
            var known = string.Join(", ", all.Take(MostNodesInMessage).Select(static node => $"{EndPointText.Format(node.EndPoint)} ({node.Datacenter}, {node.Rack})"));
            throw new LoadBalancingPolicyException(
                options.LoadBalancingPolicy, $"leaves out every node of the cluster, which has {known}{(all.Length > MostNodesInMessage ? " and others" : "")}");
        }

        return new TopologyUpdate(new ClusterSnapshot(local.ClusterName, datacenter, local.Partitioner, all, balancing, replication) { IsDse = local.IsDse }, changes);
    }

    /// <summary>The same nodes with other keyspaces.</summary>
    internal static ClusterSnapshot WithReplication(ClusterSnapshot previous, FrozenDictionary<string, ReplicationSetting> replication) =>
        new(previous.Name, previous.LocalDatacenter, previous.Partitioner, previous.Nodes, previous.Balancing, replication) { IsDse = previous.IsDse };

    /// <summary>As near as the nearest of the policies says. Nothing is changed when one of them fails.</summary>
    private void SetDistances(LoadBalancingContext context)
    {
        var distances = new NodeDistance[context.Nodes.Count];
        Array.Fill(distances, NodeDistance.Ignored);
        foreach (var policy in options.LoadBalancingPolicies())
        {
            try
            {
                for (var i = 0; i < distances.Length; i++)
                {
                    var distance = policy.GetDistance(context.Nodes[i], context);
                    distances[i] = distance < distances[i] ? distance : distances[i];
                }
            }
            catch (Exception e)
            {
                throw new LoadBalancingPolicyException(policy, $"failed with {e.GetType().Name} when it was asked for the distance of a node", e);
            }
        }

        for (var i = 0; i < distances.Length; i++)
        {
            context.Nodes[i].SetDistance(distances[i]);
        }
    }

    /// <summary>The data center that the contacts are in, as they say, unless the cluster has no such.</summary>
    private string? Told(List<NodeInfo> rows) => contacts.LocalDatacenter is { } told && rows.Exists(row => row.Datacenter == told) ? told : null;

    private NodePool CreatePool(Node node, EndPoint target, string? keyspace) =>
        new(target, Version, keyspace, opener, new NodePoolEvents(node, pools, events));

    /// <summary>
    /// One row for each host id and each address. While a node is replaced at its address, both may be listed: the one that is known stays
    /// until it is gone, so that two tables that disagree don't make them take turns.
    /// </summary>
    private List<NodeInfo> Distinct(ClusterSnapshot? previous, IEnumerable<NodeInfo> all)
    {
        var rows = new List<NodeInfo>();
        foreach (var row in all)
        {
            if (rows.Exists(other => other.HostId == row.HostId))
            {
                continue;
            }

            // The first row is of the server that was asked, and beyond doubt.
            var rival = rows.FindIndex(other => other.EndPoint.Equals(row.EndPoint));
            if (rival < 0)
            {
                rows.Add(row);
                continue;
            }

            var replaces = rival > 0 && previous?.Metadata.FindNode(row.HostId) is not null && previous.Metadata.FindNode(rows[rival].HostId) is null;
            var ignored = replaces ? rows[rival] : row;
            rows[rival] = replaces ? row : rows[rival];
            pools.PeerIgnored($"The nodes {rows[rival].HostId} and {ignored.HostId} have one address, {EndPointText.Format(row.EndPoint)}; the second is left out.");
        }

        return rows;
    }

    /// <summary>
    /// Which address to keep: a node reached by a contact point's address stays there although its peers list another, as long as the
    /// cluster's own address for it is the same.
    /// </summary>
    private NodeInfo Reconcile(Node node, NodeInfo row, bool isLocal)
    {
        var known = node.Info;
        if (known.Tokens.SequenceEqual(row.Tokens))
        {
            // Who builds on tokens sees by the instance that there is nothing to do.
            row = row with { Tokens = known.Tokens };
        }

        if (row.EndPoint is SniEndPoint)
        {
            // Reached by its host id, through the proxy that is the one now.
            return row.EndPoint.Equals(known.EndPoint) ? row with { EndPoint = known.EndPoint } : row;
        }

        var sameNode = row.Reported is not null && row.Reported.Equals(known.Reported);
        var keeps = sameNode && (isLocal ? node.OpenConnections > 0 : options.AddressTranslator is null);
        return keeps ? row with { EndPoint = known.EndPoint } : row;
    }
}

/// <summary>A new snapshot and what is new about it.</summary>
internal sealed record TopologyUpdate(ClusterSnapshot Snapshot, IReadOnlyList<(Node Node, NodeChange Change)> Changes);
