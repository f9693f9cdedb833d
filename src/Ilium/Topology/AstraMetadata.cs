using System.Text.Json;

namespace Ilium.Topology;

/// <summary>What the metadata service of an Astra database says.</summary>
/// <param name="LocalDatacenter">The data center that the proxy leads to; null where it is not said.</param>
/// <param name="ProxyHost">The name or the address of the proxy.</param>
/// <param name="ProxyPort">Its port.</param>
/// <param name="HostIds">The nodes to begin with; never empty.</param>
internal sealed record AstraMetadata(string? LocalDatacenter, string ProxyHost, int ProxyPort, IReadOnlyList<Guid> HostIds)
{
    private const int DefaultPort = 9042;
    private const int MostHostIds = 1024;

    /// <exception cref="InvalidDataException">Something is missing; the message says what.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    internal static AstraMetadata Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var contact = Member(document.RootElement, "contact_info", JsonValueKind.Object) ?? throw new InvalidDataException("has no 'contact_info'");
        if (Member(contact, "type", JsonValueKind.String)?.GetString() is { } type and not "sni_proxy")
        {
            throw new InvalidDataException($"says that nodes are reached by '{Printable(type)}', where the driver knows 'sni_proxy' only");
        }

        var address = Member(contact, "sni_proxy_address", JsonValueKind.String)?.GetString() ?? throw new InvalidDataException("has no 'sni_proxy_address'");
        if (!ContactPoint.TryParse(address, out var proxy) || proxy.Host.StartsWith("unix:", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"has a 'sni_proxy_address' that is no address ('{Printable(address)}')");
        }

        var points = Member(contact, "contact_points", JsonValueKind.Array) ?? throw new InvalidDataException("has no 'contact_points'");
        var hostIds = points.EnumerateArray().Take(MostHostIds)
            .Where(static point => point.ValueKind == JsonValueKind.String)
            .Select(static point => Guid.TryParse(point.GetString(), out var hostId) ? hostId : Guid.Empty)
            .Where(static hostId => hostId != Guid.Empty).Distinct().ToArray();
        if (hostIds.Length == 0)
        {
            throw new InvalidDataException("names no node: 'contact_points' has no host id. Is the database active? One that sleeps is woken in Astra's console");
        }

        var local = Member(contact, "local_dc", JsonValueKind.String)?.GetString();
        return new AstraMetadata(string.IsNullOrEmpty(local) ? null : local, proxy.Host, proxy.Port ?? DefaultPort, hostIds);
    }

    private static JsonElement? Member(JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;

    private static string Printable(string text) => string.Concat(text.Take(100).Select(static c => char.IsControl(c) ? '?' : c));
}
