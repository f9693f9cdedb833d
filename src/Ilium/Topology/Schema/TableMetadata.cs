using Ilium.Topology.Schema;

namespace Ilium;

/// <summary>A table. Immutable.</summary>
public sealed class TableMetadata : RelationMetadata
{
    private readonly TableShape _shape;

    internal TableMetadata(
        string keyspace, string name, Guid? id, IReadOnlyList<ColumnMetadata> columns, TableOptions options, TableShape shape,
        IReadOnlyList<IndexMetadata> indexes, IReadOnlyList<TriggerMetadata> triggers, IReadOnlyList<ViewMetadata> views)
        : base(keyspace, name, id, columns, options)
    {
        _shape = shape;
        Indexes = indexes;
        Triggers = triggers;
        Views = views;
    }

    /// <summary>Its indexes, by name.</summary>
    public IReadOnlyList<IndexMetadata> Indexes { get; }

    /// <summary>Its triggers, by name.</summary>
    public IReadOnlyList<TriggerMetadata> Triggers { get; }

    /// <summary>The materialized views of it, by name.</summary>
    public IReadOnlyList<ViewMetadata> Views { get; }

    /// <summary>True for a table of the server's own state (4.0), which no statement makes.</summary>
    public bool IsVirtual => _shape.HasFlag(TableShape.Virtual);

    /// <summary>True for a table made WITH COMPACT STORAGE; its hidden columns are left out.</summary>
    public bool IsCompactStorage => _shape.HasFlag(TableShape.Compact);

    /// <summary>True for a table of counters.</summary>
    public bool IsCounter => _shape.HasFlag(TableShape.Counter);

    /// <summary>True for a table that CQL can make. Virtual tables and those with super columns, made by Thrift clients, are not.</summary>
    public bool CanBeCreated => (_shape & (TableShape.Virtual | TableShape.Super)) == 0;

    /// <summary>The index of this name; null when there is none.</summary>
    /// <param name="name">The name, without quotes, in its own case.</param>
    public IndexMetadata? FindIndex(string name) => Indexes.FirstOrDefault(index => index.Name == name);

    /// <inheritdoc />
    public override IReadOnlyList<string> ToCqlStatements() => CanBeCreated
        ? [TableCql.Create(this), .. Indexes.Select(static index => index.ToCql()), .. Triggers.Select(static trigger => trigger.ToCql()), .. Views.Select(TableCql.Create)]
        : [];

    internal override IEnumerable<string> Describe() => CanBeCreated ? ToCqlStatements() : [TableCql.Comment(this)];

    internal TableMetadata With(IReadOnlyList<ColumnMetadata> columns) =>
        new(Keyspace, Name, Id, columns, Options, _shape, Indexes, Triggers, Views);

    internal TableMetadata With(IReadOnlyList<ViewMetadata> views) =>
        new(Keyspace, Name, Id, Columns, Options, _shape, Indexes, Triggers, views);
}
