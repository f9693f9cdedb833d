using System.Globalization;

namespace Ilium.Protocol;

/// <summary>What a ScyllaDB server offers beyond the native protocol, as its answer to OPTIONS says; nothing for other servers.</summary>
/// <param name="RateLimitCode">The code of the error for exceeded rate limits; null where there is none.</param>
/// <param name="ConditionalMask">The bits in a preparation's flags that mark a conditional statement; 0 where there are none.</param>
/// <param name="HasTablets">True when answers say where tablets are.</param>
/// <param name="HasMetadataIds">True when the connection has the ids of result metadata that v5 has; false on v5, where that is no extension.</param>
/// <param name="Sharding">Which of the node's shards answers; null for a server without any.</param>
internal sealed record ServerExtensions(int? RateLimitCode, int ConditionalMask, bool HasTablets, bool HasMetadataIds, Sharding? Sharding)
{
    /// <summary>The key of an answer's payload that says where a tablet is.</summary>
    internal const string TabletPayload = "tablets-routing-v1";

    internal static readonly ServerExtensions None = new(null, 0, false, false, null);

    internal static ServerExtensions Read(IReadOnlyDictionary<string, IReadOnlyList<string>> supported, ProtocolVersion version) => new(
        Number(supported, StartupOptions.RateLimitError, "ERROR_CODE="),
        // An unsigned number of 32 bits.
        (int)(uint)(Argument(supported, StartupOptions.ConditionalMark, ConditionalMaskName) is { } mask && uint.TryParse(
            mask, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) ? bits : 0),
        supported.ContainsKey(StartupOptions.Tablets),
        version < ProtocolVersion.V5 && supported.ContainsKey(StartupOptions.MetadataIds),
        Protocol.Sharding.Read(supported));

    /// <summary>Agrees to what is understood.</summary>
    internal void AddTo(Dictionary<string, string> startup)
    {
        if (RateLimitCode is not null)
        {
            startup[StartupOptions.RateLimitError] = "";
        }

        if (ConditionalMask != 0)
        {
            startup[StartupOptions.ConditionalMark] = string.Create(CultureInfo.InvariantCulture, $"{ConditionalMaskName}{(uint)ConditionalMask}");
        }

        if (HasTablets)
        {
            startup[StartupOptions.Tablets] = "";
        }

        if (HasMetadataIds)
        {
            startup[StartupOptions.MetadataIds] = "";
        }
    }

    private const string ConditionalMaskName = "LWT_OPTIMIZATION_META_BIT_MASK=";

    private static int? Number(IReadOnlyDictionary<string, IReadOnlyList<string>> supported, string name, string prefix) =>
        int.TryParse(Argument(supported, name, prefix), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Such as "61440" of "ERROR_CODE=61440"; anything else is not agreed to.</summary>
    private static string? Argument(IReadOnlyDictionary<string, IReadOnlyList<string>> supported, string name, string prefix) =>
        supported.TryGetValue(name, out var values) ? values.FirstOrDefault(value => value.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..] : null;
}
