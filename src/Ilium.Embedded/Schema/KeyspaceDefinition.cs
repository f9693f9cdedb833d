using System.Collections.Immutable;

namespace Ilium.Embedded.Schema;

/// <summary>A field of a user-defined type; it may be declared without frozen.</summary>
internal sealed record UserTypeField(string Name, CqlType Type, bool IsMulticell);

/// <summary>A user-defined type. Immutable.</summary>
internal sealed record UserTypeDefinition(string Keyspace, string Name, ImmutableArray<UserTypeField> Fields)
{
    /// <summary>The type as columns have it.</summary>
    internal CqlUserType Type { get; } = new(Keyspace, Name, [.. Fields.Select(f => new CqlField(f.Name, f.Type))]);
}

/// <summary>A keyspace with what is in it. Immutable.</summary>
internal sealed record KeyspaceDefinition(string Name, ImmutableSortedDictionary<string, string> Replication, bool DurableWrites = true)
{
    internal const string ReplicationPackage = "org.apache.cassandra.locator.";

    private readonly ImmutableSortedDictionary<string, TableDefinition>? _tables;

    internal ImmutableSortedDictionary<string, TableDefinition> Tables
    {
        get => _tables ?? DeferredTables?.Value ?? ImmutableSortedDictionary.Create<string, TableDefinition>(StringComparer.Ordinal);
        init => _tables = value;
    }

    /// <summary>Tables that are read when somebody looks for them: those of the system, most of which nobody does.</summary>
    internal Lazy<ImmutableSortedDictionary<string, TableDefinition>>? DeferredTables { get; init; }

    internal ImmutableSortedDictionary<string, UserTypeDefinition> Types { get; init; } = ImmutableSortedDictionary.Create<string, UserTypeDefinition>(StringComparer.Ordinal);

    internal bool IsVirtual { get; init; }

    internal bool IsSystem { get; init; }

    internal KeyspaceDefinition With(TableDefinition table) => this with { Tables = Tables.SetItem(table.Name, table) };

    internal KeyspaceDefinition With(UserTypeDefinition type) => this with { Types = Types.SetItem(type.Name, type) };

    /// <summary>The table an index belongs to.</summary>
    internal TableDefinition? TableOfIndex(string index) => Tables.Values.FirstOrDefault(table => table.Indexes.ContainsKey(index));
}

/// <summary>All keyspaces at one moment. Immutable; replaced by one reference write.</summary>
internal sealed class DatabaseSchema(ImmutableSortedDictionary<string, KeyspaceDefinition> keyspaces, Guid version)
{
    internal ImmutableSortedDictionary<string, KeyspaceDefinition> Keyspaces { get; } = keyspaces;

    internal Guid Version { get; } = version;

    internal KeyspaceDefinition? Find(string keyspace) => Keyspaces.GetValueOrDefault(keyspace);

    internal TableDefinition? Find(string keyspace, string table) => Find(keyspace)?.Tables.GetValueOrDefault(table);
}
