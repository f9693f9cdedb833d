using System.Net;

namespace Ilium.TestKit;

/// <summary>One node as <c>system.local</c> or <c>system.peers_v2</c> describes it.</summary>
public sealed record ServerNode(IPEndPoint Address)
{
    public string DataCenter { get; init; } = "dc1";

    public string Rack { get; init; } = "r1";

    public Guid HostId { get; init; } = new("11111111-2222-3333-4444-555555555555");

    public string ReleaseVersion { get; init; } = "5.0.9";

    public Guid SchemaVersion { get; init; } = new("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");

    public IReadOnlyList<string> Tokens { get; init; } = ["-9223372036854775808"];
}
