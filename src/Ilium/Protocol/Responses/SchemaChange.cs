using System.Collections.Immutable;
using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>
/// What a DDL statement changed, as its RESULT and as an event (native protocol §4.2.5.5). Words the driver does not know are kept.
/// </summary>
/// <param name="ChangeType">"CREATED", "UPDATED" or "DROPPED".</param>
/// <param name="Target">"KEYSPACE", "TABLE", "TYPE", "FUNCTION" or "AGGREGATE".</param>
/// <param name="Keyspace">The keyspace changed, or that holds what was changed.</param>
/// <param name="Name">What was changed; null when it is the keyspace.</param>
/// <param name="Arguments">The argument types of a function or aggregate; empty for the rest.</param>
internal sealed record SchemaChange(string ChangeType, string Target, string Keyspace, string? Name, ImmutableArray<string> Arguments)
{
    internal static SchemaChange Read(ref CqlReader reader)
    {
        var changeType = reader.ReadString();
        var target = reader.ReadString();
        var keyspace = reader.ReadString();

        // A target from the future is taken to be named like the others; whatever follows is its own business.
        var name = target == "KEYSPACE" || reader.Remaining == 0 ? null : reader.ReadString();
        var hasArguments = target is "FUNCTION" or "AGGREGATE";
        return new SchemaChange(changeType, target, keyspace, name, hasArguments ? [.. reader.ReadStringList()] : []);
    }
}
