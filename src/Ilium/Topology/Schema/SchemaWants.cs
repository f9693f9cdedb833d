using Ilium.Protocol;

namespace Ilium.Topology.Schema;

/// <summary>What of the schema is to be read again. Changes that come while one is waited for add up, and many small ones become one large one.</summary>
/// <remarks>Used inside the keeper's lock, then by the one refresh that has taken it.</remarks>
internal sealed class SchemaWants
{
    // Reading one keyspace is about as much work as reading this many of its tables one by one.
    internal const int MaxRelations = 32;

    // And everything about as much as this many keyspaces.
    internal const int MaxKeyspaces = 16;

    // What listeners are told of one refresh; far more than they can make sense of.
    private const int MaxChanges = 10_000;

    private readonly Dictionary<string, KeyspaceWants> _keyspaces = new(StringComparer.Ordinal);

    /// <summary>Everything.</summary>
    internal bool Everything { get; private set; }

    /// <summary>Everything, unless the version says that nothing has changed.</summary>
    internal bool WhatWasMissed { get; set; }

    internal IReadOnlyDictionary<string, KeyspaceWants> Keyspaces => _keyspaces;

    /// <summary>The events behind it, in the order in which they came.</summary>
    internal List<SchemaChange> Changes { get; } = [];

    internal void AddEverything()
    {
        Everything = true;
        _keyspaces.Clear();
    }

    internal void AddKeyspace(string keyspace) => Of(keyspace)?.AddWhole();

    internal void AddRelation(string keyspace, string name) => Of(keyspace)?.AddRelation(name);

    internal void Add(SchemaChange change)
    {
        if (Of(change.Keyspace) is not { } keyspace)
        {
            return;
        }

        switch (change)
        {
            case { Target: "KEYSPACE", ChangeType: "UPDATED" }:
                keyspace.Head = true;
                break;
            case { Target: "TABLE", Name: { } table }:
                keyspace.AddRelation(table);
                break;
            case { Target: "TYPE" }:
                keyspace.Types = true;
                break;
            case { Target: "FUNCTION", Name: { } function }:
                keyspace.Functions.Add(function);
                break;
            case { Target: "AGGREGATE", Name: { } aggregate }:
                keyspace.Aggregates.Add(aggregate);
                break;
            default:
                keyspace.AddWhole();
                break;
        }
    }

    internal void Tell(SchemaChange change)
    {
        if (Changes.Count < MaxChanges)
        {
            Changes.Add(change);
        }
    }

    /// <summary>Adds what a refresh that failed was to read; its changes came before those here.</summary>
    internal void Restore(SchemaWants other)
    {
        if (other.Everything)
        {
            AddEverything();
        }

        WhatWasMissed |= other.WhatWasMissed;
        foreach (var (name, wants) in other._keyspaces)
        {
            Of(name)?.Add(wants);
        }

        Changes.InsertRange(0, other.Changes.Take(MaxChanges - Changes.Count));
    }

    private KeyspaceWants? Of(string keyspace)
    {
        if (Everything)
        {
            return null;
        }

        if (_keyspaces.TryGetValue(keyspace, out var wants))
        {
            return wants;
        }

        if (_keyspaces.Count == MaxKeyspaces)
        {
            AddEverything();
            return null;
        }

        return _keyspaces[keyspace] = new KeyspaceWants();
    }
}

/// <summary>What of one keyspace.</summary>
internal sealed class KeyspaceWants
{
    /// <summary>All of it, or that it is gone.</summary>
    internal bool Whole { get; private set; }

    /// <summary>Replication and so on.</summary>
    internal bool Head { get; set; }

    /// <summary>User-defined types: one alone can't be told from those that hold it.</summary>
    internal bool Types { get; set; }

    /// <summary>Tables and views: servers don't say which.</summary>
    internal HashSet<string> Relations { get; } = new(StringComparer.Ordinal);

    /// <summary>By name, for all arguments.</summary>
    internal HashSet<string> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>By name, for all arguments.</summary>
    internal HashSet<string> Aggregates { get; } = new(StringComparer.Ordinal);

    internal void AddWhole()
    {
        Whole = true;
        Relations.Clear();
    }

    internal void AddRelation(string name)
    {
        if (!Whole && Relations.Add(name) && Relations.Count > SchemaWants.MaxRelations)
        {
            AddWhole();
        }
    }

    internal void Add(KeyspaceWants other)
    {
        if (other.Whole)
        {
            AddWhole();
        }

        Head |= other.Head;
        Types |= other.Types;
        Functions.UnionWith(other.Functions);
        Aggregates.UnionWith(other.Aggregates);
        foreach (var name in other.Relations)
        {
            AddRelation(name);
        }
    }
}
