using System.Globalization;

namespace Ilium.Protocol;

/// <summary>How a ScyllaDB node spreads tokens over its shards, and which of them a connection leads to.</summary>
/// <param name="Shard">The connection's shard, from 0.</param>
/// <param name="Count">The number of shards.</param>
/// <param name="IgnoredBits">The number of a token's highest bits that don't count.</param>
/// <param name="Port">Where the client's own port chooses the shard; null where there is no such port.</param>
/// <param name="TlsPort">The same for TLS.</param>
internal sealed record Sharding(int Shard, int Count, int IgnoredBits, int? Port, int? TlsPort)
{
    // The one algorithm there is.
    private const string BiasedTokenRoundRobin = "biased-token-round-robin";

    // More shards than any machine has cores.
    private const int MostShards = 65_535;

    /// <summary>Null where the node has no shards, or one, or spreads tokens in a way that is not known.</summary>
    internal static Sharding? Read(IReadOnlyDictionary<string, IReadOnlyList<string>> supported)
    {
        var isKnown = supported.TryGetValue("SCYLLA_SHARDING_ALGORITHM", out var algorithm) && algorithm.Contains(BiasedTokenRoundRobin, StringComparer.Ordinal);
        return isKnown && Number("SCYLLA_SHARD") is { } shard && Number("SCYLLA_NR_SHARDS") is { } count && Number("SCYLLA_SHARDING_IGNORE_MSB") is { } ignored &&
            count is > 1 and <= MostShards && shard < count && ignored < 64
                ? new Sharding(shard, count, ignored, Number("SCYLLA_SHARD_AWARE_PORT"), Number("SCYLLA_SHARD_AWARE_PORT_SSL"))
                : null;

        int? Number(string name) =>
            supported.TryGetValue(name, out var values) && values.Count > 0 &&
            int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MostShards
                ? number
                : null;
    }

    /// <summary>The shard that has the data of a token.</summary>
    internal int ShardOf(in Token token) => (int)Math.BigMul(token.Murmur3Order << IgnoredBits, (ulong)Count, out _);
}
