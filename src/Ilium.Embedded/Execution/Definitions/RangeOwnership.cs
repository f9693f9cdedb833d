using System.Globalization;
using System.Net;
using Ilium.Embedded.SystemTables;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>Which nodes have the rows of each range of tokens, as DESCRIBE CLUSTER says it for the connection's keyspace.</summary>
internal static class RangeOwnership
{
    /// <summary>A map of tokens to addresses; null where the connection has no keyspace of the users'.</summary>
    internal static byte[]? Of(RequestContext context)
    {
        if (context.Client.Keyspace is not { } name || context.Engine.Database.Schema.Find(name) is not { IsSystem: false } keyspace)
        {
            return null;
        }

        var ring = context.Engine.Database.Nodes
            .SelectMany((node, index) => node.Server.Engine.Info.Tokens.Select(token => (Token: token, Node: node.Server.Engine.Info, Index: index)))
            .OrderBy(place => place.Token)
            .ToList();
        var entries = new List<KeyValuePair<byte[], byte[]>>();
        for (var i = 0; i < ring.Count; i++)
        {
            // So many of each data center, those nearest behind the token.
            var left = Keyspaces.Factors(keyspace).ToDictionary(factor => factor.Name, factor => factor.Factor, StringComparer.Ordinal);
            var replicas = ring.Skip(i).Concat(ring.Take(i)).DistinctBy(place => place.Index).Where(place =>
            {
                var group = left.ContainsKey("replication_factor") ? "replication_factor" : place.Node.Datacenter;
                left[group] = left.GetValueOrDefault(group) - 1;
                return left[group] >= 0;
            });
            var addresses = replicas.Select(place => ValueBytes.Text($"/{new IPEndPoint(place.Node.EndPoint.Address, TopologyRows.StoragePort + place.Index)}"));
            entries.Add(new(ValueBytes.Text(ring[i].Token.ToString(CultureInfo.InvariantCulture)), ValueParts.Sequence([.. addresses])));
        }

        return ValueParts.Map(ValueParts.SortedMap(CqlType.Text, entries));
    }
}
