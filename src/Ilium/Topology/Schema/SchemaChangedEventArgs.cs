using Ilium.Protocol;

namespace Ilium;

/// <summary>What happened to a part of the schema.</summary>
public enum SchemaChangeKind
{
    /// <summary>A word the driver does not know.</summary>
    Other,

    /// <summary>It was made.</summary>
    Created,

    /// <summary>It was changed.</summary>
    Updated,

    /// <summary>It was dropped.</summary>
    Dropped,
}

/// <summary>What a change of the schema is about.</summary>
public enum SchemaTarget
{
    /// <summary>A word the driver does not know.</summary>
    Other,

    /// <summary>A keyspace. On native protocol v3 also a function or aggregate in it.</summary>
    Keyspace,

    /// <summary>A table or materialized view, or an index or trigger of a table.</summary>
    Table,

    /// <summary>A user-defined type.</summary>
    Type,

    /// <summary>A user-defined function.</summary>
    Function,

    /// <summary>A user-defined aggregate.</summary>
    Aggregate,
}

/// <summary>One change of the schema, as <see cref="Cluster.SchemaChanged"/> tells it. Immutable.</summary>
public sealed class SchemaChangedEventArgs : EventArgs
{
    internal SchemaChangedEventArgs(SchemaChange change)
    {
        Kind = change.ChangeType switch
        {
            "CREATED" => SchemaChangeKind.Created,
            "UPDATED" => SchemaChangeKind.Updated,
            "DROPPED" => SchemaChangeKind.Dropped,
            _ => SchemaChangeKind.Other,
        };
        Target = change.Target switch
        {
            "KEYSPACE" => SchemaTarget.Keyspace,
            "TABLE" => SchemaTarget.Table,
            "TYPE" => SchemaTarget.Type,
            "FUNCTION" => SchemaTarget.Function,
            "AGGREGATE" => SchemaTarget.Aggregate,
            _ => SchemaTarget.Other,
        };
        Keyspace = change.Keyspace;
        Name = change.Name;
        ArgumentTypes = change.Arguments;
    }

    /// <summary>What happened.</summary>
    public SchemaChangeKind Kind { get; }

    /// <summary>To what.</summary>
    public SchemaTarget Target { get; }

    /// <summary>The keyspace that was changed, or in which something was.</summary>
    public string Keyspace { get; }

    /// <summary>The name of what was changed; null when it is the keyspace.</summary>
    public string? Name { get; }

    /// <summary>The types of a function's or aggregate's arguments; empty for others.</summary>
    public IReadOnlyList<string> ArgumentTypes { get; }

    /// <summary>For people.</summary>
    public override string ToString() => $"{Target} {CqlIdentifier.ToCql(Keyspace)}{(Name is null ? "" : "." + CqlIdentifier.ToCql(Name))}: {Kind}";
}
