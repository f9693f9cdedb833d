using System.Net;

namespace Ilium.Embedded.Server;

/// <summary>What a connection has agreed on and moved to.</summary>
internal sealed class ClientState
{
    internal ProtocolVersion Version { get; set; } = ProtocolVersion.V5;

    /// <summary>Where names without a keyspace are looked for; null before any USE.</summary>
    internal string? Keyspace { get; set; }

    /// <summary>The role that logged in; null where no login is asked for.</summary>
    internal string? Role { get; set; }

    internal EndPoint? Address { get; init; }
}
