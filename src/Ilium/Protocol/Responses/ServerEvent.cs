using System.Net;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// EVENT (native protocol §4.2.6). A hint, not a fact: events repeat, come in the wrong order and before the server's own state.
/// </summary>
internal abstract record ServerEvent
{
    internal const string TopologyChangeType = "TOPOLOGY_CHANGE";
    internal const string StatusChangeType = "STATUS_CHANGE";
    internal const string SchemaChangeType = "SCHEMA_CHANGE";

    /// <summary>Reads any event; a type the driver does not know gives <see cref="UnknownEvent"/>.</summary>
    internal static ServerEvent Read(ref CqlReader reader)
    {
        var type = reader.ReadString();
        return type switch
        {
            TopologyChangeType => new TopologyChange(reader.ReadString(), reader.ReadInet()),
            StatusChangeType => new StatusChange(reader.ReadString(), reader.ReadInet()),
            SchemaChangeType => new SchemaChangeEvent(SchemaChange.Read(ref reader)),
            _ => new UnknownEvent(type),
        };
    }
}

/// <summary>The ring changed.</summary>
/// <param name="Change">"NEW_NODE", "REMOVED_NODE", sometimes "MOVED_NODE"; other words are kept.</param>
/// <param name="Address">The node's rpc address, which may be 0.0.0.0.</param>
internal sealed record TopologyChange(string Change, IPEndPoint Address) : ServerEvent;

/// <summary>A node came up or went down, as its coordinator sees it.</summary>
/// <param name="Change">"UP" or "DOWN"; other words are kept.</param>
/// <param name="Address">The node's rpc address, which may be 0.0.0.0.</param>
internal sealed record StatusChange(string Change, IPEndPoint Address) : ServerEvent;

/// <summary>A keyspace, table, type, function or aggregate changed.</summary>
/// <param name="Change">What changed.</param>
internal sealed record SchemaChangeEvent(SchemaChange Change) : ServerEvent;

/// <summary>An event of a type the driver does not know.</summary>
/// <param name="EventType">The word the server used.</param>
internal sealed record UnknownEvent(string EventType) : ServerEvent;
