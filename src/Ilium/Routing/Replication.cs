using System.Collections.Immutable;

namespace Ilium.Routing;

/// <summary>How a keyspace spreads its data. Keyspaces that do it alike are equal here, and share their replicas.</summary>
internal sealed class Replication : IEquatable<Replication>
{
    private readonly string _text;

    private Replication(ReplicationStrategy strategy, ReplicationFactor factor, ImmutableArray<(string Datacenter, ReplicationFactor Factor)> datacenters)
    {
        Strategy = strategy;
        Factor = factor;
        Datacenters = datacenters;
        _text = strategy switch
        {
            ReplicationStrategy.Simple => $"Simple {factor}",
            ReplicationStrategy.NetworkTopology => string.Join(' ', datacenters.Select(entry => $"{entry.Datacenter}={entry.Factor}").Prepend("NetworkTopology")),
            _ => $"{strategy}",
        };
    }

    internal ReplicationStrategy Strategy { get; }

    /// <summary>For <see cref="ReplicationStrategy.Simple"/>.</summary>
    internal ReplicationFactor Factor { get; }

    /// <summary>For <see cref="ReplicationStrategy.NetworkTopology"/>, by name.</summary>
    internal ImmutableArray<(string Datacenter, ReplicationFactor Factor)> Datacenters { get; }

    /// <summary>Reads the strategy and the options of a keyspace as <c>system_schema.keyspaces</c> has them. What makes no sense makes a strategy that is
    /// unknown, never an error.</summary>
    internal static Replication Parse(string strategy, IReadOnlyDictionary<string, string> options)
    {
        switch (strategy[(strategy.LastIndexOf('.') + 1)..])
        {
            case "SimpleStrategy" when ReplicationFactor.TryParse(options.GetValueOrDefault("replication_factor"), out var factor) && factor.All > 0:
                return new Replication(ReplicationStrategy.Simple, factor, []);
            case "NetworkTopologyStrategy":
                var datacenters = ImmutableArray.CreateBuilder<(string, ReplicationFactor)>();
                foreach (var (name, value) in options.OrderBy(option => option.Key, StringComparer.Ordinal))
                {
                    if (name != "class" && ReplicationFactor.TryParse(value, out var copies) && copies.All > 0)
                    {
                        datacenters.Add((name, copies));
                    }
                }

                return new Replication(ReplicationStrategy.NetworkTopology, default, datacenters.ToImmutable());
            case "LocalStrategy":
                return new Replication(ReplicationStrategy.Local, default, []);
            case "EverywhereStrategy":
                return new Replication(ReplicationStrategy.Everywhere, default, []);
            default:
                return new Replication(ReplicationStrategy.Unknown, default, []);
        }
    }

    public bool Equals(Replication? other) => other is not null && _text == other._text;

    public override bool Equals(object? obj) => Equals(obj as Replication);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _text;
}
