using System.Collections.Immutable;
using System.Globalization;
using Ilium.Routing;

namespace Ilium.Tests.Routing;

/// <summary>Rings for tests, and replicas found the slow way: by walking from the token, as the server does.</summary>
internal static class RingModel
{
    internal const string Murmur3 = "org.apache.cassandra.dht.Murmur3Partitioner";

    internal static RingMember Member(string datacenter, string rack, params long[] tokens) =>
        new(null, datacenter, rack, [.. tokens.Select(token => token.ToString(CultureInfo.InvariantCulture))]);

    internal static ImmutableArray<RingMember> Spread(Random random, int nodes, int tokens, Func<int, (string Datacenter, string Rack)> place) =>
        [.. Enumerable.Range(0, nodes).Select(index => Member(
            place(index).Datacenter, place(index).Rack, [.. Enumerable.Range(0, tokens).Select(_ => random.NextInt64(long.MinValue, long.MaxValue))]))];

    internal static Replication Network(params (string Datacenter, string Factor)[] factors) =>
        Replication.Parse("NetworkTopologyStrategy", factors.ToDictionary(factor => factor.Datacenter, factor => factor.Factor));

    internal static Replication Simple(string factor) =>
        Replication.Parse("SimpleStrategy", new Dictionary<string, string> { ["replication_factor"] = factor });

    internal static TokenMap Map(IEnumerable<RingMember> members, params (string Keyspace, Replication Replication)[] keyspaces) =>
        TokenMap.Build(Murmur3, [.. members], keyspaces.ToDictionary(keyspace => keyspace.Keyspace, keyspace => keyspace.Replication));

    /// <summary>What the map says.</summary>
    internal static RingMember[] Replicas(TokenMap map, string keyspace, string datacenter, long token)
    {
        var part = map.Find(keyspace)?.In(datacenter);
        return part is null ? [] : [.. part.Replicas(Token.FromMurmur3(token)).ToArray().Select(index => part.Ring.Members[index])];
    }

    /// <summary>What a walk says: NetworkTopologyStrategy in one data center (null: SimpleStrategy in all).</summary>
    internal static RingMember[] Walk(IReadOnlyList<RingMember> members, string? datacenter, int factor, long token)
    {
        var among = members.Where(member => (datacenter is null || member.Datacenter == datacenter) && member.Tokens.Length > 0).ToArray();
        var ring = among.SelectMany(member => member.Tokens.Select(text => (Token: long.Parse(text, CultureInfo.InvariantCulture), Member: member)))
            .OrderBy(entry => entry.Token).ToArray();
        var racks = among.Select(member => datacenter is null ? "" : member.Rack).Distinct().Count();
        var left = Math.Min(factor, among.Length);
        var repeats = factor - racks;
        var metRacks = new HashSet<string>();
        var found = new List<RingMember>();
        foreach (var (_, member) in ring.SkipWhile(entry => entry.Token < token).Concat(ring))
        {
            if (found.Count == left)
            {
                break;
            }

            if (found.Any(other => ReferenceEquals(other, member)))
            {
                continue;
            }

            if (metRacks.Add(datacenter is null ? "" : member.Rack))
            {
                found.Add(member);
            }
            else if (repeats > 0)
            {
                repeats--;
                found.Add(member);
            }
        }

        return [.. found];
    }
}
