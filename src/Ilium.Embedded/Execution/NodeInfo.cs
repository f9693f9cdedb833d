using System.Collections.Immutable;
using System.Net;

namespace Ilium.Embedded.Execution;

/// <summary>What a node is in the cluster. Set up before the node takes connections; only the schema version changes later.</summary>
internal sealed class NodeInfo(EmbeddedNodeOptions options)
{
    internal Guid HostId { get; } = options.HostId ?? Guid.NewGuid();

    internal string Datacenter { get; } = options.Datacenter;

    internal string Rack { get; } = options.Rack;

    internal IPEndPoint EndPoint { get; set; } = new(options.Address, options.Port);

    internal ImmutableArray<long> Tokens { get; set; } = [];

    /// <summary>What it claims while it disagrees; null for the schema's own.</summary>
    internal Guid? SchemaVersion { get; set; }
}
