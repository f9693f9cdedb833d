using System.Net;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>What a server pushes (native protocol §4.2.6). Words this driver does not know are kept as they are.</summary>
internal abstract record ServerEvent
{
    internal static ServerEvent Read(ref CqlReader reader)
    {
        var type = reader.ReadString();
        switch (type)
        {
            case "TOPOLOGY_CHANGE":
                var topologyChange = reader.ReadString();
                return new TopologyChange(topologyChange, reader.ReadInet());
            case "STATUS_CHANGE":
                var statusChange = reader.ReadString();
                return new StatusChange(statusChange, reader.ReadInet());
            case "SCHEMA_CHANGE":
                return new SchemaChangeEvent(SchemaChange.Read(ref reader));
            default:
                return new UnknownEvent(type);
        }
    }
}

/// <summary>NEW_NODE, REMOVED_NODE, MOVED_NODE.</summary>
internal sealed record TopologyChange(string Change, IPEndPoint Node) : ServerEvent;

/// <summary>UP, DOWN: hints, not facts.</summary>
internal sealed record StatusChange(string Change, IPEndPoint Node) : ServerEvent;

internal sealed record SchemaChangeEvent(SchemaChange Change) : ServerEvent;

internal sealed record UnknownEvent(string Type) : ServerEvent;

/// <summary>A change of the schema, as a result (native protocol §4.2.5.5) or an event.</summary>
internal sealed record SchemaChange(string Change, string Target, string Keyspace, string? Name, IReadOnlyList<string> Arguments)
{
    internal static SchemaChange Read(ref CqlReader reader)
    {
        var change = reader.ReadString();
        var target = reader.ReadString();
        var keyspace = reader.ReadString();
        var name = target == "KEYSPACE" || reader.Remaining == 0 ? null : reader.ReadString();
        IReadOnlyList<string> arguments = target is "FUNCTION" or "AGGREGATE" ? reader.ReadStringList() : [];
        return new SchemaChange(change, target, keyspace, name, arguments);
    }
}
