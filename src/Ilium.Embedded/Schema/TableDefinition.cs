using System.Collections.Immutable;
using Ilium.Embedded.Storage;

namespace Ilium.Embedded.Schema;

/// <summary>A table, with where its rows are. Immutable; a changed table is another definition over the same store.</summary>
internal sealed class TableDefinition
{
    private readonly Dictionary<string, Column> _byName;

    internal TableDefinition(string keyspace, string name, Guid id, IEnumerable<Column> columns, TableSettings options, TableStore? store = null)
    {
        Keyspace = keyspace;
        Name = name;
        Id = id;
        Options = options;
        Store = store ?? new TableStore();
        ImmutableArray<Column> all = [.. columns];
        var staticSlots = all.Where(c => c.IsStatic).Select(c => c.Slot + 1).DefaultIfEmpty(0).Max();
        var regularSlots = all.Where(c => c.Kind == ColumnRole.Regular).Select(c => c.Slot + 1).DefaultIfEmpty(0).Max();
        all = [.. all.Select(c => c.IsKey ? c : c with { SlotCount = c.IsStatic ? staticSlots : regularSlots })];
        PartitionKey = [.. all.Where(c => c.Kind == ColumnRole.PartitionKey).OrderBy(c => c.Position)];
        ClusteringKey = [.. all.Where(c => c.Kind == ColumnRole.Clustering).OrderBy(c => c.Position)];
        Statics = [.. all.Where(c => c.IsStatic).OrderBy(c => c.Name, StringComparer.Ordinal)];
        Regulars = [.. all.Where(c => c.Kind == ColumnRole.Regular).OrderBy(c => c.Name, StringComparer.Ordinal)];
        Columns = [.. PartitionKey, .. ClusteringKey, .. Statics, .. Regulars];
        NextStaticSlot = staticSlots;
        NextRegularSlot = regularSlots;
        _byName = Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        Clustering = new ClusteringComparer([.. ClusteringKey.Select(c => c.Type)], [.. ClusteringKey.Select(c => c.IsReversed)]);
        IsCounter = Regulars.Any(c => c.IsCounter) || Statics.Any(c => c.IsCounter);
    }

    internal string Keyspace { get; }

    internal string Name { get; }

    internal Guid Id { get; }

    internal TableSettings Options { get; }

    /// <summary>The same object in all definitions that differ in nothing a prepared statement depends on: clients have to prepare again for another.</summary>
    internal object Shape { get; private init; } = new();

    internal TableStore Store { get; }

    /// <summary>In the order of SELECT *: key, then static, then regular columns, both by name.</summary>
    internal ImmutableArray<Column> Columns { get; }

    internal ImmutableArray<Column> PartitionKey { get; }

    internal ImmutableArray<Column> ClusteringKey { get; }

    internal ImmutableArray<Column> Statics { get; }

    internal ImmutableArray<Column> Regulars { get; }

    internal ImmutableSortedDictionary<string, TableIndex> Indexes { get; init; } = ImmutableSortedDictionary.Create<string, TableIndex>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, DroppedColumn> Dropped { get; init; } = ImmutableSortedDictionary.Create<string, DroppedColumn>(StringComparer.Ordinal);

    internal ClusteringComparer Clustering { get; }

    internal bool IsCounter { get; }

    /// <summary>Slots above those of the columns may belong to dropped ones, whose cells must not come back.</summary>
    internal int NextStaticSlot { get; init; }

    internal int NextRegularSlot { get; init; }

    /// <summary>One of the system's tables that are computed: nobody writes to it. Gives the store with its rows.</summary>
    internal bool IsSystem { get; init; }

    internal bool IsVirtual { get; init; }

    internal Column? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The same table with other columns, options, indexes or dropped columns.</summary>
    internal TableDefinition With(
        IEnumerable<Column>? columns = null,
        TableSettings? options = null,
        ImmutableSortedDictionary<string, TableIndex>? indexes = null,
        ImmutableSortedDictionary<string, DroppedColumn>? dropped = null)
    {
        var next = new TableDefinition(Keyspace, Name, Id, columns ?? Columns, options ?? Options, Store)
        {
            Indexes = indexes ?? Indexes,
            Dropped = dropped ?? Dropped,
            IsSystem = IsSystem,
            IsVirtual = IsVirtual,
            Shape = columns is null && indexes is null && (options is null || !options.ChangesStatements(Options)) ? Shape : new object(),
        };
        return next.WithSlots(Math.Max(next.NextStaticSlot, NextStaticSlot), Math.Max(next.NextRegularSlot, NextRegularSlot));
    }

    private TableDefinition WithSlots(int statics, int regulars) =>
        new(Keyspace, Name, Id, Columns, Options, Store)
        {
            Shape = Shape,
            Indexes = Indexes,
            Dropped = Dropped,
            IsSystem = IsSystem,
            IsVirtual = IsVirtual,
            NextStaticSlot = statics,
            NextRegularSlot = regulars,
        };
}
